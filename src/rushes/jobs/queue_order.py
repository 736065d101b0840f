"""Move a job in the queue of its owner."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Fault, Invalid
from rushes.jobs.queue_rows import locked_queue, set_ranks
from rushes.jobs.queue_views import Queued, QueueMove, index_after, ranks_after
from rushes.jobs.rows import locked_job


async def move_job(run: Runtime, owner: UUID, job_id: UUID, move: QueueMove) -> None:
    """Move a started job that has not ended. Raises `NotFound`, or `Conflict` when it is in no queue."""
    async with run.db.begin() as session:
        queue = await locked_queue(session, owner)
        await _require(session, owner, queue, job_id)
        if move is QueueMove.TURNS:
            ranks = {each.id: 0 for each in queue if each.id == job_id and each.rank}
        else:
            index, last = index_after(queue, job_id, move), move in (QueueMove.DOWN, QueueMove.BOTTOM)
            ranks = ranks_after(queue, job_id, index, last=last)
        await set_ranks(session, ranks)


async def move_job_before(run: Runtime, owner: UUID, job_id: UUID, other_id: UUID) -> None:
    """Move a job so that it is directly above another. Raises like `move_job`, and `Invalid` for itself."""
    if other_id == job_id:
        fault = Fault("before", "Name another job.", "same_job")
        raise Invalid("A job cannot be moved above itself.", [fault])
    async with run.db.begin() as session:
        queue = await locked_queue(session, owner)
        for each in (job_id, other_id):
            await _require(session, owner, queue, each)
        others = [each.id for each in queue if each.id != job_id]
        await set_ranks(session, ranks_after(queue, job_id, others.index(other_id)))


async def _require(session: AsyncSession, owner: UUID, queue: list[Queued], job_id: UUID) -> None:
    """Raise unless the job is in the queue. Nothing is locked that is: several are, later, in one order."""
    if job_id not in {each.id for each in queue}:
        job = await locked_job(session, owner, job_id)
        raise Conflict(
            f"The job is {job.status}; only a batch that is started and not ended is in the queue.",
            hint="`rushes jobs --sort queue` (GET /api/jobs?sort=queue) lists the queue.",
        )
