"""When the dispatcher runs, and how often."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.jobs import ledger, make_job, until, videos, view

from rushes.engine import claim as queries
from rushes.engine import dispatch
from rushes.engine.runtime import Runtime
from rushes.jobs.actions import cancel_job
from rushes.jobs.rows import locked_job
from rushes.platform.db.models import LOCAL_OWNER


async def test_a_slow_dispatcher_runs_one_at_a_time_and_once_more_for_all_who_asked_meanwhile(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    begun: list[str] = []
    go = asyncio.Event()

    async def slow(_: Runtime, provider: str) -> None:
        begun.append(provider)
        await go.wait()

    monkeypatch.setattr(dispatch, "dispatch_now", slow)
    dispatch.dispatch_soon(run, "echo")

    async def began() -> bool:
        return begun == ["echo"]

    await until(began)
    for _ in range(20):
        dispatch.dispatch_soon(run, "echo")
        await asyncio.sleep(0.02)
    assert begun == ["echo"]
    go.set()

    async def idle() -> bool:
        return not run.dispatching

    await until(idle)
    assert begun == ["echo", "echo"]


async def test_a_claim_that_is_given_back_has_an_end(run: Runtime):
    job_id = await make_job(run, ["a"])
    await dispatch.dispatch_now(run, "echo")
    (claimed,) = await ledger(run, job_id)
    assert (claimed.state, claimed.ended_at) == ("claimed", None)
    await cancel_job(run, LOCAL_OWNER, job_id)
    (given_back,) = await ledger(run, job_id)
    assert given_back.state == "cancelled"
    assert given_back.ended_at >= claimed.claimed_at


async def test_a_job_does_not_end_under_a_take_that_is_just_being_asked_for(run: Runtime):
    job_id = await make_job(run, ["a"])
    await dispatch.dispatch_now(run, "echo")
    (video,) = await videos(run, job_id)

    async def status_of_take(session: AsyncSession, status: str) -> None:
        await session.execute(
            text("UPDATE videos SET status = :status WHERE id = :id"),
            {"status": status, "id": video.video_id},
        )

    async with run.db.begin() as session:
        await status_of_take(session, "failed")

    async def end_jobs() -> tuple[UUID, ...]:
        async with run.db.begin() as session:
            return await queries.end_jobs(session)

    async def waits_for_the_row() -> bool:
        async with run.db.statement() as session:
            return bool(
                (await session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar()
            )

    async with run.db.begin() as asking:
        await locked_job(asking, LOCAL_OWNER, job_id)
        ending = asyncio.create_task(end_jobs())
        await until(waits_for_the_row)
        await status_of_take(asking, "queued")
    assert await ending == ()
    assert (await view(run, job_id)).status == "processing"
