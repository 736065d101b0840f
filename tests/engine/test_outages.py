"""A provider that does not answer properly: one shot tries, the others wait with the reason."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from tests.jobs import accepted_keys, ledger, make_job, until, until_status, videos, view
from tests.keyed import give_key, need_keys
from tests.serving import working

from rushes.engine import outages
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType, Rejected, RetryLater
from rushes.providers.video.echo import EchoProvider
from rushes.settings import Settings

SHOTS = 24
AT_ONCE = 4
WORDS = "The engine is on fire."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """So few creates at once that most are still to be sent when the first answers come."""
    return settings.model_copy(update={"provider_concurrency": {"echo": AT_ONCE}, "tick_seconds": 0.2})


@dataclass
class Service:
    """Answers creates with an error until it is well."""

    error: Exception
    well: bool = False
    asked: list[str] = field(default_factory=list[str])


def broken(patch: pytest.MonkeyPatch, error: Exception) -> Service:
    service, submit = Service(error), EchoProvider.submit

    async def answer(self: EchoProvider, call: Any) -> str:
        if service.well:
            return await submit(self, call)
        await call.confirm()
        service.asked.append(call.key)
        await asyncio.sleep(0.01)
        raise service.error

    patch.setattr(EchoProvider, "submit", answer)
    return service


async def out(run: Runtime) -> outages.Outage | None:
    async with run.db.statement() as session:
        found = await outages.outages(session)
    return found[0] if found else None


async def an_outage(run: Runtime) -> outages.Outage:
    async def there() -> bool:
        return await out(run) is not None

    await until(there)
    found = await out(run)
    assert found is not None
    return found


async def probes(service: Service, count: int) -> None:
    async def there() -> bool:
        return len(service.asked) >= count

    await until(there)


async def test_doubtful_answers_stop_the_batch_and_the_rest_continues_without_a_person(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    service = broken(monkeypatch, ConnectionError(f"{WORDS} (503)"))
    async with working(run):
        job_id = await make_job(run, [f"a {n}" for n in range(SHOTS)], findable=False)
        await probes(service, AT_ONCE + 2)
        assert WORDS in (await an_outage(run)).error

        async def told() -> bool:
            queued = [each for each in await videos(run, job_id) if each.status == "queued"]
            return bool(queued) and all(
                each.error_type == "outage" and WORDS in (each.error_message or "") for each in queued
            )

        await until(told)
        service.well = True
        most = len(service.asked) + 1

        async def over() -> bool:
            return (await view(run, job_id)).completed_videos >= SHOTS - most

        await until(over)
        assert await out(run) is None
        uncertain = [each for each in await videos(run, job_id) if each.waiting_for == "uncertain"]
    assert len(uncertain) <= most <= SHOTS / 2
    assert all(WORDS in (each.error_message or "") for each in uncertain), "in the provider's own words"
    assert len(accepted_keys()) == SHOTS - len(uncertain)


@pytest.mark.parametrize("error_type", [ErrorType.OUTAGE, ErrorType.NETWORK])
async def test_what_was_certainly_not_accepted_ends_without_a_person_however_long_it_takes(
    run: Runtime, monkeypatch: pytest.MonkeyPatch, error_type: ErrorType
):
    service = broken(monkeypatch, RetryLater(WORDS, error_type=error_type))
    async with working(run):
        job_id = await make_job(run, [f"a {n}" for n in range(6)], findable=False)
        await probes(service, AT_ONCE + 6)
        service.well = True
        await until_status(run, job_id, "completed")
    assert {row.state for row in await ledger(run, job_id)} <= {"completed", "released"}
    assert len(accepted_keys()) == 6


async def test_one_shot_is_tried_until_its_provider_answers(run: Runtime):
    async with working(run):
        job_id = await make_job(run, [f"[network:{run.settings.network_retries + 3}]"])
        await until_status(run, job_id, "completed")


async def test_a_refusal_is_an_answer(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    service = broken(monkeypatch, RetryLater(WORDS, error_type=ErrorType.OUTAGE))
    async with working(run):
        job_id = await make_job(run, [f"a {n}" for n in range(8)])
        await an_outage(run)
        service.error = Rejected("Not this.")
        await until_status(run, job_id, "failed")
    assert await out(run) is None


async def test_another_key_works_on(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    books = need_keys(run, monkeypatch)
    books.fault = lambda key: RetryLater(WORDS, error_type=ErrorType.OUTAGE) if key == "bad" else None
    await give_key(run, "bad")
    await give_key(run, "good")
    async with working(run):
        job_id = await make_job(run, [f"a {n}" for n in range(12)])
        await until_status(run, job_id, "completed")
        assert all(each.error_type != "outage" for each in await videos(run, job_id))
    assert set(books.books.submitted) == {"good"}


async def test_waits_grow_with_every_probe_and_have_an_end(run: Runtime):
    async with run.db.begin() as session:
        waits: list[float] = []
        for _ in range(14):
            await session.execute(text("UPDATE provider_outages SET until = now() WHERE until IS NOT NULL"))
            await outages.failed(session, "echo", None, outages.NO_KEY, error=WORDS, first_seconds=10.0)
            left = await session.scalar(
                text("SELECT EXTRACT(EPOCH FROM until - now())::float FROM provider_outages")
            )
            waits.append(left or 0.0)
    assert waits[:6] == [0, 0, 10, 20, 40, 80]
    assert waits[-1] == outages.LONGEST_SECONDS
