"""Decisions book what is known; what was made is fetched; what is gone is asked for anew, and costs."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from tests.jobs import accepted_keys, ledger, make_job, until, until_status, videos, view

from rushes.engine import cancel_rows
from rushes.engine.cancel_submission import cancel_submission
from rushes.engine.reconcile import tick
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import ErrorType, Expired, GenerationFailed, RetryLater
from rushes.jobs.actions import cancel_job, retry_failed
from rushes.library.actions import resolve
from rushes.money.budgets import read_budgets
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoProvider
from rushes.providers.video_contract import Finished, Output, Running
from rushes.settings import Settings

BILL = Decimal("0.103")
pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Few retries, so that a decision is soon needed."""
    return settings.model_copy(update={"network_retries": 1})


def answer(patch: pytest.MonkeyPatch, status: Callable[[], Finished | Running]) -> list[str]:
    """Let echo's status be that; returns the ids that were looked at."""
    looked: list[str] = []

    async def look(_: EchoProvider, call: Any, remote_id: str) -> Finished | Running:
        looked.append(remote_id)
        return status()

    patch.setattr(EchoProvider, "status", look)
    return looked


def fetching(patch: pytest.MonkeyPatch, error: Exception) -> None:
    async def fail(*_: object) -> None:
        raise error

    patch.setattr(EchoProvider, "fetch", fail)


async def undecided(run: Runtime, prompt: str = "a", **options: Any) -> tuple[Any, Any]:
    """A job whose one video needs a decision: the job's id and the video."""
    job_id = await make_job(run, [prompt], **options)

    async def waits() -> bool:
        return [each.waiting_for for each in await videos(run, job_id)] == ["uncertain"]

    await until(waits)
    (video,) = await videos(run, job_id)
    return job_id, video


@pytest.mark.parametrize(
    ("decision", "known", "booked"),
    [
        (Decision.GIVE_UP, BILL, BILL),
        (Decision.MADE, BILL, BILL),
        (Decision.GIVE_UP, None, Decimal(0)),
        (Decision.MADE, None, Decimal("0.01")),
    ],
)
async def test_a_decision_books_the_bill_that_was_read(
    run: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    decision: Decision,
    known: Decimal | None,
    booked: Decimal,
):
    answer(monkeypatch, lambda: Finished((Output(0),), cost=known))
    fetching(monkeypatch, Expired("the file is not there", step="fetch"))
    job_id, video = await undecided(run)
    await resolve(run, LOCAL_OWNER, video.video_id, decision)
    (row,) = await ledger(run, job_id)
    assert row.cost == booked
    assert (await view(run, job_id)).cost == booked


@pytest.mark.parametrize("error", [GenerationFailed("It broke."), RetryLater("Busy.")])
async def test_what_was_billed_and_gave_nothing_is_not_paid_for_again_automatically(
    run: Runtime, monkeypatch: pytest.MonkeyPatch, error: GenerationFailed | RetryLater
):
    answer(monkeypatch, lambda: Finished(failures={0: error}, cost=BILL))
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "failed")
    (video,) = await videos(run, job_id)
    assert "$0.103" in (video.error_message or "")
    assert ([row.cost for row in await ledger(run, job_id)], len(accepted_keys())) == ([BILL], 1)


async def cancelled(run: Runtime, job_id: Any) -> None:
    async def there() -> bool:
        return {row.state for row in await ledger(run, job_id)} == {"cancelled"}

    await until(there)


async def in_the_making(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, dict[str, Any]]:
    """A job that the provider is at; what it answers to looks is in the dict."""
    now: dict[str, Any] = {"answer": Running(poll_after=0.05)}
    answer(monkeypatch, lambda: now["answer"])
    job_id = await make_job(run, ["a"])

    async def sent() -> bool:
        return [row.state for row in await ledger(run, job_id)] == ["submitted"]

    await until(sent)
    return job_id, now


async def test_what_was_finished_before_the_cancel_is_fetched_by_a_retry_and_paid_once(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    job_id, now = await in_the_making(run, monkeypatch)
    told: list[str] = []

    async def cancel(_: EchoProvider, remote_id: str, credential: object) -> None:
        told.append(remote_id)

    monkeypatch.setattr(EchoProvider, "cancel", cancel)
    monkeypatch.setattr(EchoProvider, "limits", replace(EchoProvider.limits, poll_seconds=600.0))
    now["answer"] = Running(poll_after=600.0)
    await asyncio.sleep(0.1)  # the worker sleeps until long after the end
    now["answer"] = Finished((Output(0),), cost=BILL)
    await cancel_job(run, LOCAL_OWNER, job_id)
    await cancelled(run, job_id)
    (row,) = await ledger(run, job_id)
    assert (row.cost, row.finished_at is None) == (BILL, False)
    assert told == [], "a service that is told to cancel may delete what it made"
    await retry_failed(run, LOCAL_OWNER, job_id)
    await until_status(run, job_id, "completed")
    assert ([each.cost for each in await ledger(run, job_id)], len(accepted_keys())) == ([BILL], 1)


async def test_a_retry_that_comes_before_the_cancel_had_its_turn_continues_what_was_sent(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    job_id, now = await in_the_making(run, monkeypatch)
    turn, read = asyncio.Event(), cancel_rows.cancellable

    async def when_it_has_its_turn(session: Any, submission_id: Any) -> Any:
        await turn.wait()
        return await read(session, submission_id)

    monkeypatch.setattr(cancel_rows, "cancellable", when_it_has_its_turn)
    await cancel_job(run, LOCAL_OWNER, job_id)
    await retry_failed(run, LOCAL_OWNER, job_id)
    turn.set()
    now["answer"] = Finished((Output(0),), cost=BILL)
    await until_status(run, job_id, "completed")
    assert ([each.state for each in await ledger(run, job_id)], len(accepted_keys())) == (["completed"], 1)


async def test_a_cancelled_one_is_open_until_its_provider_says_what_became_of_it(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    job_id, now = await in_the_making(run, monkeypatch)
    await cancel_job(run, LOCAL_OWNER, job_id)
    await cancelled(run, job_id)
    (row,) = await ledger(run, job_id)
    assert row.cost is None
    await cancel_submission(run, str(row.id))
    assert [each.cost for each in await ledger(run, job_id)] == [None], "it may still be made"
    now["answer"] = Finished(failures={0: GenerationFailed("cancelled")})
    await cancel_submission(run, str(row.id))
    assert [each.cost for each in await ledger(run, job_id)] == [0]


async def test_a_cancelled_one_of_which_nobody_tells_counts_as_expected_after_a_while(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    job_id, _ = await in_the_making(run, monkeypatch)
    await cancel_job(run, LOCAL_OWNER, job_id)
    await cancelled(run, job_id)
    past = (
        "UPDATE submissions SET submitted_at = now() - interval '1 day', ended_at = now() - interval '1 day'"
    )
    async with run.db.begin() as session:
        await session.execute(text(past))
    await tick(run)

    async def settled() -> bool:
        return [each.cost for each in await ledger(run, job_id)] == [Decimal("0.01")]

    await until(settled)
    async with run.db.begin() as session:
        assert (await read_budgets(session, LOCAL_OWNER)).day.spent == Decimal("0.01")


async def test_a_known_id_is_looked_at_for_as_long_as_its_provider_keeps_it(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    failures = 12

    def flaky() -> Finished:
        nonlocal failures
        failures -= 1
        if failures > 0:
            raise RetryLater("Echo cannot be reached.", error_type=ErrorType.NETWORK)
        return Finished((Output(0),))

    answer(monkeypatch, flaky)
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


async def test_after_that_it_says_what_was_lost_and_why(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    def away() -> Finished:
        raise RetryLater("Echo cannot be reached.", error_type=ErrorType.NETWORK)

    answer(monkeypatch, away)
    job_id = await make_job(run, ["a"])

    async def failing() -> bool:
        return any(row.faults > 2 for row in await ledger(run, job_id))

    await until(failing)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE submissions SET submitted_at = now() - interval '2 days'"))

    async def waits() -> bool:
        return [each.waiting_for for each in await videos(run, job_id)] == ["uncertain"]

    await until(waits)
    (video,) = await videos(run, job_id)
    assert "24 hours" in (video.error_message or "")
    assert "Echo cannot be reached" in (video.error_message or "")


async def test_what_the_provider_does_not_have_any_more_is_asked_for_anew_and_says_that_it_costs(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    answer(monkeypatch, lambda: Finished((Output(0),), cost=BILL))
    fetch = EchoProvider.fetch
    with monkeypatch.context() as gone:
        fetching(gone, Expired("Echo answered 404", step="download"))
        job_id, video = await undecided(run)
        assert video.error_type == "expired"
        assert video.next_actor == "user", "it is no fault of Rushes"
    assert EchoProvider.fetch is fetch
    await resolve(run, LOCAL_OWNER, video.video_id, Decision.RETRY)
    await until_status(run, job_id, "completed")
    first, second = await ledger(run, job_id)
    assert (first.state, first.cost, second.state) == ("cancelled", BILL, "completed")
    assert len(accepted_keys()) == 2
