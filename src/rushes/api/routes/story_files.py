"""What a story shows: pictures, timeline, one exact frame, files, uploads; and the files of films."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from rushes.api import story_examples as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers, binary
from rushes.api.files import NO_SUCH_RANGE, UNCHANGED, send_file
from rushes.api.problems import problems
from rushes.api.uploads import FormPart, receive_form
from rushes.errors import Fault, Invalid
from rushes.settings import MIB
from rushes.story import look, making
from rushes.story.films import film_file, film_folder, get_film
from rushes.story.rows import get_story
from rushes.story.uploads import StoryUpload, UploadUse, add_upload
from rushes.story.views import FilmView, SectionPictures, TimelineView, UploadedFile

MOST_UPLOAD_BYTES = 500 * MIB
router = APIRouter(prefix="/api", tags=["stories"])

StoryId = Annotated[UUID, Path(description="The story.")]
SectionKey = Annotated[str, Path(max_length=32, description="The section.")]
FilmId = Annotated[UUID, Path(description="The film.")]
NO_STORY = problems(not_found="There is no such story.")
NO_SECTION = problems(not_found="The story has no such section.")
CHANGED = problems(conflict="The story was changed meanwhile.")
INCOMPLETE = problems(conflict="The timeline is not complete yet.")
VIEW = answers(examples.STORY, "The story as it is now.")


@router.get(
    "/stories/{story_id}/pictures",
    responses=answers([examples.PICTURES], "The pictures of each section.") | NO_STORY,
    summary="List the pictures of a story",
)
async def read_pictures(story_id: StoryId, run: Run, owner: Owner) -> list[SectionPictures]:
    """What each section shows, with author and licence, and what else was found for it."""
    async with run.db.begin() as session:
        return look.pictures_view(await look.load_story(run, session, owner, story_id))


@router.get(
    "/stories/{story_id}/timeline",
    responses=answers(examples.TIMELINE, "The timeline as the render reads it.") | NO_STORY | INCOMPLETE,
    summary="Get the timeline of a story",
)
async def read_timeline(story_id: StoryId, run: Run, owner: Owner) -> TimelineView:
    """Whole frames: scenes, joins, speech, words of captions, music. The same data makes the film."""
    async with run.db.begin() as session:
        return look.timeline_view(await look.load_story(run, session, owner, story_id))


@router.get(
    "/stories/{story_id}/frame",
    responses=binary("image/png", "The frame.") | NO_STORY | INCOMPLETE,
    response_class=FileResponse,
    summary="Get one exact frame",
)
async def read_frame(
    story_id: StoryId,
    run: Run,
    owner: Owner,
    frame: Annotated[int, Query(ge=0, le=10_000_000, description="Which, from 0.")],
    height: Annotated[int | None, Query(ge=144, le=2160, description="Pixels; none: the film's own.")] = None,
) -> FileResponse:
    """One frame as it will be in the film, captions included."""
    folder = await making.scratch(run)
    try:
        await making.exact_frame(run, owner, story_id, frame, folder / "frame.png", height)
    except BaseException:
        await making.clear(folder)
        raise
    return FileResponse(
        folder / "frame.png",
        media_type="image/png",
        headers={"Cache-Control": "private, no-cache"},
        background=BackgroundTask(making.clear, folder),
    )


_PARTS = {
    "file": FormPart(MOST_UPLOAD_BYTES),
    "use": FormPart(100, text=True),
    "text": FormPart(40_000, text=True),
}


@router.post(
    "/stories/{story_id}/uploads",
    status_code=201,
    responses=answers(examples.UPLOADED, "The file is stored.", 201)
    | NO_STORY
    | problems(too_large="file: song.mp3 has more bytes than there may be."),
    openapi_extra={"requestBody": examples.UPLOAD_FORM},
    summary="Upload a file for a story",
)
async def upload_file(request: Request, story_id: StoryId, run: Run, owner: Owner) -> UploadedFile:
    """A picture or clip, music, a watermark, or a recording of a section. Name its `key` in the document."""
    async with run.db.statement() as session:
        story = await get_story(session, owner, story_id)
    async with receive_form(request, run, _PARTS, limit=MOST_UPLOAD_BYTES + 100_000) as form:
        file = form.one("file")
        if file is None:
            raise Invalid("The file is missing.", [Fault("file", "Send one.", "missing")])
        name, path = file
        given = (await form.text("use")) or "picture"
        if given not in set(UploadUse):
            raise Invalid("use: not known.", [Fault("use", f"One of: {', '.join(UploadUse)}.", "unknown")])
        language, said = story.document.language, await form.text("text") or ""
        upload = StoryUpload(UploadUse(given), name, path, said, language)
        key, facts = await add_upload(run, owner, story_id, upload)
    return UploadedFile(key=key, url=look.file_url(story_id, f"uploads/{look.stem(key)}"), **_shown(facts))


def _shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts.get(name) for name in ("media_type", "width", "height", "seconds", "name")}


@router.get(
    "/stories/{story_id}/files/{name:path}",
    responses=binary("*/*", "The bytes.") | NO_STORY | UNCHANGED | NO_SUCH_RANGE,
    response_class=Response,
    summary="Get a file of a story",
)
async def read_story_file(
    request: Request,
    story_id: StoryId,
    name: Annotated[str, Path(max_length=300, description="Its name in the timeline.")],
    run: Run,
    owner: Owner,
) -> Response:
    """Speech, a picture, a clip, or drawn words, by its name in the timeline. Ranges are answered."""
    async with run.db.begin() as session:
        loaded = await look.load_story(run, session, owner, story_id)
        if not name.startswith("drawn/"):
            file = await look.stored_file(session, loaded, name)
            return await send_file(request, run, file, name.rsplit("/", 1)[-1])
    folder = await making.scratch(run)
    try:
        await making.picture_file(loaded, name, folder / "drawn.png")
    except BaseException:
        await making.clear(folder)
        raise
    return FileResponse(
        folder / "drawn.png", media_type="image/png", background=BackgroundTask(making.clear, folder)
    )


@router.get(
    "/films/{film_id}",
    responses=answers(examples.FILM_VIEW, "The film.") | problems(not_found="There is no such film."),
    summary="Get a film",
)
async def read_film(film_id: FilmId, run: Run, owner: Owner) -> FilmView:
    """A film, a preview or an export, with how far it is."""
    async with run.db.statement() as session:
        return await get_film(session, owner, film_id, film_folder(run))


@router.get(
    "/films/{film_id}/files/{name}",
    responses=binary("*/*", "The bytes.")
    | problems(not_found="The film has no such file.")
    | UNCHANGED
    | NO_SUCH_RANGE,
    response_class=Response,
    summary="Get a file of a film",
)
async def read_film_file(
    request: Request,
    film_id: FilmId,
    name: Annotated[str, Path(max_length=100, description="`film.mp4`, `captions.srt`, …")],
    run: Run,
    owner: Owner,
    download: Annotated[bool, Query(description="Have a browser save it.")] = False,
) -> Response:
    """The film itself, its captions, credits, poster or contact sheet. Ranges are answered."""
    async with run.db.statement() as session:
        file = await film_file(session, owner, film_id, name)
    return await send_file(request, run, file, name, attachment=download)
