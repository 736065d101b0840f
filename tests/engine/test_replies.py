"""What a provider answered is a fact: kept while the database is away, and by a worker that comes late."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from tests.conftest import PostgresServer
from tests.jobs import accepted_keys, ledger, make_job, until, until_status, videos, view
from tests.serving import working

from rushes.engine import accept
from rushes.engine.dispatch import dispatch_now
from rushes.engine.ledger_batches import Ledger
from rushes.engine.replies import FILE_NAME, Replies
from rushes.engine.run import make_videos
from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import Rejected, RetryLater, SystemFault
from rushes.providers.video.echo import EchoProvider
from rushes.settings import Settings


@dataclass
class Gate:
    """Creates wait here: `after` they were accepted, or (`before`) before anything is sent."""

    inside: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def passed(self) -> None:
        self.inside += 1
        await self.open.wait()

    async def holds(self, count: int) -> None:
        async def there() -> bool:
            return self.inside >= count

        await until(there)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The provider has accepted, and its answer is on the way until the gate opens."""
    gate, submit = Gate(), EchoProvider.submit

    async def held(self: EchoProvider, call: Any) -> str:
        remote_id = await submit(self, call)
        await gate.passed()
        return remote_id

    monkeypatch.setattr(EchoProvider, "submit", held)
    return gate


@dataclass
class Database:
    """A test's database, which can be away."""

    server: PostgresServer
    name: str

    def goes_away(self) -> None:
        """Break every connection and take no new one, as a restart does."""
        self.server.execute(
            f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'",
        )

    async def is_back(self, run: Runtime) -> None:
        """Take connections again; the test's own broken ones are replaced."""
        self.server.execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")

        async def answers() -> bool:
            try:
                await run.db.ping()
            except SystemFault:
                return False
            return True

        await until(answers)


@pytest.fixture
def database(postgres: PostgresServer, database_url: str) -> Database:
    return Database(postgres, make_url(database_url).database or "")


def lines_of(settings: Settings) -> int:
    file = settings.data_dir / FILE_NAME
    return len(file.read_text().splitlines()) if file.exists() else 0


async def in_the_file(settings: Settings, count: int) -> None:
    async def there() -> bool:
        return lines_of(settings) == count

    await until(there)


async def uncertain_ever(run: Runtime) -> int:
    async with run.db.begin() as session:
        return int(
            await session.scalar(
                text("SELECT count(*) FROM events WHERE data ->> 'waiting_for' = 'uncertain'")
            )
            or 0
        )


async def test_ids_that_come_while_the_database_is_away_are_kept_by_the_living_process(
    settings: Settings, answers: Gate, database: Database
):
    async with open_runtime(settings) as run, working(run):
        job_id = await make_job(run, [f"a {n}" for n in range(8)], findable=False)
        await answers.holds(8)
        database.goes_away()
        answers.open.set()
        await in_the_file(settings, 8)
        await database.is_back(run)
        await until_status(run, job_id, "completed")
        assert await uncertain_ever(run) == 0
        assert len(accepted_keys()) == len(set(accepted_keys())) == 8
        assert {row.attempt for row in await ledger(run, job_id)} == {1}
        assert lines_of(settings) == 0, "what is in the ledger need not be kept"


async def test_ids_in_the_file_are_read_by_the_next_start(
    settings: Settings, answers: Gate, database: Database
):
    async with open_runtime(settings) as run:
        async with working(run):
            job_id = await make_job(run, ["a", "b"], findable=False)
            await answers.holds(2)
            database.goes_away()
            answers.open.set()
            await in_the_file(settings, 2)
        await database.is_back(run)
        assert {row.remote_id for row in await ledger(run, job_id)} == {None}
    with (settings.data_dir / FILE_NAME).open("a") as file:
        file.write('{"id": "cut short by the cr')
    async with open_runtime(settings) as run, working(run):
        await until_status(run, job_id, "completed")
        assert await uncertain_ever(run) == 0
    assert len(accepted_keys()) == 2


async def test_refusals_that_come_while_the_database_is_away_leave_nothing_uncertain(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, database: Database
):
    gate, submit, times = Gate(), EchoProvider.submit, 0

    async def refuse_at_first(self: EchoProvider, call: Any) -> str:
        nonlocal times
        times += 1
        if times > 4:
            return await submit(self, call)
        await call.confirm()
        await gate.passed()
        raise RetryLater("Too many at once.", after=0.0)

    monkeypatch.setattr(EchoProvider, "submit", refuse_at_first)
    async with open_runtime(settings) as run, working(run):
        job_id = await make_job(run, ["a", "b", "c", "d"], findable=False)
        await gate.holds(4)
        database.goes_away()
        gate.open.set()
        await in_the_file(settings, 4)
        await database.is_back(run)
        await until_status(run, job_id, "completed")
        assert await uncertain_ever(run) == 0
    assert len(accepted_keys()) == 4


def another(run: Runtime) -> Runtime:
    """A second worker on the same database, with a data folder of its own."""
    ledger = Ledger(run.db, "other")
    folder = run.settings.data_dir / "other"
    folder.mkdir()
    return dataclasses.replace(
        run, worker="other", ledger=ledger, replies=Replies(ledger, folder), under_way={}
    )


async def begun(
    run: Runtime, step: Callable[[Runtime, str], Awaitable[None]]
) -> tuple[UUID, asyncio.Task[None]]:
    job_id = await make_job(run, ["a"], findable=False)
    await dispatch_now(run, "echo")
    (row,) = await ledger(run, job_id)
    return job_id, asyncio.ensure_future(step(run, str(row.id)))


async def test_a_worker_that_comes_late_hands_its_id_over(run: Runtime, answers: Gate):
    """It was silent after sending; the new owner could only call it uncertain. The id settles that."""
    job_id, late = await begun(run, make_videos)
    await answers.holds(1)
    (row,) = await ledger(run, job_id)
    await make_videos(another(run), str(row.id))
    (video,) = await videos(run, job_id)
    assert (video.status, video.waiting_for) == ("waiting", "uncertain")
    answers.open.set()
    await late
    async with working(run):
        await until_status(run, job_id, "completed")
    (row,) = await ledger(run, job_id)
    assert (row.state, row.remote_id, accepted_keys()) == ("completed", str(row.id), [str(row.id)])


async def test_a_refusal_that_comes_late_lets_it_be_asked_for_again(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    gate, submit = Gate(), EchoProvider.submit

    async def refuse(_: EchoProvider, call: Any) -> str:
        await call.confirm()
        await gate.passed()
        raise Rejected("Not this.")

    monkeypatch.setattr(EchoProvider, "submit", refuse)
    job_id, late = await begun(run, make_videos)
    await gate.holds(1)
    (row,) = await ledger(run, job_id)
    await make_videos(another(run), str(row.id))
    gate.open.set()
    await late
    monkeypatch.setattr(EchoProvider, "submit", submit)
    async with working(run):
        await until_status(run, job_id, "completed")
    assert accepted_keys() == [str(row.id)]


async def test_another_id_for_the_same_submission_is_not_written_over_the_first(run: Runtime, answers: Gate):
    job_id, late = await begun(run, make_videos)
    await answers.holds(1)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE submissions SET remote_id = 'first', state = 'submitted'"))
    answers.open.set()
    await late
    (row,) = await ledger(run, job_id)
    assert (row.state, row.remote_id) == ("submitted", "first")


async def test_it_is_a_claim_until_its_first_byte_and_a_crash_before_that_asks_nobody(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    preparing, sent, submit = Gate(), Gate(), EchoProvider.submit

    async def slowly(self: EchoProvider, call: Any) -> str:
        await preparing.passed()
        await call.confirm()
        await sent.passed()
        return await submit(self, call)

    monkeypatch.setattr(EchoProvider, "submit", slowly)
    job_id, late = await begun(run, make_videos)
    await preparing.holds(1)
    (row,) = await ledger(run, job_id)
    assert (row.state, row.sent_at) == ("claimed", None)
    gone, preparing.open = preparing.open, asyncio.Event()  # the first process stands still here
    preparing.open.set()
    following = asyncio.ensure_future(make_videos(another(run), str(row.id)))
    await sent.holds(1)
    (row,) = await ledger(run, job_id)
    assert (row.state, row.sent_by) == ("submitting", "other")
    sent.open.set()
    await following
    gone.set()  # and finds, when it awakes, that it may not send
    await late
    assert (await view(run, job_id)).waiting_videos == 0
    assert accepted_keys() == [str(row.id)]


async def test_a_refusal_is_written_before_anything_else_is_done_about_it(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    class KilledError(BaseException):
        pass

    async def killed(*_: object, **__: object) -> None:
        raise KilledError

    submit = EchoProvider.submit

    async def busy(_: EchoProvider, call: Any) -> str:
        await call.confirm()
        raise RetryLater("Too many at once.", after=0.0)

    monkeypatch.setattr(EchoProvider, "submit", busy)
    with monkeypatch.context() as dying:
        dying.setattr(accept, "_refused", killed)
        job_id, task = await begun(run, make_videos)
        with pytest.raises(KilledError):
            await task
    (row,) = await ledger(run, job_id)
    assert row.state == "claimed"
    monkeypatch.setattr(EchoProvider, "submit", submit)
    async with working(run):
        await until_status(run, job_id, "completed")
    assert accepted_keys() == [str(row.id)]


async def test_what_fails_while_it_is_prepared_was_not_sent_and_is_tried_again(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    submit, times = EchoProvider.submit, 0

    async def broken_at_first(self: EchoProvider, call: Any) -> str:
        nonlocal times
        times += 1
        if times < 3:
            raise OSError("a start image cannot be read")
        return await submit(self, call)

    monkeypatch.setattr(EchoProvider, "submit", broken_at_first)
    async with working(run):
        job_id = await make_job(run, ["a"], findable=False)
        await until_status(run, job_id, "completed")
        assert await uncertain_ever(run) == 0
    assert len(accepted_keys()) == 1


async def test_what_cannot_be_prepared_at_all_fails_and_costs_nothing(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    async def broken(_: EchoProvider, call: Any) -> str:
        raise OSError("a start image cannot be read")

    monkeypatch.setattr(EchoProvider, "submit", broken)
    async with working(run):
        job_id = await make_job(run, ["a"], findable=False)
        await until_status(run, job_id, "failed")
    (video,), (row,) = await videos(run, job_id), await ledger(run, job_id)
    assert (video.error_type, row.state, row.cost) == ("internal", "released", None)


async def test_two_tasks_for_one_submission_in_one_process_work_one_after_the_other(
    run: Runtime, answers: Gate
):
    """As after a suspension of the machine, when the queue takes this very process for dead."""
    job_id, first = await begun(run, make_videos)
    await answers.holds(1)
    (row,) = await ledger(run, job_id)
    second = asyncio.ensure_future(make_videos(run, str(row.id)))
    await asyncio.sleep(0.05)
    answers.open.set()
    await asyncio.gather(first, second)
    assert (await view(run, job_id)).waiting_videos == 0
    assert await uncertain_ever(run) == 0
    assert run.under_way == {}
