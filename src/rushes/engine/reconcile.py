"""The net: looks at the rows every so often and picks up what a crash dropped. Safe on many workers."""

import logging
from datetime import UTC, datetime

from procrastinate.exceptions import ConnectorException

from rushes.engine import claim as dispatching
from rushes.engine import flow_rows as accounts
from rushes.engine import pauses
from rushes.engine import reconcile_rows as net
from rushes.engine.dispatch import check_disk
from rushes.engine.generations_receive import receive_replies
from rushes.engine.local_work import defer_unattended
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.queue import (
    Deferred,
    archive_task,
    cancel_submission_task,
    defer,
    dispatch_task,
    generate_task,
    make_videos_task,
)
from rushes.platform.storage import copies

log = logging.getLogger(__name__)


async def recover(run: Runtime, *, alone: bool) -> None:
    """Take over the tasks of dead workers. `alone`: nobody else can be alive, so all are dead, at once."""
    async with run.db.begin() as session:
        if alone:
            await net.forget_workers(session)
            await accounts.forget_leases(session)
        stalled = await net.stalled_tasks(session, run.settings.stalled_after_seconds)
    for task_id in stalled:
        try:
            await run.queue.job_manager.retry_job_by_id_async(task_id, retry_at=datetime.now(UTC))
        except ConnectorException:  # another worker was quicker
            log.debug("task %s was taken over already", task_id)
    if stalled:
        log.info("took over %d tasks of workers that are gone", len(stalled))


async def tick(run: Runtime) -> None:
    """One round: dead workers, dropped submissions, faults that are gone, videos that may start."""
    await run.replies.flush()  # another process of this data folder may have left some
    await receive_replies(run)
    await recover(run, alone=False)
    async with run.db.begin() as session:
        await _resume_what_can(run)
        dropped = await net.dropped_submissions(session)
        await defer(
            session,
            [_task_of(each) for each in dropped],
        )
        await defer_unattended(session, run.settings.stalled_after_seconds)
        await defer(session, [dispatch_task(each) for each in await net.providers_with_work(session)])
        archive = run.bucket.archive
        if archive is not None and await copies.to_archive(session, archive.name):
            await defer(session, [archive_task()])
    async with run.db.begin() as session:
        await dispatching.end_jobs(session)


def _task_of(dropped: net.Dropped) -> Deferred:
    if not dropped.takes:
        return generate_task(dropped.id, dropped.provider)
    if dropped.wanted:
        return make_videos_task(dropped.id, dropped.provider)
    return cancel_submission_task(dropped.id)


async def _resume_what_can(run: Runtime) -> None:
    """Let jobs go on whose fault is gone. One that is not will pause its job again, at no cost."""
    async with run.db.begin() as session:
        paused = await pauses.paused_by_system(session)
        if not paused:
            return
        try:
            check_disk(run)
            gone = list(paused)
        except SystemFault:
            gone = [job_id for job_id, cause in paused.items() if cause != ErrorType.DISK_FULL]
        for job_id in await pauses.resume(session, gone):
            log.info("job %s is tried again: it was paused by a fault (%s)", job_id, paused[job_id])
