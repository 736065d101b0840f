"""An S3 service and a Telegram for the tests of the storage."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.s3_front import S3Front, serve_s3
from standins.telegram.server import Telegram, serve_telegram


@pytest.fixture
def s3() -> Iterator[S3Front]:
    """An S3 service with the buckets `hot` and `cold`."""
    with serve_s3("hot", "cold") as front:
        yield front


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    """A Telegram with one bot and one chat."""
    with serve_telegram() as served:
        yield served


@pytest.fixture
def another_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty folder on another disk than what is temporary."""
    disks = [
        each for each in (Path("/dev/shm"), Path("/var/tmp")) if each.stat().st_dev != tmp_path.stat().st_dev
    ]
    folder = Path(tempfile.mkdtemp(prefix="rushes-test-disk-", dir=disks[0]))
    yield folder
    shutil.rmtree(folder)
