"""Calls for speech and scripts under all that happens to a machine, at a service that cannot be asked back.

Real `rushes worker` processes, a real PostgreSQL, a service on loopback with books of its own. A process that
lives on leaves nothing uncertain; one that is killed leaves at most what was sent and not answered in that
moment. Nothing is paid for twice, no answer that was whole on disk is lost.
"""

import asyncio
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from rushes.engine.generations_replies import ready_ids
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import SubmissionState
from rushes.settings import Settings
from tests.conftest import PostgresServer
from tests.crash.test_replies import restart
from tests.crash.victim import Victim
from tests.generating.fixtures import rooms, service
from tests.generating.kit import add, calls, give_key, script, see, speech
from tests.generating.server import Server
from tests.waiting import until

__all__ = ["rooms", "service"]

SEED = int(os.environ.get("RUSHES_TEST_SEED", "20261130"))
SILENT_SECONDS = 4.0
KILLS = [4, pytest.param(30, marks=pytest.mark.soak)]
TROUBLES = [1, pytest.param(10, marks=pytest.mark.soak)]


def worker(settings: Settings, folder: Path | None = None) -> Victim:
    assert settings.database_url
    return Victim(
        settings,
        "{}",
        program="tests.generating.program",
        environment={
            "RUSHES_DATABASE_URL": settings.database_url.get_secret_value(),
            "RUSHES_DATA_DIR": str(folder or settings.data_dir),
            "RUSHES_STORAGE_DIR": str(settings.storage_dir),
            "RUSHES_HEARTBEAT_SECONDS": "1",
            "RUSHES_STALLED_AFTER_SECONDS": str(SILENT_SECONDS),
        },
    )


async def begun(run: Runtime, service: Server, count: int) -> list[UUID]:
    """Half of them speech, half scripts; all are answered a moment after they were accepted."""
    await give_key(run, service.url)
    new = [speech(f"{n} [late:0.3]") if n % 2 else script(f"{n} [late:0.3] [slow:0.1]") for n in range(count)]
    return await add(run, *new)


async def has_accepted(service: Server, count: int) -> None:
    """Wait until that many calls were accepted, and one of them is not answered."""

    async def there() -> bool:
        return len(service.books.keys) >= count and bool(service.books.unanswered)

    await until(there)


async def ever_uncertain(run: Runtime) -> int:
    async with run.db.begin() as session:
        found = await session.scalar(
            text(
                "SELECT count(DISTINCT data ->> 'id') FROM events WHERE data ->> 'waiting_for' = 'uncertain'"
            )
        )
    return int(found or 0)


async def statuses(run: Runtime, ids: Sequence[UUID]) -> Counter[str]:
    return Counter([str((await see(run, each)).status) for each in ids])


async def nothing_is_left_over(run: Runtime) -> None:
    """Every file has its row, every row its file; nothing half made and no reply is left on this machine."""
    async with run.db.begin() as session:
        keys = set((await session.execute(text("SELECT key FROM assets"))).scalars())
    assert {key for key, _ in run.bucket.files()} == keys
    assert list(run.settings.work_dir.iterdir()) == []
    assert list(run.settings.generations_dir.glob("*.ready")) == []


@pytest.mark.slow
@pytest.mark.parametrize("times", KILLS)
async def test_a_kill_leaves_uncertain_at_most_what_was_out_in_that_moment(
    settings: Settings, service: Server, times: int
):
    """Out is what the ledger says is sent and has no whole answer on disk. It may be on its way there, at
    the service, or on its way back: which of them is not known to a process that is killed."""
    chance = random.Random(SEED)
    count = 10 + 5 * times
    out: set[UUID] = set()
    async with open_runtime(settings) as run:
        ids = await begun(run, service, count)
    for _ in range(times):
        victim = worker(settings)
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(chance.uniform(0.1, 1.2))
        await asyncio.to_thread(victim.kill)
        async with open_runtime(settings) as run:
            sent = {row.id for row in await calls(run) if row.state == SubmissionState.SUBMITTING}
            out |= sent - set(ready_ids(run.settings.generations_dir))
    victim = worker(settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(settings) as run:
        rows = await calls(run)
        uncertain = {row.id for row in rows if row.state == SubmissionState.UNCERTAIN}
        seen = await statuses(run, ids)
        await nothing_is_left_over(run)
    never_arrived = {str(each) for each in uncertain} - set(service.books.keys)
    texts = Counter(service.books.texts)
    assert set(texts.values()) == {1}, "something was paid for twice"
    assert len(texts) + len(never_arrived) == count, "something was left out"
    assert uncertain <= out, victim.log
    assert seen == Counter({"completed": count - len(uncertain), "waiting": len(uncertain)}) - Counter()


@pytest.mark.slow
@pytest.mark.parametrize("times", TROUBLES)
async def test_a_living_process_leaves_nothing_uncertain_though_its_database_restarts(
    settings: Settings, postgres: PostgresServer, service: Server, times: int
):
    count = 8 + 8 * times
    async with open_runtime(settings) as run:
        ids = await begun(run, service, count)
    victim = worker(settings)
    await asyncio.to_thread(victim.until_at_work)
    for nth in range(times):
        await has_accepted(service, 2 + 8 * nth)
        await restart(postgres, settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(settings) as run:
        assert await ever_uncertain(run) == 0, victim.log
        assert await statuses(run, ids) == Counter({"completed": count}), victim.log
        await nothing_is_left_over(run)
    assert len(service.books.keys) == count


@pytest.mark.slow
@pytest.mark.parametrize("times", TROUBLES)
async def test_a_suspended_worker_stores_what_it_had_asked_for(
    settings: Settings, service: Server, times: int, open_folder: Path
):
    """Two workers; one is stopped with calls out for longer than a silent worker is believed to live."""
    count = 8 + 8 * times
    other = open_folder / "second"
    other.mkdir()
    async with open_runtime(settings) as run:
        ids = await begun(run, service, count)
        shutil.copy2(settings.data_dir / "secret.key", other)  # machines that share keys share this
        first, second = worker(settings), worker(settings, other)
        await asyncio.to_thread(first.until_at_work)
        await asyncio.to_thread(second.until_at_work)
        for nth in range(times):
            stopped = (first, second)[nth % 2]
            await has_accepted(service, min(count, 2 + 8 * nth))
            stopped.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(2 * SILENT_SECONDS)
            stopped.process.send_signal(signal.SIGCONT)
        assert await asyncio.to_thread(first.finish) == 0, first.log
        assert await asyncio.to_thread(second.finish) == 0, second.log
        assert await statuses(run, ids) == Counter({"completed": count}), first.log + second.log
        assert {row.state for row in await calls(run)} <= {"completed", "released"}
    assert len(service.books.keys) == count, "nothing is asked for twice"


@pytest.mark.slow
async def test_a_worker_that_is_told_to_stop_waits_for_what_it_pays_for(settings: Settings, service: Server):
    async with open_runtime(settings) as run:
        ids = await begun(run, service, 6)
    victim = worker(settings)
    await asyncio.to_thread(victim.until_at_work)
    await has_accepted(service, 2)
    victim.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(victim.finish)
    asked = set(service.books.keys)
    victim = worker(settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    assert asked < set(service.books.keys)
    async with open_runtime(settings) as run:
        assert await statuses(run, ids) == Counter({"completed": 6}), victim.log
        assert await ever_uncertain(run) == 0
    assert len(service.books.keys) == 6
