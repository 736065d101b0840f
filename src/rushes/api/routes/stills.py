"""Pictures of videos that other videos start from: the image a take began with, and the frame it ends on."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from rushes.api.deps import Owner, Run, VideoId, Width
from rushes.api.examples import binary
from rushes.api.files import send_file, send_picture
from rushes.api.problems import problems
from rushes.api.routes.videos import NO_BYTES, UNCHANGED
from rushes.library.files import FileChoice, video_file
from rushes.library.stills import Still, still

router = APIRouter(prefix="/api/videos", tags=["videos"])


@router.get(
    "/{video_id}/image",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The image."),
        **UNCHANGED,
        **problems(not_found="There is no such video, or it starts from no image."),
    },
    summary="The image a video starts from",
)
async def read_start_image(
    video_id: VideoId, request: Request, run: Run, owner: Owner, width: Width = None
) -> Response:
    """The image as providers get it (upright, sRGB, without metadata), or a small one of it."""
    async with run.db.statement() as session:
        file = await video_file(session, owner, video_id, FileChoice.IMAGE)
    return await send_picture(request, run, file, _name(video_id, "start"), width)


@router.get(
    "/{video_id}/last-frame",
    response_class=Response,
    responses={**binary("image/jpeg", "The frame."), **UNCHANGED, **NO_BYTES},
    summary="The last frame of a video",
)
async def read_last_frame(video_id: VideoId, request: Request, run: Run, owner: Owner) -> Response:
    """The frame a video ends on, in its own size. Made when first asked for."""
    file = await still(run, owner, video_id, Still.LAST_FRAME)
    return await send_file(request, run, file, _name(video_id, "end"))


def _name(video_id: UUID, what: str) -> str:
    return f"{video_id}-{what}.jpg"
