"""One prompt, one video: asked for, looked at, listed, deleted. An operation is a video and has its id."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.openapi.models import Example

from rushes.api import examples
from rushes.api.deps import Owner, PageLimit, PageNumber, Run, Text
from rushes.api.examples import answers
from rushes.api.form_schemas import FILE
from rushes.api.forms import read_model, texts_in
from rushes.api.problems import problems
from rushes.api.studio import (
    Accepted,
    Done,
    Failed,
    Generation,
    Keeping,
    KeptOnes,
    Operation,
    OperationId,
    OperationPage,
    Underway,
    look,
    operation_of,
)
from rushes.api.uploads import FormPart, receive_form
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind
from rushes.engine.views import Pagination
from rushes.errors import Fault, Invalid
from rushes.library.stills import Still, still
from rushes.settings import MIB
from rushes.studio.actions import Images, StartImage, Wish, delete_one, make_one
from rushes.studio.rows import get_one, keep_ones, page_of_ones

router = APIRouter(prefix="/api/video_chat", tags=["one prompt"])

NO_OPERATION = problems(not_found="There is no such operation.")
REFERENCES = "reference_images"
MOST_REFERENCES = 16
"""In a form; how many a provider takes is its own."""
NAMES = {"duration_seconds": "duration", "references": REFERENCES}
"""Options of providers by the names they have here."""
OperationKey = Annotated[UUID, Path(description="The operation.")]
GENERATE: dict[str, Example] = {
    "text": {
        "summary": "A prompt alone",
        "value": {
            "prompt": "A fox in the snow turns its head, slow push in",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "duration": "4",
        },
    },
    "continuing": {
        "summary": "From the last frame of a video",
        "value": {
            "prompt": "The fox walks away",
            "start_frame_video_id": str(examples.VIDEO_ID),
            "session_id": "winter",
        },
    },
}
IMAGE_FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["prompt"],
                "properties": {
                    "image": {
                        **FILE,
                        "description": "JPEG, PNG, WebP, AVIF or HEIC; the first frame.",
                    },
                    "last_image": {**FILE, "description": "The last frame, where the provider can."},
                    "reference_images": {
                        "type": "array",
                        "items": FILE,
                        "description": "Looks to keep (a person, a thing, a style), where the provider can;"
                        " with or, with some, instead of `image`.",
                    },
                    **{
                        name: each
                        for name, each in Generation.model_json_schema()["properties"].items()
                        if name != "start_frame_video_id"
                    },
                },
            },
            "example": {"image": "(fox.jpg)", "prompt": "The fox turns its head", "duration": "4"},
        }
    },
}


@router.post(
    "/generate",
    responses=answers(examples.ACCEPTED, "The operation has begun.")
    | problems(not_found="There is no such video to continue from."),
    summary="Make a video of a prompt",
)
async def generate_video(
    wanted: Annotated[Generation, Body(openapi_examples=GENERATE)], run: Run, owner: Owner
) -> Accepted:
    """Begin a video. Ask `status` for it, or listen to `GET /api/events`. It survives a restart."""
    first: StartImage | None = None
    if wanted.start_frame_video_id:
        frame = await still(run, owner, wanted.start_frame_video_id, Still.LAST_FRAME)
        first = StartImage(f"{wanted.start_frame_video_id}.jpg", frame)
    return await _begin(run, owner, wanted, Images(first))


@router.post(
    "/generate_with_image",
    responses=answers(examples.ACCEPTED, "The operation has begun.")
    | problems(too_large="image: fox.jpg has more than 20,971,520 bytes, the most there may be."),
    openapi_extra={"requestBody": IMAGE_FORM},
    summary="Make a video of an image and a prompt",
)
async def generate_video_with_image(request: Request, run: Run, owner: Owner) -> Accepted:
    """Begin a video that starts from images: its first frame, its last one, looks that it keeps.

    A form; its other fields are those of `generate`.
    """
    most = run.settings.max_image_bytes
    parts = {
        name: FormPart(MIB, text=True) for name in set(Generation.model_fields) - {"start_frame_video_id"}
    }
    parts |= {
        "image": FormPart(most),
        "last_image": FormPart(most),
        REFERENCES: FormPart(most, most=MOST_REFERENCES),
    }
    limit = (MOST_REFERENCES + 2) * most + run.settings.max_prompts_bytes
    async with receive_form(request, run, parts, limit=limit) as form:
        first, last, references = (
            [StartImage(*each) for each in form.parts.pop(name, [])]
            for name in ("image", "last_image", REFERENCES)
        )
        wanted = read_model(Generation, await texts_in(form))
        if not first and not references:
            message = "Send the image, or use /api/video_chat/generate."
            raise Invalid("The image is missing.", [Fault("image", message, "missing")])
        images = Images(next(iter(first), None), next(iter(last), None), tuple(references))
        return await _begin(run, owner, wanted, images)


@router.post(
    "/status",
    responses=answers(examples.DONE, "How far it is.") | NO_OPERATION,
    summary="Ask how far an operation is",
)
async def read_operation_status(
    asked: Annotated[
        OperationId, Body(openapi_examples={"one": {"value": {"operation_id": str(examples.VIDEO_ID)}}})
    ],
    run: Run,
    owner: Owner,
) -> Underway | Done | Failed:
    """`pending` or `processing` with what it is doing, `completed` with the video, `error` with what to try.

    An operation that waits for you (to sign in, say) is `processing`, and its message says so.
    """
    async with run.db.statement() as session:
        return look(await get_one(session, owner, JobKind.STUDIO, asked.operation_id))


@router.get(
    "/operations", responses=answers(examples.OPERATIONS, "A page of operations."), summary="List operations"
)
async def read_operations(
    run: Run,
    owner: Owner,
    session_id: Annotated[Text, Query(max_length=200, description="Only those of this session.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 20,
) -> OperationPage:
    """A page of operations, newest first.

    One that is neither kept (`POST /api/video_chat/keep`) nor selected is deleted some days after its end:
    `expires_at`.
    """
    async with run.db.begin() as session:
        ones, total = await page_of_ones(
            session, owner, JobKind.STUDIO, session_id=session_id, page=page, limit=limit
        )
    items = [operation_of(one) for one in ones]
    return OperationPage(items=items, pagination=Pagination.of(page=page, limit=limit, total=total))


@router.get(
    "/operations/{operation_id}",
    responses=answers(examples.OPERATION, "The operation as it is now.") | NO_OPERATION,
    summary="Look at an operation",
)
async def read_operation(operation_id: OperationKey, run: Run, owner: Owner) -> Operation:
    """One operation, as the list has it."""
    async with run.db.statement() as session:
        one = await get_one(session, owner, JobKind.STUDIO, operation_id)
    return operation_of(one)


@router.post("/keep", responses=answers(KeptOnes(kept=3), "They are kept."), summary="Keep operations")
async def keep_operations(
    wanted: Annotated[
        Keeping,
        Body(
            openapi_examples={
                "some": {"value": {"operation_ids": [str(examples.VIDEO_ID)]}},
                "all": {"value": {}},
            }
        ),
    ],
    run: Run,
    owner: Owner,
) -> KeptOnes:
    """Keep videos forever that would be deleted some days after their end."""
    async with run.db.begin() as session:
        return KeptOnes(kept=await keep_ones(session, owner, JobKind.STUDIO, wanted.operation_ids))


@router.delete(
    "/operations/{operation_id}",
    status_code=204,
    responses=NO_OPERATION | problems(conflict="This video is being made."),
    summary="Delete an operation",
)
async def delete_operation(operation_id: OperationKey, run: Run, owner: Owner) -> Response:
    """Stop it, also at the provider, and delete its row and bytes. What was paid stays on record."""
    await delete_one(run, owner, JobKind.STUDIO, operation_id)
    return Response(status_code=204)


async def _begin(run: Runtime, owner: UUID, wanted: Generation, images: Images) -> Accepted:
    wish = Wish(
        prompt=wanted.prompt,
        settings=wanted.settings,
        negative_prompt=wanted.negative_prompt or None,
        session_id=wanted.session_id,
        source_video_id=wanted.start_frame_video_id,
        keep=wanted.keep,
    )
    try:
        operation_id = await make_one(run, owner, JobKind.STUDIO, wish, images)
    except Invalid as error:
        faults = [Fault(NAMES.get(each.where, each.where), each.message, each.code) for each in error.faults]
        raise Invalid(error.message, faults, hint=error.hint) from error
    return Accepted(operation_id=operation_id, message="The video is in progress; ask for its status.")
