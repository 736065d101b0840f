"""`/v1/videos`: the videos API of OpenAI, so that its clients work here unchanged.

A bearer token is taken and not looked at until accounts come.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response

from rushes.api import openai_examples as examples
from rushes.api.bodies import allow_body
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers, binary
from rushes.api.files import send_file
from rushes.api.forms import read_model, texts_in
from rushes.api.openai import (
    DEFAULT_SECONDS,
    DEFAULT_SIZE,
    PREFIX,
    ImageReference,
    OpenAiDeleted,
    OpenAiVideo,
    OpenAiVideoPage,
    RemixRequest,
    VideoRequest,
    image_bytes,
    openai_video,
    reference_in,
    settings_of,
    video_id_of,
)
from rushes.api.openai_errors import openai_errors
from rushes.api.uploads import FormPart, receive_form
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind, VideoStatus
from rushes.errors import Conflict, Fault, Invalid, TooLarge
from rushes.jobs.rows import Order
from rushes.jobs.upload import new_work_folder
from rushes.library.files import FileChoice, StoredFile, video_file
from rushes.library.stills import Still, still
from rushes.settings import MIB
from rushes.studio.actions import Images, StartImage, Wish, delete_one, make_one
from rushes.studio.change_video import editable
from rushes.studio.rows import get_one, ones_after

router = APIRouter(prefix="/v1/videos", tags=["OpenAI"])

POLL_AFTER = "openai-poll-after-ms"
POLL_SECONDS = (0.5, 5.0)
NAMES = {"provider": "model", "duration_seconds": "seconds", "aspect_ratio": "size", "resolution": "size"}
"""Our settings by the names they have at OpenAI."""
TEXTS = ("prompt", "model", "seconds", "size", "negative_prompt", "seed", "user")
REFERENCE = "input_reference"
BASE64 = 4 / 3
NO_VIDEO = openai_errors(not_found="There is no video 'video_1'. GET /v1/videos lists them.")
OpenAiId = Annotated[str, Path(description="`video_…`")]


class Variant(StrEnum):
    """What can be had of a video."""

    VIDEO = "video"
    THUMBNAIL = "thumbnail"
    SPRITESHEET = "spritesheet"


@router.post(
    "",
    responses=answers(examples.QUEUED, "The video, in progress.")
    | openai_errors(too_large="input_reference: fox.jpg has more than 20,971,520 bytes."),
    openapi_extra={"requestBody": examples.CREATE_FORM},
    summary="Make a video (OpenAI)",
)
async def create_openai_video(request: Request, response: Response, run: Run, owner: Owner) -> OpenAiVideo:
    """Begin a video, from a form or from JSON. With `input_reference`, that image is its first frame."""
    async with _received(request, run) as (wanted, image):
        video_id = await _begin(run, owner, wanted, image)
    return await _view(run, owner, video_id, response)


@router.get("", responses=answers(examples.VIDEOS, "A page of videos."), summary="List videos (OpenAI)")
async def list_openai_videos(
    run: Run,
    owner: Owner,
    after: Annotated[str | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Videos a page.")] = 20,
    order: Annotated[Order, Query(description="By the time they were made.")] = "desc",
) -> OpenAiVideoPage:
    """Videos that were made through this API, newest first unless told otherwise."""
    async with run.db.begin() as session:
        last = await get_one(session, owner, JobKind.OPENAI, video_id_of(after)) if after else None
        ones = await ones_after(session, owner, JobKind.OPENAI, after=last, order=order, limit=limit + 1)
    data = [openai_video(one) for one in ones[:limit]]
    return OpenAiVideoPage(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=len(ones) > limit,
    )


@router.get(
    "/{video_id}",
    responses=answers(examples.VIDEO, "The video as it is now.") | NO_VIDEO,
    summary="Look at a video (OpenAI)",
)
async def read_openai_video(video_id: OpenAiId, response: Response, run: Run, owner: Owner) -> OpenAiVideo:
    """One video. While it is made, a header says when to ask again. One that waits for you has an `error`."""
    return await _view(run, owner, video_id_of(video_id), response)


@router.get(
    "/{video_id}/content",
    response_class=Response,
    responses={
        200: {
            "description": "The bytes.",
            "content": {
                **binary("video/mp4", "")[200]["content"],
                **binary("image/jpeg", "")[200]["content"],
            },
        },
        **NO_VIDEO,
    },
    summary="The video itself (OpenAI)",
)
async def read_openai_content(
    video_id: OpenAiId,
    request: Request,
    run: Run,
    owner: Owner,
    variant: Annotated[
        Variant, Query(description="The MP4, a still, or a grid of frames (5 across, row by row).")
    ] = Variant.VIDEO,
) -> Response:
    """The bytes: an MP4, or a JPEG."""
    own_id = video_id_of(video_id)
    async with run.db.statement() as session:
        await get_one(session, owner, JobKind.OPENAI, own_id)
        choice = FileChoice.THUMBNAIL if variant is Variant.THUMBNAIL else FileChoice.ORIGINAL
        file: StoredFile = await video_file(session, owner, own_id, choice)
    if variant is Variant.SPRITESHEET:
        file = await still(run, owner, own_id, Still.SHEET)
    ending = "mp4" if variant is Variant.VIDEO else "jpg"
    return await send_file(request, run, file, f"{video_id}.{ending}")


@router.delete(
    "/{video_id}",
    responses=answers(examples.DELETED, "The video is gone.") | NO_VIDEO,
    summary="Delete a video (OpenAI)",
)
async def delete_openai_video(video_id: OpenAiId, run: Run, owner: Owner) -> OpenAiDeleted:
    """Stop it, also at the provider, and delete its row and bytes. What was paid stays on record."""
    own_id = video_id_of(video_id)
    await delete_one(run, owner, JobKind.OPENAI, own_id)
    return OpenAiDeleted(id=f"{PREFIX}{own_id}")


@router.post(
    "/{video_id}/remix",
    responses=answers(examples.REMIX, "The new video, in progress.")
    | NO_VIDEO
    | openai_errors(conflict="The video is queued; only a finished one can be remixed."),
    summary="Remix a video (OpenAI)",
)
async def remix_openai_video(
    video_id: OpenAiId,
    wanted: Annotated[RemixRequest, Body(openapi_examples=examples.REMIX_BODY)],
    response: Response,
    run: Run,
    owner: Owner,
) -> OpenAiVideo:
    """The video, changed as the prompt says, where its provider can change videos.

    Elsewhere a new video with another prompt; provider, settings, start image and seed are the first one's.
    """
    async with run.db.begin() as session:
        one = await get_one(session, owner, JobKind.OPENAI, video_id_of(video_id))
        if one.video.status != VideoStatus.COMPLETED:
            raise Conflict(f"The video is {one.video.status}; only a finished one can be remixed.")
        own_id, name = one.video.video_id, one.video.image_filename or "image.jpg"
        source = await editable(session, run, owner, one.video)
        image = None
        if one.has_image and source is None:
            image = StartImage(name, await video_file(session, owner, own_id, FileChoice.IMAGE))
    wish = Wish(
        prompt=wanted.prompt,
        settings={
            "provider": one.video.provider,
            "model": one.video.model,
            "seed": one.video.seed,
            **one.options,
        },
        negative_prompt=one.video.negative_prompt,
        source_video_id=one.video.video_id,
        source=source,
    )
    new_id = await make_one(run, owner, JobKind.OPENAI, wish, Images(image))
    return await _view(run, owner, new_id, response)


async def _begin(run: Runtime, owner: UUID, wanted: VideoRequest, image: StartImage | None) -> UUID:
    given = settings_of(wanted.model, wanted.seconds, wanted.size)
    usual = settings_of(None, DEFAULT_SECONDS, DEFAULT_SIZE)
    seed = {} if wanted.seed is None else {"seed": wanted.seed}
    try:
        return await _make(run, owner, wanted, image, {**usual, **given, **seed})
    except Invalid as error:
        # OpenAI's defaults are nobody's wish: where they do not fit, the provider's own are taken.
        theirs = [each for each in error.faults if each.where in given or each.where not in usual]
        if theirs:
            raise _in_their_words(error, theirs) from error
    try:
        return await _make(run, owner, wanted, image, {**given, **seed})
    except Invalid as error:
        raise _in_their_words(error, error.faults) from error


async def _make(
    run: Runtime, owner: UUID, wanted: VideoRequest, image: StartImage | None, settings: dict[str, object]
) -> UUID:
    wish = Wish(wanted.prompt, settings, wanted.negative_prompt or None)
    return await make_one(run, owner, JobKind.OPENAI, wish, Images(image))


def _in_their_words(error: Invalid, faults: Sequence[Fault]) -> Invalid:
    named = [Fault(NAMES.get(each.where, each.where), each.message, each.code) for each in faults]
    return Invalid(error.message, named, hint=error.hint)


async def _view(run: Runtime, owner: UUID, video_id: UUID, response: Response) -> OpenAiVideo:
    async with run.db.statement() as session:
        one = await get_one(session, owner, JobKind.OPENAI, video_id)
    view = openai_video(one)
    if view.status in ("queued", "in_progress"):
        least, most = POLL_SECONDS
        seconds = run.providers.get(one.video.provider).limits.poll_seconds
        response.headers[POLL_AFTER] = str(round(1000 * min(max(seconds, least), most)))
    return view


@asynccontextmanager
async def _received(request: Request, run: Runtime) -> AsyncGenerator[tuple[VideoRequest, StartImage | None]]:
    """What a client sent, as a form or as JSON; the image's file is there until this is left."""
    most = run.settings.max_image_bytes
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        raise Invalid(
            f"Send JSON, or a form as multipart/form-data; this came as {kind}.",
            hint="With curl: -F for each field, or -H 'Content-Type: application/json'.",
        )
    if not kind.startswith("multipart/"):
        allow_body(request, int(most * BASE64) + MIB)
        wanted = read_model(VideoRequest, await request.body())
        async with _referenced(run, wanted) as image:
            yield wanted, image
        return
    inline = int(most * BASE64) + MIB
    parts = {name: FormPart(MIB, text=True) for name in TEXTS} | {REFERENCE: FormPart(inline, either=True)}
    parts |= {f"{REFERENCE}[{key}]": FormPart(inline, text=True) for key in ImageReference.model_fields}
    async with receive_form(request, run, parts, limit=inline + MIB) as form:
        file = next(iter(form.parts.pop(REFERENCE, [])), None)
        texts: dict[str, Any] = dict(await texts_in(form))
        # OpenAI's SDK for JavaScript writes what lies in an object as fields of its own.
        named = {key: texts.pop(f"{REFERENCE}[{key}]", None) for key in ImageReference.model_fields}
        if any(each is not None for each in named.values()):
            texts[REFERENCE] = named
        if file and not file[0]:
            texts[REFERENCE] = reference_in(await asyncio.to_thread(file[1].read_text, errors="replace"))
        wanted = read_model(VideoRequest, texts)
        if file and file[0]:
            if file[1].stat().st_size > most:  # a field of text may be longer: it is in base64
                raise TooLarge(f"{REFERENCE}: {file[0]} has more than {most:,} bytes, the most there may be.")
            yield wanted, StartImage(*file)
            return
        async with _referenced(run, wanted) as image:
            yield wanted, image


@asynccontextmanager
async def _referenced(run: Runtime, wanted: VideoRequest) -> AsyncGenerator[StartImage | None]:
    if wanted.input_reference is None:
        yield None
        return
    data = await asyncio.to_thread(image_bytes, wanted.input_reference)
    folder = await asyncio.to_thread(new_work_folder, run)
    try:
        file = folder / "reference"
        await asyncio.to_thread(file.write_bytes, data)
        yield StartImage(REFERENCE, file)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
