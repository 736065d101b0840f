"""The API without a worker, for tests in which nothing has to be made."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.settings import Settings


@pytest.fixture
async def still(settings: Settings) -> AsyncGenerator[Served]:
    """The API over real HTTP; nobody works."""
    async with serve(settings, with_worker=False) as served:
        yield served


@pytest.fixture
async def api(still: Served) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of `still`."""
    async with httpx.AsyncClient(base_url=still.url, timeout=PATIENCE_SECONDS) as opened:
        yield opened
