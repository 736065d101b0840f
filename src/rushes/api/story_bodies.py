"""What the routes of stories take: small bodies, checked by the domain."""

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from rushes.api.deps import RequestModel
from rushes.story.stale import StoryStep

MOST_TEXT = 200_000
Fields = dict[str, JsonValue]


class StoryBody(RequestModel):
    """A new story. The settings are those of its document: `language`, `shape`, `voice`, `pictures`, …"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": "How long does rice take to grow?", "settings": {"target_seconds": 60}}]
        },
    )

    text: str = Field(default="", max_length=MOST_TEXT, description="A topic, notes, or a finished text.")
    name: str = Field(default="", max_length=300, description="What to call it; its title when not given.")
    project_id: UUID | None = Field(default=None, description="The project it belongs to.")
    settings: Fields = Field(default_factory=dict, description="Fields of the document.")
    sections: list[Fields] = Field(
        default_factory=list[Fields],
        max_length=200,
        description="A script that is there already, section by section.",
    )
    run: bool = Field(default=False, description="Whether to have it made at once.")

    def document(self) -> dict[str, Any]:
        """Return the fields of the document."""
        sections = {"sections": self.sections} if self.sections else {}
        return {**self.settings, **sections, "text": self.text}


class StoryChange(RequestModel):
    """A change of a story's document: what is named changes, inside of objects too."""

    model_config = ConfigDict(extra="forbid")

    change: Fields = Field(description="Fields of the document with their new values.")
    version: int | None = Field(
        default=None, description="The version that was read: refused when it is not the one that holds."
    )
    note: str = Field(default="", max_length=200, description="What was changed, for the list of versions.")


class SectionChange(RequestModel):
    """A change of one section."""

    model_config = ConfigDict(extra="forbid")

    change: Fields = Field(description="Fields of the section with their new values.")
    version: int | None = None


class NewSection(RequestModel):
    """A section to add."""

    model_config = ConfigDict(extra="forbid")

    section: Fields = Field(description="Its fields: `heading`, `narration`, …")
    after: str | None = Field(
        default=None, description="The section it comes after; at the end if not given."
    )


class SplitAt(RequestModel):
    """Where to split a section."""

    at: int = Field(ge=1, le=10_000, description="Before this character of its narration.")


class SectionOrder(RequestModel):
    """The sections in their new order."""

    order: list[str] = Field(max_length=200, description="Every section's id, once.")


class Another(RequestModel):
    """What to ask for anew, of the same inputs."""

    what: str = Field(pattern="^(speech|picture|scene)$", description="`speech`, `picture` or `scene`.")


class RunBody(RequestModel):
    """How far to make a story."""

    until: StoryStep = Field(default=StoryStep.FILM, description="The last step that is made.")


class RenderBody(RequestModel):
    """What to render: the film, or a preview of a part of it."""

    height: int | None = Field(
        default=None, ge=144, le=2160, description="Pixels; the film's own if not given."
    )
    first: int | None = Field(default=None, ge=0, description="The first frame of a preview.")
    last: int | None = Field(default=None, ge=1, description="The frame after its last.")


class Translation(RequestModel):
    """A language to translate a story into."""

    language: str = Field(max_length=35, description="A BCP 47 tag, such as `de`.")
    run: bool = Field(default=True, description="Whether to have it made at once.")


class Improvement(RequestModel):
    """How to improve the script."""

    instruction: str = Field(min_length=1, max_length=20_000, description="Such as: shorter, for children.")


class Duplicate(RequestModel):
    """A copy of a story with some fields changed; what stays as it was is shared."""

    change: Fields = Field(default_factory=dict, description="Such as `shape` or `language`.")
    run: bool = False


class BatchBody(RequestModel):
    """Topics with shared settings."""

    model_config = ConfigDict(extra="forbid")

    topics: list[str | Fields] | None = Field(
        default=None, max_length=500, description="Topics, or objects with `topic` and fields of their own."
    )
    text: str | None = Field(
        default=None, max_length=2_000_000, description="One topic a line, or a CSV table with `topic`."
    )
    settings: Fields = Field(default_factory=dict, description="Fields of every story's document.")
    name: str = Field(default="", max_length=300)
    project_id: UUID | None = None


class Veo3Body(RequestModel):
    """One video of a prompt, as clients of the older systems ask for it."""

    prompt: str = Field(min_length=1, max_length=20_000, description="What is to be seen.")
    aspectRatio: str | None = Field(default=None, description="`16:9` or `9:16`.")  # noqa: N815  # the wire's own
    resolution: str | None = None
    duration: int | None = Field(default=None, ge=1, le=60, description="Seconds.")
    negativePrompt: str | None = None  # noqa: N815  # as above
    provider: str | None = Field(default=None, description="Who makes it; chosen when not given.")
    model: str | None = None
