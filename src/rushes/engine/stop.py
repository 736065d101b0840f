"""Stops what a job has under way: its open takes, its claims, and what was sent."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.events import JOB_DELETED_EVENT
from rushes.engine.runtime import Runtime
from rushes.engine.states import MAYBE_ACCEPTED, OPEN_VIDEOS, JobChanges, SubmissionChanges, TakeChanges
from rushes.engine.transitions import EXPIRES, NOW, change_jobs, change_takes
from rushes.platform.db.models import Video
from rushes.platform.db.paying import Submission
from rushes.platform.db.queue import cancel_submission_task, defer

_CANCEL_CLAIMS = text(
    "UPDATE submissions SET state = :state, error = 'cancelled before it was sent', ended_at = now()"
    " WHERE job_id = :job AND state = 'claimed'"
)
_DELETE = text(
    f"WITH changed AS (DELETE FROM jobs WHERE id = :job RETURNING *) {JOB_DELETED_EVENT}"  # noqa: S608  # only our own constant is put in
)
_EXPIRE = text(f"UPDATE jobs SET {EXPIRES} WHERE id = :job")  # noqa: S608  # only our own constant is put in
_RUNNING_TASKS = text(
    "SELECT t.id FROM submissions s JOIN procrastinate_jobs t ON t.lock = 'submission:' || s.id"
    " WHERE s.job_id = :job AND t.status IN ('todo', 'doing') AND t.task_name = 'rushes:make_videos'"
)


async def cancel_job_rows(session: AsyncSession, job_id: UUID) -> None:
    """Cancel the job with all that it has under way."""
    await stop_takes(session, job_id)
    await change_jobs(session, [job_id], JobChanges.CANCEL, paused_by=None, pause_reason=None, ended_at=NOW)
    await session.execute(_EXPIRE, {"job": job_id})


async def delete_job_rows(session: AsyncSession, job_id: UUID) -> None:
    """Delete the job's row and all that refers to it. The ledger stays: it is what was paid."""
    await session.execute(_DELETE, {"job": job_id})


async def stop_takes(session: AsyncSession, job_id: UUID) -> None:
    """Cancel open takes; close claims that were never sent; have those that were sent cancelled."""
    takes = await session.scalars(
        select(Video.id).where(Video.job_id == job_id, Video.status.in_(OPEN_VIDEOS))
    )
    await change_takes(
        session, list(takes), TakeChanges.CANCEL, waiting_for=None, progress=None, retry_at=None
    )
    await session.execute(_CANCEL_CLAIMS, {"job": job_id, "state": str(SubmissionChanges.CANCEL.target)})
    sent = await session.scalars(
        select(Submission.id).where(Submission.job_id == job_id, Submission.state.in_(MAYBE_ACCEPTED))
    )
    await defer(session, [cancel_submission_task(each) for each in sent])


async def running_tasks(session: AsyncSession, job_id: UUID) -> list[int]:
    """Return the ids of the queue's tasks that carry the job's submissions."""
    return list((await session.execute(_RUNNING_TASKS, {"job": job_id})).scalars())


async def abort(run: Runtime, task_ids: Sequence[int]) -> None:
    """Wake tasks of the queue that sleep, so that they stop now and not at their next look."""
    for task_id in task_ids:
        await run.queue.job_manager.cancel_job_by_id_async(task_id, abort=True)
