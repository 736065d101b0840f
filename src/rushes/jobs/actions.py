"""Jobs that have been started: pause, resume, retry, cancel, delete."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from rushes.engine import assets
from rushes.engine.again import reopen, retry_takes
from rushes.engine.local_work import cancel_work_of
from rushes.engine.runtime import Runtime
from rushes.engine.states import ENDED_JOBS, JobChanges, JobStatus, VideoStatus, WaitingFor
from rushes.engine.stop import abort, cancel_job_rows, delete_job_rows, running_tasks, stop_takes
from rushes.engine.transitions import change_jobs, touch_jobs
from rushes.errors import Conflict, ErrorType
from rushes.jobs.rows import locked_job
from rushes.platform.db.models import Video


async def pause_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Nothing new is submitted; what is in flight arrives. A paused job stays paused: asking twice is safe.

    One that a fault had paused is the user's now, and does not go on by itself.
    """
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status not in (JobStatus.PROCESSING, JobStatus.PAUSED):
            raise Conflict(f"The job is {job.status}; only a processing job can be paused.")
        by_user = {"paused_by": "user", "pause_reason": "Paused by you."}
        if job.status == JobStatus.PAUSED:
            await touch_jobs(session, [job_id], among=[JobStatus.PAUSED], **by_user)
        else:
            await change_jobs(session, [job_id], JobChanges.PAUSE, **by_user)


async def resume_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Go on after a pause, whoever paused it. One that is going on already stays as it is."""
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status == JobStatus.PROCESSING:
            return
        if job.status != JobStatus.PAUSED:
            raise Conflict(f"The job is {job.status}; only a paused job can be resumed.")
        await reopen(session, job, also_paused=True)


_RETRYABLE = Video.deleted_at.is_(None) & (
    Video.status.in_([VideoStatus.FAILED, VideoStatus.CANCELLED])
    | ((Video.status == VideoStatus.WAITING) & (Video.waiting_for != WaitingFor.UNCERTAIN))
)
"""Uncertain ones may have been paid for: their owner decides (`resolve`)."""


async def retry_failed(
    run: Runtime, owner: UUID, job_id: UUID, *, error_type: ErrorType | None = None
) -> int:
    """Queue failed and cancelled videos again, and let those go on that waited for a person.

    With `error_type`, only those of one kind. Returns how many go on. Raises `Conflict` when there are none.
    """
    wanted = (Video.job_id == job_id) & _RETRYABLE
    if error_type is not None:
        wanted &= Video.error_type == str(error_type)
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status == JobStatus.PENDING:
            raise Conflict("The job has not been started.", hint="Start it first.")
        videos = list(await session.scalars(select(Video.id).where(wanted)))
        if not videos:
            raise Conflict(
                "There is nothing to retry: no video of this job failed or waits for you.",
                hint="`rushes resolve` lists videos that may have been paid for, and decides on them.",
            )
        await retry_takes(session, videos)
        await reopen(session, job)
    return len(videos)


async def retry_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID]) -> list[UUID]:
    """The same for some videos, of any jobs. Returns those that go on."""
    wanted = Video.id.in_(video_ids) & (Video.owner_id == owner) & _RETRYABLE
    async with run.db.begin() as session:
        job_ids = await session.scalars(select(Video.job_id).where(wanted).distinct())
        jobs = [await locked_job(session, owner, each) for each in sorted(job_ids)]
        videos = list(await session.scalars(select(Video.id).where(wanted)))
        if videos:
            await retry_takes(session, videos)
        for job in jobs:
            await reopen(session, job)
    return videos


async def cancel_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Stop everything of the job, also at the provider. What is finished stays; asking twice is safe."""
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status == JobStatus.CANCELLED:
            return
        if job.status in ENDED_JOBS:
            raise Conflict(f"The job is {job.status} already.")
        await cancel_job_rows(session, job_id)
        running = await running_tasks(session, job_id)
    await abort(run, running)


async def delete_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Cancel what runs, delete rows and bytes. The ledger stays: it is what was paid."""
    async with run.db.begin() as session:
        await locked_job(session, owner, job_id, to_delete=True)
        await stop_takes(session, job_id)
        running = await running_tasks(session, job_id)
        await cancel_work_of(session, job_id=job_id)
        keys = await assets.keys_of_job(session, job_id)
        await delete_job_rows(session, job_id)
    await abort(run, running)
    await run.bucket.delete(*keys)
