"""The shapes of what is told across jobs, and before there is one: totals, needs, estimates, checks."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.engine.next_step import ActsNext, NextStep, WaitsOn, paused_step
from rushes.engine.states import VideoStatus, WaitingFor
from rushes.engine.views import Expected, wait_step
from rushes.errors import Actor, ErrorType
from rushes.intake.pairs import Pairing
from rushes.intake.prompt_raw import Reading
from rushes.platform.told import ToldText

BACKUP_STEP = NextStep(
    Actor.OPERATOR, "Run `rushes backup create`, and repair what it reports.", "the operator"
)
RECEIVER_STEP = NextStep(
    Actor.USER, "Look at the receiver, enable it in the settings, and send again what failed.", "you"
)


class StatsView(BaseModel):
    """All jobs of a user in numbers."""

    jobs: int
    active_jobs: int = Field(description="Running or paused.")
    videos: int = Field(description="All that were asked for and not deleted.")
    completed_videos: int
    failed_videos: int
    waiting_videos: int
    open_videos: int = Field(description="Queued or in progress.")
    success_rate: float | None = Field(description="Percent of the ended videos that were made, 0 to 100.")
    average_seconds: float | None = Field(description="From the start of a video to its end, lately.")
    spent: Decimal = Field(description="US dollars, by the ledger; also for what was deleted since.")
    storage_bytes: int = Field(description="Images, videos and thumbnails.")


class NeedKind(StrEnum):
    """Why the user is needed."""

    WAITING = "waiting"
    PAUSED = "paused"
    FAILED = "failed"
    ACCOUNT = "account"
    STALLED = "stalled"
    """Takes that are queued, and none of them can start."""
    BACKUP = "backup"
    """The backup failed, or is too old; admins alone see it."""
    RECEIVER = "receiver"
    """A webhook or channel to which nothing is sent any more."""


class NeedView(ActsNext):
    """What does not continue without the user: videos of one job, a Flow sign-in, or a paid call."""

    job_id: UUID | None = Field(description="null for a Flow sign-in, a webhook, and a paid call of no job.")
    job_name: str | None
    account: str | None = Field(description="The same as `sign_in`, under its earlier name.", deprecated=True)
    sign_in: str | None = Field(description="The name of the Flow sign-in that needs its owner.")
    receiver: str | None = Field(
        default=None, description="The name of the webhook or channel that is paused."
    )
    kind: NeedKind
    error_type: ErrorType | None
    waiting_for: WaitingFor | WaitsOn | None
    retry_at: datetime | None = Field(
        default=None, description="When the first of it continues automatically, where that is known."
    )
    count: int = Field(
        description="How many videos (or whatever a paid call is for); 0 for a job paused as a whole, or a"
        " Flow sign-in."
    )
    message: ToldText = Field(description="The reason of one of them.")
    provider: str
    job_ended_at: datetime | None
    submission_id: UUID | None = Field(
        default=None,
        description="An uncertain paid call that no video waits for:"
        " `POST /api/submissions/{submission_id}/resolve` decides on it.",
    )
    subject_kind: str | None = Field(
        default=None, description="What that paid call is for: `takes`, `voice`, `picture`, `script`."
    )

    def said_next(self) -> NextStep | None:
        if self.kind is NeedKind.BACKUP:
            return BACKUP_STEP
        if self.kind is NeedKind.RECEIVER:
            return RECEIVER_STEP
        if self.kind is NeedKind.PAUSED:
            return paused_step(self.error_type)
        status = VideoStatus.FAILED if self.kind is NeedKind.FAILED else VideoStatus.WAITING
        return wait_step(status, self.waiting_for, self.error_type)


class Estimate(Expected):
    """What a job that is not there yet is expected to take."""

    videos: int


class CheckedPair(BaseModel):
    """One number, with the image and the prompt that have it; one of the two may be missing."""

    number: int
    image: str | None
    prompt: str | None
    negative_prompt: str | None
    line: int | None = Field(description="Where the prompt is in its file.")
    options: dict[str, Any] = Field(
        default={}, description="Options of the provider in which it differs from the job."
    )


class Finding(BaseModel):
    """One thing to mend or to look at."""

    where: str = Field(description="A file name, `prompts.txt:12`, or `shot 3`.")
    message: str
    code: str


class UploadCheck(BaseModel):
    """What the server would say of an upload."""

    pairs: list[CheckedPair]
    unmatched_images: list[str]
    errors: list[Finding] = Field(description="What stops it.")
    warnings: list[Finding]
    shots: int = Field(description="How many there would be.")
    paired_by: Pairing | None = Field(
        description="How they were paired; null for pairs made by hand, and where you are asked."
    )
    pairings: list[Pairing] = Field(description="The other ways to pair there are, for the field `pair`.")
    readings: dict[Reading, int] = Field(
        description="The ways to read prompts without numbers, for the field `reading`, with the number of "
        "prompts of each; empty where there is no choice."
    )
    estimate: Estimate


class ZipFileView(BaseModel):
    """A file in a ZIP."""

    index: int = Field(description="Its place in the directory of the ZIP, from 0.")
    name: str = Field(description="The name that an upload shows: without folders where that is enough.")
    kind: Literal["image", "prompts", "other"]
    date: float | None = Field(description="When it was last changed, in seconds, by the clock of its maker.")
