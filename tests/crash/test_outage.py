"""A long outage of the service, in a short time: with it over, everything is made, and nobody has to decide.

Waits are a hundredth of the usual ones, so that half a minute is most of an hour. The worker is killed in the
middle of it: what it knew of the outage is in the database.
"""

import asyncio
from collections.abc import Iterator

import pytest
from fastapi import Request
from fastapi.responses import JSONResponse, Response
from standins._server import serve_app
from standins.openai_videos import OpenAiVideosStandIn
from starlette.middleware.base import RequestResponseEndpoint

from rushes.engine.runtime import open_runtime
from rushes.settings import Settings
from tests.crash.test_replies import Service, begun, ever_uncertain, worker
from tests.jobs import ledger, view

SHOTS = 12
SECONDS = [4.0, pytest.param(36.0, marks=pytest.mark.soak)]
"""At a hundredth: some minutes, an hour."""
MODEL_IS_FULL = {"error": {"message": "It is overloaded.", "code": "server_is_overloaded", "type": "x"}}


class Outage:
    """Whether the service is away, and how often it was asked meanwhile."""

    def __init__(self) -> None:
        self.on = True
        self.asked = 0


@pytest.fixture
def outage() -> Iterator[tuple[Service, Outage]]:
    """A service that takes nothing and says so, as long as the outage is on."""
    stand_in, state = OpenAiVideosStandIn(), Outage()

    @stand_in.app.middleware("http")
    async def refuse(given: Request, call_next: RequestResponseEndpoint) -> Response:
        if not state.on or given.method != "POST":
            return await call_next(given)
        state.asked += 1
        return JSONResponse(MODEL_IS_FULL, 503)

    with serve_app(stand_in.app) as url:
        yield Service(stand_in, f"{url}/v1"), state


@pytest.mark.slow
@pytest.mark.parametrize("seconds", SECONDS)
async def test_an_outage_ends_without_a_person_though_the_worker_is_killed_in_it(
    settings: Settings, outage: tuple[Service, Outage], seconds: float
):
    service, state = outage
    async with open_runtime(settings) as run:
        job_id = await begun(run, service, SHOTS)
    for _ in range(2):
        victim = worker(settings)
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(seconds / 2)
        await asyncio.to_thread(victim.kill)
    assert service.stand_in.book.created == []
    assert 0 < state.asked < SHOTS * 10, "one shot tries, the others wait"
    state.on = False
    victim = worker(settings)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(settings) as run:
        assert (await view(run, job_id)).completed_videos == SHOTS, victim.log
        assert await ever_uncertain(run) == 0, victim.log
        assert {row.state for row in await ledger(run, job_id)} <= {"completed", "released"}
    assert len(service.stand_in.book.created) == SHOTS
