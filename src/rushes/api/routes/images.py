"""Pictures: recommended out of all sources, described, drawn."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.openapi.models import Example
from pydantic import Field, StringConstraints, field_validator

from rushes.api import examples_material as examples
from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import answers, binary
from rushes.api.files import UNCHANGED, send_file
from rushes.api.problems import problems
from rushes.material.pictures import (
    ImagePrompts,
    PictureOrder,
    Recommendation,
    StockSearch,
    order_picture,
    picture_file,
    picture_prompts,
    read_picture,
    recommend,
)
from rushes.material.views import PictureJob
from rushes.platform.requests import storable
from rushes.providers.picture_contract import PictureForm

router = APIRouter(prefix="/api/images", tags=["images"])

MOST_NARRATIONS = 200
JobId = Annotated[UUID, Path(description="The picture that was asked for (`jobId`).")]
Shape = Literal["16:9", "9:16", "1:1", "4:5"]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
NO_PICTURE = problems(not_found="There is no such picture.")
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class RecommendImages(RequestModel):
    """What pictures are looked for: by keywords, or by a text that they are taken from."""

    text: str = Field("", max_length=10_000, description="What is said meanwhile.")
    keywords: list[Keyword] = Field(
        default_factory=list[str], max_length=20, description="What it shows, the most important first."
    )
    shape: Shape = Field("16:9", description="Aspect ratio of the film.")
    form: PictureForm = Field(PictureForm.PHOTO, description="`photo` or `clip`.")
    count: int = Field(12, ge=1, le=60, description="So many, at most.")
    language: Tag = Field("en", description="Of the keywords.")
    sources: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list[str], max_length=20, description="Which to search; empty: all that can be asked."
    )


class Narration(RequestModel):
    """What is said in one section."""

    narration: str = Field(min_length=1, max_length=10_000)


class DescribeImages(RequestModel):
    """Narrations that pictures are to be described for."""

    narrations: list[Narration] = Field(
        min_length=1, max_length=MOST_NARRATIONS, description="In their order."
    )
    language: Tag = Field("en", description="Of the narrations.")
    style: str = Field("", max_length=300, description="How pictures should look; put behind each.")


class GenerateImage(RequestModel):
    """A picture to be drawn."""

    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)] = Field(
        description="What it shows; of a card, its words."
    )
    shape: Shape = Field("16:9", description="Aspect ratio of the film.")
    provider: str | None = Field(None, max_length=100, description="Who draws; chosen when left out.")
    model: str | None = Field(None, max_length=200, description="Its model; its first when left out.")
    options: dict[str, Any] = Field(
        default_factory=dict[str, Any], max_length=50, description="Options of the provider."
    )
    variant: int = Field(0, ge=0, le=1000, description="Another number, another picture of the same words.")

    @field_validator("options")
    @classmethod
    def _options_are_storable(cls, value: dict[str, Any]) -> dict[str, Any]:
        return storable(value)


RECOMMEND: dict[str, Example] = {
    "keywords": {"value": {"keywords": ["rice field", "harvest"], "shape": "9:16", "count": 6}},
    "text": {"value": {"text": "Rice takes about 120 days from seed to harvest.", "sources": ["commons"]}},
}
DESCRIBE: dict[str, Example] = {
    "two": {
        "value": {
            "narrations": [{"narration": "Rice takes 120 days."}, {"narration": "Water keeps weeds away."}]
        }
    }
}
GENERATE: dict[str, Example] = {
    "drawn": {"value": {"prompt": "A green paddy field at dawn", "shape": "9:16"}},
    "card": {"value": {"prompt": "How rice grows", "provider": "card", "options": {"palette": "dark"}}},
}


@router.post(
    "/recommend",
    responses=answers(examples.RECOMMENDATION, "What would fit, the best first."),
    summary="Find pictures that fit",
)
async def recommend_images(
    wanted: Annotated[RecommendImages, Body(openapi_examples=RECOMMEND)], run: Run, owner: Owner
) -> Recommendation:
    """Search all sources at once, and put what they have in order: what it shows, its shape and size.

    A source that cannot be asked is named in `troubles`. Show previews only where `hotlink` allows it, and
    print `attribution.text` where it is `required`.
    """
    search = StockSearch(
        wanted.text,
        wanted.keywords,
        wanted.shape,
        wanted.form,
        wanted.count,
        wanted.language,
        wanted.sources,
    )
    return await recommend(run, owner, search)


@router.post(
    "/prompts",
    responses=answers(examples.IMAGE_PROMPTS, "One for each narration."),
    summary="Describe pictures for narrations",
)
async def describe_images(
    wanted: Annotated[DescribeImages, Body(openapi_examples=DESCRIBE)], run: Run, owner: Owner
) -> ImagePrompts:
    """What pictures could show, out of the narrations' own words. Free, and at once.

    A model describes them better: scripts that are written by one have a `visual_prompt` in each section.
    """
    texts = [each.narration for each in wanted.narrations]
    return picture_prompts(texts, wanted.language, wanted.style)


@router.post(
    "/generate",
    status_code=202,
    responses=answers(examples.IMAGE_QUEUED, "Asked for; `/api/images/status/{jobId}` shows it.", 202),
    summary="Draw a picture",
)
async def generate_image(
    wanted: Annotated[GenerateImage, Body(openapi_examples=GENERATE)], run: Run, owner: Owner
) -> PictureJob:
    """Ask for a picture. The same words of the same model are not paid for twice; `variant` asks for another.

    Without a key it is a typeset card.
    """
    order = PictureOrder(
        wanted.prompt, wanted.shape, wanted.provider, wanted.model, wanted.options, wanted.variant
    )
    return await order_picture(run, owner, order)


@router.get(
    "/status/{job_id}",
    responses=answers(examples.IMAGE, "How it stands.") | NO_PICTURE,
    summary="Look at a picture that was asked for",
)
async def read_image_status(job_id: JobId, run: Run, owner: Owner) -> PictureJob:
    """How it stands, and where to get the picture once it is there."""
    return await read_picture(run, owner, job_id)


@router.get(
    "/{job_id}/content",
    response_class=Response,
    responses={**binary("image/png", "The picture."), **UNCHANGED, **NO_PICTURE},
    summary="Get a picture",
)
async def read_image_content(
    job_id: JobId,
    request: Request,
    run: Run,
    owner: Owner,
    index: Annotated[int, Query(ge=0, lt=100, description="Which of them, counted from 0.")] = 0,
) -> Response:
    """The bytes of a picture, as they came."""
    file = await picture_file(run, owner, job_id, index)
    return await send_file(request, run, file, f"{job_id}.{SUFFIXES.get(file.media_type, 'bin')}")
