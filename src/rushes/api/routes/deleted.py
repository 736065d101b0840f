"""Recently deleted takes: listed, and deleted for good before their time."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from rushes.api import examples
from rushes.api.deps import Owner, PageLimit, PageNumber, Run, VideoId
from rushes.api.examples import answers, binary
from rushes.api.files import send_file
from rushes.api.problems import problems
from rushes.api.routes.reviews import CHANGED, SOME, Changed, Videos
from rushes.engine.views import Pagination
from rushes.errors import NotFound
from rushes.library.deleted import DeletedPage, DeletedVideo, deleted_page, deleted_thumbnail, end_undo
from rushes.ops.sweep import purge_deleted

router = APIRouter(prefix="/api/deleted", tags=["review"])

DELETED = DeletedPage(
    items=[
        DeletedVideo(
            video=examples.VIDEO,
            job_name="Winter lookbook",
            thumbnail_url=f"/api/deleted/{examples.VIDEO_ID}/thumbnail",
            deleted_at=examples.VIDEO.created_at,
            gone_at=examples.VIDEO.created_at + timedelta(days=30),
        )
    ],
    bytes=2_871_000,
    pagination=Pagination.of(page=1, limit=20, total=1),
)


@router.get("", responses=answers(DELETED, "A page of deleted takes."), summary="List deleted videos")
async def read_deleted(
    run: Run,
    owner: Owner,
    page: PageNumber = 1,
    limit: PageLimit = 60,
) -> DeletedPage:
    """Takes that can be restored (`POST /api/videos/restore`), and the space that they use."""
    async with run.db.begin() as session:
        return await deleted_page(session, owner, run.settings.undo_seconds, page=page, limit=limit)


@router.post("/purge", responses=CHANGED, summary="Delete videos for good")
async def purge_videos(
    wanted: Annotated[Videos, Body(openapi_examples=SOME)], run: Run, owner: Owner
) -> Changed:
    """Delete bytes and rows of takes that are deleted already. This cannot be undone."""
    gone = await end_undo(run, owner, wanted.video_ids)
    await purge_deleted(run)
    return Changed(video_ids=gone)


@router.get(
    "/{video_id}/thumbnail",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The picture."),
        **problems(not_found="There is no such deleted video."),
    },
    summary="A picture of a deleted video",
)
async def read_deleted_thumbnail(video_id: VideoId, request: Request, run: Run, owner: Owner) -> Response:
    """A still of a take that can be restored."""
    async with run.db.statement() as session:
        file = await deleted_thumbnail(session, owner, video_id)
    if file is None:
        raise NotFound(f"There is no deleted video {video_id} with a picture.")
    return await send_file(request, run, file, f"{video_id}.jpg")
