"""The engine with keys: who pays for what, which key rests, and what waits for whom."""

import asyncio
import random
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from tests.api.rows import add_stranger
from tests.jobs import accepted_keys, ledger, make_job, until, until_status, videos, view
from tests.keyed import EchoWithKeys, give_key, need_keys

from rushes.engine.credential_views import CredentialView
from rushes.engine.credentials import get_credential
from rushes.engine.events import Cursor, events_after
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, Conflict, ErrorType, RetryLater
from rushes.jobs.actions import delete_job
from rushes.keys.actions import KeyChange, change_key, check_key, delete_key
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoOptions
from rushes.providers.video_contract import Call, Unknown

pytestmark = pytest.mark.usefixtures("worker")

"""Patience for hundreds of shots on a busy machine."""


@pytest.fixture
def echo(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoWithKeys:
    """Echo that needs a key."""
    return need_keys(run, monkeypatch)


async def key(run: Runtime, key_id: UUID) -> CredentialView:
    async with run.db.begin() as session:
        return await get_credential(session, LOCAL_OWNER, key_id)


async def until_waiting(run: Runtime, job_id: UUID) -> None:
    async def waiting() -> bool:
        return (await view(run, job_id)).waiting_videos > 0

    await until(waiting)


def limited(after: float, error_type: ErrorType = ErrorType.RATE_LIMITED) -> RetryLater:
    return RetryLater("Too many requests.", error_type=error_type, after=after)


async def test_the_key_that_pays_is_written_on_the_submission(run: Runtime, echo: EchoWithKeys):
    key_id = await give_key(run, "mine", fields={"base_url": "https://one.example.com"})
    job_id = await make_job(run, ["a", "b"])
    await until_status(run, job_id, "completed")
    assert {row.credential_id for row in await ledger(run, job_id)} == {key_id}
    assert echo.books.submitted == ["mine", "mine"]
    assert echo.books.fields[0] == {"base_url": "https://one.example.com"}
    assert (await key(run, key_id)).submissions == 2
    assert (await key(run, key_id)).cost == Decimal("0.02")


async def test_without_a_key_videos_wait_for_a_person_and_go_on_by_themselves_when_one_is_added(
    run: Runtime, echo: EchoWithKeys
):
    job_id = await make_job(run, ["a", "b"])
    await until_waiting(run, job_id)
    waiting = await videos(run, job_id)
    assert {(v.waiting_for, v.error_type) for v in waiting} == {("person", "auth")}
    assert "No working key for Echo" in (waiting[0].error_message or "")
    await give_key(run, "late")
    job = await until_status(run, job_id, "completed")
    assert (job.completed_videos, job.waiting_videos) == (2, 0)
    assert all(v.retry_count == 0 and v.error_type is None for v in await videos(run, job_id))


async def test_a_limit_rests_the_key_and_the_job_goes_on_with_the_other(run: Runtime, echo: EchoWithKeys):
    first, second = await give_key(run, "first"), await give_key(run, "second")
    echo.fault = lambda name: limited(3600, ErrorType.QUOTA) if name == "first" else None
    job_id = await make_job(run, [f"shot {n}" for n in range(12)])
    await until_status(run, job_id, "completed")
    assert set(echo.books.submitted) == {"second"}
    assert all(v.retry_count == 0 for v in await videos(run, job_id))
    rested = await key(run, first)
    assert rested.state is CredentialState.READY
    assert rested.resting_for is ErrorType.QUOTA and rested.resting_until is not None
    assert (await key(run, second)).resting_until is None


async def test_videos_go_on_by_themselves_when_the_rest_of_the_only_key_is_over(
    run: Runtime, echo: EchoWithKeys
):
    await give_key(run, "only")
    answers = iter([limited(0.5)])
    echo.fault = lambda _: next(answers, None)
    job_id = await make_job(run, ["a", "b", "c"])
    await until_status(run, job_id, "completed")
    assert echo.books.broken_rests == []
    assert all(v.retry_count == 0 for v in await videos(run, job_id))


async def test_an_invalid_key_is_set_aside_its_owner_is_told_and_the_others_go_on(
    run: Runtime, echo: EchoWithKeys
):
    bad, good = await give_key(run, "bad"), await give_key(run, "good")
    echo.bad.add("secret-bad-0000")
    async with run.db.begin() as session:  # so that the bad one is tried first
        await session.execute(
            text("UPDATE credentials SET last_limited_at = now() WHERE id = :id"), {"id": good}
        )
    job_id = await make_job(run, [f"shot {n}" for n in range(6)])
    await until_status(run, job_id, "completed")
    assert set(echo.books.submitted) == {"good"}
    aside = await key(run, bad)
    assert aside.state is CredentialState.INVALID
    assert aside.state_reason == "The API key is not valid. Enter another."
    async with run.db.begin() as session:
        events = await events_after(session, LOCAL_OWNER, Cursor(0, 0), job_id=job_id)
    told = [event.data for event in events if event.type == "credential"]
    assert [(each["name"], each["status"]) for each in told] == [("bad", "invalid")]


async def test_when_the_last_key_is_set_aside_videos_wait_and_a_new_secret_lets_them_go_on(
    run: Runtime, echo: EchoWithKeys
):
    key_id = await give_key(run, "only")
    echo.bad.add("secret-only-0000")
    job_id = await make_job(run, ["a"])
    await until_waiting(run, job_id)
    assert "only: The API key is not valid" in ((await videos(run, job_id))[0].error_message or "")
    change = KeyChange.model_validate({"secret": "secret-new-1111"})
    assert (await change_key(run, LOCAL_OWNER, key_id, change)).last_four == "1111"
    await until_status(run, job_id, "completed")


async def test_a_test_that_passes_lets_waiting_videos_go_on(run: Runtime, echo: EchoWithKeys):
    key_id = await give_key(run, "only")
    echo.bad.add("secret-only-0000")
    job_id = await make_job(run, ["a"])
    await until_waiting(run, job_id)
    assert (await check_key(run, LOCAL_OWNER, key_id)).state is CredentialState.INVALID
    echo.bad.clear()
    assert (await check_key(run, LOCAL_OWNER, key_id)).state is CredentialState.READY
    await until_status(run, job_id, "completed")


async def test_consent_or_credits_of_an_account_need_its_person(run: Runtime, echo: EchoWithKeys):
    key_id = await give_key(run, "only")
    echo.fault = lambda _: ActionNeeded("Accept the terms.", error_type=ErrorType.CONSENT)
    job_id = await make_job(run, ["a"])
    await until_waiting(run, job_id)
    assert (await key(run, key_id)).state is CredentialState.NEEDS_PERSON


async def test_a_disabled_key_is_not_used_but_what_it_began_arrives(run: Runtime, echo: EchoWithKeys):
    key_id = await give_key(run, "only")
    job_id = await make_job(run, ["[slow:2] a", "b", "c", "d", "[slow:2] e", "f"])

    async def begun() -> bool:
        return len(echo.books.submitted) == 4

    await until(begun)
    await change_key(run, LOCAL_OWNER, key_id, KeyChange(enabled=False))
    await until_waiting(run, job_id)

    async def arrived() -> bool:
        return (await view(run, job_id)).completed_videos >= 4

    await until(arrived)
    assert (await view(run, job_id)).waiting_videos == 6 - len(echo.books.submitted)
    await change_key(run, LOCAL_OWNER, key_id, KeyChange(enabled=True))
    assert (await until_status(run, job_id, "completed")).completed_videos == 6


async def test_a_resting_key_still_looks_after_what_it_began(run: Runtime, echo: EchoWithKeys):
    await give_key(run, "only")
    seen = iter([None, None, limited(3600)])
    echo.fault = lambda _: next(seen)
    job_id = await make_job(run, ["[slow:1] a", "[slow:1] b", "c"])

    async def arrived() -> bool:
        return (await view(run, job_id)).completed_videos == 2

    await until(arrived)
    assert len(echo.books.submitted) == 2
    (left,) = [v for v in await videos(run, job_id) if v.status != "completed"]
    assert left.status == "queued"


async def test_a_key_that_is_refused_while_looking_is_set_aside_and_its_videos_arrive_after_a_new_secret(
    run: Runtime, echo: EchoWithKeys
):
    key_id = await give_key(run, "only")
    job_id = await make_job(run, ["[slow:1] a"])

    async def accepted() -> bool:
        return len(echo.books.submitted) == 1

    await until(accepted)
    echo.bad.add("secret-only-0000")
    await until_waiting(run, job_id)
    await change_key(run, LOCAL_OWNER, key_id, KeyChange.model_validate({"secret": "secret-new-1111"}))
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1, "it is never sent twice"


async def test_each_key_has_as_many_in_flight_as_it_may(run: Runtime, echo: EchoWithKeys):
    await give_key(run, "wide")
    await give_key(run, "narrow", concurrency=1)
    job_id = await make_job(run, [f"shot {n}" for n in range(12)], delay_seconds=3600)

    async def full() -> bool:
        return len(echo.books.submitted) >= 5

    await until(full)
    await asyncio.sleep(0.3)  # nothing more comes
    assert sorted(echo.books.submitted) == ["narrow", "wide", "wide", "wide", "wide"]
    assert (await view(run, job_id)).completed_videos == 0


async def test_submits_with_one_key_are_spaced(run: Runtime, echo: EchoWithKeys):
    await give_key(run, "only", spacing_seconds=0.5)
    job_id = await make_job(run, ["a", "b", "c"])
    await until_status(run, job_id, "completed")
    at = sorted(row.claimed_at for row in await ledger(run, job_id))
    gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(at)]
    assert len(gaps) == 2 and min(gaps) >= 0.5


async def test_the_least_recently_limited_key_comes_first(run: Runtime, echo: EchoWithKeys):
    for name, minutes in (("newest", 1), ("oldest", 60), ("middle", 30)):
        key_id = await give_key(run, name, concurrency=1)
        async with run.db.begin() as session:
            await session.execute(
                text(
                    "UPDATE credentials SET last_limited_at = now() - make_interval(mins => :m)"
                    " WHERE id = :id"
                ),
                {"m": minutes, "id": key_id},
            )
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    assert echo.books.submitted == ["oldest"]


async def test_nobody_is_paid_for_with_the_key_of_somebody_else(run: Runtime, echo: EchoWithKeys):
    stranger = await add_stranger(run)
    await give_key(run, "theirs", owner=stranger)
    job_id = await make_job(run, ["a"])
    await until_waiting(run, job_id)
    assert echo.books.submitted == []
    await give_key(run, "mine")
    await until_status(run, job_id, "completed")
    assert echo.books.submitted == ["mine"]


async def test_jobs_of_one_owner_take_turns_on_one_key(run: Runtime, echo: EchoWithKeys):
    await give_key(run, "only", concurrency=2)
    big = await make_job(run, [f"big {n}" for n in range(20)], delay_seconds=0.3)
    small = await make_job(run, ["small"])
    await until_status(run, small, "completed")
    assert (await view(run, big)).completed_videos < 20
    await until_status(run, big, "completed")


async def test_a_key_that_videos_need_cannot_be_deleted_and_a_deleted_one_keeps_only_its_name(
    run: Runtime, echo: EchoWithKeys
):
    key_id = await give_key(run, "only")
    job_id = await make_job(run, ["[slow:2] a"])

    async def accepted() -> bool:
        return len(echo.books.submitted) == 1

    await until(accepted)
    with pytest.raises(Conflict, match="need it to arrive"):
        await delete_key(run, LOCAL_OWNER, key_id)
    await until_status(run, job_id, "completed")
    await delete_key(run, LOCAL_OWNER, key_id)
    async with run.db.begin() as session:
        row = (await session.execute(text("SELECT * FROM credentials"))).one()
    assert (row.state, row.secret, row.fields, row.name) == ("deleted", "", {}, "only")


async def test_what_was_never_decided_and_is_deleted_does_not_keep_its_key(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    async def cannot_tell(call: Call[EchoOptions]) -> Unknown:
        return Unknown.CANNOT_TELL

    async def lost(call: Call[EchoOptions]) -> str:
        await call.confirm()
        raise TimeoutError("the answer was lost")

    monkeypatch.setattr(echo, "find", cannot_tell)
    monkeypatch.setattr(echo, "submit", lost)
    key_id = await give_key(run, "only")
    job_id = await make_job(run, ["a"])
    await until_waiting(run, job_id)
    with pytest.raises(Conflict, match="need it to arrive"):
        await delete_key(run, LOCAL_OWNER, key_id)
    await delete_job(run, LOCAL_OWNER, job_id)
    assert [row.state for row in await ledger(run, job_id)] == ["uncertain"]
    await delete_key(run, LOCAL_OWNER, key_id)


@pytest.mark.parametrize("shots", [100, pytest.param(300, marks=pytest.mark.soak)])
async def test_many_shots_over_3_keys_with_random_limits_finish_within_every_rest(
    shots: int, run: Runtime, echo: EchoWithKeys
):
    for name in ("one", "two", "three"):
        await give_key(run, name, concurrency=10)
    dice = random.Random(4)
    echo.fault = lambda _: limited(dice.uniform(0.1, 0.6)) if dice.random() < 0.08 else None
    job_id = await make_job(run, [f"shot {n}" for n in range(shots)])
    job = await until_status(run, job_id, "completed")
    assert job.completed_videos == shots
    assert echo.books.broken_rests == []
    assert len(accepted_keys()) == shots
    assert set(echo.books.submitted) == {"one", "two", "three"}
    rows = await ledger(run, job_id)
    assert any(row.state == "released" for row in rows), "there were limits"
    assert sum(row.cost or 0 for row in rows) == job.cost == shots * Decimal("0.01")


async def test_an_answer_that_was_lost_is_looked_for_with_the_same_key_though_it_is_switched_off(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    first = await give_key(run, "first")
    found_with: list[str] = []
    find = echo.find

    async def finding(call: Call[EchoOptions]) -> str | Unknown | None:
        assert call.credential is not None
        found_with.append(call.credential.name)
        return await find(call)

    async def lost(call: Call[EchoOptions]) -> str:
        await EchoWithKeys.submit(echo, call)
        await change_key(run, LOCAL_OWNER, first, KeyChange(enabled=False))
        raise TimeoutError("the answer was lost")

    monkeypatch.setattr(echo, "find", finding)
    monkeypatch.setattr(echo, "submit", lost)
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    assert found_with == ["first"]
    assert len(accepted_keys()) == 1
    assert {row.credential_id for row in await ledger(run, job_id)} == {first}


async def test_what_was_claimed_while_its_key_came_to_rest_is_given_back_unsent(
    run: Runtime, echo: EchoWithKeys
):
    await give_key(run, "only", concurrency=8)
    answers = iter([limited(1.0)])
    echo.fault = lambda _: next(answers, None)
    job_id = await make_job(run, [f"shot {n}" for n in range(8)])
    await until_status(run, job_id, "completed")
    assert echo.books.broken_rests == []
    assert len(accepted_keys()) == 8
    assert all(v.retry_count == 0 for v in await videos(run, job_id))


async def test_a_secret_that_cannot_be_decrypted_sets_the_key_aside_and_nothing_is_lost(
    run: Runtime, echo: EchoWithKeys
):
    key_id = await give_key(run, "only")
    kept = run.vault.file.read_text()
    run.vault.file.write_text(f"{Fernet.generate_key().decode()}\n")
    job_id = await make_job(run, ["a"])
    await until_waiting(run, job_id)
    assert (await key(run, key_id)).state is CredentialState.INVALID
    assert "cannot be read" in ((await key(run, key_id)).state_reason or "")
    run.vault.file.write_text(kept)
    await check_key(run, LOCAL_OWNER, key_id)
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1
