"""Sees to it that somebody does the work: a worker that is alive, or one started in the background.

On the embedded database the work of a command must not end with its terminal, so a worker of its own
session takes it and leaves when all is done. `rushes up` takes over from it.
"""

import subprocess
import sys
from pathlib import Path
from uuid import UUID

from filelock import Timeout

from rushes.cli._output import print_note, short
from rushes.engine import reconcile_rows
from rushes.engine.runtime import Runtime
from rushes.engine.workers import workers_alive
from rushes.errors import ErrorType, SystemFault
from rushes.settings import Settings
from rushes.worker import worker_lock

LOG_BYTES = 5 * 1024 * 1024
MAX_STARTS = 3
NO_WORKER = "No worker is alive, so nothing happens yet. Start one on this database: rushes worker"


def log_file(settings: Settings) -> Path:
    """Where the background worker writes."""
    return settings.log_dir / "worker.log"


async def worker_alive(run: Runtime) -> bool:
    """Whether a worker is at work on this database."""
    if run.db.embedded is not None:
        lock = worker_lock(run)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release()
        return False
    async with run.db.begin() as session:
        return await workers_alive(session, run.settings.stalled_after_seconds) > 0


class Background:
    """Starts the background worker when nobody works, and again if it dies; not for ever."""

    def __init__(self, run: Runtime) -> None:
        self._run = run
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    async def ensure(self) -> bool:
        """Start a worker if none is alive. False: there is none, and starting one is not ours to do.

        Raises `SystemFault` when it was started a few times and ended each time.
        """
        if self._process is not None and self._process.poll() is None:
            return True
        if await worker_alive(self._run):
            return True
        if self._run.db.embedded is None:
            return False
        if self._starts >= MAX_STARTS:
            raise SystemFault(
                "The background worker ends as soon as it is started.",
                error_type=ErrorType.INTERNAL,
                hint=f"Its last words are in {log_file(self._run.settings)}. `rushes doctor` may tell why.",
            )
        self._starts += 1
        self._process = start_worker(self._run.settings)
        return True

    async def ensure_for_work(self) -> bool:
        """The same, if there is anything to do at all."""
        async with self._run.db.begin() as session:
            busy = await reconcile_rows.has_work(session)
        return await self.ensure() if busy else True


def start_worker(settings: Settings) -> "subprocess.Popen[bytes]":
    """A worker in a session of its own: neither Ctrl-C nor a closed terminal reaches it."""
    log = log_file(settings)
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "rushes.cli.main", "worker", "--until-idle"],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )


async def ensure_worker(run: Runtime, job_id: UUID | None) -> None:
    """See to it that somebody works on what was just set going; of a job, say how to watch it."""
    if not await Background(run).ensure_for_work():
        print_note(NO_WORKER, "yellow")
    if job_id is not None:
        print_note(f"Watch it: rushes show {short(job_id)} --wait")
