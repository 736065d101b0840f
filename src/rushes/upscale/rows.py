"""The upscales of videos. A change and its event are one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text

from rushes.platform.db.engine import Executor
from rushes.platform.media.upscaling import Codec, Quality, Recipe

UPSCALE_EVENT = """
    INSERT INTO events (owner_id, job_id, video_id, type, data)
    SELECT owner_id, job_id, video_id, 'upscale', jsonb_strip_nulls(jsonb_build_object(
        'status', status, 'progress', progress, 'error', error))
    FROM changed
    RETURNING video_id
"""

# Everybody who holds several holds a job first, then its videos, then upscales: a new row refers to its job.
_LOCK_JOBS = text(
    "SELECT id FROM jobs WHERE id IN (SELECT job_id FROM videos WHERE id = ANY(:ids) AND owner_id = :owner)"
    " ORDER BY id FOR KEY SHARE"
)
# By itself: a statement that waits for a lock does not see what was written beside it meanwhile.
_LOCK = text("SELECT id FROM videos WHERE id = ANY(:ids) AND owner_id = :owner ORDER BY id FOR UPDATE")

_CANDIDATES = text(
    """
    SELECT v.id, v.owner_id, v.job_id, v.status, v.width, v.height,
           u.id AS upscale_id, u.status AS upscale_status, u.current,
           u.quality, u.codec, u.enhance, u.hardware
    FROM videos v LEFT JOIN upscales u
        ON u.video_id = v.id AND (u.current OR u.status IN ('queued', 'running'))
    WHERE v.id = ANY(:ids) AND v.owner_id = :owner AND v.deleted_at IS NULL
    ORDER BY v.id
    """
)

_TAKE = text(
    f"""
    WITH changed AS (
        UPDATE upscales SET status = 'running', worker = :worker, error = NULL, progress = 0,
               started_at = now()
        WHERE id = :id AND status IN ('queued', 'running') RETURNING *
    ), told AS ({UPSCALE_EVENT})
    SELECT changed.*, v.video_key, v.duration_seconds FROM changed JOIN videos v ON v.id = changed.video_id
    """  # noqa: S608  # only our own constant is put in
)

_OURS = "SELECT id FROM upscales WHERE id = :id AND worker = :worker AND status = 'running'"
_HOLD = text(f"{_OURS} FOR UPDATE")

_RETIRE = text(
    """
    WITH old AS (
        UPDATE upscales SET current = false WHERE video_id = :video AND current RETURNING key
    ), gone AS (DELETE FROM assets USING old WHERE assets.key = old.key)
    SELECT key FROM old
    """
)

_DONE = text(
    f"""
    WITH changed AS (
        UPDATE upscales SET status = 'completed', progress = 1, current = true, key = :key, width = :width,
               height = :height, size_bytes = :size, sha256 = :sha256, error = NULL, ended_at = now()
        WHERE id = :id RETURNING *
    ), stored AS (
        INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
        SELECT key, owner_id, job_id, 'video/mp4', sha256, size_bytes FROM changed
    )
    {UPSCALE_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


@dataclass(frozen=True)
class Work:
    """An upscale with what a worker needs to make it."""

    id: UUID
    owner_id: UUID
    video_id: UUID
    job_id: UUID
    video_key: str
    seconds: float
    recipe: Recipe


def recipe_of(row: Row[Any]) -> Recipe:
    """The recipe of a task or an upscale."""
    return Recipe(
        quality=Quality(row.quality), codec=Codec(row.codec), enhance=row.enhance, hardware=row.hardware
    )


async def candidates(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The videos with the upscales they have, locked until the transaction ends; in no order of the caller.

    A video may come twice: with the copy that is there and with one under way.
    """
    await _lock(session, owner, video_ids)
    return list(await session.execute(_CANDIDATES, {"ids": list(video_ids), "owner": owner}))


async def _lock(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> None:
    wanted = {"ids": list(video_ids), "owner": owner}
    await session.execute(_LOCK_JOBS, wanted)
    await session.execute(_LOCK, wanted)


async def add_upscales(
    session: Executor, owner: UUID, recipe: Recipe, video_ids: Sequence[UUID]
) -> list[UUID]:
    """New queued upscales of the videos, in their order."""
    ids = [uuid4() for _ in video_ids]
    await session.execute(
        text(
            f"""
            WITH changed AS (
                INSERT INTO upscales (id, owner_id, video_id, job_id, quality, codec, enhance, hardware,
                                      status, progress, current)
                SELECT n.id, v.owner_id, v.id, v.job_id, :quality, :codec, :enhance, :hardware,
                       'queued', 0, false
                FROM unnest(CAST(:ids AS uuid[]), CAST(:video_ids AS uuid[])) AS n (id, video_id)
                JOIN videos v ON v.id = n.video_id AND v.owner_id = :owner
                RETURNING *
            )
            {UPSCALE_EVENT}
            """  # noqa: S608  # only our own constant is put in
        ),
        {"ids": ids, "video_ids": list(video_ids), "owner": owner, **recipe.model_dump(mode="json")},
    )
    return ids


async def take_over(session: Executor, upscale_id: UUID, worker: str) -> Work | None:
    """queued or running → running, held by this worker. None: it has ended, or is gone."""
    row = (await session.execute(_TAKE, {"id": upscale_id, "worker": worker})).one_or_none()
    if row is None:
        return None
    return Work(
        row.id, row.owner_id, row.video_id, row.job_id, row.video_key, row.duration_seconds, recipe_of(row)
    )


async def change_upscale(session: Executor, work: Work, worker: str, **values: object) -> bool:
    """Change an upscale that this worker makes, and tell of it. False: not ours any more."""
    assignments = ", ".join(f"{column} = :{column}" for column in values)  # our own keywords
    row = await session.execute(
        text(
            # Column names are our own keyword arguments; what comes from outside is bound.
            f"WITH changed AS (UPDATE upscales SET {assignments} WHERE id = :id AND worker = :worker"  # noqa: S608
            f" AND status = 'running' RETURNING *) {UPSCALE_EVENT}"
        ),
        {**values, "id": work.id, "worker": worker},
    )
    return bool(row.scalar())


async def is_ours(session: Executor, work: Work, worker: str) -> bool:
    """Whether this worker makes it, and nobody has given it up."""
    row = await session.execute(text(_OURS), {"id": work.id, "worker": worker})
    return row.one_or_none() is not None


async def record_done(
    session: Executor, work: Work, worker: str, *, key: str, width: int, height: int, size: int, sha256: str
) -> list[str] | None:
    """running → completed, and the video's 4K copy from now on. In a transaction.

    Returns the keys that it replaces, whose bytes nobody needs any more. None: it is not ours any more.
    """
    await _lock(session, work.owner_id, [work.video_id])
    held = await session.execute(_HOLD, {"id": work.id, "worker": worker})
    if held.one_or_none() is None:
        return None
    replaced = list((await session.execute(_RETIRE, {"video": work.video_id})).scalars())
    facts = {"key": key, "width": width, "height": height, "size": size, "sha256": sha256}
    await session.execute(_DONE, {"id": work.id, **facts})
    return replaced


async def under_way(
    session: Executor, *, video_id: UUID | None = None, job_id: UUID | None = None
) -> list[UUID]:
    """The upscales of a video, or of a job, that have not ended."""
    rows = await session.execute(
        text(
            "SELECT id FROM upscales WHERE status IN ('queued', 'running')"
            " AND (video_id = :video OR job_id = :job)"
        ),
        {"video": video_id, "job": job_id},
    )
    return list(rows.scalars())


async def queue_tasks(session: Executor, upscale_ids: Sequence[UUID]) -> list[int]:
    """The tasks in the queue that make these upscales, or are about to."""
    rows = await session.execute(
        text("SELECT id FROM procrastinate_jobs WHERE lock = ANY(:locks) AND status IN ('todo', 'doing')"),
        {"locks": [f"upscale:{each}" for each in upscale_ids]},
    )
    return list(rows.scalars())


async def dropped(session: Executor) -> list[UUID]:
    """Upscales that should be made and that nobody works on."""
    rows = await session.execute(
        text(
            "SELECT u.id FROM upscales u WHERE u.status IN ('queued', 'running') AND NOT EXISTS ("
            " SELECT 1 FROM procrastinate_jobs t"
            " WHERE t.lock = 'upscale:' || u.id AND t.status IN ('todo', 'doing'))"
        )
    )
    return list(rows.scalars())
