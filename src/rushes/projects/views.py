"""Projects: the folders that jobs belong to, as the API shows them, and what a name of one may be."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rushes.engine.arrangement import ProjectRef
from rushes.errors import Fault, Invalid
from rushes.platform.media.film.timeline import CaptionStyle
from rushes.platform.names import printable

LONGEST_NAME = 100
MOST_PROJECTS = 1000
"""Per owner, archived ones included: the list of projects is not paged."""


Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class BrandCaptions(BaseModel):
    """How captions look in the stories of a project."""

    model_config = ConfigDict(extra="forbid")

    style: CaptionStyle | None = None
    position: float | None = Field(default=None, ge=0, le=1)
    size: float | None = Field(default=None, ge=0.5, le=2)
    colour: Colour | None = None
    highlight: Colour | None = None
    outline: Colour | None = None
    box: Colour | None = None


class Brand(BaseModel):
    """The look that new stories of a project begin with; what is not given is as usual."""

    model_config = ConfigDict(extra="forbid")

    captions: BrandCaptions = BrandCaptions()
    titles: bool | None = None
    colour: Colour | None = Field(default=None, description="Of titles and cards.")
    background: Colour | None = None
    accent: Colour | None = None


class ProjectView(ProjectRef):
    """A project with the number of its jobs."""

    archived: bool = Field(description="Not offered for new jobs any more; its jobs stay.")
    jobs: int = Field(description="How many jobs it has.")
    active_jobs: int = Field(description="How many of them are running or paused.")
    created_at: datetime
    brand: Brand | None = Field(default=None, description="The look that its new stories begin with.")


def project_name(given: str) -> str:
    """Return the name as it is stored. Raises `Invalid` for an empty, too long or unprintable one."""
    name = " ".join(given.split())
    if not name:
        raise Invalid("The project needs a name.", [_fault(f"Use 1 to {LONGEST_NAME} characters.")])
    if len(name) > LONGEST_NAME:
        why = f"It has {len(name)} characters; shorten it to {LONGEST_NAME}."
        raise Invalid("The name of the project is too long.", [_fault(why)])
    if printable(name, LONGEST_NAME) != name:
        raise Invalid("The name of the project has invisible characters.", [_fault("Remove them.")])
    return name


def _fault(message: str) -> Fault:
    return Fault("name", message, "bad_name")
