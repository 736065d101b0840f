"""The order of an owner's started jobs, read and written. One change at a time per owner."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from rushes.engine.changes import JOB_EVENT
from rushes.engine.states import ACTIVE_JOBS, sql_list
from rushes.jobs.queue_views import Queued
from rushes.platform.db.engine import Executor

_IN_QUEUE = f"owner_id = :owner AND kind = 'batch' AND status IN {sql_list(ACTIVE_JOBS)}"

PLACES = f"""
    SELECT id, row_number() OVER (ORDER BY queue_rank, created_at, id) AS position,
           count(*) OVER (PARTITION BY queue_rank) > 1 AS takes_turns
    FROM jobs WHERE {_IN_QUEUE}
"""  # noqa: S608  # only our own constant is put in
"""The places of the jobs in the queue of `:owner`."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('queue order:' || CAST(:owner AS text), 0))")
_QUEUE = text(
    f"SELECT id, queue_rank FROM jobs WHERE {_IN_QUEUE} ORDER BY queue_rank, created_at, id"  # noqa: S608  # ours
)
_LOCK_JOBS = text("SELECT id FROM jobs WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")
_SET_RANKS = text(
    f"""
    WITH changed AS (
        UPDATE jobs SET queue_rank = given.rank
        FROM (SELECT unnest(CAST(:ids AS uuid[])) AS id, unnest(CAST(:ranks AS int[])) AS rank) given
        WHERE jobs.id = given.id RETURNING jobs.*
    )
    {JOB_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


async def locked_queue(session: Executor, owner: UUID) -> list[Queued]:
    """Return the queue in its order; nobody else moves a job of this owner until the transaction ends."""
    await session.execute(_LOCK, {"owner": owner})
    rows = await session.execute(_QUEUE, {"owner": owner})
    return [Queued(row.id, row.queue_rank) for row in rows]


async def set_ranks(session: Executor, ranks: Mapping[UUID, int]) -> None:
    """Write new ranks, with an event for each job."""
    if not ranks:
        return
    await session.execute(_LOCK_JOBS, {"ids": list(ranks)})
    await session.execute(_SET_RANKS, {"ids": list(ranks), "ranks": list(ranks.values())})
