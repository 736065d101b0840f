"""Shows stories: cards, one with its parts, its pictures, its timeline, and where each file of it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, NotFound
from rushes.library.files import StoredFile
from rushes.platform.db.engine import Executor
from rushes.providers.picture_contract import Attribution
from rushes.story.hashes import digest
from rushes.story.inputs import every_section, pictures_of, search_of
from rushes.story.load import load_products
from rushes.story.products import PartState, Products, StoryPicture
from rushes.story.rows import StoryRow, get_story
from rushes.story.settings import CARD, GENERATED
from rushes.story.spending import spent_on_each
from rushes.story.stale import StoryPart, StoryStep, parts_of
from rushes.story.states import StoryStatus, word_of
from rushes.story.timeline import BuiltFilm, as_json, build
from rushes.story.views import (
    PartView,
    PictureView,
    SectionPictures,
    StoryCard,
    StoryResult,
    StoryView,
    StoryWork,
    TimelineView,
)

_FILMS = text(
    """
    SELECT DISTINCT ON (story_id) story_id, id, seconds, files FROM films
    WHERE story_id = ANY(:ids) AND purpose = 'film' AND completed_at IS NOT NULL
    ORDER BY story_id, completed_at DESC
    """
)
WEIGHTS = {
    StoryStep.SCRIPT: 2.0,
    StoryStep.VOICE: 1.0,
    StoryStep.PICTURES: 1.0,
    StoryStep.SCENES: 6.0,
    StoryStep.FILM: 20.0,
}
"""The share of a part in the progress of the whole, by its step."""


@dataclass(frozen=True)
class LoadedStory:
    """A story with its products."""

    row: StoryRow
    products: Products

    @property
    def built(self) -> BuiltFilm:
        """Its timeline. Raises `Conflict` while something of it is not there."""
        found = build(self.row.document, self.products)
        if found is None:
            raise Conflict(
                "The timeline is not complete yet: speech or pictures are missing.",
                hint="POST /api/stories/{id}/run has them made.",
            )
        return found

    @property
    def timeline_hash(self) -> str:
        """The hash of its timeline now; empty while that is not complete."""
        found = build(self.row.document, self.products)
        return found.hash if found else ""


async def load_story(run: Runtime, session: Executor, owner: UUID, story_id: UUID) -> LoadedStory:
    """Return a story with its products. Raises `NotFound`."""
    row = await get_story(session, owner, story_id)
    return LoadedStory(row, await load_products(run, session, row))


async def cards_of(session: Executor, rows: Sequence[StoryRow]) -> list[StoryCard]:
    """Return stories as a list shows them, each with its newest film."""
    found = await session.execute(_FILMS, {"ids": [each.id for each in rows]})
    films = {each.story_id: each for each in found}
    spent = await spent_on_each(session, rows)
    cards: list[StoryCard] = []
    for row in rows:
        film = films.get(row.id)
        cards.append(
            StoryCard(
                story_id=row.id,
                name=row.name,
                project_id=row.project_id,
                batch_id=row.batch_id,
                status=row.status,
                step=StoryStep(row.step) if row.step else None,
                reason=row.reason,
                version=row.version,
                language=row.document.language,
                shape=str(row.document.shape),
                sections=len(row.document.sections),
                seconds=film.seconds if film else None,
                film_url=film_url(film.id, "film.mp4") if film else None,
                poster_url=film_url(film.id, "poster.jpg") if film else None,
                cost=spent[row.id],
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
        )
    return cards


def film_url(film_id: UUID, name: str) -> str:
    """Return the address of a file of a film."""
    return f"/api/films/{film_id}/files/{name}"


async def view_story(run: Runtime, session: AsyncSession, owner: UUID, story_id: UUID) -> StoryView:
    """Return one story with its document and the state of its parts. Raises `NotFound`."""
    loaded = await load_story(run, session, owner, story_id)
    row = loaded.row
    (card,) = await cards_of(session, [row])
    parts = parts_of(row.document, loaded.products)
    return StoryView(
        **card.model_dump(),
        document=row.document,
        parts=[
            PartView(
                step=each.step,
                section_id=each.section_id,
                state=each.state,
                reason=each.reason,
                progress=each.progress,
            )
            for each in parts
        ],
        progress=progress_of(row, parts),
        waiting_for=row.waiting_for,
        until=StoryStep(row.until),
        budget=row.budget,
        job_id=row.job_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def progress_of(row: StoryRow, parts: Sequence[StoryPart]) -> float:
    """Return percent of the parts up to the last wanted step that are there, by their weight."""
    if row.status is StoryStatus.COMPLETED:
        return 100.0
    steps = list(StoryStep)
    last = steps.index(StoryStep(row.until))
    wanted = [each for each in parts if steps.index(each.step) <= last]
    whole = sum(WEIGHTS[each.step] for each in wanted)
    done = sum(
        WEIGHTS[each.step] * (1.0 if each.state is PartState.THERE else each.progress or 0.0)
        for each in wanted
    )
    return round(100 * done / whole, 1) if whole else 0.0


async def story_work(run: Runtime, session: AsyncSession, owner: UUID, story_id: UUID) -> StoryWork:
    """Return how far a story's run is, in the words of the older systems. Raises `NotFound`."""
    view = await view_story(run, session, owner, story_id)
    result = StoryResult(storyId=story_id)
    if view.film_url and view.status is StoryStatus.COMPLETED:
        result = StoryResult(storyId=story_id, url=view.film_url)
    return StoryWork(
        jobId=story_id,
        status=word_of(view.status),
        progress=view.progress,
        estimatedTime=_seconds_left(view),
        result=result,
        error=view.reason,
    )


def _seconds_left(view: StoryView) -> float | None:
    """Seconds left if it continues as it went so far; None at the beginning and when it stands still."""
    if view.status is not StoryStatus.RUNNING or view.started_at is None or not 5 < view.progress < 100:
        return None
    took = (datetime.now(UTC) - view.started_at).total_seconds()
    return round(took * (100 - view.progress) / view.progress, 1)


def pictures_view(loaded: LoadedStory) -> list[SectionPictures]:
    """Return the pictures of each section, and what else was found for it."""
    document, products = loaded.row.document, loaded.products
    found: list[SectionPictures] = []
    for section in every_section(document):
        pictures = [
            _picture(loaded, slot.hash, slot.ask.provider if slot.ask else "upload", slot.chosen)
            for slot in pictures_of(document, section, products)
            if slot.hash
        ]
        sources = [each for each in document.pictures.sources if each not in (CARD, GENERATED)]
        candidates = [
            candidate
            for source in sources
            for candidate in products.choices.get(search_of(document, section, source).hash, ())
        ]
        found.append(SectionPictures(section_id=section.id, pictures=pictures, candidates=candidates))
    return found


def _picture(loaded: LoadedStory, key: str, provider: str, chosen: object) -> PictureView:
    products = loaded.products
    picture = products.pictures.get(key) or products.uploads.get(key)
    trouble = products.trouble.get(key)
    there = picture if isinstance(picture, StoryPicture) else None
    state = trouble.state if trouble else PartState.MISSING
    return PictureView(
        hash=key,
        state=PartState.THERE if there else state,
        url=file_url(loaded.row.id, f"pictures/{stem(key)}") if there else None,
        provider=provider,
        media_type=there.media_type if there else None,
        width=there.width if there else None,
        height=there.height if there else None,
        share=getattr(chosen, "share", 1.0),
        attribution=there.attribution if there else Attribution(),
    )


def stem(key: str) -> str:
    """Return what a file is called in addresses: its hash, or one of its storage key."""
    return key if key.isalnum() else digest(key)


def file_url(story_id: UUID, name: str) -> str:
    """Return the address of a file of a story, by its name in the timeline."""
    return f"/api/stories/{story_id}/files/{name}"


def timeline_view(loaded: LoadedStory) -> TimelineView:
    """Return the timeline as page and render read it. Raises `Conflict` while it is not complete."""
    built = loaded.built
    names = [*built.files, *built.drawings]
    return TimelineView(
        hash=built.hash,
        frames=built.timeline.frames,
        seconds=round(built.timeline.seconds, 3),
        sections=[{"id": section, "start": first, "end": last} for section, first, last in built.sections],
        timeline=as_json(built.timeline),
        urls={each: file_url(loaded.row.id, each) for each in names},
    )


async def stored_file(session: Executor, loaded: LoadedStory, name: str) -> StoredFile:
    """Return where a file of a story is stored, by its name in the timeline. Raises `NotFound`."""
    wanted = PurePosixPath(name).stem
    products = loaded.products
    keys = {stem(each): each for each in products.uploads}
    keys |= {each: found.key for each, found in products.speech.items()}
    keys |= {each: found.key for each, found in products.pictures.items()}
    keys |= {each: found.key for each, found in products.clips.items()}
    key = keys.get(wanted)
    if key is None:
        raise NotFound(f"The story has no file {name}.")
    row = await session.execute(
        text("SELECT key, media_type, sha256 FROM assets WHERE key = :key AND owner_id = :owner"),
        {"key": key, "owner": loaded.row.owner_id},
    )
    found = row.one_or_none()
    if found is None:
        raise NotFound(f"The file {name} is not there any more.")
    return StoredFile(found.key, found.media_type, found.sha256)
