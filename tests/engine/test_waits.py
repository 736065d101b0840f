"""A take that does not move says why, until when, and who acts."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text
from tests.jobs import have_worker, make_job, until_status, videos, view
from tests.keyed import EchoWithKeys, give_key, need_keys

from rushes.engine.dispatch import dispatch_now
from rushes.engine.installation_waits import installation_waits
from rushes.engine.next_step import WaitsOn
from rushes.engine.runtime import Runtime
from rushes.engine.views import VideoView
from rushes.errors import Actor
from rushes.jobs.overview import needs
from rushes.jobs.overview_views import NeedKind
from rushes.platform.db.models import LOCAL_OWNER
from rushes.worker import run_worker

HOUR = timedelta(hours=1)


@pytest.fixture
def echo(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoWithKeys:
    return need_keys(run, monkeypatch)


async def change(run: Runtime, statement: str, **given: object) -> None:
    async with run.db.begin() as session:
        await session.execute(text(statement), given)


async def take(run: Runtime, job_id: UUID) -> VideoView:
    return (await videos(run, job_id))[0]


async def needed(run: Runtime) -> list[NeedKind]:
    async with run.db.statement() as session:
        return [each.kind for each in await needs(session, LOCAL_OWNER)]


async def test_a_key_out_of_quota_is_named_with_its_time_in_every_place(run: Runtime, echo: EchoWithKeys):
    await have_worker(run)
    key_id = await give_key(run, "first")
    job_id = await make_job(run, ["a fox", "a hen"])
    until_then = datetime.now(UTC) + 8 * HOUR
    await change(
        run,
        "UPDATE credentials SET resting_until = :at, resting_for = 'quota' WHERE id = :id",
        at=until_then,
        id=key_id,
    )
    for each in (await take(run, job_id), await view(run, job_id)):
        assert each.waiting_for == WaitsOn.COOL_DOWN
        assert "first" in (each.wait_reason or "") and "day or a month" in (each.wait_reason or "")
        assert each.retry_at == until_then
        assert each.next_actor is Actor.CLOCK
    assert (await view(run, job_id)).eta_seconds is None
    async with run.db.statement() as session:
        (need,) = await needs(session, LOCAL_OWNER)
        (wait,) = await installation_waits(session)
    assert (need.kind, need.count, need.retry_at) == (NeedKind.STALLED, 2, until_then)
    assert (wait.where, wait.jobs, wait.retry_at) == ("echo", 1, until_then)
    assert "first" not in wait.reason, "health names no key"


async def test_another_key_that_can_be_used_is_no_reason_to_wait(run: Runtime, echo: EchoWithKeys):
    await have_worker(run)
    resting = await give_key(run, "first")
    await give_key(run, "second")
    job_id = await make_job(run, ["a fox"])
    await change(
        run, "UPDATE credentials SET resting_until = now() + interval '1 h' WHERE id = :id", id=resting
    )
    assert (await take(run, job_id)).waiting_for == WaitsOn.TURN
    assert await needed(run) == []


@pytest.mark.parametrize("queues", [(), ("archive",), ("veo", "upscale")])
async def test_a_queue_that_no_worker_serves_is_named(run: Runtime, queues: tuple[str, ...]):
    if queues:
        await have_worker(run, *queues)
    job_id = await make_job(run, ["a fox"])
    seen = await take(run, job_id)
    assert (seen.waiting_for, seen.next_actor) == (WaitsOn.WORKER, Actor.OPERATOR)
    assert "worker" in (seen.wait_reason or "")
    assert await needed(run) == [NeedKind.STALLED]
    async with run.db.statement() as session:
        assert [each.next_actor for each in await installation_waits(session)] == [Actor.OPERATOR]


async def test_a_worker_whose_heartbeat_is_old_serves_nothing(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    assert (await take(run, job_id)).waiting_for == WaitsOn.TURN
    await change(run, "UPDATE worker_queues SET heartbeat = now() - interval '601 seconds'")
    assert (await take(run, job_id)).waiting_for == WaitsOn.WORKER


async def test_a_worker_says_which_queues_it_serves_and_when_it_ends(run: Runtime):
    await make_job(run, ["a fox"])
    await run_worker(run, until_idle=True)
    async with run.db.statement() as session:
        left = (await session.execute(text("SELECT count(*) FROM worker_queues"))).scalar_one()
    assert left == 0


@pytest.mark.parametrize(
    ("status", "paused_by", "waits_on", "actor"),
    [
        ("pending", None, WaitsOn.START, Actor.USER),
        ("paused", "user", WaitsOn.RESUME, Actor.USER),
        ("paused", "storage", WaitsOn.INSTALLATION, Actor.OPERATOR),
        ("paused", "disk_full", WaitsOn.INSTALLATION, Actor.OPERATOR),
    ],
)
async def test_a_job_that_does_not_run_is_the_reason(
    run: Runtime, status: str, paused_by: str | None, waits_on: WaitsOn, actor: Actor
):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    await change(
        run,
        "UPDATE jobs SET status = :status, paused_by = :by, pause_reason = :why",
        status=status,
        by=paused_by,
        why="The bucket is down." if paused_by else None,
    )
    for each in (await take(run, job_id), await view(run, job_id)):
        assert (each.waiting_for, each.next_actor) == (waits_on, actor)
        assert each.wait_reason
        assert not paused_by or each.wait_reason == "The bucket is down."


async def test_what_is_being_made_waits_with_its_job_when_the_storage_is_down(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    await change(run, "UPDATE videos SET status = 'generating'")
    assert (await take(run, job_id)).waiting_for is None
    await change(
        run, "UPDATE jobs SET status = 'paused', paused_by = 'storage', pause_reason = 'The bucket is down.'"
    )
    assert (await take(run, job_id)).wait_reason == "The bucket is down."


async def test_an_outage_is_the_reason_until_the_probe(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    await change(
        run,
        "INSERT INTO provider_outages (provider, credential_id, failures, rounds, error, until)"
        " VALUES ('echo', '00000000-0000-0000-0000-000000000000', 3, 1, 'On fire.', now() + interval '1 h')",
    )
    seen = await take(run, job_id)
    assert (seen.waiting_for, seen.next_actor) == (WaitsOn.OUTAGE, Actor.CLOCK)
    assert "On fire." in (seen.wait_reason or "") and seen.retry_at is not None


async def test_a_budget_of_a_day_says_when_the_day_is_over(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    await change(run, "UPDATE videos SET price = 2")
    await change(run, "INSERT INTO budgets (owner_id, day) VALUES (:owner, 1)", owner=LOCAL_OWNER)
    await dispatch_now(run, "echo")
    seen = await take(run, job_id)
    assert (seen.status, seen.waiting_for) == ("waiting", "budget")
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert seen.retry_at == midnight
    assert (await view(run, job_id)).retry_at == midnight
    await change(run, "DELETE FROM budgets")
    await dispatch_now(run, "echo")
    assert (await take(run, job_id)).status == "generating", "the time is no longer waited for"


async def test_keys_that_are_all_switched_off_are_the_reason_before_the_dispatcher_looks(
    run: Runtime, echo: EchoWithKeys
):
    await have_worker(run)
    key_id = await give_key(run, "first")
    job_id = await make_job(run, ["a fox"])
    await change(run, "UPDATE credentials SET state = 'disabled' WHERE id = :id", id=key_id)
    seen = await take(run, job_id)
    assert (seen.waiting_for, seen.next_actor) == (WaitsOn.KEY, Actor.USER)
    assert "first: disabled" in (seen.wait_reason or "")


async def test_a_take_that_is_tried_again_later_says_so(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    await change(run, "UPDATE videos SET retry_at = now() + interval '1 h', error_message = 'It is busy.'")
    seen = await take(run, job_id)
    assert (seen.waiting_for, seen.wait_reason) == (WaitsOn.RETRY, "It is busy.")
    assert await needed(run) == []


async def test_an_accepted_video_that_cannot_be_looked_at_says_why(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"])
    await dispatch_now(run, "echo")
    await change(run, "UPDATE submissions SET state = 'submitted', faults = 2, error = 'It is not there.'")
    seen = await take(run, job_id)
    assert (seen.status, seen.waiting_for) == ("generating", WaitsOn.RETRY)
    assert seen.wait_reason == "It is not there."


async def test_a_list_of_a_thousand_takes_is_explained_by_one_query(run: Runtime):
    await have_worker(run)
    job_id = await make_job(run, ["a fox"] * 250, outputs=4)
    statements: list[str] = []
    engine = run.db.engine.sync_engine

    def count(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", count)
    try:
        began = time.monotonic()
        listed = await videos(run, job_id)
        took = time.monotonic() - began
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(listed) == 1000 and all(each.wait_reason for each in listed)
    asked = [each for each in statements if "SELECT" in each]
    assert len(asked) == 2, asked
    assert took < 10


async def test_a_job_that_moves_does_not_wait(run: Runtime):
    job_id = await make_job(run, ["a fox"])
    await run_worker(run, until_idle=True)
    seen = await until_status(run, job_id, "completed")
    assert (seen.waiting_for, seen.wait_reason, seen.retry_at, seen.next_actor) == (None, None, None, None)
    assert (await take(run, job_id)).wait_reason is None
