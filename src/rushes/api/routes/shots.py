"""Shots: what takes are made from."""

from fastapi import APIRouter, Request, Response

from rushes.api.deps import Owner, Run, ShotId, Width
from rushes.api.examples import binary
from rushes.api.files import send_picture
from rushes.api.problems import problems
from rushes.api.routes.videos import UNCHANGED
from rushes.library.files import shot_image

router = APIRouter(prefix="/api/shots", tags=["shots"])


@router.get(
    "/{shot_id}/image",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The image."),
        **UNCHANGED,
        **problems(not_found="There is no such shot, or it has no image."),
    },
    summary="A shot's image",
)
async def read_image(
    shot_id: ShotId, request: Request, run: Run, owner: Owner, width: Width = None
) -> Response:
    """The image a shot starts from, as providers get it: upright, sRGB, without metadata."""
    async with run.db.statement() as session:
        file, name = await shot_image(session, owner, shot_id)
    return await send_picture(request, run, file, name, width)
