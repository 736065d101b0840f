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

from rushes.db.queries import net
from rushes.db.queue import ENGINE_QUEUE
from rushes.db.task_manager import TaskManager
from rushes.errors import SystemFault
from rushes.runtime import Runtime
from rushes.tasks.cancel_submission import cancel_submission
from rushes.tasks.dispatch import dispatch
from rushes.tasks.make_videos import make_videos
from rushes.tasks.net import recover, tick
from rushes.tasks.sweep import sweep

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3600.0
IDLE_SECONDS = 2.0
BACK_SECONDS = 1.0

DATABASE_FAULTS = (DBAPIError, ConnectorException, SystemFault, OSError)
CARRY_ON = RetryStrategy(max_attempts=10, exponential_wait=2)
"""For what no task expects (the database went away, a bug): again, later and later. The rows say where
to go on; after the last attempt the net takes the task up again."""


def worker_lock(run: Runtime) -> FileLock:
    """Held by the one worker of an embedded database. Gone with its process, however that ends."""
    return FileLock(run.settings.data_dir / "worker.lock", thread_local=False)


async def run_worker(
    run: Runtime,
    *,
    queues: Iterable[str] | None = None,
    until_idle: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Work until cancelled (or, with `until_idle`, until there is nothing left to do).

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
    keeper = asyncio.create_task(_keep(run, alone=alone))
    stop = asyncio.create_task(_idle(run) if until_idle else _for_ever())
    log.info("the worker is at work")
    ready()
    worker: asyncio.Task[None] | None = None
    try:
        while True:
            worker = asyncio.create_task(_run_once(run, queues))
            await asyncio.wait([worker, stop], return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                return
            await asyncio.sleep(BACK_SECONDS)  # the database went away under it
            await _until_database(run)
            await recover(run, alone=alone)
    finally:
        for task in (keeper, stop, worker):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def _register(run: Runtime) -> None:
    """Bring the tasks, under the names by which db/queue.py puts them into the queue."""
    if "rushes:make_videos" not in run.queue.tasks:  # pyright: ignore[reportUnknownMemberType]
        run.queue.task(name="rushes:make_videos", retry=CARRY_ON)(make_videos)
        run.queue.task(name="rushes:cancel_submission", retry=CARRY_ON)(cancel_submission)
        run.queue.task(name="rushes:dispatch", retry=CARRY_ON)(dispatch)


async def _run_once(run: Runtime, queues: Iterable[str] | None) -> None:
    options: WorkerOptions = {
        "concurrency": run.settings.worker_concurrency,
        "name": run.worker,
        "install_signal_handlers": False,
        "update_heartbeat_interval": run.settings.heartbeat_seconds,
        "stalled_worker_timeout": run.settings.stalled_after_seconds,
        "shutdown_graceful_timeout": 0.0,  # their rows say where to go on
        "fetch_job_polling_interval": 1.0,
        "abort_job_polling_interval": 1.0,
        "delete_jobs": "successful",
    }
    if queues:
        options["queues"] = [*queues, ENGINE_QUEUE]
    # A new one each time: what an earlier run had taken has been given to others since.
    run.queue.job_manager = TaskManager(run.queue.connector, run.settings.worker_concurrency)
    try:
        await run.queue.run_worker_async(**options)
    except DATABASE_FAULTS as error:
        log.warning("the worker stopped: %s", error)


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


async def _keep(run: Runtime, *, alone: bool) -> None:
    """The net at every tick, sweeping and pruning every hour."""
    await recover(run, alone=alone)
    swept = float("-inf")
    while True:
        try:
            await tick(run)
            if time.monotonic() - swept > SWEEP_SECONDS:
                async with run.db.begin() as session:
                    await net.prune(session)
                await sweep(run)
                swept = time.monotonic()
        except DATABASE_FAULTS as error:
            log.warning("the net skipped a round: %s", error)
        await asyncio.sleep(run.settings.tick_seconds)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _idle(run: Runtime) -> None:
    """Ends when there has been nothing to do for a moment."""
    quiet_since: float | None = None
    while True:
        await asyncio.sleep(IDLE_SECONDS / 4)
        try:
            async with run.db.begin() as session:
                busy = await net.has_work(session)
        except DATABASE_FAULTS as error:
            log.warning("cannot see whether there is work: %s", error)
            busy = True
        now = time.monotonic()
        quiet_since = None if busy else quiet_since or now
        if quiet_since is not None and now - quiet_since >= IDLE_SECONDS:
            return
