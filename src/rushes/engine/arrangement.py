"""Where a job belongs among others, as its view shows it: its project, and its place in the queue."""

from uuid import UUID

from pydantic import BaseModel, Field


class ProjectRef(BaseModel):
    """Id and name of the project that a job belongs to."""

    id: UUID
    name: str


class QueuePlace(BaseModel):
    """The place of a started job among all of its owner's."""

    position: int = Field(description="From 1, the one whose videos are submitted first.")
    takes_turns: bool = Field(description="Whether it takes turns with others, because nobody has moved it.")
