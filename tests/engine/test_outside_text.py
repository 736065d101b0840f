"""What a provider says is cleaned before it is stored; no unforeseen error leaves a take without a reason."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InvalidTextRepresentation, ProgramLimitExceeded
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError
from tests.jobs import accepted_keys, ledger, make_job, until_status, videos
from tests.keyed import EchoWithKeys, give_key, need_keys
from tests.waiting import until

from rushes.engine import internal_errors, upkeep
from rushes.engine import run as run_module
from rushes.engine.answers import checked_cost, checked_id, checked_status
from rushes.engine.ledger_batches import Ledger
from rushes.engine.runtime import Runtime
from rushes.engine.views import VideoView
from rushes.errors import ErrorType, ProviderChanged, Rejected, RetryLater
from rushes.platform.db.faults import database_is_away
from rushes.providers.video.echo import EchoOptions, EchoProvider, EchoSettings
from rushes.providers.video_contract import Call, Finished, Output, Running

SECRET = "secret-alpha-0000"


async def stored(run: Runtime, job_id: UUID) -> str:
    """Everything that was written of a job: takes, ledger, events, the key's row, failures of tasks."""
    async with run.db.statement() as session:
        found: list[Any] = [
            (await session.execute(text(f"SELECT to_jsonb(t) FROM {table} t"))).scalars().all()
            for table in ("videos", "submissions", "events", "task_failures", "jobs")
        ]
        found.append((await session.execute(text("SELECT state_reason, refused FROM credentials"))).all())
    return str(found)


@pytest.mark.parametrize(
    "quoted", [SECRET, "&quot;secret&#45;alpha-0000", "c2VjcmV0LWFscGhhLTAwMDA=", "secret%2Dalpha%2D0000"]
)
async def test_a_key_that_a_reply_quotes_is_stored_and_logged_nowhere(
    run: Runtime,
    worker: asyncio.Task[None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    quoted: str,
):
    keyed = need_keys(run, monkeypatch)
    await give_key(run, "alpha")
    keyed.fault = lambda _: Rejected(f"Your key {quoted} may not make this.")
    job = await make_job(run, ["one"])
    await until_status(run, job, "failed")
    [video] = await videos(run, job)
    assert video.error_message is not None and "may not make this" in video.error_message
    assert quoted not in await stored(run, job)
    assert quoted not in caplog.text


async def test_what_an_earlier_version_stored_is_shown_without_the_key(
    run: Runtime, worker: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
):
    keyed = need_keys(run, monkeypatch)
    await give_key(run, "alpha")
    keyed.fault = lambda _: Rejected("No.")
    job = await make_job(run, ["one"])
    await until_status(run, job, "failed")
    async with run.db.begin() as session:
        await session.execute(text("UPDATE videos SET error_message = :words"), {"words": f"{SECRET}\x1b"})
    [video] = await videos(run, job)
    assert video.error_message == "…\ufffd"


async def test_control_characters_of_a_reply_are_stored_as_none(run: Runtime, worker: asyncio.Task[None]):
    class Rude(EchoProvider):
        async def submit(self, call: Call[EchoOptions]) -> str:
            raise Rejected("no\0\x1b[31m\ud800\u202e!")

    run.providers._built["echo"] = Rude(EchoSettings())  # pyright: ignore[reportPrivateUsage]
    job = await make_job(run, ["one"])
    await until_status(run, job, "failed")
    [video] = await videos(run, job)
    assert video.error_message == "no\ufffd\ufffd[31m\ufffd\ufffd!"


@pytest.mark.parametrize("remote_id", ["", "a\0b", "a\ud800", "a\nb", "x" * 100_000, "\x1b[2J"])
def test_an_id_that_cannot_be_kept_is_none(remote_id: str):
    with pytest.raises(ProviderChanged):
        checked_id(remote_id)


async def test_an_id_that_cannot_be_kept_leaves_no_take_in_progress_and_spoils_no_other(
    run: Runtime, worker: asyncio.Task[None]
):
    class Odd(EchoProvider):
        async def submit(self, call: Call[EchoOptions]) -> str:
            remote_id = await super().submit(call)
            return "a\0b" if "odd" in call.shot.prompt else remote_id

        async def find(self, call: Call[EchoOptions]) -> str | None:
            return "a\0b" if "odd" in call.shot.prompt else None

    run.providers._built["echo"] = Odd(EchoSettings())  # pyright: ignore[reportPrivateUsage]
    job = await make_job(run, ["odd", "good", "good too"])

    async def settled(views: list[VideoView]) -> bool:
        return [view.status for view in views] == ["waiting", "completed", "completed"]

    await until_videos(run, job, settled)
    odd = (await videos(run, job))[0]
    assert odd.waiting_for == "uncertain" and odd.error_type is ErrorType.PROVIDER_CHANGED
    assert len(accepted_keys()) == 3, "nothing was sent again on a guess"


async def until_videos(run: Runtime, job: UUID, there: Callable[[list[VideoView]], Any]) -> None:
    async def done() -> bool:
        return bool(await there(await videos(run, job)))

    await until(done)


async def test_a_statement_that_is_refused_parks_the_take_and_is_shown_by_health(
    run: Runtime,
    worker: asyncio.Task[None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    """A bug of ours, after it was accepted: tried a few times, then its owner is told; the others go on."""
    complete = Ledger._complete  # pyright: ignore[reportPrivateUsage]

    async def refuse(self: Ledger, takes: Any) -> Any:
        if any(take.stored.duration_seconds > 2 for take in takes):
            raise DataError("UPDATE", {}, InvalidTextRepresentation("invalid input syntax for type numeric"))
        return await complete(self, takes)

    monkeypatch.setattr(Ledger, "_complete", refuse)
    run.ledger = Ledger(run.db, run.worker)
    bad = await make_job(run, ["bad"], duration_seconds=4)
    good = await make_job(run, ["good"])
    await until_status(run, good, "completed")

    async def parked(views: list[VideoView]) -> bool:
        return views[0].status == "waiting"

    await until_videos(run, bad, parked)
    [video] = await videos(run, bad)
    assert (video.waiting_for, video.error_type) == ("uncertain", ErrorType.INTERNAL)
    assert video.error_message is not None
    assert "invalid input syntax for type numeric" in video.error_message
    assert len(accepted_keys()) == 2
    async with run.db.statement() as session:
        [failure] = await upkeep.task_failures(session)
    [row] = await ledger(run, bad)
    assert failure.tries == internal_errors.MOST_TRIES
    assert str(row.id) in failure.subject
    assert str(video.video_id) in caplog.text and str(row.id) in caplog.text


async def test_what_was_never_sent_fails_and_is_not_uncertain(
    run: Runtime, worker: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
):
    """As with options that an earlier version took: nothing can be asked for with them, and nothing was."""

    async def broken(*_given: object) -> None:
        raise ValueError("no such option any more")

    monkeypatch.setattr(run_module, "_call", broken)
    job = await make_job(run, ["one"])
    await until_status(run, job, "failed")
    [video] = await videos(run, job)
    assert video.error_type is ErrorType.INTERNAL
    assert video.error_message is not None and "no such option any more" in video.error_message
    assert [row.state for row in await ledger(run, job)] == ["released"]
    assert accepted_keys() == []


def test_a_row_that_is_too_large_is_no_database_that_is_away():
    assert not database_is_away(OperationalError("INSERT", {}, ProgramLimitExceeded("index row size 9000")))
    assert database_is_away(OperationalError("INSERT", {}, Exception("server closed the connection")))


@pytest.mark.parametrize(
    ("cost", "kept"),
    [
        ("1e20", None),
        ("NaN", None),
        ("Infinity", None),
        ("-1", None),
        ("0.1234567", "0.123457"),
        ("1000000", "1000000"),
    ],
)
def test_a_cost_that_the_ledger_cannot_hold_is_not_believed(cost: str, kept: str | None):
    checked = checked_cost(Decimal(cost))
    assert checked == (None if kept is None else Decimal(kept))
    answer = checked_status(Finished((Output(0),), cost=Decimal(cost)))
    assert isinstance(answer, Finished) and answer.cost == checked


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (Running(float("nan"), float("inf")), Running()),
        (Running(7.0, 1e9), Running(1.0, 600.0)),
        (Running(-1.0, 0.0), Running(0.0, 0.02)),
    ],
)
def test_progress_and_waits_of_an_answer_are_in_range(answer: Running, kept: Running):
    assert checked_status(answer) == kept


async def test_a_wait_for_ever_is_no_doubt(
    run: Runtime, worker: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
):
    """`Retry-After: inf` with a 429: the key rests as usual, and the shot is made."""
    keyed: EchoWithKeys = need_keys(run, monkeypatch)
    await give_key(run, "alpha")
    faults: list[Exception] = [
        RetryLater("Slow.", error_type=ErrorType.RATE_LIMITED, after=float("inf")),
        RetryLater("Slow.", error_type=ErrorType.RATE_LIMITED, after=float("nan")),
    ]
    keyed.fault = lambda _: faults.pop() if faults else None
    job = await make_job(run, ["one"])
    await until_status(run, job, "completed")
    assert [row.state for row in await ledger(run, job)] == ["released", "released", "completed"]
