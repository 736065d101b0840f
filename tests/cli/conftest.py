"""One installation for all tests of the command line: starting one takes longer than most of them."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from rushes.platform.db.embedded import start_embedded
from tests.cli.installation import Installation, environment
from tests.conftest import FOLDER
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture(scope="session")
def rushes() -> Iterator[Installation]:
    """An installation on the embedded database, kept running so that commands start quickly."""
    folder = Path(tempfile.mkdtemp(prefix="cli-", dir=os.environ[FOLDER]))
    folder.chmod(0o755)
    data = folder / "data"
    embedded = start_embedded(data, data / "postgres")
    installation = Installation(folder, environment(folder, RUSHES_DATA_DIR=str(data)), embedded.url)
    assert installation("jobs").code == 0  # makes the tables
    yield installation
    # Background workers leave by themselves when they are done; none may be left on a folder that is gone.
    with FileLock(data / "worker.lock", timeout=PATIENCE_SECONDS):
        embedded.close()
    with (data / "postgres.lock").open() as users:
        fcntl.flock(users, fcntl.LOCK_EX)
    shutil.rmtree(folder, ignore_errors=True)
