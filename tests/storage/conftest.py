"""An S3 service and a Telegram for the tests of the storage."""

from collections.abc import Iterator

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
