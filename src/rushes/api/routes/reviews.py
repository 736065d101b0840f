"""What a review does to videos, one or many at a time: choose, give stars, delete, bring back, retry."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from rushes.api import examples
from rushes.api.deps import Owner, RequestModel, Run, VideoId
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.routes.videos import NO_VIDEO
from rushes.engine.runtime import Runtime
from rushes.engine.views import VideoView
from rushes.errors import Conflict
from rushes.jobs.actions import retry_videos
from rushes.library import review as actions
from rushes.library.rows import get_video

router = APIRouter(prefix="/api/videos", tags=["review"])

MOST_VIDEOS = 10_000


class Selection(RequestModel):
    """Whether a take is the chosen one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"selected": True}]})

    selected: bool


class Rating(RequestModel):
    """The body that rates a take."""

    rating: int = Field(ge=0, le=5, description="Stars; 0 removes them.")


class Videos(RequestModel):
    """Ids of videos, of any of the owner's jobs."""

    video_ids: list[UUID] = Field(min_length=1, max_length=MOST_VIDEOS)


class VideosSelection(Videos):
    """Some videos, and whether they are chosen."""

    selected: bool


class VideosRejection(Videos):
    """Some videos, and whether they are not wanted."""

    rejected: bool


class Changed(BaseModel):
    """The videos that were changed; others were not there, or not in a state for it."""

    video_ids: list[UUID]


SOME: dict[str, Example] = {"some": {"value": {"video_ids": [str(examples.VIDEO_ID)]}}}
CHOSEN: dict[str, Example] = {"some": {"value": {"video_ids": [str(examples.VIDEO_ID)], "selected": True}}}
REJECTED: dict[str, Example] = {"some": {"value": {"video_ids": [str(examples.VIDEO_ID)], "rejected": True}}}
CHANGED = answers(Changed(video_ids=[examples.VIDEO_ID]), "The videos that were changed.")
NOW = answers(examples.VIDEO, "The video as it is now.") | NO_VIDEO


@router.put("/{video_id}/select", responses=NOW, summary="Choose a take")
async def select_video(
    video_id: VideoId,
    selection: Annotated[Selection, Body(openapi_examples={"select": {"value": {"selected": True}}})],
    run: Run,
    owner: Owner,
) -> VideoView:
    """Mark a take as the chosen one, or not. Several takes of a shot may be chosen."""
    await actions.select_videos(run, owner, [video_id], selection.selected)
    return await _view(run, owner, video_id)


@router.put("/{video_id}/rate", responses=NOW, summary="Give stars")
async def rate_video(
    video_id: VideoId,
    rating: Annotated[Rating, Body(openapi_examples={"four": {"value": {"rating": 4}}})],
    run: Run,
    owner: Owner,
) -> VideoView:
    """Give a take one to five stars; 0 removes them."""
    await actions.rate_videos(run, owner, [video_id], rating.rating)
    return await _view(run, owner, video_id)


@router.delete(
    "/{video_id}",
    status_code=204,
    responses=NO_VIDEO | problems(conflict="This video is being made."),
    summary="Delete a video",
)
async def delete_video(video_id: VideoId, run: Run, owner: Owner) -> Response:
    """Delete a take; not while it is being made. For some minutes it can be brought back (`restore`)."""
    await actions.delete_video(run, owner, video_id)
    return Response(status_code=204)


@router.post("/{video_id}/restore", responses=NOW, summary="Bring a video back")
async def restore_video(video_id: VideoId, run: Run, owner: Owner) -> VideoView:
    """Undo a delete, within `undo_seconds` of it. A video that had to be made yet is made."""
    await actions.restore_video(run, owner, video_id)
    return await _view(run, owner, video_id)


@router.post(
    "/{video_id}/retry",
    responses=NOW | problems(conflict="This video did not fail, or its owner has to decide first."),
    summary="Make a video again",
)
async def retry_video(video_id: VideoId, run: Run, owner: Owner) -> VideoView:
    """Queue a failed or cancelled video again, or let one continue that waited for you.

    Not an uncertain one, since it may have been paid: decide on it (`resolve`).
    """
    now = await _view(run, owner, video_id)
    if not await retry_videos(run, owner, [video_id]):
        raise Conflict(f"This video is {now.status}; there is nothing to retry.")
    return await _view(run, owner, video_id)


@router.post("/select", responses=CHANGED, summary="Choose takes")
async def select_videos(
    wanted: Annotated[VideosSelection, Body(openapi_examples=CHOSEN)], run: Run, owner: Owner
) -> Changed:
    """Mark takes as the chosen ones, or not."""
    return Changed(video_ids=await actions.select_videos(run, owner, wanted.video_ids, wanted.selected))


@router.post("/reject", responses=CHANGED, summary="Reject takes")
async def reject_videos(
    wanted: Annotated[VideosRejection, Body(openapi_examples=REJECTED)], run: Run, owner: Owner
) -> Changed:
    """Mark takes as looked at and not wanted, or not. A rejected take is not chosen any more."""
    return Changed(video_ids=await actions.reject_videos(run, owner, wanted.video_ids, wanted.rejected))


@router.post("/delete", responses=CHANGED, summary="Delete videos")
async def delete_videos(
    wanted: Annotated[Videos, Body(openapi_examples=SOME)], run: Run, owner: Owner
) -> Changed:
    """Delete takes; those in progress stay. For some minutes they can be brought back (`restore`)."""
    return Changed(video_ids=await actions.delete_videos(run, owner, wanted.video_ids))


@router.post("/restore", responses=CHANGED, summary="Bring videos back")
async def restore_videos(
    wanted: Annotated[Videos, Body(openapi_examples=SOME)], run: Run, owner: Owner
) -> Changed:
    """Undo a delete, within `undo_seconds` of it."""
    return Changed(video_ids=await actions.restore_videos(run, owner, wanted.video_ids))


@router.post("/retry", responses=CHANGED, summary="Make videos again")
async def retry_some(
    wanted: Annotated[Videos, Body(openapi_examples=SOME)], run: Run, owner: Owner
) -> Changed:
    """Queue failed and cancelled videos again, and let those continue that waited for you."""
    return Changed(video_ids=await retry_videos(run, owner, wanted.video_ids))


async def _view(run: Runtime, owner: UUID, video_id: UUID) -> VideoView:
    async with run.db.statement() as session:
        return await get_video(session, owner, video_id)
