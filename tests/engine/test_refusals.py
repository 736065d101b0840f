"""Whose refusal it is: the key's, its model's, or that of one shot alone."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.jobs import make_job, until, until_status, videos
from tests.keyed import EchoWithKeys, give_key, need_keys

from rushes.engine.credential_use import lift, rest_left, stop
from rushes.engine.credential_views import CredentialView
from rushes.engine.credentials import get_credential
from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, ErrorType, RetryLater
from rushes.keys.actions import KeyChange, change_key
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.http import Api
from rushes.providers.trouble import Trouble

BAD = "BAD"
FORBIDDEN = "Echo: You may not do this."


@dataclass(frozen=True)
class PaidRow:
    """What a stop knows of a submission."""

    id: UUID
    provider: str
    model: str
    credential_id: UUID | None


@pytest.fixture
def echo(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoWithKeys:
    return need_keys(run, monkeypatch)


async def key(run: Runtime, key_id: UUID) -> CredentialView:
    async with run.db.begin() as session:
        return await get_credential(session, LOCAL_OWNER, key_id)


def refuse(
    echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch, error: Exception, *, every: bool = False
) -> list[str]:
    """From now on creates of prompts with BAD in them are answered so. Returns the prompts asked for."""
    submit, asked = type(echo).submit, list[str]()

    async def answer(self: EchoWithKeys, call: Any) -> str:
        asked.append(call.shot.prompt)
        if every or BAD in call.shot.prompt:
            await call.confirm()
            raise error
        return await submit(self, call)

    monkeypatch.setattr(type(echo), "submit", answer)
    return asked


@pytest.mark.usefixtures("worker")
async def test_a_refusal_of_one_prompt_sets_no_key_aside(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    refuse(echo, monkeypatch, ActionNeeded(FORBIDDEN, unclear=True))
    keys = [await give_key(run, name) for name in ("first", "second", "third")]
    job_id = await make_job(run, [f"{BAD} one", *(f"a {n}" for n in range(5))])
    await until_status(run, job_id, "completed")
    assert [(await key(run, each)).state for each in keys] == ["ready"] * 3
    takes = await videos(run, job_id)
    assert [each.status for each in takes] == ["failed"] + ["completed"] * 5
    assert takes[0].error_type == "policy_violation"
    assert FORBIDDEN in (takes[0].error_message or "") and takes[0].next_actor == "prompt"


@pytest.mark.usefixtures("worker")
async def test_a_key_that_may_make_nothing_is_set_aside_and_what_failed_for_it_waits(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    refuse(echo, monkeypatch, ActionNeeded(FORBIDDEN, unclear=True), every=True)
    key_id = await give_key(run, "first", concurrency=1)
    job_id = await make_job(run, [f"a {n}" for n in range(6)])

    async def all_wait() -> bool:
        return all(each.status == "waiting" for each in await videos(run, job_id))

    await until(all_wait)
    assert (await key(run, key_id)).state == "invalid"
    assert {each.error_type for each in await videos(run, job_id)} == {"auth"}


@pytest.mark.usefixtures("worker")
async def test_a_key_that_fails_its_test_is_set_aside_at_once(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    asked = refuse(echo, monkeypatch, ActionNeeded(FORBIDDEN, unclear=True), every=True)
    key_id = await give_key(run, "first", concurrency=1)
    echo.bad.add("secret-first-0000")
    job_id = await make_job(run, ["a", "b", "c"])

    async def all_wait() -> bool:
        return all(each.status == "waiting" for each in await videos(run, job_id))

    await until(all_wait)
    assert (await key(run, key_id)).state == "invalid"
    assert len(asked) == 1


@pytest.mark.parametrize("step", ["status", "fetch"])
@pytest.mark.usefixtures("worker")
async def test_a_403_for_one_file_is_about_that_video_alone(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch, step: str
):
    usual = getattr(type(echo), step)

    async def answer(self: EchoWithKeys, call: Any, *given: Any) -> Any:
        if BAD in call.shot.prompt:
            raise ActionNeeded(FORBIDDEN)
        return await usual(self, call, *given)

    monkeypatch.setattr(type(echo), step, answer)
    key_id = await give_key(run, "first")
    job_id = await make_job(run, [f"{BAD} one", "a fox", "a hen"])

    async def settled() -> bool:
        takes = await videos(run, job_id)
        return [each.status for each in takes] == ["waiting", "completed", "completed"]

    await until(settled)
    assert (await key(run, key_id)).state == "ready"
    (lost, *_) = await videos(run, job_id)
    assert (lost.waiting_for, lost.error_type) == ("uncertain", "expired")
    assert FORBIDDEN in (lost.error_message or "")
    other = await make_job(run, ["a cow"])
    await until_status(run, other, "completed")


@pytest.mark.usefixtures("worker")
async def test_a_quota_of_one_model_rests_that_model_on_that_key_only(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    refuse(echo, monkeypatch, RetryLater("Quota of this model.", error_type=ErrorType.QUOTA, after=3600.0))
    key_id = await give_key(run, "first")
    job_id = await make_job(run, [f"{BAD} one"])

    async def rests() -> bool:
        return bool((await key(run, key_id)).resting_models)

    await until(rests)
    async with run.db.begin() as session:  # what is asked for next is another model's
        await session.execute(text("UPDATE credential_rests SET model = 'echo-other'"))
        await session.execute(text("UPDATE videos SET model = 'echo-other'"))
    other = await make_job(run, ["a fox"])
    await until_status(run, other, "completed")
    seen = await key(run, key_id)
    (rest,) = seen.resting_models
    assert (seen.state, rest.model, rest.error_type) == ("ready", "echo-other", "quota")
    assert seen.resting_until == rest.until
    (waiting,) = await videos(run, job_id)
    assert (waiting.status, waiting.waiting_for, waiting.retry_at) == ("queued", "cool_down", rest.until)
    assert "echo-other" in (waiting.wait_reason or "")
    await change_key(run, LOCAL_OWNER, key_id, KeyChange(enabled=True))
    assert (await key(run, key_id)).resting_until is None


@pytest.mark.usefixtures("worker")
async def test_a_shot_that_is_always_limited_holds_nobody_up(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    limit = RetryLater("Too many.", error_type=ErrorType.RATE_LIMITED, after=1.0)
    asked = refuse(echo, monkeypatch, limit)
    await give_key(run, "first", concurrency=1)
    job_id = await make_job(run, [f"{BAD} one", *(f"a {n}" for n in range(13))])

    async def others_are_there() -> bool:
        return sum(each.status == "completed" for each in await videos(run, job_id)) == 13

    await until(others_are_there)
    bad = sum(BAD in each for each in asked)
    assert bad <= 3, "it went behind the others after its first limit"
    (take, *_) = await videos(run, job_id)
    assert take.status == "queued" and take.retry_count == 0

    async def waits_alone() -> bool:
        take = (await videos(run, job_id))[0]
        return take.status == "queued" and "Others are accepted" in (take.error_message or "")

    await until(waits_alone)
    other = await make_job(run, ["a fox"])
    await until_status(run, other, "completed")
    await asyncio.sleep(0)


@pytest.mark.usefixtures("echo")
async def test_what_another_answer_stopped_stays_stopped_when_a_limit_was_one_of_the_shot(run: Runtime):
    key_id = uuid4()
    of_shot, of_key = (PaidRow(uuid4(), "echo", "echo-1", key_id) for _ in range(2))
    limit = RetryLater("Slower.", error_type=ErrorType.RATE_LIMITED, after=60.0)
    stop(run, of_shot, limit)
    lift(of_shot)
    assert rest_left(of_shot) == 0.0
    stop(run, of_key, limit)
    stop(run, of_shot, RetryLater("Slower.", error_type=ErrorType.RATE_LIMITED, after=600.0))
    lift(of_shot)
    assert 0.0 < rest_left(of_shot) <= 60.0, "the key itself still rests"
    stop(run, of_shot, limit)
    stop(run, of_key, RetryLater("Slower.", error_type=ErrorType.RATE_LIMITED, after=600.0))
    lift(of_shot)
    assert rest_left(of_shot) > 500.0


@pytest.mark.parametrize(
    ("status", "message", "kind", "unclear"),
    [
        (403, "Your request was blocked by our moderation system.", "Rejected", None),
        (403, "The prompt violates our content policy.", "Rejected", None),
        (403, "This image was flagged as unsafe.", "Rejected", None),
        (403, "Forbidden", "ActionNeeded", True),
        (403, "Your account was blocked for violating our content policy.", "ActionNeeded", True),
        (401, "Incorrect API key provided.", "ActionNeeded", False),
    ],
)
def test_what_a_refusal_of_a_create_is_about(status: int, message: str, kind: str, unclear: bool | None):
    api = object.__new__(Api)
    api.title, api._not_accepted = "Echo", {}  # pyright: ignore[reportPrivateUsage]  # of a service nobody asks
    error = api._refusal(Trouble(status, message))  # pyright: ignore[reportPrivateUsage]  # what is tested
    assert type(error).__name__ == kind
    assert getattr(error, "unclear", None) is unclear
