"""Stories as the API and the command line show them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.engine.views import Pagination
from rushes.platform.told import ToldText
from rushes.providers.picture_contract import Attribution, Candidate
from rushes.story.document import StoryDocument
from rushes.story.products import PartState
from rushes.story.stale import StoryStep
from rushes.story.states import JobWord, StoryStatus


class PartView(BaseModel):
    """One part of a story: what of it is there."""

    step: StoryStep
    section_id: str = Field(description="Empty for the script and the film.")
    state: PartState
    reason: ToldText = ""
    progress: float | None = Field(default=None, description="0 to 1, while it is being made.")


class StoryCard(BaseModel):
    """A story in a list."""

    story_id: UUID
    name: str
    project_id: UUID | None
    batch_id: UUID | None
    status: StoryStatus
    step: StoryStep | None = Field(description="The step that is being made, or that it stopped at.")
    reason: ToldText | None = Field(description="Why it waits, or why it failed.")
    version: int
    language: str
    shape: str
    sections: int
    seconds: float | None = Field(description="Length of its newest film.")
    film_url: str | None
    poster_url: str | None
    cost: Decimal = Field(description="US dollars spent so far, with what is expected of what is under way.")
    created_at: datetime
    updated_at: datetime


class StoryPage(BaseModel):
    """A page of stories."""

    items: list[StoryCard]
    pagination: Pagination


class StoryView(StoryCard):
    """One story with its document and the state of its parts."""

    document: StoryDocument
    parts: list[PartView]
    progress: float = Field(description="Percent of all that is to be made, 0 to 100.")
    waiting_for: str | None
    until: StoryStep
    budget: Decimal | None
    job_id: UUID | None = Field(description="The job of its scene videos, if it has any.")
    started_at: datetime | None
    ended_at: datetime | None


class StoryResult(BaseModel):
    """What long work on a story has come to."""

    storyId: UUID  # noqa: N815  # the wire's own spelling, given by the API's contract
    filmId: UUID | None = None  # noqa: N815  # as above
    url: str | None = None
    files: dict[str, str] = {}


class StoryWork(BaseModel):
    """The state of long work on a story. `jobId` is what it is asked for by again."""

    jobId: UUID  # noqa: N815  # the wire's own spelling, given by the API's contract
    status: JobWord
    progress: float = Field(description="Percent, 0 to 100.")
    estimatedTime: float | None = Field(description="Seconds left, once they are known.")  # noqa: N815  # as above
    result: StoryResult | None = None
    error: ToldText | None = None


class VersionView(BaseModel):
    """One version of a story."""

    number: int
    change: str = Field(description="What was changed.")
    by: str = Field(description="`person`, or `rushes`.")
    created_at: datetime


class PictureView(BaseModel):
    """A picture of a section: the one that is shown, with its share of the time."""

    hash: str
    state: PartState
    url: str | None
    provider: str
    media_type: str | None
    width: int | None
    height: int | None
    share: float
    attribution: Attribution


class SectionPictures(BaseModel):
    """The pictures of a section, and what else was found for it."""

    section_id: str
    pictures: list[PictureView]
    candidates: list[Candidate]


class TimelineView(BaseModel):
    """The timeline of the film, as the render reads it; its files as addresses to be played."""

    hash: str
    frames: int
    seconds: float
    sections: list[dict[str, Any]] = Field(description="Each section's id, first and last frame.")
    timeline: dict[str, Any]
    urls: dict[str, str] = Field(description="Where each file of the timeline is, by its name in it.")


class FilmView(BaseModel):
    """A film that was made, or is being made."""

    film_id: UUID
    story_id: UUID
    version: int
    purpose: str
    shape: str
    language: str
    status: JobWord
    progress: float
    error: ToldText | None
    width: int | None
    height: int | None
    frames: int | None
    seconds: float | None
    lufs: float | None = Field(description="Integrated loudness.")
    true_peak: float | None = Field(description="dBTP.")
    size_bytes: int | None
    files: dict[str, str] = Field(description="Name to address: `film.mp4`, `captions.srt`, …")
    current: bool = Field(description="Whether it is of the story as it is now.")
    created_at: datetime
    completed_at: datetime | None
    started_at: datetime | None = Field(default=None, description="When its render began.")
    estimated_time: float | None = Field(default=None, description="Seconds left, once they are known.")
    pieces: int | None = Field(default=None, description="Of how many pieces it was made.")
    rendered: int | None = Field(default=None, description="How many of them were not there already.")
    path: str | None = Field(default=None, description="Where it is stored on the server, if in a folder.")


class StoryEstimate(BaseModel):
    """What a story is expected to take, before anything is made. Costs in US dollars."""

    seconds: float = Field(description="Length of the film.")
    cost: Decimal
    cost_by_step: dict[StoryStep, Decimal]
    price_known: bool = Field(description="False where something costs and nobody here knows what.")
    estimated_time_seconds: float
    stills: int = Field(description="Scenes that are stills.")
    videos: int = Field(description="Scenes that are videos.")
    rewrite_cost: Decimal = Field(description="Of improving or translating the script; not in `cost`.")
    notes: list[str]


class UploadedFile(BaseModel):
    """A file that was stored for a story. `key` is what the document names it by."""

    key: str
    url: str
    name: str | None
    media_type: str
    width: int | None
    height: int | None
    seconds: float | None


class BatchRow(BaseModel):
    """One topic of a batch."""

    position: int
    story: StoryCard


class BatchView(BaseModel):
    """A batch of stories and how far each is."""

    batch_id: UUID
    name: str
    created_at: datetime
    status: JobWord
    progress: float = Field(description="Percent of the stories that have ended.")
    total: int
    completed: int
    failed: int
    review: int = Field(description="Stories that wait for their owner to look.")
    stories: list[BatchRow]
