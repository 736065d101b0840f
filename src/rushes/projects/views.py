"""Projects: the folders that jobs belong to, as the API shows them, and what a name of one may be."""

from datetime import datetime

from pydantic import Field

from rushes.engine.arrangement import ProjectRef
from rushes.errors import Fault, Invalid
from rushes.platform.names import printable

LONGEST_NAME = 100
MOST_PROJECTS = 1000
"""Per owner, archived ones included: the list of projects is not paged."""


class ProjectView(ProjectRef):
    """A project with the number of its jobs."""

    archived: bool = Field(description="Not offered for new jobs any more; its jobs stay.")
    jobs: int = Field(description="How many jobs it has.")
    active_jobs: int = Field(description="How many of them are running or paused.")
    created_at: datetime


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
