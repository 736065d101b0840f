"""Jobs that have been started: pause, resume, retry, cancel, delete."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import assets
from rushes.engine.changes import change_jobs, change_videos
from rushes.engine.runtime import Runtime
from rushes.engine.states import (
    ENDED_JOBS,
    MAYBE_ACCEPTED,
    OPEN_VIDEOS,
    JobStatus,
    SubmissionState,
    VideoStatus,
    WaitingFor,
)
from rushes.errors import Conflict, ErrorType
from rushes.jobs.rows import locked_job
from rushes.platform.db.models import Job, Submission, Video
from rushes.platform.db.queue import cancel_submission_task, defer, dispatch_task, make_videos_task
from rushes.upscale.actions import abort, upscale_tasks_of


async def pause_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Nothing new is submitted; what is in flight arrives. A paused job stays paused: asking twice is safe.

    One that a fault had paused is the user's now, and does not go on by itself.
    """
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status not in (JobStatus.PROCESSING, JobStatus.PAUSED):
            raise Conflict(f"The job is {job.status}; only a processing job can be paused.")
        await change_jobs(
            session,
            [job_id],
            come_from=[JobStatus.PROCESSING, JobStatus.PAUSED],
            status=str(JobStatus.PAUSED),
            paused_by="user",
            pause_reason="Paused by you.",
        )


async def resume_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Go on after a pause, whoever paused it. One that is going on already stays as it is."""
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status == JobStatus.PROCESSING:
            return
        if job.status != JobStatus.PAUSED:
            raise Conflict(f"The job is {job.status}; only a paused job can be resumed.")
        await go_on(session, job, also_paused=True)


async def go_on(session: AsyncSession, job: Job, *, also_paused: bool = False) -> None:
    """An ended job is processing again (a paused one only if asked), and the dispatcher is told."""
    await change_jobs(
        session,
        [job.id],
        come_from=[*ENDED_JOBS, JobStatus.PAUSED] if also_paused else ENDED_JOBS,
        status=str(JobStatus.PROCESSING),
        paused_by=None,
        pause_reason=None,
        ended_at=None,
    )
    await defer(session, [dispatch_task(job.provider)])


_RETRYABLE = Video.deleted_at.is_(None) & (
    Video.status.in_([VideoStatus.FAILED, VideoStatus.CANCELLED])
    | ((Video.status == VideoStatus.WAITING) & (Video.waiting_for != WaitingFor.UNCERTAIN))
)
"""Uncertain ones may have been paid for: their owner decides (`resolve`)."""

AFRESH: dict[str, Any] = {
    "status": str(VideoStatus.QUEUED),
    "error_type": None,
    "error_message": None,
    "waiting_for": None,
    "progress": None,
    "retry_count": 0,
    "retry_at": None,
    "submission_id": None,
    "generation_started_at": None,
    "generation_completed_at": None,
}
"""A video that is to be made as if it had never been tried."""


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
            raise Conflict("There is nothing to retry: no video of this job failed or waits for you.")
        await let_go_on(session, videos)
        await go_on(session, job)
    return len(videos)


async def retry_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID]) -> list[UUID]:
    """The same for some videos, of any jobs. Returns those that go on."""
    wanted = Video.id.in_(video_ids) & (Video.owner_id == owner) & _RETRYABLE
    async with run.db.begin() as session:
        job_ids = await session.scalars(select(Video.job_id).where(wanted).distinct())
        jobs = [await locked_job(session, owner, each) for each in sorted(job_ids)]
        videos = list(await session.scalars(select(Video.id).where(wanted)))
        if videos:
            await let_go_on(session, videos)
        for job in jobs:
            await go_on(session, job)
    return videos


async def let_go_on(session: AsyncSession, video_ids: list[UUID]) -> None:
    """Those whose submission is open and may be accepted go on with it; the others are queued anew."""
    accepted = (
        await session.execute(
            select(Submission.id, Submission.provider, Video.id)
            .join(Video, Video.submission_id == Submission.id)
            .where(
                Video.id.in_(video_ids),
                Video.status == VideoStatus.WAITING,
                Submission.state.in_(MAYBE_ACCEPTED),
            )
        )
    ).all()
    going_on = {row[2] for row in accepted}
    await change_videos(
        session,
        list(going_on),
        come_from=[VideoStatus.WAITING],
        status=str(VideoStatus.GENERATING),
        error_type=None,
        error_message=None,
        waiting_for=None,
        progress=None,
    )
    await change_videos(
        session,
        [each for each in video_ids if each not in going_on],
        come_from=[VideoStatus.FAILED, VideoStatus.CANCELLED, VideoStatus.WAITING],
        **AFRESH,
    )
    await defer(
        session, [make_videos_task(each, who) for each, who in {(row[0], row[1]) for row in accepted}]
    )


async def cancel_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Stop everything of the job, also at the provider. What is finished stays; asking twice is safe."""
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status == JobStatus.CANCELLED:
            return
        if job.status in ENDED_JOBS:
            raise Conflict(f"The job is {job.status} already.")
        await _stop(session, job_id)
        await change_jobs(
            session,
            [job_id],
            come_from=[JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.PAUSED],
            status=str(JobStatus.CANCELLED),
            paused_by=None,
            pause_reason=None,
        )
        await session.execute(text("UPDATE jobs SET ended_at = now() WHERE id = :id"), {"id": job_id})
        running = await _running_tasks(session, job_id)
    await abort(run, running)


async def delete_job(run: Runtime, owner: UUID, job_id: UUID) -> None:
    """Cancel what runs, delete rows and bytes. The ledger stays: it is what was paid."""
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id, to_delete=True)
        await _stop(session, job_id)
        running = await _running_tasks(session, job_id) + await upscale_tasks_of(session, job_id=job_id)
        keys = await assets.keys_of_job(session, job_id)
        await session.execute(
            text(
                "INSERT INTO events (owner_id, job_id, type, data)"
                " VALUES (:owner, :id, 'job', '{\"status\": \"deleted\"}')"
            ),
            {"owner": job.owner_id, "id": job_id},
        )
        await session.execute(delete(Job).where(Job.id == job_id))
    await abort(run, running)
    await run.bucket.delete(*keys)


async def _stop(session: AsyncSession, job_id: UUID) -> None:
    """Cancel open videos; give back claims that were never sent; have the sent ones cancelled."""
    videos = list(
        await session.scalars(select(Video.id).where(Video.job_id == job_id, Video.status.in_(OPEN_VIDEOS)))
    )
    await change_videos(
        session,
        videos,
        come_from=list(OPEN_VIDEOS),
        status=str(VideoStatus.CANCELLED),
        waiting_for=None,
        progress=None,
        retry_at=None,
    )
    await session.execute(
        update(Submission)
        .where(Submission.job_id == job_id, Submission.state == SubmissionState.CLAIMED)
        .values(state=SubmissionState.CANCELLED, error="cancelled before it was sent", ended_at=func.now())
    )
    sent = await session.scalars(
        select(Submission.id).where(
            Submission.job_id == job_id,
            Submission.state.in_([SubmissionState.SUBMITTING, SubmissionState.SUBMITTED]),
        )
    )
    await defer(session, [cancel_submission_task(each) for each in sent])


async def _running_tasks(session: AsyncSession, job_id: UUID) -> list[int]:
    rows = await session.execute(
        text(
            "SELECT t.id FROM submissions s JOIN procrastinate_jobs t ON t.lock = 'submission:' || s.id"
            " WHERE s.job_id = :job AND t.status IN ('todo', 'doing')"
            " AND t.task_name = 'rushes:make_videos'"
        ),
        {"job": job_id},
    )
    return list(rows.scalars())
