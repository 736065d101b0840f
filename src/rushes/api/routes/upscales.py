"""Upscaling to 4K: asked for, followed, given up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path
from fastapi.openapi.models import Example
from pydantic import Field

from rushes.api import examples
from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.platform.media.upscaling import Codec, Quality, Recipe, Target
from rushes.upscale import actions
from rushes.upscale.task_rows import open_tasks, view_task
from rushes.upscale.views import UpscaleStarted, UpscaleView

router = APIRouter(prefix="/api/videos/upscale", tags=["upscaling"])

MOST_VIDEOS = 10_000
NO_TASK = problems(not_found="There is no such upscaling task.")
EXAMPLE: dict[str, Example] = {
    "some": {"value": {"video_ids": [str(examples.VIDEO_ID)], "quality": "balanced"}}
}
TaskId = Annotated[UUID, Path(description="The upscaling task.")]


class UpscaleRequest(RequestModel):
    """The body that starts an upscale: which videos, to what."""

    video_ids: list[UUID] = Field(min_length=1, max_length=MOST_VIDEOS, description="In this order.")
    target: Target = Field(Target.UHD, description="3840x2160 in the clip's own orientation.")
    quality: Quality = Field(
        Quality.BALANCED, description="`fast`, `balanced` or `high`: time against likeness and size."
    )
    codec: Codec = Field(Codec.H264, description="H.264 plays everywhere; H.265 and AV1 are smaller.")
    enhance: bool = Field(False, description="Also take out noise and banding, and sharpen a little.")
    hardware: bool = Field(
        False, description="Code on the graphics card where there is one that can; otherwise as usual."
    )


@router.post(
    "",
    status_code=202,
    responses=answers(examples.UPSCALE_STARTED, "Asked for.", 202)
    | problems(
        not_found="Some videos are not there.",
        conflict="Some videos are not finished, are 4K as made, or are being upscaled in another way.",
    ),
    summary="Upscale videos to 4K",
)
async def start_upscale(
    wanted: Annotated[UpscaleRequest, Body(openapi_examples=EXAMPLE)], run: Run, owner: Owner
) -> UpscaleStarted:
    """Make 4K copies, beside the originals. What is there or under way by the same recipe is shared.

    A new copy takes the place of one that was made in another way. `GET …/content?resolution=4k` plays it.
    """
    recipe = Recipe(
        quality=wanted.quality, codec=wanted.codec, enhance=wanted.enhance, hardware=wanted.hardware
    )
    return await actions.start_upscale(run, owner, wanted.video_ids, recipe)


@router.get("", responses=answers([examples.UPSCALE], "Those under way."), summary="Upscaling under way")
async def list_upscales(run: Run, owner: Owner) -> list[UpscaleView]:
    """The tasks that are not over, newest first: what a page that was loaded anew goes on with."""
    async with run.db.begin() as session:
        return await open_tasks(session, owner)


@router.get(
    "/{task_id}/status",
    responses=answers(examples.UPSCALE, "How far it is.") | NO_TASK,
    summary="Look at an upscaling task",
)
async def read_upscale(task_id: TaskId, run: Run, owner: Owner) -> UpscaleView:
    """How far it is, video by video. Events named `upscale` tell when to look again."""
    async with run.db.begin() as session:
        return await view_task(session, owner, task_id)


@router.post(
    "/{task_id}/cancel",
    responses=answers(examples.UPSCALE, "How it ended.") | NO_TASK,
    summary="Give an upscaling task up",
)
async def cancel_upscale(task_id: TaskId, run: Run, owner: Owner) -> UpscaleView:
    """Stop what only this task asked for, now; what is there stays. Asking twice is safe."""
    await actions.cancel_upscale(run, owner, task_id)
    async with run.db.begin() as session:
        return await view_task(session, owner, task_id)
