"""Shots: what takes are made from."""

from fastapi import APIRouter, Request, Response

from rushes.api import examples
from rushes.api.deps import Owner, Run, ShotId, Width
from rushes.api.examples import answers, binary
from rushes.api.files import send_picture
from rushes.api.problems import problems
from rushes.api.routes.videos import UNCHANGED
from rushes.library.files import shot_image
from rushes.library.shots import ShotView, get_shot

router = APIRouter(prefix="/api/shots", tags=["shots"])


@router.get(
    "/{shot_id}",
    responses=answers(examples.SHOT, "The shot.") | problems(not_found="There is no such shot."),
    summary="Look at a shot",
)
async def read_shot(shot_id: ShotId, run: Run, owner: Owner) -> ShotView:
    """What the takes of a shot are made from: its prompt, its image, and options of its own."""
    async with run.db.statement() as session:
        return await get_shot(session, owner, shot_id)


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
