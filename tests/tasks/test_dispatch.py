"""When the dispatcher runs, and how often."""

import asyncio

import pytest
from tests.jobs import ledger, make_job, until

from rushes.actions.jobs import cancel_job
from rushes.db.models import LOCAL_OWNER
from rushes.runtime import Runtime
from rushes.tasks import dispatch


async def test_a_slow_dispatcher_runs_one_at_a_time_and_once_more_for_all_who_asked_meanwhile(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    begun: list[str] = []
    go = asyncio.Event()

    async def slow(provider: str) -> None:
        begun.append(provider)
        await go.wait()

    monkeypatch.setattr(dispatch, "dispatch_now", slow)
    dispatch.dispatch_soon("echo")

    async def began() -> bool:
        return begun == ["echo"]

    await until(began)
    for _ in range(20):
        dispatch.dispatch_soon("echo")
        await asyncio.sleep(0.02)
    assert begun == ["echo"]
    go.set()

    async def idle() -> bool:
        return not run.dispatching

    await until(idle)
    assert begun == ["echo", "echo"]


async def test_a_claim_that_is_given_back_has_an_end(run: Runtime):
    job_id = await make_job(run, ["a"])
    await dispatch.dispatch_now("echo")
    (claimed,) = await ledger(run, job_id)
    assert (claimed.state, claimed.ended_at) == ("claimed", None)
    await cancel_job(run, LOCAL_OWNER, job_id)
    (given_back,) = await ledger(run, job_id)
    assert given_back.state == "cancelled"
    assert given_back.ended_at >= claimed.claimed_at
