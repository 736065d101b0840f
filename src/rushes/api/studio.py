"""What the one-prompt routes take and answer: the shapes of `/api/video_chat`, made from videos."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rushes.api.deps import RequestModel
from rushes.engine.next_step import WaitsOn
from rushes.engine.states import VideoStatus
from rushes.engine.views import Pagination, VideoView
from rushes.errors import ErrorType
from rushes.platform.told import ToldText
from rushes.providers.modes import Mode
from rushes.studio.advice import ADVICE, CANCELLED, Advice
from rushes.studio.rows import OneVideo

Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Generation(RequestModel):
    """One video that is wanted. What is not given is the provider's own default."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt = Field(description="What is to be seen, and how the camera moves.")
    aspect_ratio: Literal["16:9", "9:16"] | None = Field(None, description="Shape of the picture.")
    resolution: Literal["720p", "1080p"] | None = Field(None, description="Length of the shorter side.")
    duration: Literal["4", "6", "8"] | None = Field(None, description="Length in seconds, as text.")
    negative_prompt: str | None = Field(None, description="What is not to be seen.")
    session_id: Short | None = Field(None, description="Groups what belongs together; any text.")
    provider: Short | None = Field(None, description="Who makes it; chosen for you when not given.")
    model: Short | None = Field(None, description="A model of the provider; its default when not given.")
    seed: int | None = Field(
        None, ge=0, lt=2**31, description="Makes the video repeatable where the provider can."
    )
    keep: bool = Field(
        False, description="Keep the video forever; it is otherwise deleted some days after its end."
    )
    start_frame_video_id: UUID | None = Field(
        None, description="Continue from this video: its last frame becomes the first."
    )

    @property
    def settings(self) -> dict[str, object]:
        """The settings of the job, those that were given."""
        named = {
            "provider": self.provider,
            "model": self.model,
            "seed": self.seed,
            "aspect_ratio": self.aspect_ratio,
            "resolution": self.resolution,
            "duration_seconds": self.duration and int(self.duration),
        }
        return {name: value for name, value in named.items() if value is not None}


class OperationStatus(StrEnum):
    """The state of an operation, in the words of Studio's API."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    ERROR = "error"


class OperationId(RequestModel):
    """The body that names an operation."""

    operation_id: UUID = Field(description="What `generate` answered.")


class Keeping(RequestModel):
    """The body that names the operations to keep."""

    model_config = ConfigDict(extra="forbid")

    operation_ids: list[UUID] | None = Field(
        None, min_length=1, max_length=10_000, description="Which; all of them when left out."
    )


class KeptOnes(BaseModel):
    """How many videos were to expire, and are kept now."""

    kept: int


class Accepted(BaseModel):
    """The answer to a request that starts an operation."""

    operation_id: UUID
    status: Literal[OperationStatus.PENDING] = OperationStatus.PENDING
    message: str


class Underway(BaseModel):
    """The status of an operation that has not ended."""

    status: Literal[OperationStatus.PENDING, OperationStatus.PROCESSING]
    elapsed_seconds: float = Field(description="Since it was asked for.")
    message: ToldText = Field(description="What it is doing, or whom it waits for.")


class Done(BaseModel):
    """The status of an operation whose video can be had."""

    status: Literal[OperationStatus.COMPLETED] = OperationStatus.COMPLETED
    video_url: str = Field(description="Where to get it; add `?download=1` to save it.")
    video_path: str = Field(description="Where it is in the storage.")
    prompt: str
    duration: str = Field(description="Seconds that were asked for, as text.")


class Failed(BaseModel):
    """The status of an operation that ended without a video."""

    status: Literal[OperationStatus.ERROR] = OperationStatus.ERROR
    detail: str = Field(description="What kind of failure it is, and what the provider said.")
    suggestion: str = Field(description="What to try.")


class Operation(BaseModel):
    """One operation, with all that a page shows of it."""

    operation_id: UUID = Field(description="Also the `video_id` in `/api/videos`.")
    job_id: UUID
    session_id: str | None
    status: OperationStatus
    message: ToldText = Field(description="What it is doing, whom it waits for, or what went wrong.")
    suggestion: str | None = Field(description="What to try, when it went wrong.")
    error_type: ErrorType | None
    waiting_for: str | None = Field(default=None, description="As in `/api/videos`.")
    wait_reason: ToldText | None = Field(default=None, description="Why it does not move.")
    retry_at: datetime | None = Field(default=None, description="When that ends, where it is known.")
    progress: float | None = Field(description="Percent, 0 to 100, while it is made.")
    mode: Mode
    prompt: str
    negative_prompt: str | None
    aspect_ratio: str
    resolution: str
    duration: str
    provider: str
    model: str
    seed: int | None
    cost: Decimal | None = Field(description="US dollars.")
    price: Decimal = Field(
        default=Decimal(0),
        description="US dollars it is expected to cost; 0 where it is free, or nobody knows.",
    )
    selected: bool = Field(description="Selected ones are kept for ever.")
    image_url: str | None = Field(description="The image it starts from.")
    video_url: str | None
    thumbnail_url: str | None
    last_frame_url: str | None
    source_video_id: UUID | None = Field(description="The video it continues from.")
    created_at: datetime
    completed_at: datetime | None
    expires_at: datetime | None = Field(
        description="When it is deleted, unless it is kept or selected before; null: never."
    )


class OperationPage(BaseModel):
    """A page of operations, the newest first."""

    items: list[Operation]
    pagination: Pagination


def status_of(one: OneVideo) -> OperationStatus:
    """Return the state of the operation that made a video."""
    match one.video.status:
        case VideoStatus.QUEUED:
            return OperationStatus.PENDING
        case VideoStatus.GENERATING | VideoStatus.WAITING:
            return OperationStatus.PROCESSING
        case VideoStatus.COMPLETED:
            return OperationStatus.COMPLETED
        case VideoStatus.FAILED | VideoStatus.CANCELLED:
            return OperationStatus.ERROR


def message_of(one: OneVideo) -> str:
    """What it is doing, whom it waits for, or what went wrong; for a person."""
    video, said = one.video, one.video.error_message
    match video.status:
        case VideoStatus.COMPLETED:
            return "The video is there."
        case VideoStatus.FAILED | VideoStatus.CANCELLED:
            return f"{advice_of(one).kind}: {said}" if said else f"{advice_of(one).kind}."
        case VideoStatus.WAITING:
            waits = video.said_next()
            return f"It waits for {waits.whom if waits else 'you'}: {said}"
        case _ if one.pause_reason:
            return f"Paused: {one.pause_reason}"
        case VideoStatus.QUEUED | VideoStatus.GENERATING if video.wait_reason and not _made_unseen(video):
            return wait_words(video.wait_reason, video.retry_at)
        case VideoStatus.QUEUED:
            return "It waits for its turn."
        case VideoStatus.GENERATING:
            share = "" if video.progress is None else f" {video.progress:.0f} % are done."
            return f"The video is being made.{share}"


def _made_unseen(video: VideoView) -> bool:
    """Whether the provider is making it though no worker looks at it."""
    return video.status is VideoStatus.GENERATING and video.waiting_for is WaitsOn.WORKER


def wait_words(reason: str, until: datetime | None) -> str:
    """Why it does not start, and when it is tried again."""
    return reason if until is None else f"It will be tried again at {until:%H:%M:%S} UTC: {reason}"


def advice_of(one: OneVideo) -> Advice:
    """What to tell of one that failed."""
    if one.video.status == VideoStatus.CANCELLED:
        return CANCELLED
    return ADVICE[one.video.error_type or ErrorType.INTERNAL]


def look(one: OneVideo) -> Underway | Done | Failed:
    """Return the answer of `status` for an operation."""
    status = status_of(one)
    if status is OperationStatus.COMPLETED:
        return Done(
            video_url=one.video.video_url or "",
            video_path=one.video_key or "",
            prompt=one.video.prompt_text,
            duration=str(one.options["duration_seconds"]),
        )
    if status is OperationStatus.ERROR:
        return Failed(detail=message_of(one), suggestion=advice_of(one).suggestion)
    since = (datetime.now(UTC) - one.video.created_at).total_seconds()
    return Underway(status=status, elapsed_seconds=round(max(since, 0.0), 1), message=message_of(one))


def operation_of(one: OneVideo) -> Operation:
    """The operation that a video is."""
    video, status = one.video, status_of(one)
    path = f"/api/videos/{video.video_id}"
    return Operation(
        operation_id=video.video_id,
        job_id=video.job_id,
        session_id=one.session_id,
        status=status,
        message=message_of(one),
        suggestion=advice_of(one).suggestion if status is OperationStatus.ERROR else None,
        error_type=video.error_type,
        waiting_for=video.waiting_for,
        wait_reason=video.wait_reason,
        retry_at=video.retry_at,
        progress=video.progress,
        mode=one.mode,
        prompt=video.prompt_text,
        negative_prompt=video.negative_prompt,
        aspect_ratio=one.options["aspect_ratio"],
        resolution=one.options["resolution"],
        duration=str(one.options["duration_seconds"]),
        provider=video.provider,
        model=video.model,
        seed=video.seed,
        cost=video.cost,
        price=video.price,
        selected=video.selected,
        image_url=f"{path}/image" if one.has_image else None,
        video_url=video.video_url,
        thumbnail_url=video.thumbnail_url,
        last_frame_url=f"{path}/last-frame" if status is OperationStatus.COMPLETED else None,
        source_video_id=one.source_video_id,
        created_at=video.created_at,
        completed_at=video.generation_completed_at if status is OperationStatus.COMPLETED else None,
        expires_at=one.expires_at,
    )
