"""Speech and scripts asked of a real server that answers in every way there is; every state they can be in."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.generating.kit import add, calls, give_key, in_rooms, script, speech, until_is
from tests.generating.server import Server, serving
from tests.waiting import until

from rushes.engine.generations import (
    find_by_hash,
    input_hash,
)
from rushes.engine.generations_shapes import ScriptResult, SpeechResult
from rushes.engine.runtime import Runtime, open_runtime
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.kinds import Kind
from rushes.settings import Settings
from rushes.worker import run_worker

PRICE = Decimal("0.01")
"""US dollars of a character."""


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
        return not list(run.settings.generations_dir.iterdir())

    await until(clean)
    assert not list(run.settings.work_dir.iterdir())


async def test_a_text_is_spoken_stored_and_found_by_its_hash(at_work: Runtime, service: Server):
    new = speech("Butterflies return.")
    [spoken] = await add(at_work, new)
    seen = await until_is(at_work, spoken, "completed", "failed", "waiting")
    assert seen.status == "completed", seen.error_message
    assert isinstance(seen.result, SpeechResult)
    assert seen.result.seconds == 1.0
    file = seen.files["speech.wav"]
    assert (file.media_type, file.key) == (
        "audio/wav",
        f"generations/{spoken}/{seen.submission_id}/speech.wav",
    )
    assert await at_work.bucket.measure(file.key) == (file.bytes, file.sha256)
    assert (seen.price, seen.cost) == (19 * PRICE, 19 * PRICE)
    assert seen.next_actor is None
    [call] = await calls(at_work)
    assert (call.state, call.subject_kind, call.subject_ids) == ("completed", "voice", [spoken])
    assert (call.cost, call.cost_estimate) == (19 * PRICE, 19 * PRICE)
    assert service.books.keys == [str(call.id)]
    async with at_work.db.statement() as session:
        asked = input_hash(Kind.VOICE, "speaker", "speak-1", new.params)
        found = await find_by_hash(session, LOCAL_OWNER, Kind.VOICE, asked)
        assert found is not None
        assert found.id == spoken
        another = input_hash(Kind.VOICE, "speaker", "speak-1", new.params, variant=1)
        assert await find_by_hash(session, LOCAL_OWNER, Kind.VOICE, another) is None
    await nothing_is_left(at_work)


async def test_a_script_costs_what_the_provider_says(at_work: Runtime):
    [written] = await add(at_work, script("bees"))
    seen = await until_is(at_work, written, "completed", "failed", "waiting")
    assert isinstance(seen.result, ScriptResult), seen.error_message
    assert (seen.result.draft.title, seen.result.repairs) == ("A film", 1)
    assert (seen.cost, seen.files) == (Decimal("0.25"), {})
    [call] = await calls(at_work)
    assert (call.state, call.cost) == ("completed", Decimal("0.25"))
