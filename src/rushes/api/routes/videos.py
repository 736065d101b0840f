"""Single videos: looked at, made again, decided on. What a review does is in reviews.py."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import ConfigDict, Field

from rushes.api import examples
from rushes.api.deps import IdempotencyKey, Owner, OwnOptions, RequestModel, Run, VideoId
from rushes.api.examples import answers, binary
from rushes.api.files import NO_SUCH_RANGE, UNCHANGED, send_file
from rushes.api.form_schemas import REGENERATE_FORM
from rushes.api.forms import options_in, read_model, regenerate_parts
from rushes.api.problems import problems
from rushes.api.studio import Prompt
from rushes.api.uploads import receive_form
from rushes.downloads.contents import take_filename
from rushes.engine.candidates import CandidateView
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.engine.views import VideoView
from rushes.library import actions
from rushes.library.files import FileChoice, video_file
from rushes.library.rows import get_video
from rushes.platform.media.upscaling import Resolution
from rushes.studio.change_video import change_video

router = APIRouter(prefix="/api/videos", tags=["videos"])

NO_VIDEO = problems(not_found="There is no such video.")
NO_BYTES = problems(not_found="There is no such video, or nothing to see of it yet.")
UNFINISHED = problems(conflict="The video is queued; only a finished one can be gone on from.")
ELSEWHERE = {307: {"description": "The bucket has it, at this address, for a while (`Location`)."}}
COPIES = {
    Resolution.ORIGINAL: FileChoice.ORIGINAL,
    Resolution.P720: FileChoice.ORIGINAL,
    Resolution.UHD: FileChoice.UPSCALED,
}


class VerdictRequest(RequestModel):
    """The owner's word on an uncertain submission."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "retry"}]})

    decision: Decision = Field(
        description="`retry`: ask for it (anew). `made`: it was made and paid; without `picked` it is lost."
        " `give_up`: nothing came of it."
    )
    picked: list[str] = Field(
        default=[],
        max_length=16,
        description="With `made`: which of its candidates it is (their `ref`); they are fetched.",
    )


class ChangeRequest(RequestModel):
    """The body that asks for a variation of a take or for its continuation."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt = Field(description="What is to be different, or what happens next.")
    options: OwnOptions = Field(default_factory=dict)


class Regeneration(RequestModel):
    """What is to be different in a new take."""

    model_config = ConfigDict(extra="forbid")

    new_prompt: str | None = None
    options: OwnOptions = Field(default_factory=dict)


@router.get(
    "/{video_id}",
    responses=answers(examples.VIDEO, "The video as it is now.") | NO_VIDEO,
    summary="Look at a video",
)
async def read_video(video_id: VideoId, run: Run, owner: Owner) -> VideoView:
    """One take: its state, who must act if it waits, where its bytes are."""
    return await _view(run, owner, video_id)


@router.post(
    "/{video_id}/regenerate",
    status_code=202,
    responses=answers(examples.QUEUED_VIDEO, "The take that is in progress.", 202)
    | NO_VIDEO
    | problems(
        conflict="The job has not been started.",
        too_large="new_image: portrait.jpg has more than 20,971,520 bytes, the most there may be.",
    ),
    openapi_extra={"requestBody": REGENERATE_FORM},
    summary="Make a take again",
)
async def regenerate_video(
    video_id: VideoId, request: Request, run: Run, owner: Owner, request_id: IdempotencyKey = None
) -> VideoView:
    """Queue a take of the same shot, with another prompt, image or options if given.

    A finished take stays, and a new one is put beside it. One that failed, was cancelled or waits is made
    anew in its own place (unless it may have been paid for).
    Send JSON, a form with `new_image`, or nothing.
    """
    await _view(run, owner, video_id)
    new_id = await _regenerate(request, run, owner, video_id, request_id)
    return await _view(run, owner, new_id)


async def _regenerate(
    request: Request, run: Runtime, owner: UUID, video_id: UUID, request_id: str | None
) -> UUID:
    if not request.headers.get("content-type", "").startswith("multipart/"):
        wanted = _regeneration(await request.body())
        return await actions.regenerate(
            run,
            owner,
            video_id,
            new_prompt=wanted.new_prompt,
            options=wanted.options,
            request_id=request_id,
        )
    limit = run.settings.max_image_bytes + run.settings.max_prompts_bytes
    async with receive_form(request, run, regenerate_parts(run.settings), limit=limit) as form:
        given = {"new_prompt": await form.text("new_prompt"), "options": await options_in(form)}
        wanted = read_model(Regeneration, {name: each for name, each in given.items() if each is not None})
        return await actions.regenerate(
            run,
            owner,
            video_id,
            new_prompt=wanted.new_prompt,
            new_image=form.one("new_image"),
            options=wanted.options,
            request_id=request_id,
        )


def _regeneration(body: bytes) -> Regeneration:
    return read_model(Regeneration, body or b"{}")


@router.post(
    "/{video_id}/edit",
    status_code=202,
    responses=answers(examples.QUEUED_VIDEO, "The video that is in progress.", 202) | NO_VIDEO | UNFINISHED,
    summary="Change a take",
)
async def edit_video(
    video_id: VideoId,
    wanted: Annotated[
        ChangeRequest,
        Body(openapi_examples={"night": {"value": {"prompt": "Make it night, with snow falling"}}}),
    ],
    run: Run,
    owner: Owner,
) -> VideoView:
    """Have a finished take changed as the prompt says, where its provider can (`modes` has `edit`).

    Of a batch it becomes a shot of the same job; of the one-prompt APIs an operation (a video) of its own.
    """
    return await _changed(run, owner, video_id, wanted, extend=False)


@router.post(
    "/{video_id}/extend",
    status_code=202,
    responses=answers(examples.QUEUED_VIDEO, "The video that is in progress.", 202) | NO_VIDEO | UNFINISHED,
    summary="Make a take longer",
)
async def extend_video(
    video_id: VideoId,
    wanted: Annotated[
        ChangeRequest, Body(openapi_examples={"on": {"value": {"prompt": "The fox runs into the forest"}}})
    ],
    run: Run,
    owner: Owner,
) -> VideoView:
    """Have a finished take gone on with as the prompt says, where its provider can (`modes` has `extend`).

    Of a batch it becomes a shot of the same job; of the one-prompt APIs an operation (a video) of its own.
    """
    return await _changed(run, owner, video_id, wanted, extend=True)


async def _changed(
    run: Runtime, owner: UUID, video_id: UUID, wanted: ChangeRequest, *, extend: bool
) -> VideoView:
    new_id = await change_video(run, owner, video_id, wanted.prompt, extend=extend, options=wanted.options)
    return await _view(run, owner, new_id)


@router.get(
    "/{video_id}/candidates",
    responses=answers(
        [CandidateView(ref="5f2c/9b1e", said="Slow Morning Light", picture="data:image/jpeg;base64,…")],
        "What it may be; empty where nothing was found.",
    )
    | NO_VIDEO,
    summary="See what an uncertain video may be",
)
async def read_candidates(video_id: VideoId, run: Run, owner: Owner) -> list[CandidateView]:
    """Videos at the provider that may be this one, as they were seen when it was looked for."""
    return await actions.candidates(run, owner, video_id)


@router.post(
    "/{video_id}/resolve",
    responses=answers(examples.VIDEO, "The video as it is now.")
    | NO_VIDEO
    | problems(conflict="This video is not uncertain; there is nothing to decide."),
    summary="Decide on an uncertain video",
)
async def resolve_video(
    video_id: VideoId,
    verdict: Annotated[VerdictRequest, Body(openapi_examples={"retry": {"value": {"decision": "retry"}}})],
    run: Run,
    owner: Owner,
) -> VideoView:
    """Say what is to become of a submission of which nobody knows whether it was accepted (and paid)."""
    await actions.resolve(run, owner, video_id, verdict.decision, verdict.picked)
    return await _view(run, owner, video_id)


@router.get(
    "/{video_id}/content",
    response_class=Response,
    responses={
        **binary("video/mp4", "The video."),
        **binary("video/mp4", "The part of it that was asked for (`Range`).", 206),
        **ELSEWHERE,
        **UNCHANGED,
        **NO_BYTES,
        **NO_SUCH_RANGE,
    },
    summary="The video itself",
)
async def read_content(
    video_id: VideoId,
    request: Request,
    run: Run,
    owner: Owner,
    download: Annotated[bool, Query(description="Save it instead of playing it.")] = False,
    resolution: Annotated[
        Resolution, Query(description="`4k` is its upscaled copy; the others are the bytes as made.")
    ] = Resolution.ORIGINAL,
) -> Response:
    """The MP4, with ranges for players that seek and an ETag (its sha256) for caches."""
    async with run.db.statement() as session:
        file = await video_file(session, owner, video_id, COPIES[resolution])
    name = take_filename(file.number, file.take, file.prompt)
    return await send_file(request, run, file, name, attachment=download)


@router.get(
    "/{video_id}/thumbnail",
    response_class=Response,
    responses={**binary("image/jpeg", "The picture."), **UNCHANGED, **NO_BYTES},
    summary="A picture of the video",
)
async def read_thumbnail(video_id: VideoId, request: Request, run: Run, owner: Owner) -> Response:
    """A still of the video, 480 pixels on its long side at most."""
    async with run.db.statement() as session:
        file = await video_file(session, owner, video_id, FileChoice.THUMBNAIL)
    name = take_filename(file.number, file.take, file.prompt).removesuffix(".mp4") + ".jpg"
    return await send_file(request, run, file, name)


async def _view(run: Runtime, owner: UUID, video_id: UUID) -> VideoView:
    async with run.db.statement() as session:
        return await get_video(session, owner, video_id)
