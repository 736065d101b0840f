"""The worker: runs the tasks, keeps the net going, survives a database that goes away and comes back."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from filelock import FileLock, Timeout
from procrastinate import RetryStrategy
from procrastinate.app import WorkerOptions
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import DBAPIError

from rushes.engine import reconcile_rows as net
from rushes.engine.cancel_submission import cancel_submission
from rushes.engine.dispatch import dispatch
from rushes.engine.flow_lease import leave_all
from rushes.engine.flow_views import FLOW
from rushes.engine.generations_receive import receive_replies
from rushes.engine.generations_run import generate
from rushes.engine.local_work import KINDS, register
from rushes.engine.local_work_run import WorkRetry, local_work
from rushes.engine.periodic import Periodic, RepeatedFailure, keep_running
from rushes.engine.queues_served import report_queues
from rushes.engine.reconcile import recover, tick
from rushes.engine.run import make_videos
from rushes.engine.runtime import Runtime
from rushes.engine.unforeseen import FailureWatch
from rushes.errors import NotFound, SystemFault
from rushes.flow_signins.tasks import check_account, look_after_accounts
from rushes.jobs.fallback import move_on
from rushes.notices.conditions import watch_installation
from rushes.notices.deliver import deliver, look_after_deliveries
from rushes.ops.archive import archive_videos
from rushes.ops.backups import TASK as BACK_UP
from rushes.ops.backups import back_up_when_due
from rushes.ops.ownership import notice_older_database
from rushes.ops.prune import prune_rows
from rushes.ops.sweep import delete_from_archive, let_go, sweep
from rushes.platform.db.faults import database_is_away, in_a_line
from rushes.platform.db.queue import ARCHIVE_QUEUE, ENGINE_QUEUE
from rushes.platform.db.task_manager import TaskManager
from rushes.platform.private import FILE_MODE
from rushes.story.film import EXPORT_KIND, FILM_KIND
from rushes.story.run import look_after_stories, run_story
from rushes.upscale.tasks import UPSCALE

log = logging.getLogger(__name__)

HOUR_SECONDS = 3600.0
FLOW_SECONDS = 300.0
WATCH_SECONDS = 60.0
IDLE_SECONDS = 2.0
BACK_SECONDS = 1.0

CARRY_ON = RetryStrategy(max_attempts=10, exponential_wait=2)
"""For what no task expects (the database went away, a bug): again, later and later. The rows say where
to go on; after the last attempt the net takes the task up again."""
LOCAL_KINDS = (UPSCALE, FILM_KIND, EXPORT_KIND)
for _kind in LOCAL_KINDS:
    register(_kind)
WORK_RETRY = WorkRetry(max_attempts=10, exponential_wait=2)


TASKS: tuple[Callable[..., Awaitable[None]], ...] = (
    make_videos,
    generate,
    cancel_submission,
    dispatch,
    archive_videos,
    check_account,
    run_story,
    deliver,
)
"""What the queue runs: each is given the runtime, and by name the arguments that it was deferred with."""


def worker_lock(run: Runtime) -> FileLock:
    """Held by the one worker of an embedded database. Gone with its process, however that ends."""
    return FileLock(run.settings.data_dir / "worker.lock", thread_local=False, mode=FILE_MODE)


def check_queues(run: Runtime, names: Iterable[str]) -> None:
    """Raise `NotFound` for a queue that is neither a provider's, nor `archive`, nor of local work."""
    for name in names:
        if name not in (*run.providers.every_id, ARCHIVE_QUEUE, *KINDS):
            if name == FLOW:
                raise NotFound("Flow is switched off here.", hint="FLOW_BACKEND_ENABLED=true switches it on.")
            run.providers.of_any_kind(name)


async def run_worker(
    run: Runtime,
    *,
    queues: Iterable[str] | None = None,
    until_idle: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Work until cancelled (or, with `until_idle`, until there is nothing left to do on its queues).

    On the embedded database one worker works at a time: a second one waits for its turn.
    """
    if run.db.embedded is None:
        await _work(run, queues, until_idle, ready, alone=False)
        return
    lock = worker_lock(run)
    waiting = False
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            if not waiting:
                log.info("another worker is at work on this data folder; waiting for it to leave")
                waiting = True
            await asyncio.sleep(BACK_SECONDS)
    try:
        await _work(run, queues, until_idle, ready, alone=True)
    finally:
        lock.release()


async def _work(
    run: Runtime,
    queues: Iterable[str] | None,
    until_idle: bool,
    ready: Callable[[], None],
    *,
    alone: bool,
) -> None:
    _register(run)
    await notice_older_database(run)
    asked = worked_on(run, queues)
    keepers = [asyncio.create_task(keep_running(run, each)) for each in periodic_tasks(run)]
    keepers.append(asyncio.create_task(report_queues(run, asked)))
    stop = asyncio.create_task(_idle(run, asked) if until_idle else _for_ever())
    log.info("the worker is at work")
    ready()
    worker: asyncio.Task[None] | None = None
    try:
        while True:
            await _take_over(run, alone=alone)
            worker = asyncio.create_task(_run_once(run, asked))
            await asyncio.wait([worker, stop], return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                return
            await asyncio.sleep(BACK_SECONDS)  # the database went away under it
    finally:
        for task in (*keepers, stop, worker):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await leave_all(run)


def worked_on(run: Runtime, queues: Iterable[str] | None = None) -> set[str]:
    """The queues a worker works on that was asked for these; all, when none are named."""
    return {*(queues or (*run.providers.every_id, ARCHIVE_QUEUE, *KINDS)), ENGINE_QUEUE}


def _register(run: Runtime) -> None:
    """Bring the tasks, under the names by which platform/db/queue.py puts them into the queue."""
    run.fallback = move_on
    if "rushes:make_videos" not in run.queue.tasks:  # pyright: ignore[reportUnknownMemberType]
        for task in TASKS:
            run.queue.task(name=f"rushes:{task.__name__}", retry=CARRY_ON)(partial(task, run))
        run.queue.task(name="rushes:local_work", retry=WORK_RETRY)(partial(local_work, run))


async def _run_once(run: Runtime, asked: set[str]) -> None:
    """Work on the queues until the database goes away.

    Local work has a worker of its own in here: it fetches only as many of a kind as it may make at once, so
    that those which must wait can be fetched by other machines.
    """
    limits = {name: kind.concurrency(run.settings) for name, kind in KINDS.items() if name in asked}
    most = run.settings.worker_concurrency
    workers = [
        asyncio.create_task(_work_on(run, TaskManager(run.queue.connector, most), [*asked - set(KINDS)]))
    ]
    if limits:
        manager = TaskManager(run.queue.connector, sum(limits.values()), limits)
        workers.append(asyncio.create_task(_work_on(run, manager, [*limits])))
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for worker in workers:
            worker.cancel()
        ends = await asyncio.gather(*workers, return_exceptions=True)
    for end in ends:
        if isinstance(end, DBAPIError | ConnectorException | SystemFault | OSError):
            away = database_is_away(end) or isinstance(end, SystemFault | OSError)
            log.warning("the worker begins anew: %s", in_a_line(end), exc_info=None if away else end)
        elif isinstance(end, Exception):
            raise end


async def _work_on(run: Runtime, manager: TaskManager, queues: list[str]) -> None:
    options: WorkerOptions = {
        "queues": queues,
        "concurrency": manager.concurrency,
        "name": run.worker,
        "install_signal_handlers": False,
        "update_heartbeat_interval": run.settings.heartbeat_seconds,
        "stalled_worker_timeout": run.settings.stalled_after_seconds,
        "shutdown_graceful_timeout": 0.0,  # their rows say where to go on
        "fetch_job_polling_interval": 1.0,
        "abort_job_polling_interval": 1.0,
        "delete_jobs": "successful",
        "worker_middleware": [FailureWatch(run)],
    }
    # An app of its own: its manager keeps what it has taken, and a new one what an earlier run had not begun.
    app = run.queue.with_connector(run.queue.connector)
    app.job_manager = manager
    await app.run_worker_async(**options)


async def _take_over(run: Runtime, *, alone: bool) -> None:
    """Take over the tasks of dead workers, before one of ours is there to be taken for dead."""
    failure = RepeatedFailure("taking over the tasks of dead workers")
    while True:
        await _until_database(run)
        try:
            await run.replies.flush()
            await receive_replies(run)
            await recover(run, alone=alone)
        except Exception as error:  # noqa: BLE001  # no task may start before this has succeeded
            failure.failed(error)
            await asyncio.sleep(BACK_SECONDS)
        else:
            return


async def _until_database(run: Runtime) -> None:
    said = False
    while True:
        try:
            await run.db.ping()
        except SystemFault as fault:
            if not said:
                log.error("%s %s", fault.message, fault.hint)
                said = True
            await asyncio.sleep(BACK_SECONDS)
        else:
            if said:
                log.info("the database is back")
            return


def periodic_tasks(run: Runtime) -> list[Periodic]:
    """Return what every worker does again and again, each apart: a silent bucket delays nothing else."""
    tick_seconds = run.settings.tick_seconds
    return [
        Periodic("reconcile", tick_seconds, tick),
        Periodic("look after stories", tick_seconds, look_after_stories),
        Periodic("prune", HOUR_SECONDS, prune_rows),
        Periodic("sweep", HOUR_SECONDS, sweep),
        Periodic(BACK_UP, HOUR_SECONDS, back_up_when_due),
        Periodic("deliver messages", tick_seconds, look_after_deliveries),
        Periodic("watch the installation", WATCH_SECONDS, watch_installation),
        Periodic("evict archived videos", tick_seconds, _evict),
        Periodic("check Flow sign-ins", FLOW_SECONDS, look_after_accounts),
    ]


async def _evict(run: Runtime) -> None:
    await let_go(run)
    await delete_from_archive(run)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _idle(run: Runtime, queues: set[str]) -> None:
    """Ends when there has been nothing to do for a moment."""
    quiet_since: float | None = None
    failure = RepeatedFailure("looking for work")
    while True:
        await asyncio.sleep(IDLE_SECONDS / 4)
        try:
            async with run.db.begin() as session:
                busy = await net.has_work(session, list(queues))
        except Exception as error:  # noqa: BLE001  # not knowing is no reason to leave
            failure.failed(error)
            busy = True
        else:
            failure.succeeded()
        now = time.monotonic()
        quiet_since = None if busy else quiet_since or now
        if quiet_since is not None and now - quiet_since >= IDLE_SECONDS:
            return
