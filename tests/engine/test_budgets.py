"""Budgets: what is new stops at the cap, what runs goes on, and raising it is enough."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.jobs import accepted_keys, have_worker, ledger, make_job, until, until_status, videos, view

from rushes.engine.dispatch import dispatch_now
from rushes.engine.runtime import Runtime
from rushes.jobs.actions import cancel_job
from rushes.money.actions import costs_csv, put_budgets, put_job_budget
from rushes.money.budgets import read_budgets
from rushes.money.costs import read_costs
from rushes.money.views import Budgets, By
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoProvider, EchoSettings

CENT = Decimal("0.01")


async def until_held(run: Runtime, *job_ids: UUID) -> None:
    async def held() -> bool:
        views = [await view(run, job_id) for job_id in job_ids]
        settled = all(each.waiting_videos + each.completed_videos == each.expected_videos for each in views)
        return settled and any(each.waiting_videos for each in views)

    await until(held)


@pytest.mark.usefixtures("worker")
async def test_a_job_stops_at_its_cap_and_goes_on_when_it_is_raised(run: Runtime):
    job_id = await make_job(run, [f"shot {n}" for n in range(6)], budget="0.03")
    await until_held(run, job_id)
    job = await view(run, job_id)
    assert (job.completed_videos, job.waiting_videos, job.cost) == (3, 3, 3 * CENT)
    (reason,) = job.error_summary
    assert (reason.error_type, reason.waiting_for) == ("budget", "budget")
    assert "this job reached ($0.03)" in reason.message
    await put_job_budget(run, LOCAL_OWNER, job_id, Decimal("0.05"))
    await until_held(run, job_id)

    async def five() -> bool:
        return (await view(run, job_id)).completed_videos == 5

    await until(five)
    await put_job_budget(run, LOCAL_OWNER, job_id, None)
    assert (await until_status(run, job_id, "completed")).completed_videos == 6


@pytest.mark.usefixtures("worker")
async def test_a_whole_call_has_to_fit(run: Runtime):
    job_id = await make_job(run, ["a", "b"], outputs=4, budget="0.07")
    await until_held(run, job_id)
    assert (await view(run, job_id)).cost == 4 * CENT


@pytest.mark.usefixtures("worker")
async def test_the_days_cap_holds_over_all_jobs_and_the_next_day_lets_them_go_on(run: Runtime):
    await put_budgets(run, LOCAL_OWNER, Budgets(day=Decimal("0.04")))
    one = await make_job(run, ["a", "b", "c"])
    two = await make_job(run, ["d", "e", "f"])
    await until_held(run, one, two)
    assert len(accepted_keys()) == 4
    message = (await view(run, two)).error_summary[0].message
    assert "Daily limit reached ($0.04)" in message and "midnight UTC" in message
    async with run.db.begin() as session:  # what was spent becomes yesterday's
        await session.execute(text("UPDATE submissions SET claimed_at = claimed_at - interval '1 day'"))
    for job_id in (one, two):
        assert (await until_status(run, job_id, "completed")).completed_videos == 3


@pytest.mark.usefixtures("worker")
async def test_the_months_cap_counts_the_whole_month(run: Runtime):
    await put_budgets(run, LOCAL_OWNER, Budgets(day=Decimal(1), month=Decimal("0.02")))
    job_id = await make_job(run, ["a", "b", "c"])
    await until_held(run, job_id)
    assert "Monthly limit reached ($0.02)" in (await view(run, job_id)).error_summary[0].message
    async with run.db.statement() as session:
        budgets = await read_budgets(session, LOCAL_OWNER)
    assert (budgets.month.spent, budgets.month.left, budgets.day.left) == (2 * CENT, 0, Decimal("0.98"))


@pytest.mark.usefixtures("worker")
async def test_a_lower_cap_never_stops_what_is_running_and_free_work_needs_none(run: Runtime):
    job_id = await make_job(run, ["a", "b"], delay_seconds=1)

    async def sent() -> bool:
        return len(accepted_keys()) == 2

    await until(sent)
    await put_budgets(run, LOCAL_OWNER, Budgets(day=Decimal(0)))
    assert (await until_status(run, job_id, "completed")).completed_videos == 2


async def test_two_dispatchers_at_once_do_not_pass_the_cap_together(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    class EchoTwo(EchoProvider):
        id = "animatic"

    monkeypatch.setattr(
        run.providers, "_built", {"echo": EchoProvider(EchoSettings()), "animatic": EchoTwo(EchoSettings())}
    )
    await put_budgets(run, LOCAL_OWNER, Budgets(day=Decimal("0.10")))
    jobs = [await make_job(run, [f"shot {n}" for n in range(20)]) for _ in range(2)]
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE videos SET provider = 'animatic' WHERE job_id = :id"), {"id": jobs[1]}
        )
    await have_worker(run, "echo", "animatic")
    await asyncio.gather(*(dispatch_now(run, each) for each in ("echo", "animatic") * 3))
    rows = [row for job_id in jobs for row in await ledger(run, job_id)]
    assert sum(row.cost_estimate for row in rows) == Decimal("0.10")
    assert {v.waiting_for for job_id in jobs for v in await videos(run, job_id)} == {None, "budget"}


async def test_a_hold_is_told_once_and_not_by_turns(run: Runtime):
    job_id = await make_job(run, ["a", "b", "c"], budget="0.01")
    for _ in range(4):
        await dispatch_now(run, "echo")
    async with run.db.begin() as session:
        told = await session.execute(
            text("SELECT count(*) FROM events WHERE job_id = :id AND data ->> 'status' = 'waiting'"),
            {"id": job_id},
        )
        assert told.scalar_one() == 2


@pytest.mark.usefixtures("worker")
async def test_costs_add_up_to_the_ledger_however_they_are_cut(run: Runtime):
    job_id = await make_job(run, ["a", "[partial] b", "[refuse:policy] c"], outputs=2)
    await until_status(run, job_id, "completed")
    billed = sum(row.cost or 0 for row in await ledger(run, job_id))
    assert billed == 3 * CENT
    async with run.db.statement() as session:
        for by in By:
            costs = await read_costs(session, LOCAL_OWNER, by)
            assert (costs.settled, costs.open) == (billed, 0), by
        by_video = await read_costs(session, LOCAL_OWNER, By.VIDEO)
    shown = {str(v.video_id): v.cost for v in await videos(run, job_id) if v.cost}
    assert {row.key: row.settled for row in by_video.rows if row.settled} == shown
    lines = costs_csv(by_video).splitlines()
    assert lines[0] == "video,label,submissions,videos,settled,open"
    assert len(lines) == 5


@pytest.mark.usefixtures("worker")
async def test_a_spreadsheet_runs_nothing_of_what_is_exported(run: Runtime):
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    async with run.db.begin() as session:
        await session.execute(text("UPDATE jobs SET name = '=1+1' WHERE id = :id"), {"id": job_id})
        costs = await read_costs(session, LOCAL_OWNER, By.JOB)
    assert ",'=1+1," in costs_csv(costs)


@pytest.mark.usefixtures("worker")
async def test_what_was_paid_stays_on_record_when_the_job_is_deleted(run: Runtime):
    await put_budgets(run, LOCAL_OWNER, Budgets(day=Decimal(1)))
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    async with run.db.begin() as session:
        await session.execute(text("DELETE FROM jobs WHERE id = :id"), {"id": job_id})
        costs = await read_costs(session, LOCAL_OWNER, By.JOB)
        budgets = await read_budgets(session, LOCAL_OWNER)
    assert [(row.label, row.settled) for row in costs.rows] == [("deleted job", CENT)]
    assert budgets.day.spent == CENT


@pytest.mark.usefixtures("worker")
async def test_what_was_cancelled_after_it_was_sent_counts_alike_in_budgets_and_costs(run: Runtime):
    job_id = await make_job(run, ["a"], delay_seconds=600)

    async def sent() -> bool:
        return [row.state for row in await ledger(run, job_id)] == ["submitted"]

    await until(sent)
    await cancel_job(run, LOCAL_OWNER, job_id)

    async def cancelled() -> bool:
        return [row.state for row in await ledger(run, job_id)] == ["cancelled"]

    await until(cancelled)
    async with run.db.begin() as session:
        costs = await read_costs(session, LOCAL_OWNER, By.JOB)
        budgets = await read_budgets(session, LOCAL_OWNER)
    assert (costs.settled, costs.open) == (0, CENT), "the provider may bill it all the same"
    assert budgets.month.spent == CENT
