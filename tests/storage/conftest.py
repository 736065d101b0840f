"""An S3 service and a Telegram for the tests of the storage."""

from collections.abc import Iterator

import pytest
from standins.s3_front import S3Front, serve_s3


@pytest.fixture
def s3() -> Iterator[S3Front]:
    """An S3 service with the buckets `hot` and `cold`."""
    with serve_s3("hot", "cold") as front:
        yield front
