"""Flow accounts in the engine: signed out and in again, one process at a time, their state kept after use."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.flow_accounts import EchoOnAccounts, on_accounts, sign_in, state_of
from tests.jobs import accepted_keys, ledger, make_job, until, until_status, videos, view

from rushes.engine import flow_lease as hold_account
from rushes.engine import flow_rows as accounts
from rushes.engine.events import Cursor, events_after
from rushes.engine.flow_lease import HeldElsewhereError, hold, leave_all
from rushes.engine.flow_views import FLOW
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, ErrorType, SystemFault
from rushes.flow_signins import actions as flow
from rushes.flow_signins.tasks import look_after_accounts
from rushes.jobs.actions import retry_failed
from rushes.keys.actions import rotate
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings


@pytest.fixture
def echo(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoOnAccounts:
    """Flow that is an echo."""
    return on_accounts(run, monkeypatch)


async def until_waiting(run: Runtime, job_id: UUID, count: int = 1) -> None:
    async def waiting() -> bool:
        return (await view(run, job_id)).waiting_videos >= count

    await until(waiting)


async def until_accepted(run: Runtime, job_id: UUID) -> None:
    async def accepted() -> bool:
        return [each.state for each in await ledger(run, job_id)] == ["submitted"]

    await until(accepted)


async def in_state(run: Runtime, name: str, state: CredentialState) -> None:
    async def there() -> bool:
        there = await flow.list_all(run, LOCAL_OWNER)
        return any(each.name == name and each.state is state for each in there)

    await until(there)


@pytest.mark.usefixtures("worker")
async def test_a_signed_out_account_needs_its_owner_and_its_videos_go_on_after_an_import(
    run: Runtime, echo: EchoOnAccounts
):
    await sign_in(run, "ada")
    echo.browser.signed_out.add("ada")
    job_id = await make_job(run, ["a", "b"], provider=FLOW)
    await until_waiting(run, job_id, 2)
    await in_state(run, "ada", CredentialState.NEEDS_AUTH)
    assert (await view(run, job_id)).flow_needs_auth
    async with run.db.begin() as session:
        events = await events_after(session, LOCAL_OWNER, Cursor(0, 0))
    told = [each for each in events if each.type == "credential"]
    assert told[-1].data["status"] == "needs_auth" and told[-1].job_id == job_id
    echo.browser.signed_out.clear()
    await sign_in(run, "ada", 1)
    job = await until_status(run, job_id, "completed")
    assert (job.completed_videos, job.flow_needs_auth) == (2, False)
    assert len(accepted_keys()) == 2


@pytest.mark.usefixtures("worker")
async def test_what_was_accepted_waits_for_the_sign_in_and_is_not_asked_for_again(
    run: Runtime, echo: EchoOnAccounts
):
    await sign_in(run, "ada")
    job_id = await make_job(run, ["a"], provider=FLOW, delay_seconds=0.5)
    await until_accepted(run, job_id)
    echo.browser.signed_out.add("ada")
    await until_waiting(run, job_id)
    assert (await videos(run, job_id))[0].waiting_for == "person"
    echo.browser.signed_out.clear()
    await sign_in(run, "ada", 1)
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


@pytest.mark.usefixtures("worker")
async def test_what_its_person_kept_waiting_for_hours_is_not_late(run: Runtime, echo: EchoOnAccounts):
    await sign_in(run, "ada")
    job_id = await make_job(run, ["a"], provider=FLOW, delay_seconds=4)
    await until_accepted(run, job_id)
    echo.browser.signed_out.add("ada")
    await until_waiting(run, job_id)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE submissions SET submitted_at = now() - interval '9 hours'"))
    echo.browser.signed_out.clear()
    await sign_in(run, "ada", 1)
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


@pytest.mark.parametrize("retried", [False, True])
@pytest.mark.usefixtures("worker")
async def test_what_was_perhaps_accepted_waits_for_the_sign_in_and_is_looked_for_then(
    run: Runtime, echo: EchoOnAccounts, retried: bool
):
    await sign_in(run, "ada")
    echo.browser.blind = True
    job_id = await make_job(run, ["[lost] a"], provider=FLOW)
    await until_waiting(run, job_id)
    (video,) = await videos(run, job_id)
    assert (video.waiting_for, video.error_type) == ("person", "auth")
    assert [each.state for each in await ledger(run, job_id)] == ["submitting"]
    echo.browser.blind = False
    if retried:
        await retry_failed(run, LOCAL_OWNER, job_id)
    else:
        await sign_in(run, "ada", 1)
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


@pytest.mark.usefixtures("worker")
async def test_of_two_accounts_one_signed_out_the_job_finishes_on_the_other(
    run: Runtime, echo: EchoOnAccounts
):
    await sign_in(run, "ada")
    await sign_in(run, "bob")
    echo.browser.signed_out.add("ada")
    job_id = await make_job(run, [f"shot {n}" for n in range(4)], provider=FLOW)
    job = await until_status(run, job_id, "completed")
    assert set(echo.browser.used) == {"bob"}
    assert not job.flow_needs_auth
    (ada, bob) = await flow.list_all(run, LOCAL_OWNER)
    assert (ada.needs_you, bob.needs_you) == (True, False)


@pytest.mark.usefixtures("worker")
async def test_a_dialog_that_only_its_owner_may_answer_is_said_to_be_one(run: Runtime, echo: EchoOnAccounts):
    await sign_in(run, "ada")
    echo.browser.signed_out.add("ada")
    echo.browser.error = ActionNeeded("Flow asks about your rights.", error_type=ErrorType.CONSENT)
    job_id = await make_job(run, ["a"], provider=FLOW)
    await until_waiting(run, job_id)
    (ada,) = await flow.list_all(run, LOCAL_OWNER)
    assert (ada.state, ada.state_reason) == ("needs_person", "Flow asks about your rights.")


@pytest.mark.usefixtures("worker")
async def test_the_state_is_kept_after_use_and_sealed(run: Runtime, echo: EchoOnAccounts):
    account = await sign_in(run, "ada")
    job_id = await make_job(run, ["a"], provider=FLOW)
    await until_status(run, job_id, "completed")

    async def kept() -> bool:
        return await flow.signed_in_state(run, LOCAL_OWNER, account.id) == state_of("ada", 1)

    await until(kept)
    after = await flow.get(run, LOCAL_OWNER, account.id)
    assert after.renewed_at and after.signed_in_at and after.renewed_at > after.signed_in_at
    assert after.credits_left == 999
    async with run.db.begin() as session:
        row = await session.execute(text("SELECT c::text FROM credentials c"))
        assert "cookie-of" not in row.scalar_one()


async def test_a_sign_in_is_not_overwritten_by_what_an_open_browser_knows(run: Runtime, echo: EchoOnAccounts):
    account = await sign_in(run, "ada")
    async with hold(run, FLOW, account.id):
        await hold_account.opened(run, await credential(run, account.id))
        echo.browser.open[account.id] = state_of("ada", 7)
        await sign_in(run, "ada", 1)
    assert await flow.signed_in_state(run, LOCAL_OWNER, account.id) == state_of("ada", 1)
    async with hold(run, FLOW, account.id):
        await hold_account.opened(run, await credential(run, account.id))
        assert echo.browser.left == ["ada"], "the browser that knows nothing of the sign-in is closed"
    await leave_all(run)


async def test_who_works_with_an_older_sign_in_comes_back_with_the_new_one(
    run: Runtime, echo: EchoOnAccounts
):
    account = await sign_in(run, "ada")
    ready = asyncio.Event()

    async def work_for_ever() -> None:
        async with hold(run, FLOW, account.id):
            await hold_account.opened(run, await credential(run, account.id))
            ready.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(work_for_ever())
    await ready.wait()
    await sign_in(run, "ada", 1)
    async with hold(run, FLOW, account.id):
        await hold_account.opened(run, await credential(run, account.id))
        with pytest.raises(HeldElsewhereError):
            await working
    await leave_all(run)


async def test_a_browser_is_not_closed_under_who_has_just_come(
    run: Runtime, echo: EchoOnAccounts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hold_account, "LINGER_SECONDS", 0.05)
    account = await sign_in(run, "ada")
    both = asyncio.Barrier(2)

    async def work() -> None:
        async with hold(run, FLOW, account.id):
            await hold_account.opened(run, await credential(run, account.id))
            echo.browser.open[account.id] = state_of("ada")
            await both.wait()

    await asyncio.gather(work(), work())
    async with hold(run, FLOW, account.id):
        await asyncio.sleep(0.3)
        assert echo.browser.left == []
        assert (await flow.get(run, LOCAL_OWNER, account.id)).in_use_by == run.worker
    await leave_all(run)


async def credential(run: Runtime, account_id: UUID):
    from_row = await flow.get(run, LOCAL_OWNER, account_id)
    return hold_account.Credential(
        account_id, from_row.name, await flow.signed_in_state(run, LOCAL_OWNER, account_id)
    )


@pytest.fixture
async def other(settings: Settings, run: Runtime) -> AsyncGenerator[Runtime]:
    """Another process's runtime on the same database. (Tasks of this process reach `run`.)"""
    async with open_runtime(settings) as opened:
        yield opened


async def test_one_process_has_an_account_at_a_time_and_others_wait_without_a_fault(
    settings: Settings, other: Runtime, run: Runtime, echo: EchoOnAccounts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hold_account, "LINGER_SECONDS", 0.0)
    elsewhere = on_accounts(other, monkeypatch)
    account = await sign_in(run, "ada")
    async with hold(run, FLOW, account.id), hold(run, FLOW, account.id):
        assert (await flow.get(run, LOCAL_OWNER, account.id)).in_use_by == run.worker
        with pytest.raises(HeldElsewhereError):
            async with hold(other, FLOW, account.id):
                pass

    async def free() -> bool:
        return (await flow.get(run, LOCAL_OWNER, account.id)).in_use_by is None

    await until(free)
    async with hold(other, FLOW, account.id):
        assert (await flow.get(run, LOCAL_OWNER, account.id)).in_use_by == other.worker
    await leave_all(other)
    assert elsewhere.browser.left == []


async def test_a_lease_of_a_process_that_was_killed_ends(run: Runtime, echo: EchoOnAccounts):
    account = await sign_in(run, "ada")
    async with run.db.begin() as session:
        assert await accounts.take_lease(session, account.id, "killed", 0.3) is None
        assert await accounts.take_lease(session, account.id, run.worker, 0.3) is not None

    async def mine() -> bool:
        async with run.db.begin() as session:
            return await accounts.take_lease(session, account.id, run.worker, 0.3) is None

    await until(mine)


async def test_who_lost_its_lease_stops(run: Runtime, echo: EchoOnAccounts):
    account = await sign_in(run, "ada")

    async def work_for_ever() -> None:
        async with hold(run, FLOW, account.id):
            await hold_account.opened(run, await credential(run, account.id))
            echo.browser.open[account.id] = state_of("ada")
            async with run.db.begin() as session:
                await session.execute(
                    text("UPDATE credentials SET held_by = 'another', held_until = now() + interval '1 hour'")
                )
            await asyncio.Event().wait()

    with pytest.raises(HeldElsewhereError):
        await work_for_ever()

    async def closed() -> bool:
        return echo.browser.left == ["ada"]

    await until(closed)


async def test_a_submission_whose_account_is_open_elsewhere_is_a_claim_again(
    run: Runtime, echo: EchoOnAccounts, worker: asyncio.Task[None]
):
    account = await sign_in(run, "ada")
    async with run.db.begin() as session:
        assert await accounts.take_lease(session, account.id, "another", 3600) is None
    job_id = await make_job(run, ["a"], provider=FLOW)

    async def put_off() -> bool:
        rows = await ledger(run, job_id)
        return [(each.state, each.worker, each.faults) for each in rows] == [("claimed", None, 0)] and bool(
            await planned(run)
        )

    await until(put_off)
    async with run.db.begin() as session:
        await accounts.give_lease_back(session, account.id, "another")
    await until_status(run, job_id, "completed")
    assert len(await ledger(run, job_id)) == 1
    assert echo.browser.used == ["ada"]


async def planned(run: Runtime) -> int:
    async with run.db.begin() as session:
        row = await session.execute(
            text(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'rushes:make_videos'"
                " AND status = 'todo' AND scheduled_at > now()"
            )
        )
        return row.scalar_one()


@pytest.mark.usefixtures("worker")
async def test_a_worker_without_a_browser_pauses_the_job_and_nothing_was_sent(
    run: Runtime, echo: EchoOnAccounts, monkeypatch: pytest.MonkeyPatch
):
    await sign_in(run, "ada")
    real = echo.submit

    async def broken(*_: object) -> str:
        raise SystemFault("There is no browser.", error_type=ErrorType.BROWSER, hint="Install one.")

    monkeypatch.setattr(echo, "submit", broken)
    job_id = await make_job(run, ["a"], provider=FLOW)
    job = await until_status(run, job_id, "paused")
    assert (job.paused_by, job.pause_reason) == ("browser", "There is no browser. Install one.")
    monkeypatch.setattr(echo, "submit", real)
    await until_status(run, job_id, "completed")
    assert {each.state for each in await ledger(run, job_id)} == {"completed"}


@pytest.mark.usefixtures("worker")
async def test_a_check_by_a_worker_says_whether_an_account_is_signed_in(run: Runtime, echo: EchoOnAccounts):
    account = await sign_in(run, "ada")
    echo.browser.signed_out.add("ada")
    assert (await flow.check_soon(run, LOCAL_OWNER, account.id)).checking
    await in_state(run, "ada", CredentialState.NEEDS_AUTH)
    echo.browser.signed_out.clear()
    await flow.check_soon(run, LOCAL_OWNER, account.id)
    await in_state(run, "ada", CredentialState.READY)
    assert (await flow.get(run, LOCAL_OWNER, account.id)).last_checked_at


@pytest.mark.usefixtures("worker")
async def test_an_account_that_nobody_used_for_long_is_looked_at(run: Runtime, echo: EchoOnAccounts):
    account = await sign_in(run, "ada")
    old = "renewed_at = now() - interval '9 days', created_at = now() - interval '9 days'"
    async with run.db.begin() as session:
        await session.execute(text(f"UPDATE credentials SET {old}"))
    assert (await flow.get(run, LOCAL_OWNER, account.id)).old
    echo.browser.open[account.id] = state_of("ada", 3)
    await look_after_accounts(run)

    async def renewed() -> bool:
        return not (await flow.get(run, LOCAL_OWNER, account.id)).old

    await until(renewed)
    assert await flow.signed_in_state(run, LOCAL_OWNER, account.id) == state_of("ada", 3)


@pytest.mark.usefixtures("worker")
async def test_logging_out_forgets_at_once_and_what_is_on_its_way_arrives_after_the_next_sign_in(
    run: Runtime, echo: EchoOnAccounts
):
    account = await sign_in(run, "ada")
    job_id = await make_job(run, ["a"], provider=FLOW, delay_seconds=1.0)
    await until_accepted(run, job_id)
    left = await flow.log_out(run, LOCAL_OWNER, account.id)
    assert left is not None and left.state is CredentialState.NEEDS_AUTH
    assert await flow.kept_state(run, account.id) == ""
    assert await rotate(run) == 0
    await sign_in(run, "ada", 1)
    await until_status(run, job_id, "completed")
    assert await flow.log_out(run, LOCAL_OWNER, account.id) is None
    assert await flow.list_all(run, LOCAL_OWNER) == []
