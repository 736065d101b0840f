"""A throw-away installation for a bench: its own data folder, embedded database, worker and API."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from rushes.settings import Settings


@dataclass
class Home:
    """Where it is and how to start its processes."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def settings(self) -> Settings:
        """The same settings that its processes have."""
        return Settings.model_validate({"data_dir": self.folder / "data", "min_free_bytes": 0})

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """`rushes …` in a process of its own; its log goes to a file in the folder."""
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "rushes.cli.main", *arguments],
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def until_at_work(self) -> None:
        """Wait until the worker's log says so (once more than before)."""
        self._until("worker.log", "at work")

    def _until(self, log: str, words: str) -> None:
        deadline = time.monotonic() + 60
        while words not in (self.folder / log).read_text():
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / log).read_text())
            time.sleep(0.01)


@contextmanager
def home(**env: str) -> Generator[Home]:
    """A new one; everything of it is gone afterwards."""
    # Not the user's temporary folder: as root, the database's user could not reach into a closed one.
    folder = Path(tempfile.mkdtemp(prefix="rushes-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    given = {
        "RUSHES_DATA_DIR": str(folder / "data"),
        "RUSHES_ECHO_DIR": str(folder / "echo"),
        "RUSHES_MIN_FREE_BYTES": "0",
        **env,
    }
    os.environ.update(given)
    try:
        yield Home(folder, given)
    finally:
        for process in psutil.Process().children(recursive=True):
            process.kill()
        for process in psutil.process_iter(["cmdline"]):
            if str(folder) in " ".join(process.info["cmdline"] or []):
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_answers(url: str) -> None:
    """Wait until the API answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{url}/api/health").raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and wait."""
    process.terminate()
    process.wait(30)


def peak_rss_mib(pid: int) -> float:
    """The most memory that the process, and each that it has started, has had resident, MiB."""
    statuses = [Path(f"/proc/{each.pid}/status").read_text() for each in _with_children(pid)]
    return sum(int(status.split("VmHWM:")[1].split()[0]) for status in statuses) / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of the process and of all that it has started."""
    ours = [each.cpu_times() for each in _with_children(pid)]
    ended = psutil.Process(pid).cpu_times()
    return sum(each.user + each.system for each in ours) + ended.children_user + ended.children_system


def _with_children(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
