"""Fixtures of tests of generations: import them into a test module."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from rushes.engine.runtime import Runtime, open_runtime
from rushes.settings import Settings
from rushes.worker import run_worker
from tests.generating.kit import give_key, in_rooms
from tests.generating.server import Server, serving
from tests.waiting import until


@pytest.fixture(autouse=True)
def rooms(tmp_path: Path) -> Iterator[None]:
    with in_rooms(tmp_path):
        yield


@pytest.fixture
def service() -> Iterator[Server]:
    with serving() as served:
        yield served


@pytest.fixture
async def still(settings: Settings) -> AsyncGenerator[Runtime]:
    """A runtime without a worker."""
    async with open_runtime(settings) as run:
        yield run


@pytest.fixture
async def at_work(still: Runtime, service: Server) -> AsyncGenerator[Runtime]:
    """The same with a key and a worker."""
    await give_key(still, service.url)
    task = asyncio.create_task(run_worker(still))
    yield still
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def nothing_is_left(run: Runtime) -> None:
    """No folder of a call is left, and no call is open."""

    async def clean() -> bool:
        folders = (run.settings.generations_dir, run.settings.work_dir)
        return not any(list(folder.iterdir()) for folder in folders)

    await until(clean)
