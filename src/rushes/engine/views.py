"""The shapes that the API answers with and the command line prints with `--json`: one word for one thing."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from rushes.engine.arrangement import ProjectRef, QueuePlace
from rushes.engine.delivered import Difference
from rushes.engine.next_step import BEFORE_START, ActsNext, NextStep, WaitsOn, next_step, paused_step
from rushes.engine.paging import Pagination as Pagination
from rushes.engine.provider_views import ModelView as ModelView
from rushes.engine.provider_views import ProviderView as ProviderView
from rushes.engine.states import JobKind, JobStatus, VideoStatus, WaitingFor
from rushes.errors import ErrorType
from rushes.platform.told import ToldText

WhenDown = Literal["wait", "fallback"]


def wait_step(
    status: VideoStatus, waiting_for: WaitingFor | WaitsOn | None, error_type: ErrorType | None
) -> NextStep | None:
    """Return who acts next on what waits for this, or has this status."""
    if isinstance(waiting_for, WaitsOn):
        return BEFORE_START[waiting_for]
    return next_step(status, waiting_for, error_type)


class JobSettings(BaseModel):
    """A job's settings. What is not named here is an option of the provider (`GET /api/providers`)."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [{"provider": "animatic", "aspect_ratio": "9:16", "duration_seconds": 4}]
        },
    )

    provider: str | None = Field(
        default=None,
        description="Who makes the videos. Left out, Rushes chooses (`GET /api/route` tells whom, and why).",
    )
    model: str | None = Field(
        default=None, description="A model of the provider; its default when not given."
    )
    outputs: int = Field(default=1, ge=1, le=8, description="Takes per shot.")
    negative_prompt: str | None = Field(default=None, description="For every shot that has none of its own.")
    seed: int | None = Field(
        default=None, ge=0, lt=2**31, description="Makes the takes repeatable where it can."
    )
    allow_text_only: bool = Field(default=False, description="Whether a prompt without an image is made too.")
    project_id: UUID | None = Field(default=None, description="The project the job belongs to.")
    budget: Decimal | None = Field(
        default=None,
        ge=0,
        max_digits=12,
        decimal_places=6,
        description="US dollars beyond which nothing new is submitted.",
    )
    when_down: WhenDown = Field(
        default="wait",
        description="When the provider cannot be used any more: wait for it, or go on with another.",
    )

    @property
    def options(self) -> dict[str, Any]:
        """The provider's options."""
        return dict(self.model_extra or {})


class ErrorCount(ActsNext):
    """How many videos of a job failed, or wait, for one reason."""

    error_type: ErrorType
    count: int
    message: ToldText = Field(description="The reason of one of them.")
    waiting_for: WaitingFor | None = None
    retry_at: datetime | None = Field(default=None, description="When the first of them may continue.")

    def said_next(self) -> NextStep | None:
        status = VideoStatus.WAITING if self.waiting_for else VideoStatus.FAILED
        return next_step(status, self.waiting_for, self.error_type)


class JobView(ActsNext):
    """One job."""

    job_id: UUID
    job_name: str
    kind: JobKind | str = Field(
        description="How it came about: a batch, the Studio, an OpenAI client; or a kind that only a newer"
        " version knows."
    )
    status: JobStatus
    progress: float = Field(description="Percent of the expected videos that have ended, 0 to 100.")
    current_image: str | None = Field(description="The image (or prompt) being made now.")
    total_images: int
    total_prompts: int
    expected_videos: int
    completed_videos: int
    failed_videos: int
    waiting_videos: int
    differing_videos: int = Field(
        default=0, description="Completed ones that are not as they were asked for: see `delivered_differs`."
    )
    error_summary: list[ErrorCount]
    pause_reason: ToldText | None
    paused_by: str | None = Field(description="`user`, or the error type of the fault that paused it.")
    provider: str
    flow_needs_auth: bool = Field(
        description="Whether videos of it wait until a Flow account is signed in again."
    )
    model: str
    outputs: int
    settings: dict[str, Any]
    cost: Decimal = Field(description="US dollars spent so far, by the ledger.")
    open_cost: Decimal = Field(
        description="US dollars expected for what is in progress, uncertain, or cancelled after it was sent."
    )
    budget: Decimal | None = Field(description="US dollars beyond which nothing new is submitted.")
    route_reason: str | None = Field(description="Why this provider makes it.")
    estimated_cost: Decimal | None = Field(description="US dollars expected, known once started.")
    eta_seconds: float | None = Field(
        description="Seconds left, as it went so far; null where nobody knows, and while nothing can start."
    )
    waiting_for: WaitingFor | WaitsOn | None = Field(
        default=None, description="What keeps it from starting anything, apart from its turn."
    )
    wait_reason: ToldText | None = Field(default=None, description="The same for a person.")
    retry_at: datetime | None = Field(default=None, description="When that ends, where it is known.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    project: ProjectRef | None = Field(description="The project it belongs to.")
    previews: list[str] = Field(
        default=[],
        description="Small pictures of up to four finished takes; before there are any, of images.",
    )
    queue: QueuePlace | None = Field(
        description="Its place among your started jobs; null when it has not started or has ended."
    )

    def said_next(self) -> NextStep | None:
        if self.waiting_for is None:
            return None
        if self.waiting_for is WaitsOn.INSTALLATION and self.paused_by in set(ErrorType):
            return paused_step(ErrorType(self.paused_by))
        first = next((each.error_type for each in self.error_summary if each.waiting_for), None)
        return wait_step(VideoStatus.WAITING, self.waiting_for, first)


class JobPage(BaseModel):
    """A page of jobs."""

    items: list[JobView]
    pagination: Pagination


class VideoView(ActsNext):
    """One video: a take of a shot."""

    video_id: UUID
    job_id: UUID
    shot_id: UUID
    image_filename: str | None
    prompt_number: int
    prompt_text: str
    negative_prompt: str | None
    video_index: int = Field(description="Which take of the shot, from 1.")
    status: VideoStatus
    waiting_for: WaitingFor | WaitsOn | None = Field(
        description="What a take that does not move waits for. `person`, `budget`, `provider` and `uncertain`"
        " are those of the status `waiting`; the others are what keeps it from starting now."
    )
    wait_reason: ToldText | None = Field(default=None, description="Why it does not move, for a person.")
    error_type: ErrorType | None
    error_message: ToldText | None
    retry_count: int
    retry_at: datetime | None = Field(
        description="When it is tried again, or may start: the end of the wait, where that is known."
    )
    progress: float | None = Field(description="Percent, 0 to 100, while generating.")
    provider: str
    model: str
    options: dict[str, Any] = Field(
        description="All options of its provider that it is asked for with; those of its shot come before its"
        " job's."
    )
    seed: int | None
    price: Decimal = Field(
        description="US dollars it is expected to cost; 0 where it is free, or nobody knows."
    )
    cost: Decimal | None
    selected: bool
    rating: int = Field(ge=0, le=5, description="Stars; 0 when none were given.")
    rejected: bool = Field(default=False, description="Looked at and not wanted; never also `selected`.")
    downloaded: bool
    upscaled: bool
    video_url: str | None
    thumbnail_url: str | None
    image_url: str | None = Field(description="The image it starts from; `&width=` gives a small one.")
    duration_seconds: float | None
    file_size_mb: float | None = Field(description="Millions of bytes.")
    resolution: str | None = Field(description="Width x height, pixels.")
    delivered_differs: list[Difference] = Field(
        default=[], description="In what the file is not as it was asked for; empty when it is."
    )
    created_at: datetime
    generation_started_at: datetime | None
    generation_completed_at: datetime | None

    def said_next(self) -> NextStep | None:
        return wait_step(self.status, self.waiting_for, self.error_type)


class UnmatchedPrompt(BaseModel):
    """A prompt without an image."""

    number: int
    line: int
    text: str


class UploadReport(BaseModel):
    """What was found in an upload, before anything runs."""

    uploaded: bool
    image_count: int
    prompt_count: int
    matched: int
    unmatched_images: list[str]
    unmatched_prompts: list[UnmatchedPrompt]
    warnings: list[str]
    paired_by: Literal["number", "order", "date", "name", "all"] | None = Field(
        default=None, description="How images and prompts were paired; null for pairs made by hand."
    )


class Expected(BaseModel):
    """What a job is expected to take."""

    estimated_time_minutes: float
    estimated_cost: Decimal = Field(description="US dollars.")
    estimated_credits: int = Field(description="Of the plan of a Flow account; it is paid with these alone.")
    price_known: bool = Field(
        description="False where it costs something and nobody here knows what: it then counts as 0."
    )


class Started(Expected):
    """What starting a job will take."""

    started: bool
    price_per_video: Decimal = Field(
        description="US dollars one video is expected to cost; on average, where shots differ."
    )
    message: str
