"""What upscaling is: its choices, its states, the size that comes out, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from pydantic import BaseModel, Field

LONG_SIDE, SHORT_SIDE = 3840, 2160
"""4K (UHD), pixels."""


class Target(StrEnum):
    """What it is made to."""

    UHD = "4k"


class Resolution(StrEnum):
    """Which copy of a video is wanted: as it was made (`original`, `720p`), or upscaled."""

    ORIGINAL = "original"
    P720 = "720p"
    UHD = "4k"


class Quality(StrEnum):
    """How much time goes into keeping the picture."""

    FAST = "fast"
    BALANCED = "balanced"
    HIGH = "high"


class Codec(StrEnum):
    """How it is coded. H.264 plays everywhere; the others are smaller."""

    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"


class UpscaleStatus(StrEnum):
    """Of the upscale of one video; of a task, what its upscales come to."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_UPSCALES = (UpscaleStatus.QUEUED, UpscaleStatus.RUNNING)


class Recipe(BaseModel, frozen=True):
    """How videos are upscaled. Two requests with the same recipe share the work."""

    quality: Quality = Field(
        Quality.BALANCED, description="`fast`, `balanced` or `high`: time against likeness and size."
    )
    codec: Codec = Field(Codec.H264, description="H.264 plays everywhere; H.265 and AV1 are smaller.")
    enhance: bool = Field(False, description="Also take out noise and banding, and sharpen a little.")
    hardware: bool = Field(
        False, description="Code on the graphics card where there is one that can; otherwise as usual."
    )

    def words(self) -> str:
        """The recipe as people say it: `balanced, H.265, enhanced`."""
        names = {Codec.H264: "H.264", Codec.H265: "H.265", Codec.AV1: "AV1"}
        told = [self.quality.value, names[self.codec]]
        return ", ".join([*told, *["enhanced"] * self.enhance, *["on the graphics card"] * self.hardware])


def fit_4k(width: int, height: int, pixel_aspect: Fraction = Fraction(1)) -> tuple[int, int]:
    """The largest even size of square pixels inside 4K in the clip's own orientation, its aspect kept.

    16:9 fills 3840x2160, 9:16 fills 2160x3840, a square has 2160x2160.
    """
    shown = Fraction(width) * pixel_aspect
    long, short = (LONG_SIDE, SHORT_SIDE) if shown >= height else (SHORT_SIDE, LONG_SIDE)
    scale = min(long / shown, Fraction(short, height))
    return 2 * round(shown * scale / 2), 2 * round(height * scale / 2)


class UpscaledVideo(BaseModel):
    """One video of a task."""

    video_id: UUID
    status: UpscaleStatus
    progress: float = Field(description="Percent, 0 to 100.")
    error: str | None = Field(description="Why it failed, or why it waits.")


class UpscaleView(BaseModel):
    """How far a task is."""

    task_id: UUID
    status: UpscaleStatus = Field(
        description="`completed` when all have ended and at least one is there; `failed` when none is."
    )
    progress: float = Field(description="Percent of all of it, 0 to 100.")
    current_video: int = Field(description="The number of the one being made, from 1: `3 of 12`.")
    total_videos: int
    eta_seconds: float | None = Field(description="Time left, once it can be told.")
    quality: Quality
    codec: Codec
    enhance: bool
    hardware: bool
    created_at: datetime
    videos: list[UpscaledVideo]


class UpscaleStarted(BaseModel):
    """What asking for upscales came to."""

    task_id: UUID
    started: bool = Field(description="False when there is nothing left to make: all are 4K already.")
    video_count: int
    quality: Quality
    message: str


@dataclass(frozen=True)
class Item:
    """One video of a task as its row has it. `progress` is 0..1, times are seconds."""

    video_id: UUID
    status: UpscaleStatus
    progress: float
    error: str | None
    seconds: float
    """How long the clip plays: the work it makes."""
    started_at: datetime | None
    ended_at: datetime | None


def task_status(items: Sequence[Item]) -> UpscaleStatus:
    """What the upscales of a task come to."""
    states = {item.status for item in items}
    if states <= {UpscaleStatus.QUEUED}:
        return UpscaleStatus.QUEUED if states else UpscaleStatus.COMPLETED
    if states & set(OPEN_UPSCALES):
        return UpscaleStatus.RUNNING
    for each in (UpscaleStatus.COMPLETED, UpscaleStatus.FAILED):
        if each in states:
            return each
    return UpscaleStatus.CANCELLED


def task_progress(items: Sequence[Item]) -> float:
    """Percent, by the length of the clips; what has ended counts whole, however it ended."""
    whole = sum(item.seconds for item in items)
    return 100.0 if not whole else 100 * sum(_done(item) * item.seconds for item in items) / whole


def seconds_left(items: Sequence[Item], now: datetime, since: datetime) -> float | None:
    """Time left, by what was made since the task was asked for; None while nothing can be told of it."""
    ours = [item for item in items if item.started_at and item.ended_at is None]
    ours += [item for item in items if item.started_at and item.ended_at and item.ended_at >= since]
    made = sum(_done(item) * item.seconds for item in ours)
    left = sum((1 - _done(item)) * item.seconds for item in items)
    if not left or not made:
        return None
    began = min(item.started_at for item in ours if item.started_at)
    return (now - began).total_seconds() * left / made


def _done(item: Item) -> float:
    return item.progress if item.status in OPEN_UPSCALES else 1.0
