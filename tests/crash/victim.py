"""A `rushes worker` process to be killed, and the database it may take along."""

import contextlib
import os
import signal
import sys
from subprocess import PIPE, Popen

import psutil

from rushes.settings import Settings
from tests.waiting import PATIENCE_SECONDS


def postmaster(settings: Settings) -> psutil.Process | None:
    pid_file = settings.pg_dir / "postmaster.pid"
    if not pid_file.exists():
        return None
    try:
        return psutil.Process(int(pid_file.read_text().split()[0]))
    except psutil.NoSuchProcess:
        return None


def kill_postgres(settings: Settings) -> None:
    """SIGKILL for the server too: the next start has to recover from its log."""
    server = postmaster(settings)
    if server:
        family = [*server.children(recursive=True), server]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=PATIENCE_SECONDS)


class Victim:
    """A `rushes worker` process."""

    def __init__(
        self,
        settings: Settings,
        concurrency: str,
        *,
        program: str = "rushes.cli.main",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.process = Popen(
            [sys.executable, "-m", program, "worker", "--until-idle"],
            env={
                **os.environ,
                "RUSHES_DATA_DIR": str(settings.data_dir),
                "RUSHES_MIN_FREE_BYTES": "0",
                "RUSHES_NETWORK_RETRY_WAIT": "0.1",
                "RUSHES_HIGH_DEMAND_WAIT": "0.1",
                "RUSHES_TICK_SECONDS": "1",
                "RUSHES_PROVIDER_CONCURRENCY": concurrency,
                **(environment or {}),
            },
            stderr=PIPE,
            text=True,
        )
        self.log = ""

    def until_at_work(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log += line
            if "at work" in line:
                return
        raise AssertionError(f"the worker ended: {self.log}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stderr
        self.process.stderr.close()

    def finish(self) -> int:
        _, rest = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.log += rest
        return self.process.returncode
