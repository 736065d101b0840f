"""How upscaling is shown: one task a request, its videos in order."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.engine.local_work_states import WorkStatus
from rushes.platform.media.upscaling import Codec, Quality
from rushes.platform.told import ToldText


class UpscaledVideo(BaseModel):
    """The state of one video of an upscale."""

    video_id: UUID
    status: WorkStatus
    progress: float = Field(description="Percent, 0 to 100.")
    error: ToldText | None = Field(description="Why it failed, or why it waits.")


class UpscaleView(BaseModel):
    """The state of an upscale and of its videos."""

    task_id: UUID
    status: WorkStatus = Field(
        description="`completed` when all have ended and at least one is there; `failed` when none is."
    )
    progress: float = Field(description="Percent of all of it, 0 to 100.")
    current_video: int = Field(description="The number of the one being made, from 1: `3 of 12`.")
    total_videos: int
    eta_seconds: float | None = Field(description="Time left, once it is known.")
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
