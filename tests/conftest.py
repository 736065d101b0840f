"""What every test may ask for: a database of its own, a runtime, a worker, a server, a client.

One embedded PostgreSQL serves the whole run (all processes of it); each test gets a clone of a
database that was migrated once. Nothing is left when the run has ended.
"""

import asyncio
import contextlib
import fcntl
import gc
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import hypothesis
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from filelock import FileLock
from hypothesis import is_hypothesis_test
from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url

from rushes.engine import runtime
from rushes.engine.runtime import Runtime, open_runtime
from rushes.platform.db.embedded import EmbeddedPostgres, start_embedded
from rushes.platform.db.engine import open_database
from rushes.platform.db.migrate import migrate
from rushes.settings import Settings
from tests.lookers import reception
from tests.serving import Served, serve, working
from tests.waiting import PATIENCE_SECONDS

TEMPLATE = "rushes_template"
PREFIX = "rushes-test-"
ABANDONED_SECONDS = 3600.0
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 4 * 2**30
SHARED = {"browser", "chromium", "one_session", "rushes"}
"""Fixtures of a session that are costly to start: three browsers, and an installation with its commands."""
SLOW = SHARED | {"home", "open_folder", "postgres", "program", "rendered", "s3"}
"""And those that start a database, a browser or an encoder for a test."""
EXAMPLES = {"default": 20, "soak": 300}
"""Of hypothesis for each test, in a run of all tests and in one of the long forms."""
FOLDER = "RUSHES_TEST_FOLDER"
"""Names the run's folder to the processes of pytest-xdist, which inherit the environment."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder. Not pytest's own: as root, the database's user could not reach into that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A run in the background ignores Ctrl-C, and so would every program under test.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for profile, count in EXAMPLES.items():
        hypothesis.settings.register_profile(profile, max_examples=count, deadline=None)
    hypothesis.settings.load_profile("soak" if _soaks(config) else "default")
    if not hasattr(config, "workerinput"):
        _work_in_memory()
        for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            _clear_away(old)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        folder.chmod(0o755)
        os.environ[FOLDER] = str(folder)
        os.environ["SSL_CERT_FILE"] = str(_one_authority(folder / "authority.pem"))


def _soaks(config: pytest.Config) -> bool:
    return config.getoption("markexpr") == "soak"


def _one_authority(file: Path) -> Path:
    """Write an authority that has signed nothing, and return its file.

    Each client of HTTPS and of a bucket reads the authorities that it trusts, 40 ms of CPU for those of a
    system. No test speaks to anybody who has their signature.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    authority = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=365_000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return file


def _work_in_memory() -> None:
    """Keep what is temporary in memory where there is room for it, unless a place is named.

    Each test's database is some 300 files that are made and deleted, and for minutes after many were deleted
    ext4 takes ten times as long to make one.
    """
    if "TMPDIR" not in os.environ and MEMORY.is_dir():
        disk = os.statvfs(MEMORY)
        if disk.f_bavail * disk.f_frsize >= MEMORY_NEEDED and not disk.f_flag & os.ST_NOEXEC:
            os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _clear_away(old: Path) -> None:
    """Remove what a killed run left, its server included; not what is in use or may be in a moment."""
    with contextlib.suppress(OSError):
        if time.time() - old.stat().st_mtime < ABANDONED_SECONDS:
            return
        with (old / "postgres.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(old)


def _stop(folder: Path) -> None:
    if (folder / "postgres" / "postmaster.pid").exists():
        start_embedded(folder, folder / "postgres").close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give tests that share what is costly to start one process, and count them as slow.

    Slow ones come first, so that none runs alone at the end. Hypothesis has its tests in long runs too.
    """
    for item in items:
        if _soaks(config) and isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.soak)
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & SLOW:
            item.add_marker(pytest.mark.slow)
        for shared in fixtures & SHARED:
            item.add_marker(pytest.mark.xdist_group(shared))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays to the end: all of Rushes, and thousands of tests."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, also when a process of the run died without letting go of it."""
    if not hasattr(config, "workerinput"):
        _stop(Path(os.environ.pop(FOLDER)))


@dataclass(frozen=True)
class PostgresServer:
    """The run's server. `url` is its maintenance database."""

    url: URL

    def address(self, name: str) -> str:
        """The address of one of its databases."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def execute(self, *statements: str) -> None:
        """Run statements outside a transaction."""
        with psycopg.connect(self.address(self.url.database or "postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def has(self, name: str) -> bool:
        """Whether there is such a database."""
        with psycopg.connect(self.address(self.url.database or "postgres")) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The run's PostgreSQL, with the migrated template in it."""
    folder = Path(os.environ[FOLDER])
    with FileLock(folder / "setup.lock"):
        embedded: EmbeddedPostgres = start_embedded(folder, folder / "postgres")
        server = PostgresServer(make_url(embedded.url))
        if not server.has(TEMPLATE):
            _make_template(server, folder)
    yield server
    embedded.close()


def _make_template(server: PostgresServer, folder: Path) -> None:
    # These databases are thrown away: none of them has to survive a power cut.
    server.execute(
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET autovacuum = off",
        "SELECT pg_reload_conf()",
        "CREATE DATABASE being_made",
    )

    async def make() -> None:
        address = SecretStr(server.address("being_made"))
        settings = Settings.model_validate({"data_dir": folder, "database_url": address})
        database = await open_database(settings)
        await migrate(database)
        await database.close()

    with ThreadPoolExecutor(1) as pool:  # the main thread's event loops are pytest-asyncio's
        pool.submit(asyncio.run, make()).result()
    server.execute(f"ALTER DATABASE being_made RENAME TO {TEMPLATE}")


@pytest.fixture
def database_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a migrated, empty database of the test's own."""
    name = f"test_{uuid4().hex}"
    # A copy of the files has the caches with it that the first connection would have to build.
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield postgres.address(name)
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a data folder and a database of the test's own, and short waits."""
    for name in list(os.environ):
        if name.startswith("RUSHES_") and name != FOLDER:
            monkeypatch.delenv(name)
    monkeypatch.setenv("RUSHES_ECHO_DIR", str(tmp_path / "echo"))
    return Settings.model_validate(  # nothing from the environment, nothing from a file
        {
            "data_dir": tmp_path / "data",
            "database_url": SecretStr(database_url),
            "high_demand_wait": 0.05,
            "network_retry_wait": 0.02,
            "heartbeat_seconds": 1.0,
            "stalled_after_seconds": 10.0,
            "tick_seconds": 1.0,
            "min_free_bytes": 0,
        }
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that the embedded PostgreSQL may live in, also as root (pytest's are closed)."""
    folder = Path(tempfile.mkdtemp(prefix="open-", dir=os.environ[FOLDER]))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def loaded_lookers() -> Iterator[None]:
    """Runtimes of tests have a looking program that need not load first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "Reception", reception)
        yield


@pytest.fixture
async def run(settings: Settings) -> AsyncGenerator[Runtime]:
    """The runtime, open."""
    async with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
async def worker(run: Runtime) -> AsyncGenerator[asyncio.Task[None]]:
    """A worker at work in the test's own loop."""
    async with working(run) as task:
        yield task


@pytest.fixture
async def server(settings: Settings) -> AsyncGenerator[Served]:
    """The API with a worker, over real HTTP."""
    async with serve(settings) as served:
        yield served


@pytest.fixture
async def client(server: Served) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of `server`."""
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_SECONDS) as opened:
        yield opened
