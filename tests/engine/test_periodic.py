"""Periodic tasks and tasks of the queue that fail: logged, counted, told by health, and run again."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest
from psycopg import errors as postgres_errors
from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from tests.jobs import make_job, until, until_status
from tests.serving import Served

from rushes import worker as worker_module
from rushes.cli._doctor_upkeep import check_upkeep
from rushes.cli._verdict import Check
from rushes.engine import upkeep
from rushes.engine.periodic import Periodic, keep_running
from rushes.engine.runtime import Runtime
from rushes.engine.upkeep_views import PeriodicState, PeriodicTaskView, TaskFailureView
from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.faults import database_is_away, in_a_line
from rushes.worker import periodic_tasks, run_worker


@asynccontextmanager
async def running(run: Runtime, task: Periodic) -> AsyncGenerator[asyncio.Task[None]]:
    kept = asyncio.create_task(keep_running(run, task))
    try:
        yield kept
    finally:
        kept.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await kept


async def fares(run: Runtime, name: str, *, workers: bool = True) -> PeriodicTaskView:
    async with run.db.statement() as session:
        tasks = await upkeep.periodic_tasks(session, workers=workers)
    return next(each for each in tasks if each.name == name)


class Round:
    """A periodic task's work: fails as often as told with what it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.rounds = 0

    async def __call__(self, _run: Runtime) -> None:
        self.rounds += 1
        if self.failures:
            raise self.failures.pop(0)

    async def has_run(self, times: int) -> None:
        async def enough() -> bool:
            return self.rounds >= times

        await until(enough)


async def test_a_round_that_fails_in_any_way_is_logged_once_with_its_traceback_and_run_again(
    run: Runtime, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    work = Round(*[AttributeError("'NoneType' object has no attribute 'split'")] * 5)
    async with running(run, Periodic("tidy up", 0.01, work)) as kept:
        await work.has_run(7)
        assert not kept.done()
    told = [each for each in caplog.records if each.getMessage().startswith("tidy up failed")]
    assert [each.exc_info is not None for each in told] == [True, False, False]
    assert [each.getMessage().split(":")[0] for each in told[1:]] == [
        "tidy up failed 2 times in a row",
        "tidy up failed 4 times in a row",
    ]
    assert "tidy up succeeded after 5 failures" in caplog.text
    seen = await fares(run, "tidy up")
    assert (seen.state, seen.failures, seen.failures_in_a_row) == (PeriodicState.OK, 5, 0)
    assert seen.last_error == "AttributeError: 'NoneType' object has no attribute 'split'"
    assert seen.last_success_at and seen.last_failure_at and seen.last_success_at > seen.last_failure_at


async def test_another_process_sees_that_a_round_fails(run: Runtime):
    async def always(_run: Runtime) -> None:
        raise ValueError("no such thing")

    async with running(run, Periodic("tidy up", 0.01, always)):

        async def often() -> bool:
            with contextlib.suppress(StopIteration, RuntimeError):
                return (await fares(run, "tidy up")).failures_in_a_row >= 3
            return False

        await until(often)
    seen = await fares(run, "tidy up")
    assert (seen.state, seen.last_error, seen.last_success_at) == (
        PeriodicState.FAILING,
        "ValueError: no such thing",
        None,
    )
    checks = await check_upkeep(run)
    found = {check.name: check for check in checks}["Periodic tasks"]
    assert found.verdict == "broken"
    assert "tidy up failed" in found.found and "no such thing" in found.found
    assert "last success: never" in found.found


async def test_what_was_said_while_the_database_was_away_is_counted_when_it_is_back(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    """Also when the next round is one that succeeds."""
    work, real = Round(*[ValueError("x")] * 4), upkeep.round_ended

    async def away(*_args: object, **_given: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr(upkeep, "round_ended", away)
    async with running(run, Periodic("tidy up", 0.01, work)):
        await work.has_run(5)
        monkeypatch.setattr(upkeep, "round_ended", real)

        async def all_counted() -> bool:
            return (await fares(run, "tidy up")).failures == 4

        await until(all_counted)
    seen = await fares(run, "tidy up")
    assert (seen.state, seen.failures_in_a_row, seen.last_error) == (PeriodicState.OK, 0, "ValueError: x")


async def test_a_task_of_which_nothing_is_heard_is_overdue_as_long_as_there_are_workers(run: Runtime):
    async with run.db.begin() as session:
        await upkeep.round_started(session, "tidy up", "a machine", 30.0)
        await upkeep.round_ended(session, "tidy up", "a machine", succeeded=True)
        await session.execute(
            text(
                "UPDATE periodic_tasks SET started_at = now() - interval '11 minutes',"
                " succeeded_at = now() - interval '11 minutes'"
            )
        )
    assert (await fares(run, "tidy up", workers=True)).state is PeriodicState.OVERDUE
    assert (await fares(run, "tidy up", workers=False)).state is PeriodicState.OK


async def test_a_machine_that_is_gone_does_not_fail_for_ever(run: Runtime):
    async with run.db.begin() as session:
        for machine, error in (("gone", "ValueError: x"), ("here", None)):
            await upkeep.round_started(session, "tidy up", machine, 30.0)
            await upkeep.round_ended(
                session,
                "tidy up",
                machine,
                succeeded=error is None,
                failures=int(error is not None),
                error=error,
            )
    seen = await fares(run, "tidy up")
    assert (seen.state, seen.failures_in_a_row) == (PeriodicState.FAILING, 1)
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE periodic_tasks SET failed_at = now() - interval '1 hour' WHERE machine = 'gone'")
        )
    seen = await fares(run, "tidy up")
    assert (seen.state, seen.failures, seen.last_error) == (PeriodicState.OK, 1, "ValueError: x")


async def test_a_worker_whose_rounds_all_fail_still_makes_videos_and_says_so(
    server: Served, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    """`server` began well; from here on every look at its rows meets a bug."""

    async def broken(_run: Runtime) -> None:
        raise AttributeError("a bug")

    for task in periodic_tasks(server.run):
        monkeypatch.setattr(worker_module, task.run.__name__, broken)
    job_id = await make_job(server.run, ["a"])
    worker = asyncio.create_task(run_worker(server.run))
    try:

        async def all_told() -> bool:
            health = (await client.get("/api/health")).json()
            failing = {task["name"] for task in health["periodic_tasks"] if task["state"] == "failing"}
            return failing == {task.name for task in periodic_tasks(server.run)}

        await until(all_told)
        assert not worker.done()
        health = (await client.get("/api/health")).json()
        assert health["status"] == "degraded"
        assert {task["last_error"] for task in health["periodic_tasks"]} == {"AttributeError: a bug"}
        await until_status(server.run, job_id, "completed")
    finally:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


async def failing(run: Runtime) -> list[TaskFailureView]:
    async with run.db.statement() as session:
        return await upkeep.task_failures(session)


async def tasks_check(run: Runtime) -> Check:
    return {check.name: check for check in await check_upkeep(run)}["Tasks"]


@pytest.mark.parametrize(
    "error",
    [
        DataError("INSERT", {}, postgres_errors.UntranslatableCharacter("a NUL\nDETAIL: x")),
        IntegrityError("INSERT", {}, postgres_errors.UniqueViolation("twice")),
        KeyError("no such row"),
    ],
    ids=["bad data", "twice", "a bug"],
)
async def test_a_task_that_fails_unforeseen_is_logged_with_its_ids_counted_and_forgotten_when_it_succeeds(
    run: Runtime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
):
    real, calls = worker_module.dispatch, 0

    async def broken(*args: object, **given: object) -> None:
        nonlocal calls
        calls += 1
        if calls <= 2:
            raise error
        await real(*args, **given)  # pyright: ignore[reportArgumentType]  # as it is bound

    broken.__name__ = real.__name__
    others = [task for task in worker_module.TASKS if task is not real]
    monkeypatch.setattr(worker_module, "TASKS", (*others, broken))
    monkeypatch.setattr(worker_module, "CARRY_ON", worker_module.RetryStrategy(max_attempts=10))
    caplog.set_level(logging.INFO)
    job_id = await make_job(run, ["a"])
    worker = asyncio.create_task(run_worker(run))
    try:
        await until_status(run, job_id, "completed")

        async def forgotten() -> bool:
            return not await failing(run)

        await until(forgotten)
    finally:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
    told = [each for each in caplog.records if each.name == "rushes.engine.unforeseen"]
    assert '"provider": "echo"' in told[0].getMessage()
    assert in_a_line(error) in told[0].getMessage()
    assert told[0].exc_info is not None
    assert [each.levelname for each in told] == ["ERROR"] * len(told)


async def test_an_error_of_the_database_shows_nothing_that_was_sent(run: Runtime):
    for begun in (run.db.begin, run.db.statement):
        with pytest.raises(DBAPIError) as refused:
            async with begun() as session:
                await session.execute(text("SELECT CAST(:word AS integer)"), {"word": "a-secret-word"})
        assert "[SQL: " in str(refused.value)
        assert "parameters: {" not in str(refused.value)


async def test_health_and_the_doctor_tell_of_tasks_that_fail(server: Served, client: httpx.AsyncClient):
    told = ("rushes:make_videos", '{"submission_id": "1"}', "E: x")
    async with server.run.db.begin() as session:
        assert [await upkeep.task_failed(session, *told) for _ in range(3)] == [1, 2, 3]
    health = (await client.get("/api/health")).json()
    assert health["status"] == "degraded"
    (failure,) = health["task_failures"]
    assert (failure["task"], failure["subject"], failure["tries"]) == (*told[:2], 3)
    check = await tasks_check(server.run)
    assert (check.verdict, check.found) == (
        "note",
        'make_videos {"submission_id": "1"} failed 3 times (E: x).',
    )


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("x", {}, postgres_errors.AdminShutdown("terminating connection")), True),
        (SystemFault("gone", error_type=ErrorType.DATABASE), True),
        (SystemFault("full", error_type=ErrorType.DISK_FULL), False),
        (DataError("x", {}, Exception("NUL")), False),
        (IntegrityError("x", {}, Exception("twice")), False),
        (postgres_errors.AdminShutdown("terminating connection"), True),
        (postgres_errors.UniqueViolation("twice"), False),
        (ValueError("x"), False),
    ],
)
def test_a_database_that_is_away_is_told_from_a_statement_that_it_refuses(error: Exception, away: bool):
    assert database_is_away(error) is away
