"""Films as local work: a timeline rendered, with its captions beside it, its pieces kept for the next one.

The folder of pieces is the story's own in the cache, so that a changed scene renders only its own pieces, and
a render that was killed continues with those that are there.
"""

import importlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.local_work import Made, WorkKind, WorkTry, add_work, move_up
from rushes.engine.local_work_rows import ClaimedWork, NewWork
from rushes.engine.local_work_states import OPEN_WORK, WorkPriority
from rushes.engine.runtime import Runtime
from rushes.platform.db.queue import defer, story_task
from rushes.platform.storage.bucket import Stored
from rushes.settings import Settings
from rushes.story.credits import credits_text
from rushes.story.drawings import Drawing
from rushes.story.markdown import markdown_of
from rushes.story.products import Products
from rushes.story.rows import StoryRow
from rushes.story.timeline import BuiltFilm, as_json

_RECORD = text(
    """
    WITH changed AS (
        UPDATE films SET files = CAST(:files AS jsonb), width = :width, height = :height, frames = :frames,
               seconds = :seconds, lufs = :lufs, true_peak = :true_peak, size_bytes = :size,
               completed_at = now()
        WHERE id = :id RETURNING *
    )
    SELECT id FROM changed
    """
)
_OF_TIMELINE = text(
    """
    SELECT f.id, f.work_id, f.completed_at, w.status FROM films f LEFT JOIN local_work w ON w.id = f.work_id
    WHERE f.story_id = :story AND f.timeline_hash = :hash AND f.purpose = :purpose
    """
)
_INSERT = text(
    """
    INSERT INTO films (id, owner_id, story_id, version, purpose, shape, language, timeline_hash, work_id)
    VALUES (:id, :owner, :story, :version, :purpose, :shape, :language, :hash, :work)
    """
)
FILM = "film"
"""The purpose of the finished film; previews have their height and span."""
EXPORT = "export"
PREVIEW_HEIGHT = 360


class FilmParams(BaseModel):
    """What a film is made of. `files`: name in the timeline to storage key; `span`: frames, end excluded."""

    story_id: UUID
    film_id: UUID
    timeline: dict[str, Any]
    files: dict[str, str]
    drawings: list[Drawing] = []
    credits: str = ""
    title: str = ""
    script: str = ""
    height: int | None = None
    span: tuple[int, int] | None = None

    @property
    def whole(self) -> bool:
        """Whether it is the finished film, with everything beside it."""
        return self.height is None and self.span is None


def params_of(
    story: StoryRow,
    products: Products,
    built: BuiltFilm,
    film_id: UUID,
    *,
    height: int | None = None,
    span: tuple[int, int] | None = None,
) -> FilmParams:
    """Return what the film of a timeline is made of."""
    return FilmParams(
        story_id=story.id,
        film_id=film_id,
        timeline=as_json(built.timeline),
        files=built.files,
        drawings=list(built.drawings.values()),
        credits=credits_text(story.document, products),
        title=story.name,
        script=markdown_of(story.document),
        height=height,
        span=span,
    )


class FilmKind(WorkKind[FilmParams]):
    """Its subject is the film's id."""

    name = "film"
    stored_as = "films"
    resumes = True
    params_type = FilmParams

    def concurrency(self, settings: Settings) -> int:
        """As the operator has set it."""
        return settings.film_concurrency

    async def make(self, run: Runtime, attempt: WorkTry[FilmParams]) -> Made:
        """Render the film and write what lies beside it. Raises what the render raises."""
        # Loaded when the first film is rendered: a worker that makes none needs no decoder.
        rendering = importlib.import_module("rushes.story.render")
        made: Made = await rendering.render_film(run, attempt)
        return made

    async def record(
        self,
        session: AsyncSession,
        attempt: WorkTry[FilmParams],
        made: Made,
        stored: Sequence[Stored],
    ) -> Sequence[str]:
        """Write what it has become into its row, and wake the story."""
        names = made.result["names"]
        assert isinstance(names, list)
        files = {str(name): file.key for name, file in zip(names, stored, strict=True)}
        given = {**made.result, "files": json.dumps(files), "size": stored[0].size}
        changed = await session.execute(_RECORD, {**given, "id": attempt.params.film_id})
        await defer(session, [story_task(attempt.params.story_id)])
        return [] if changed.one_or_none() else [each.key for each in stored]

    async def failed(self, session: AsyncSession, work: ClaimedWork) -> None:
        """Wake the story, which says why."""
        await defer(session, [story_task(FilmParams.model_validate(work.params).story_id)])


class ExportKind(FilmKind):
    """The same film as everything that an editing program opens, in one ZIP."""

    name = "export"
    stored_as = "exports"

    async def make(self, run: Runtime, attempt: WorkTry[FilmParams]) -> Made:
        """Pack the ZIP. Raises what the render raises."""
        packing = importlib.import_module("rushes.story.export")
        made: Made = await packing.pack_export(run, attempt)
        return made


FILM_KIND = FilmKind()
EXPORT_KIND = ExportKind()


async def add_film(
    session: AsyncSession,
    story: StoryRow,
    products: Products,
    built: BuiltFilm,
    *,
    height: int | None = None,
    span: tuple[int, int] | None = None,
    awaited: bool = False,
) -> UUID:
    """Have a film rendered, or share the render that is there or under way; return the film's id.

    One that failed is rendered again. The story is locked by the caller.
    """
    purpose = FILM if height is None and span is None else f"preview {height} {span}"
    priority = WorkPriority.AWAITED if awaited else WorkPriority.BATCH
    return await _add(session, story, products, built, purpose, priority, height, span)


async def add_export(session: AsyncSession, story: StoryRow, products: Products, built: BuiltFilm) -> UUID:
    """Have an export packed, or share the one that is there or under way; return its id."""
    return await _add(session, story, products, built, EXPORT, WorkPriority.AWAITED)


async def _add(
    session: AsyncSession,
    story: StoryRow,
    products: Products,
    built: BuiltFilm,
    purpose: str,
    priority: WorkPriority,
    height: int | None = None,
    span: tuple[int, int] | None = None,
) -> UUID:
    given = {"story": story.id, "hash": built.hash, "purpose": purpose}
    row = (await session.execute(_OF_TIMELINE, given)).one_or_none()
    if row is not None and (row.completed_at or row.status in OPEN_WORK):
        if row.status in OPEN_WORK:
            await move_up(session, [row.work_id], priority)
        return row.id
    film_id, work_id = row.id if row else uuid4(), uuid4()
    if row is None:
        values = {
            **given,
            "id": film_id,
            "owner": story.owner_id,
            "version": story.version,
            "shape": str(story.document.shape),
            "language": story.document.language,
            "work": work_id,
        }
        await session.execute(_INSERT, values)
    else:
        await session.execute(
            text("UPDATE films SET work_id = :work WHERE id = :id"), {"id": film_id, "work": work_id}
        )
    params = params_of(story, products, built, film_id, height=height, span=span)
    kind = EXPORT_KIND if purpose == EXPORT else FILM_KIND
    await add_work(
        session, kind, story.owner_id, [NewWork(params, subject=str(film_id), id=work_id)], priority
    )
    return film_id
