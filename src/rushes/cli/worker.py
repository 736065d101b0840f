"""`rushes worker`: stays until told to stop. It loads no web server, and nothing to print with."""

import asyncio
import contextlib
import ctypes
import importlib
import logging
import signal
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._logs import log_to_stderr
from rushes.engine import reconcile_rows
from rushes.engine.local_work import KINDS
from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import NotFound
from rushes.keys.environment import take_in_environment
from rushes.keys.reconcile import reconcile_keys
from rushes.platform.db.queue import ARCHIVE_QUEUE
from rushes.platform.private import keep_files_private
from rushes.settings import Settings
from rushes.worker import check_queues, run_worker, worked_on

log = logging.getLogger(__name__)
STOP = (signal.SIGTERM, signal.SIGINT)
POLL_SECONDS = 2.0
OTHERS = f"There are also the queues {', '.join((ARCHIVE_QUEUE, *list(KINDS)[:-1]))} and {list(KINDS)[-1]}."
M_ARENA_MAX = -8
"""From glibc's malloc.h."""


def worker(
    queues: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Only work for these providers; `archive` and `upscale` too. Left out: for all.",
            show_default=False,
        ),
    ] = None,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Exit when there is nothing left to do.")
    ] = False,
) -> None:
    """Run a worker: it makes the videos of every started job.

    On the embedded database one worker works at a time; a second one waits for
    its turn.

    [bold]Examples[/bold]
    $ rushes worker
    $ rushes worker --queues animatic --until-idle
    $ rushes worker --queues upscale
    """
    _share_memory()
    keep_files_private()
    settings = load_settings()
    log_to_stderr(settings.log_level)
    names = [name.strip() for name in queues.split(",") if name.strip()] if queues else None
    asyncio.run(_stay(settings, names, until_idle))
    exit_with(Code.DONE)


def _share_memory() -> None:
    """Let all threads take their memory from one place: glibc gives each its own, and most is never used.

    With 1,000 takes in progress that is 5 MiB. Another C library does without.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


async def _stay(settings: Settings, names: list[str] | None, until_idle: bool) -> None:
    async with open_runtime(settings) as run:
        await reconcile_keys(run)
        await take_in_environment(run)
        try:
            check_queues(run, names or ())  # an unknown one is said now, not waited for
        except NotFound as error:
            raise NotFound(error.message, hint=error.hint or OTHERS) from error
        task = asyncio.create_task(_work(run, names, until_idle))
        loop = asyncio.get_running_loop()
        for each in STOP:
            loop.add_signal_handler(each, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            async with _metrics(run):
                await task
        log.info("the worker has stopped")


def _metrics(run: Runtime) -> AbstractAsyncContextManager[object]:
    """Serve metrics meanwhile, where a port is set. Only then is the HTTP server loaded."""
    if run.settings.metrics_port is None:
        return contextlib.nullcontext()
    serve = importlib.import_module("rushes.api.metrics.serve")
    beside: AbstractAsyncContextManager[object] = serve.metrics_beside(run)
    return beside


async def _work(run: Runtime, names: list[str] | None, until_idle: bool) -> None:
    while True:
        log.info("the worker %s starts", run.worker)
        await run_worker(run, queues=names, until_idle=until_idle)
        # Whoever started a job while this worker was about to leave saw it alive and started no
        # other. The lock is given back by now, so this look sees that job, or they see no worker.
        async with run.db.begin() as session:
            if not await reconcile_rows.has_work(session, list(worked_on(run, names))):
                return
        await asyncio.sleep(POLL_SECONDS)
