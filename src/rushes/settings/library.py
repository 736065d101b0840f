"""Finished videos: upscaled, downloaded, and deleted again."""

from pydantic import BaseModel, Field


class LibrarySettings(BaseModel):
    """Upscales, downloads, how long what was deleted can be brought back."""

    upscale_concurrency: int = Field(
        default=3, ge=1, description="Videos one worker upscales at once; each uses every core there is."
    )
    film_concurrency: int = Field(
        default=1, ge=1, le=16, description="Films one worker renders at once; each uses every core there is."
    )
    download_names: str = Field(
        default="{job}/{number:03d}_{take}_{slug}.mp4",
        description="Names of downloaded videos. Also there: {image}, {provider}, {model}, {seed},"
        " {resolution}, {date}, {id}.",
    )
    download_link_seconds: float = Field(
        default=7 * 86400.0, gt=0, description="How long a link to a prepared download can be read."
    )
    operation_days: float = Field(
        default=2.0,
        ge=0,
        description="Days after its end when a video that a program asked for (one-prompt or OpenAI API) is"
        " deleted, unless it is selected or kept; as set when the video is asked for. What is made on the"
        " page is always kept. 0: none is deleted.",
    )
    undo_seconds: float = Field(
        default=30 * 86400.0,
        ge=0,
        description="How long a deleted video stays in *Recently deleted* and can be restored, seconds. Until"
        " then it uses disk space.",
    )
