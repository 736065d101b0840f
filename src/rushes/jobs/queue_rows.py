"""The order of an owner's started jobs, read and written. One change at a time per owner."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from rushes.engine.states import ACTIVE_JOBS, sql_list
from rushes.engine.transitions import touch_jobs
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
    for rank in sorted(set(ranks.values())):
        ids = [job_id for job_id, new in ranks.items() if new == rank]
        await touch_jobs(session, ids, among=ACTIVE_JOBS, queue_rank=rank)
