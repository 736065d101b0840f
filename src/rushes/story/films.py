"""The films of stories, as they are shown and fetched."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from rushes.engine.local_work_states import WorkStatus
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound
from rushes.library.files import StoredFile
from rushes.platform.db.engine import Executor
from rushes.platform.storage.local import LocalBucket
from rushes.story.look import film_url
from rushes.story.states import JobWord
from rushes.story.views import FilmView

_FILMS = """
    SELECT f.*, w.status, w.progress, w.error, w.started_at, w.result FROM films f
    LEFT JOIN local_work w ON w.id = f.work_id WHERE f.owner_id = :owner
"""


def film_folder(run: Runtime) -> Path | None:
    """Return the folder that films are stored in; None where they are elsewhere, or accounts are on."""
    hot = run.bucket.hot
    alone = run.settings.accounts == "off"  # others are told nothing of the machine
    return hot.root if alone and isinstance(hot, LocalBucket) else None


def _view(row: Row[Any], current: str, folder: Path | None) -> FilmView:
    made: dict[str, Any] = row.result or {}
    main = row.files.get("film.mp4") or next(iter(row.files.values()), None)
    return FilmView(
        film_id=row.id,
        story_id=row.story_id,
        version=row.version,
        purpose=row.purpose,
        shape=row.shape,
        language=row.language,
        status=_word(row),
        progress=100.0 if row.completed_at else round(100 * (row.progress or 0.0), 1),
        error=None if row.completed_at else row.error,
        width=row.width,
        height=row.height,
        frames=row.frames,
        seconds=row.seconds,
        lufs=row.lufs,
        true_peak=row.true_peak,
        size_bytes=row.size_bytes,
        files={name: film_url(row.id, name) for name in row.files},
        current=row.timeline_hash == current,
        created_at=row.created_at,
        completed_at=row.completed_at,
        started_at=row.started_at,
        estimated_time=_seconds_left(row),
        pieces=made.get("pieces"),
        rendered=made.get("rendered"),
        path=str(folder / main) if folder and main else None,
    )


def _seconds_left(row: Row[Any]) -> float | None:
    """Seconds left if it continues as it went so far; None at the beginning and when it is not rendered."""
    if row.completed_at or row.status != WorkStatus.RUNNING or not row.started_at:
        return None
    done = row.progress or 0.0
    if not 0.05 < done < 1:
        return None
    return round((datetime.now(UTC) - row.started_at).total_seconds() * (1 - done) / done, 1)


def _word(row: Row[Any]) -> JobWord:
    if row.completed_at:
        return JobWord.COMPLETED
    if row.status == WorkStatus.QUEUED:
        return JobWord.QUEUED
    return JobWord.PROCESSING if row.status == WorkStatus.RUNNING else JobWord.FAILED


async def films_of(
    session: Executor, owner: UUID, story_id: UUID, current: str = "", folder: Path | None = None
) -> list[FilmView]:
    """Return the films of a story, the newest first; `current` is the hash of its timeline now."""
    rows = await session.execute(
        text(f"{_FILMS} AND f.story_id = :story ORDER BY f.created_at DESC, f.id"),
        {"owner": owner, "story": story_id},
    )
    return [_view(each, current, folder) for each in rows]


async def get_film(session: Executor, owner: UUID, film_id: UUID, folder: Path | None = None) -> FilmView:
    """Return one film. Raises `NotFound`, also for somebody else's."""
    rows = await session.execute(text(f"{_FILMS} AND f.id = :id"), {"owner": owner, "id": film_id})
    row = rows.one_or_none()
    if row is None:
        raise NotFound(f"There is no film {film_id}.", hint="GET /api/stories/{id}/films lists them.")
    return _view(row, "", folder)


async def film_file(session: Executor, owner: UUID, film_id: UUID, name: str) -> StoredFile:
    """Return where a file of a film is. Raises `NotFound`, also while there is none yet."""
    rows = await session.execute(
        text(
            "SELECT a.key, a.media_type, a.sha256 FROM films f JOIN assets a ON a.key = f.files ->> :name"
            " WHERE f.id = :id AND f.owner_id = :owner"
        ),
        {"id": film_id, "owner": owner, "name": name},
    )
    row = rows.one_or_none()
    if row is None:
        raise NotFound(f"The film {film_id} has no file {name}.", hint="It may still be rendered.")
    return StoredFile(row.key, row.media_type, row.sha256)
