"""A dump of a batch on its way, restored after the original has finished: nothing is paid twice."""

import asyncio
import random
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from rushes.engine.runtime import open_runtime
from rushes.jobs.actions import resume_job
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from tests.conftest import PostgresServer
from tests.crash.test_replies import SEED, Service, begun, service, worker
from tests.jobs import ledger, videos, view

__all__ = ["service"]

DUMPS = [1, pytest.param(5, marks=pytest.mark.soak)]


class Dumps:
    """Copies of the test's database, each as a dump that was restored by hand under another name."""

    def __init__(self, postgres: PostgresServer, settings: Settings) -> None:
        self.postgres = postgres
        self.settings = settings
        self.names: list[str] = []

    def take(self) -> Settings:
        """Copy it as it is; nobody may be connected. Returns how to open the copy."""
        assert self.settings.database_url
        url = make_url(self.settings.database_url.get_secret_value())
        self.names.append(f"test_{uuid4().hex}")
        self.postgres.execute(f"CREATE DATABASE {self.names[-1]} TEMPLATE {url.database}")
        address = self.postgres.address(self.names[-1])
        return self.settings.model_copy(update={"database_url": SecretStr(address)})


@pytest.fixture
def dumps(postgres: PostgresServer, settings: Settings) -> Iterator[Dumps]:
    taken = Dumps(postgres, settings)
    yield taken
    for name in taken.names:
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
@pytest.mark.parametrize("times", DUMPS)
async def test_a_restored_dump_submits_nothing_until_a_person_says_so(
    settings: Settings, service: Service, dumps: Dumps, times: int
):
    chance, shots = random.Random(SEED), 6 + 4 * times
    async with open_runtime(settings) as run:
        job_id = await begun(run, service, shots)
    copies: list[Settings] = []
    for nth in range(times):
        victim = worker(settings)
        await asyncio.to_thread(victim.until_at_work)
        await service.has_accepted(2 + 3 * nth)
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        await asyncio.to_thread(victim.kill)
        copies.append(await asyncio.to_thread(dumps.take))
    victim = worker(settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    made = list(service.stand_in.book.created)
    assert len(made) == shots
    queued = 0
    for copy in copies:
        victim = worker(copy)
        assert await asyncio.to_thread(victim.finish) == 0, victim.log
        assert service.stand_in.book.created == made, "nothing is submitted"
        async with open_runtime(copy) as run:
            job = await view(run, job_id)
            assert (job.status, job.paused_by) == ("paused", "restored")
            assert not {row.state for row in await ledger(run, job_id)} & {"claimed", "submitting"}
            queued = sum(each.status == "queued" for each in await videos(run, job_id))
            assert queued > 0, "the dump was taken on the way"
    async with open_runtime(copies[-1]) as run:
        await resume_job(run, LOCAL_OWNER, job_id)
    victim = worker(copies[-1])
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    assert len(service.stand_in.book.created) == shots + queued, "a person has said so"
