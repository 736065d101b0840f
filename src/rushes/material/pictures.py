"""Pictures asked for one by one: recommended out of all sources, and drawn."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from rushes.engine.generations import NewGeneration, input_hash, read_generation
from rushes.engine.generations_shapes import GenerationFile, GenerationView, PictureParams, PictureResult
from rushes.engine.ready_credentials import ready_credential
from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, Fault, Invalid, NotFound, RushesError
from rushes.library.files import StoredFile
from rushes.material.choice import drawing_provider, model_of, sources
from rushes.material.scripts import ask_once
from rushes.material.views import PictureJob, SourceTrouble, picture_job, typical_seconds
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import Candidate, PictureForm, PictureQuery
from rushes.providers.picture_ranking import PictureNeed, rank
from rushes.providers.registry import AnyPicture
from rushes.providers.scripts.outline import hints_of

log = logging.getLogger(__name__)

FRAMES = {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080), "4:5": (1080, 1350)}
"""Of a film, by its aspect ratio: pixels in 1080p."""
SEARCH_SECONDS = 30.0
"""For so long a source is waited for; the others have answered meanwhile."""
ASKED_OF_EACH = 20


@dataclass(frozen=True)
class StockSearch:
    """What is searched. Without keywords they are taken from the text."""

    text: str
    keywords: Sequence[str]
    shape: str
    form: PictureForm
    count: int
    language: str
    sources: list[str]
    used: frozenset[tuple[str, str]] = frozenset()


class Recommendation(BaseModel):
    """Pictures that would fit, the best first, with authors and licences."""

    keywords: list[str] = Field(description="What was searched for.")
    candidates: list[Candidate]
    troubles: list[SourceTrouble] = Field(description="Sources that could not be asked, and why.")


class PicturePrompt(BaseModel):
    """What a picture for a narration could show."""

    visual_prompt: str
    keywords: list[str]
    on_screen: str


class ImagePrompts(BaseModel):
    """What pictures could show, one for each narration."""

    prompts: list[PicturePrompt]


async def recommend(run: Runtime, owner: UUID, search: StockSearch) -> Recommendation:
    """Search all sources at once and put what they have in order. A source that fails is named.

    Raises `Invalid` when there is nothing to search for, or nobody to ask.
    """
    keywords = [each for each in search.keywords if each.strip()]
    if not keywords and search.text.strip():
        keywords = hints_of(search.text, language=search.language)[0].keywords or [search.text.strip()[:100]]
    if not keywords:
        raise Invalid(
            "There is nothing to search for.", [Fault("keywords", "Give a text or words.", "empty")]
        )
    asked = await sources(run, owner, search.sources, search.form)
    if not asked:
        raise Invalid(
            "No source can be asked.", [Fault("sources", "Add a key, or name others.", "no_provider")]
        )
    found = await asyncio.gather(*(_search(run, owner, each, search, keywords) for each in asked))
    candidates = [each for part, _ in found for each in part]
    frame = FRAMES[search.shape]
    ordered = rank(candidates, PictureNeed(keywords, *frame, text=search.text, used=search.used))
    return Recommendation(
        keywords=keywords,
        candidates=ordered[: search.count],
        troubles=[trouble for _, trouble in found if trouble is not None],
    )


async def _search(
    run: Runtime, owner: UUID, provider: AnyPicture, search: StockSearch, keywords: Sequence[str]
) -> tuple[tuple[Candidate, ...], SourceTrouble | None]:
    """What one source has: for the first keywords together, and if that is nothing, for the first alone."""
    try:
        credential = await ready_credential(run, owner, provider.id)
        if provider.credential is not None and credential is None:
            raise ActionNeeded(f"{provider.title} needs a key.", hint="Add one.")
        width, height = FRAMES[search.shape]
        async with asyncio.timeout(SEARCH_SECONDS):
            for words in (" ".join(keywords[:3]), keywords[0]):
                query = PictureQuery(
                    words, width, height, search.form, search.language, ASKED_OF_EACH, credential=credential
                )
                if found := await provider.search(query):
                    return found, None
    except RushesError as error:
        log.info("%s was searched in vain: %s", provider.id, error.message)
        return (), SourceTrouble(source=provider.id, message=error.message)
    except TimeoutError:
        return (), SourceTrouble(source=provider.id, message=f"{provider.title} did not answer in time.")
    return (), None


def picture_prompts(narrations: Sequence[str], language: str, style: str) -> ImagePrompts:
    """Return what pictures for these narrations could show, by their own words."""
    hints = hints_of(*narrations, language=language, style=style)
    return ImagePrompts(
        prompts=[
            PicturePrompt(visual_prompt=each.visual_prompt, keywords=each.keywords, on_screen=each.on_screen)
            for each in hints
        ]
    )


@dataclass(frozen=True)
class PictureOrder:
    """A picture to be drawn, in the shape of a film."""

    prompt: str
    shape: str
    provider: str | None = None
    model: str | None = None
    options: dict[str, Any] | None = None
    variant: int = 0


async def order_picture(run: Runtime, owner: UUID, order: PictureOrder) -> PictureJob:
    """Ask for a picture. The same words of the same model are not paid for again."""
    provider = await drawing_provider(run, owner, order.provider)
    model = model_of(provider.models.models, order.model)
    most = provider.limits.max_prompt_chars
    if len(order.prompt) > most:
        text = f"The prompt has {len(order.prompt)} characters; shorten it to {most}."
        raise Invalid(text, [Fault("prompt", text, "too_long")])
    width, height = FRAMES[order.shape]
    params = PictureParams(prompt=order.prompt, width=width, height=height, options=order.options or {})
    made = input_hash(Kind.PICTURE, provider.id, model.id, params, order.variant)
    new = NewGeneration(uuid4(), Kind.PICTURE, provider.id, model.id, params, variant=order.variant)
    return await read_picture(run, owner, await ask_once(run, owner, new, made))


async def read_picture(run: Runtime, owner: UUID, job_id: UUID) -> PictureJob:
    """Return a picture that was asked for. Raises `NotFound`."""
    view = await _picture(run, owner, job_id)
    return picture_job(view, typical_seconds(run, view))


async def picture_file(run: Runtime, owner: UUID, job_id: UUID, index: int) -> StoredFile:
    """Return where the bytes of a picture are. Raises `NotFound`."""
    view = await _picture(run, owner, job_id)
    pictures = view.result.pictures if isinstance(view.result, PictureResult) else []
    file: GenerationFile | None = view.files.get(pictures[index].file) if index < len(pictures) else None
    if file is None:
        raise NotFound(f"There is no picture {index} of {job_id}.")
    return StoredFile(file.key, file.media_type, file.sha256)


async def _picture(run: Runtime, owner: UUID, job_id: UUID) -> GenerationView:
    async with run.db.statement() as session:
        view = await read_generation(session, owner, job_id)
    if view.kind is not Kind.PICTURE:
        raise NotFound(f"There is no picture {job_id}.")
    return view
