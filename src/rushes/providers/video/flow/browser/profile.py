"""A browser profile that lives as long as its browser: nothing of an account stays on the disk unsealed.

The lock beside a profile is held by the process that uses it. A profile whose lock is free was left by a
kill: it is deleted, and a browser that still runs in it is ended.
"""

import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Generator
from pathlib import Path
from uuid import UUID

from filelock import FileLock, Timeout

from rushes.errors import ErrorType, RetryLater

BUSY_SECONDS = 30.0
LOCK = ".lock"


@contextlib.contextmanager
def profile(folder: Path, account: UUID) -> Generator[Path]:
    """A new, empty profile folder (0700), deleted in the end. Blocking.

    Raises `RetryLater` while another process of this machine uses the account.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(folder / f"{account}{LOCK}", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RetryLater(
            "Another process on this machine works with this Flow account.",
            error_type=ErrorType.BROWSER,
            after=BUSY_SECONDS,
        ) from None
    try:
        here = folder / str(account)
        remove(here)
        here.mkdir(mode=0o700)
        try:
            yield here
        finally:
            remove(here)
    finally:
        lock.release()


def remove_stale(folder: Path) -> list[UUID]:
    """Delete the profiles that nobody uses any more; whose they were. Blocking."""
    removed: list[UUID] = []
    for lock_file in sorted(folder.glob(f"*{LOCK}")):
        left = lock_file.with_suffix("")
        if not left.exists():
            continue
        lock = FileLock(lock_file, thread_local=False)
        with contextlib.suppress(Timeout), lock.acquire(timeout=0):
            remove(left)
            removed.append(UUID(left.name))
    return removed


def remove(folder: Path) -> None:
    """Delete a profile, and end the browser that may still run in it."""
    end_browser(folder)
    shutil.rmtree(folder, ignore_errors=True)


def end_browser(folder: Path) -> None:
    """Kill the browser of a profile, if one runs. Chromium keeps its process id there."""
    pid = browser_of(folder)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def browser_of(folder: Path) -> int | None:
    """The process id of the browser that runs in a profile."""
    if sys.platform == "win32":
        return None  # there it is no link, and Windows lets nobody delete files in use
    try:
        host, _, pid = str((folder / "SingletonLock").readlink()).rpartition("-")
    except OSError:
        return None
    if host != socket.gethostname() or not pid.isdigit():
        return None
    return int(pid) if _is_ours(int(pid), folder) else None


def _is_ours(pid: int, folder: Path) -> bool:
    # Ids are used again: only a process that names this profile is its browser.
    command = Path(f"/proc/{pid}/cmdline")
    try:
        return str(folder).encode() in command.read_bytes()
    except OSError:
        return False
