"""Paid creates under all that happens to a machine, at a service that cannot be asked what it accepted.

Real `rushes worker` processes, a real PostgreSQL, a service on loopback with a ledger of its own. A process
that lives on (its database restarts, the machine is suspended) leaves nothing uncertain; one that is killed
leaves at most what the service had accepted and not answered in that moment.
"""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from standins._server import serve_app
from standins.openai_videos import KEY, PRICE, OpenAiVideosStandIn

from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import Decision
from rushes.keys.actions import NewKey, add_key
from rushes.library.submissions import resolve_submission
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from tests.conftest import PostgresServer
from tests.crash.victim import Victim
from tests.jobs import ledger, make_job, until, view

SEED = int(os.environ.get("RUSHES_TEST_SEED", "20261130"))
SILENT_SECONDS = 4.0
LOOKS = 10
KILLS = [2, pytest.param(30, marks=pytest.mark.soak)]
TROUBLES = [1, pytest.param(10, marks=pytest.mark.soak)]
SECONDS = 4
CONCURRENCY = '{"compatible": 4}'


class Service:
    """The stand-in, and where it is."""

    def __init__(self, stand_in: OpenAiVideosStandIn, url: str) -> None:
        self.stand_in = stand_in
        self.url = url

    async def has_accepted(self, count: int) -> None:
        """Wait until that many creates were accepted, and one of them is not answered."""

        async def there() -> bool:
            return len(self.stand_in.book.created) >= count and bool(self.stand_in.unanswered)

        await until(there)


@pytest.fixture
def service() -> Iterator[Service]:
    stand_in = OpenAiVideosStandIn()
    with serve_app(stand_in.app) as url:
        yield Service(stand_in, f"{url}/v1")


async def booked(run: Runtime, job_id: UUID) -> Decimal:
    """What the ledger counts as paid, US dollars."""
    return sum((row.cost for row in await ledger(run, job_id) if row.cost is not None), Decimal(0))


async def begun(run: Runtime, service: Service, shots: int) -> UUID:
    fields = {"base_url": service.url, "price_per_second": "0.1"}
    new = {"provider": "compatible", "secret": KEY, "fields": fields}
    await add_key(run, LOCAL_OWNER, NewKey.model_validate(new))
    return await make_job(
        run, [f"shot {n} [late:0.4]" for n in range(shots)], provider="compatible", duration_seconds=SECONDS
    )


def worker(settings: Settings, folder: Path | None = None) -> Victim:
    assert settings.database_url
    return Victim(
        settings,
        CONCURRENCY,
        environment={
            "RUSHES_DATABASE_URL": settings.database_url.get_secret_value(),
            "RUSHES_DATA_DIR": str(folder or settings.data_dir),
            "RUSHES_STORAGE_DIR": str(settings.storage_dir),
            "RUSHES_HEARTBEAT_SECONDS": "1",
            "RUSHES_STALLED_AFTER_SECONDS": str(SILENT_SECONDS),
        },
    )


async def restart(postgres: PostgresServer, settings: Settings) -> None:
    """Break every connection to the database, and take none for a second."""
    assert settings.database_url
    name = make_url(settings.database_url.get_secret_value()).database
    await asyncio.to_thread(
        postgres.execute,
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    await asyncio.sleep(1.0)
    await asyncio.to_thread(postgres.execute, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def ever_uncertain(run: Runtime) -> int:
    async with run.db.begin() as session:
        found = await session.scalar(
            text("SELECT count(DISTINCT video_id) FROM events WHERE data ->> 'waiting_for' = 'uncertain'")
        )
    return int(found or 0)


@pytest.mark.slow
@pytest.mark.parametrize("times", TROUBLES)
async def test_a_living_process_leaves_nothing_uncertain_though_its_database_restarts(
    settings: Settings, postgres: PostgresServer, service: Service, times: int
):
    shots = 4 + 4 * times
    async with open_runtime(settings) as run:
        job_id = await begun(run, service, shots)
    victim = worker(settings)
    await asyncio.to_thread(victim.until_at_work)
    for nth in range(times):
        await service.has_accepted(2 + 4 * nth)
        await restart(postgres, settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(settings) as run:
        assert await ever_uncertain(run) == 0, victim.log
        assert (await view(run, job_id)).completed_videos == shots, victim.log
    assert len(service.stand_in.book.created) == shots


@pytest.mark.slow
@pytest.mark.parametrize("times", TROUBLES)
async def test_a_suspended_worker_hands_over_what_it_had_asked_for(
    settings: Settings, service: Service, times: int, open_folder: Path
):
    """Two workers; one is stopped with creates out for longer than a silent worker is believed to live."""
    shots = 4 + 4 * times
    async with open_runtime(settings) as run:
        job_id = await begun(run, service, shots)
        other = open_folder / "second"
        other.mkdir()
        shutil.copy2(settings.data_dir / "secret.key", other)  # machines that share keys share this
        first, second = worker(settings), worker(settings, other)
        await asyncio.to_thread(first.until_at_work)
        await asyncio.to_thread(second.until_at_work)
        for nth in range(times):
            stopped = (first, second)[nth % 2]
            await service.has_accepted(min(shots, 2 + 4 * nth))
            stopped.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(2 * SILENT_SECONDS)
            stopped.process.send_signal(signal.SIGCONT)
        assert await asyncio.to_thread(first.finish) == 0, first.log
        assert await asyncio.to_thread(second.finish) == 0, second.log
        assert (await view(run, job_id)).completed_videos == shots, first.log + second.log
        assert {row.state for row in await ledger(run, job_id)} <= {"completed", "released"}
    assert len(service.stand_in.book.created) == shots, "nothing is asked for twice"


@pytest.mark.slow
@pytest.mark.parametrize("times", KILLS)
async def test_a_kill_leaves_uncertain_at_most_what_was_accepted_and_not_answered(
    settings: Settings, service: Service, times: int
):
    chance = random.Random(SEED)
    shots = 4 + 3 * times
    unanswered: set[str] = set()
    async with open_runtime(settings) as run:
        job_id = await begun(run, service, shots)
    for _ in range(times):
        victim = worker(settings)
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        unanswered |= service.stand_in.unanswered
        await asyncio.to_thread(victim.kill)
        for _ in range(LOOKS):  # what was on the way arrives
            unanswered |= service.stand_in.unanswered
            await asyncio.sleep(0.05)
    victim = worker(settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(settings) as run:
        uncertain = [row for row in await ledger(run, job_id) if row.state == "uncertain"]
        completed = (await view(run, job_id)).completed_videos
    assert len(uncertain) <= len(unanswered)
    assert completed + len(uncertain) == shots, victim.log
    book = service.stand_in.book
    assert len(book.created) == shots, "nothing is asked for twice, nothing is left out"
    async with open_runtime(settings) as run:
        for nth, row in enumerate(uncertain, 1):
            await resolve_submission(run, LOCAL_OWNER, row.id, Decision.MADE)
            left = (len(uncertain) - nth) * PRICE * SECONDS
            assert await booked(run, job_id) == book.bill - left, "after each decision"
        assert await booked(run, job_id) == book.bill
