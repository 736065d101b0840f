"""A story played before it is rendered: its facts, small pictures and clips, camera paths, sounds, fonts."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.responses import FileResponse

from rushes.api import story_preview_examples as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers, binary
from rushes.api.problems import problems
from rushes.platform.media.moves import CameraMove
from rushes.story import preview_making as making
from rushes.story.preview_views import CameraPath, PreviewView

router = APIRouter(prefix="/api", tags=["stories"])

StoryId = Annotated[UUID, Path(description="The story.")]
FileName = Annotated[str, Path(max_length=300, description="Its name in the preview.")]
NO_STORY = problems(not_found="There is no such story.")
NO_FILE = problems(not_found="The story has no such file.")
FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}
"""A name stands for the same bytes for ever."""


@router.get(
    "/stories/{story_id}/preview",
    responses=answers(examples.PREVIEW, "The film as a page plays it.") | NO_STORY,
    summary="Get what a preview plays",
)
async def read_preview(story_id: StoryId, run: Run, owner: Owner) -> PreviewView:
    """Sections, words, pictures and captions in time, before anything is rendered. What is not made yet is
    estimated, and says so."""
    return await making.preview_of(run, owner, story_id)


@router.get(
    "/stories/{story_id}/proxies/{name:path}",
    responses=binary("image/jpeg", "The picture, or an MP4 of a clip.") | NO_FILE,
    response_class=FileResponse,
    summary="Get a small copy of a picture or clip",
)
async def read_proxy(
    story_id: StoryId,
    name: FileName,
    run: Run,
    owner: Owner,
    small: Annotated[bool, Query(description="One picture for a strip of many, of a clip too.")] = False,
    shape: Annotated[str, Query(max_length=10, description="The shape it is for; names the bytes.")] = "",
) -> FileResponse:
    """A still is cut as the film cuts it; a clip is without sound. Ranges are answered."""
    path = await making.proxy_file(run, owner, story_id, name, small=small)
    media_type = "video/mp4" if path.suffix == ".mp4" else "image/jpeg"
    return FileResponse(path, media_type=media_type, headers=FOR_GOOD)


@router.get(
    "/stories/{story_id}/camera/{name:path}",
    responses=answers(examples.CAMERA, "The path of the camera.") | NO_FILE,
    summary="Get how the camera moves over a still",
)
async def read_camera(
    story_id: StoryId,
    name: FileName,
    run: Run,
    owner: Owner,
    move: Annotated[CameraMove, Query(description="Which move.")],
    frames: Annotated[int, Query(ge=1, le=1_000_000, description="For how many frames it is seen.")],
    seed: Annotated[int, Query(ge=0, lt=2**31, description="Which take of the move.")] = 0,
    pace: Annotated[float, Query(gt=0, le=10, description="How far it goes.")] = 1.0,
) -> CameraPath:
    """The same path as in the film, for its proxy."""
    return await making.camera_path(run, owner, story_id, name, move, seed=seed, pace=pace, frames=frames)


@router.get(
    "/stories/{story_id}/sound/{which}",
    responses=binary("audio/wav", "The sound.") | NO_STORY,
    response_class=FileResponse,
    summary="Get the sound of a preview",
)
async def read_sound(
    story_id: StoryId,
    which: Annotated[Literal["voice", "music"], Path(description="The voice, or the music.")],
    run: Run,
    owner: Owner,
    version: Annotated[str, Query(max_length=64, description="As the preview names it.")] = "",
) -> FileResponse:
    """As long as the film. The voice is the clock of a preview. Ranges are answered."""
    path = await making.sound_file(run, owner, story_id, which)
    kept = FOR_GOOD if version and path.name.startswith(version) else {"Cache-Control": "private, no-cache"}
    return FileResponse(path, media_type="audio/wav", headers=kept)


@router.get(
    "/fonts/{family}",
    responses=binary("font/ttf", "The font.") | problems(not_found="There is no such font."),
    response_class=FileResponse,
    summary="Get a font that captions are set in",
)
async def read_font(
    family: Annotated[str, Path(max_length=60, description="As the preview names it.")],
    run: Run,
    owner: Owner,
) -> FileResponse:
    """The file that films are made with."""
    return FileResponse(making.font_path(family), media_type="font/ttf", headers=FOR_GOOD)
