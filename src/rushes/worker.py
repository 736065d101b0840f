"""The worker: runs the tasks, keeps the net going, survives a database that goes away and comes back."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable

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
from rushes.engine.reconcile import recover, tick
from rushes.engine.run import make_videos
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound, RushesError, SystemFault
from rushes.flow_signins.tasks import check_account, look_after_accounts
from rushes.ops.archive import archive_videos
from rushes.ops.sweep import delete_from_archive, let_go, sweep
from rushes.platform.db.queue import ARCHIVE_QUEUE, ENGINE_QUEUE, UPSCALE_QUEUE
from rushes.platform.db.task_manager import TaskManager
from rushes.upscale.tasks import upscale_video

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3600.0
ACCOUNTS_SECONDS = 300.0
IDLE_SECONDS = 2.0
BACK_SECONDS = 1.0

DATABASE_FAULTS = (DBAPIError, ConnectorException, SystemFault, OSError)
CARRY_ON = RetryStrategy(max_attempts=10, exponential_wait=2)
"""For what no task expects (the database went away, a bug): again, later and later. The rows say where
to go on; after the last attempt the net takes the task up again."""


def worker_lock(run: Runtime) -> FileLock:
    """Held by the one worker of an embedded database. Gone with its process, however that ends."""
    return FileLock(run.settings.data_dir / "worker.lock", thread_local=False)


def check_queues(run: Runtime, names: Iterable[str]) -> None:
    """Raise `NotFound` for a queue that is neither a provider's nor `archive` or `upscale`."""
    for name in names:
        if name not in (*run.providers.ids, ARCHIVE_QUEUE, UPSCALE_QUEUE):
            if name == FLOW:
                raise NotFound("Flow is switched off here.", hint="FLOW_BACKEND_ENABLED=true switches it on.")
            run.providers.get(name)


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
    keeper = asyncio.create_task(_keep(run))
    tidier = asyncio.create_task(_keep_tidy(run))
    asked = worked_on(run, queues)
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
        for task in (keeper, tidier, stop, worker):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await leave_all(run)


def worked_on(run: Runtime, queues: Iterable[str] | None = None) -> set[str]:
    """The queues a worker works on that was asked for these; all, when none are named."""
    return {*(queues or (*run.providers.ids, ARCHIVE_QUEUE, UPSCALE_QUEUE)), ENGINE_QUEUE}


def _register(run: Runtime) -> None:
    """Bring the tasks, under the names by which platform/db/queue.py puts them into the queue."""
    if "rushes:make_videos" not in run.queue.tasks:  # pyright: ignore[reportUnknownMemberType]
        run.queue.task(name="rushes:make_videos", retry=CARRY_ON)(make_videos)
        run.queue.task(name="rushes:cancel_submission", retry=CARRY_ON)(cancel_submission)
        run.queue.task(name="rushes:dispatch", retry=CARRY_ON)(dispatch)
        run.queue.task(name="rushes:archive_videos", retry=CARRY_ON)(archive_videos)
        run.queue.task(name="rushes:upscale_video", retry=CARRY_ON)(upscale_video)
        run.queue.task(name="rushes:check_account", retry=CARRY_ON)(check_account)


async def _run_once(run: Runtime, asked: set[str]) -> None:
    """Work on the queues until the database goes away.

    Upscales have a worker of their own in here: it fetches only as many as it may work on at once, so that
    those which must wait can be fetched by other machines.
    """
    most = run.settings.worker_concurrency
    workers = [asyncio.create_task(_work_on(run, [*asked - {UPSCALE_QUEUE}], most))]
    if UPSCALE_QUEUE in asked:
        workers.append(asyncio.create_task(_work_on(run, [UPSCALE_QUEUE], run.settings.upscale_concurrency)))
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for worker in workers:
            worker.cancel()
        ends = await asyncio.gather(*workers, return_exceptions=True)
    for end in ends:
        if isinstance(end, DATABASE_FAULTS):
            log.warning("the worker stopped: %s", end)
        elif isinstance(end, Exception):
            raise end


async def _work_on(run: Runtime, queues: list[str], concurrency: int) -> None:
    options: WorkerOptions = {
        "queues": queues,
        "concurrency": concurrency,
        "name": run.worker,
        "install_signal_handlers": False,
        "update_heartbeat_interval": run.settings.heartbeat_seconds,
        "stalled_worker_timeout": run.settings.stalled_after_seconds,
        "shutdown_graceful_timeout": 0.0,  # their rows say where to go on
        "fetch_job_polling_interval": 1.0,
        "abort_job_polling_interval": 1.0,
        "delete_jobs": "successful",
    }
    # An app of its own: its manager keeps what it has taken, and a new one what an earlier run had not begun.
    app = run.queue.with_connector(run.queue.connector)
    app.job_manager = TaskManager(run.queue.connector, concurrency)
    await app.run_worker_async(**options)


async def _take_over(run: Runtime, *, alone: bool) -> None:
    """Take over the tasks of dead workers, before one of ours is there to be taken for dead."""
    while True:
        await _until_database(run)
        try:
            await recover(run, alone=alone)
        except DATABASE_FAULTS as error:
            log.warning("cannot take over what others have left: %s", error)
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


async def _keep(run: Runtime) -> None:
    """The net at every tick, pruning every hour."""
    pruned = looked = float("-inf")
    while True:
        try:
            await tick(run)
            if time.monotonic() - looked > ACCOUNTS_SECONDS:
                await look_after_accounts(run)
                looked = time.monotonic()
            if time.monotonic() - pruned > SWEEP_SECONDS:
                async with run.db.begin() as session:
                    await net.prune(session)
                pruned = time.monotonic()
        except DATABASE_FAULTS as error:
            log.warning("the net skipped a round: %s", error)
        await asyncio.sleep(run.settings.tick_seconds)


async def _keep_tidy(run: Runtime) -> None:
    """The storage's own round, apart from the net: a bucket that does not answer must not hold that up."""
    swept = float("-inf")
    while True:
        try:
            if time.monotonic() - swept > SWEEP_SECONDS:
                await sweep(run)
                swept = time.monotonic()
            else:
                await let_go(run)
                await delete_from_archive(run)
        except (*DATABASE_FAULTS, RushesError) as error:
            log.warning("tidying the storage skipped a round: %s", error)
        await asyncio.sleep(run.settings.tick_seconds)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _idle(run: Runtime, queues: set[str]) -> None:
    """Ends when there has been nothing to do for a moment."""
    quiet_since: float | None = None
    while True:
        await asyncio.sleep(IDLE_SECONDS / 4)
        try:
            async with run.db.begin() as session:
                busy = await net.has_work(session, list(queues))
        except DATABASE_FAULTS as error:
            log.warning("cannot see whether there is work: %s", error)
            busy = True
        now = time.monotonic()
        quiet_since = None if busy else quiet_since or now
        if quiet_since is not None and now - quiet_since >= IDLE_SECONDS:
            return
