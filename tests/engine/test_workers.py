"""Several workers, dead workers, workers that only seem dead, and a database that goes away."""

import asyncio
import contextlib
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.jobs import accepted_keys, folder, ledger, make_job, until, until_status, view
from tests.keyed import give_key, need_keys
from tests.serving import working
from tests.waiting import result_of

from rushes.engine import ledger as ledger_queries
from rushes.engine import reconcile as net
from rushes.engine import reconcile_rows as net_queries
from rushes.engine.claim import Terms, claim
from rushes.engine.reconcile import tick
from rushes.engine.reply_rows import Reply, WrittenReply
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import SubmissionChanges
from rushes.engine.workers import workers_alive
from rushes.errors import ErrorType, NotFound, RetryLater
from rushes.ops.ownership import MARK
from rushes.ops.sweep import sweep
from rushes.platform.db.engine import Executor
from rushes.providers.video.echo import EchoOptions, EchoProvider
from rushes.providers.video_contract import Call
from rushes.settings import Settings
from rushes.worker import check_queues, run_worker


async def sent(run: Runtime, job_id: UUID, count: int) -> None:
    async def all_sent() -> bool:
        return [row.state for row in await ledger(run, job_id)].count("submitted") == count

    await until(all_sent)


async def test_a_worker_that_stops_hands_its_work_to_the_next(run: Runtime):
    async with working(run):
        job_id = await make_job(run, ["a", "b", "c"], delay_seconds=600)
        await sent(run, job_id, 3)
    assert (await view(run, job_id)).completed_videos == 0
    async with run.db.begin() as session:  # time passes: echo is done with them
        await session.execute(text("UPDATE videos SET options = jsonb_set(options, '{delay_seconds}', '0')"))
    async with working(run):
        await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 3


async def test_a_silent_worker_loses_its_tasks_and_changes_nothing_any_more(run: Runtime):
    job_id = await make_job(run, ["a"], delay_seconds=600)
    async with working(run):
        await sent(run, job_id, 1)
        (row,) = await ledger(run, job_id)
        async with run.db.begin() as session:
            (taken,) = await ledger_queries.take_over(session, [row.id], "another worker")
            assert taken is not None
        async with run.db.begin() as session:
            assert not await ledger_queries.end_submission(
                session, row.id, run.worker, SubmissionChanges.COMPLETE
            )
            assert await ledger_queries.record_fault(session, row.id, run.worker, "late") is None
    (row,) = await ledger(run, job_id)
    assert (row.state, row.worker) == ("submitted", "another worker")


async def test_a_remote_id_that_cannot_be_stored_harms_no_other_submission(run: Runtime):
    job_id = await make_job(run, ["a", "b", "c"], delay_seconds=600)
    async with run.db.begin() as session:
        await claim(session, Terms("echo", "Echo", concurrency=10, outputs_per_call=1))
    rows = await ledger(run, job_id)
    assert all(await asyncio.gather(*(run.ledger.take_over(row.id) for row in rows)))
    ids = ("remote-0", "remote\0one", "remote-2")
    answers = await asyncio.gather(
        *(run.ledger.accepted(Reply(row.id, run.worker, each)) for row, each in zip(rows, ids, strict=True)),
        return_exceptions=True,
    )
    assert all(isinstance(answers[at], WrittenReply) for at in (0, 2))
    assert isinstance(answers[1], DBAPIError)
    kept = {row.id: row.remote_id for row in await ledger(run, job_id)}
    assert [kept[row.id] for row in rows] == ["remote-0", None, "remote-2"]


async def test_tasks_of_a_dead_worker_are_taken_over_when_it_has_been_silent_for_long(run: Runtime):
    job_id = await make_job(run, ["a"])
    manager = run.queue.job_manager
    dead = await manager.register_worker()
    task = await manager.fetch_job(queues=None, worker_id=dead)
    assert task is not None
    await net.recover(run, alone=False)
    assert await manager.fetch_job(queues=None, worker_id=dead) is None, "it may still be alive"
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        )
    async with working(run):
        await until_status(run, job_id, "completed")


async def test_the_net_takes_up_a_submission_that_has_no_task(run: Runtime):
    job_id = await make_job(run, ["a"], delay_seconds=0.5)
    async with working(run):
        await sent(run, job_id, 1)
    async with run.db.begin() as session:
        await session.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
    await tick(run)
    async with working(run):
        await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


async def test_the_net_takes_up_a_submission_whose_job_was_deleted(run: Runtime):
    job_id = await make_job(run, ["a"], delay_seconds=600)
    async with working(run):
        await sent(run, job_id, 1)
    async with run.db.begin() as session:
        await session.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
        await session.execute(text("DELETE FROM jobs"))
    async with working(run):

        async def cancelled() -> bool:
            return [row.state for row in await ledger(run, job_id)] == ["cancelled"]

        await until(cancelled)


async def test_a_crash_between_sending_and_noting_it_is_looked_up(run: Runtime):
    """The row says `submitting`, echo has accepted: nothing may be sent again."""
    job_id = await make_job(run, ["a"], delay_seconds=0.5)
    async with working(run):
        await sent(run, job_id, 1)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE submissions SET state = 'submitting', remote_id = NULL"))
    async with working(run):
        await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


async def test_what_may_have_been_accepted_is_not_given_back_while_nobody_can_be_asked(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    job_id = await make_job(run, ["a"], delay_seconds=0.3)
    async with working(run):
        await sent(run, job_id, 1)
    async with run.db.begin() as session:  # as a crash between the call and the note leaves it
        await session.execute(text("UPDATE submissions SET state = 'submitting', remote_id = NULL"))
    find, asked = EchoProvider.find, 0

    async def unreachable_at_first(self: EchoProvider, call: Call[EchoOptions]) -> object:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise RetryLater("Echo cannot be reached.", error_type=ErrorType.RATE_LIMITED, after=0.01)
        return await find(self, call)

    monkeypatch.setattr(EchoProvider, "find", unreachable_at_first)
    async with working(run):
        await until_status(run, job_id, "completed")
    (row,) = await ledger(run, job_id)
    assert (accepted_keys(), asked) == ([str(row.id)], 3)


async def test_what_may_have_been_accepted_waits_for_its_own_key_though_there_is_another(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    need_keys(run, monkeypatch)
    key_id = await give_key(run, "first")
    job_id = await make_job(run, ["a"], delay_seconds=0.3)
    async with working(run):
        await sent(run, job_id, 1)
    async with run.db.begin() as session:  # as a crash between the call and the note leaves it
        await session.execute(text("UPDATE submissions SET state = 'submitting', remote_id = NULL"))
        sealed = await session.scalar(text("SELECT secret FROM credentials"))
        await session.execute(text("UPDATE credentials SET secret = 'sealed with a key that is gone'"))
    await give_key(run, "second")

    async def looked_at() -> bool:
        rows = await ledger(run, job_id)
        return len(rows) > 1 or rows[0].faults > 0

    async with working(run):
        await until(looked_at)
        async with run.db.begin() as session:
            await session.execute(
                text("UPDATE credentials SET secret = :sealed WHERE id = :id"),
                {"sealed": sealed, "id": key_id},
            )
        await until_status(run, job_id, "completed")
    (row,) = await ledger(run, job_id)
    assert accepted_keys() == [str(row.id)]


async def test_a_crash_before_sending_is_sent(run: Runtime):
    """The row says `submitting`, echo knows nothing of it: the same key is sent, once."""
    job_id = await make_job(run, ["a"], delay_seconds=0.3)
    async with working(run):
        await sent(run, job_id, 1)
    (row,) = await ledger(run, job_id)
    echo = run.providers.get("echo")
    assert isinstance(echo, EchoProvider)
    echo.forget()
    async with run.db.begin() as session:
        await session.execute(text("UPDATE submissions SET state = 'submitting', remote_id = NULL"))
    async with working(run):
        await until_status(run, job_id, "completed")
    assert accepted_keys() == [str(row.id)]


async def test_two_workers_share_a_job_and_send_nothing_twice(run: Runtime, settings: Settings):
    async with working(run):
        second = settings.model_copy(update={"data_dir": settings.data_dir})
        async with open_runtime(second) as other, working(other):
            job_id = await make_job(other, [f"shot {n}" for n in range(30)], delay_seconds=0.1)
            await until_status(other, job_id, "completed")
    keys = accepted_keys()
    assert len(keys) == len(set(keys)) == 30


async def test_work_goes_on_after_the_database_cut_every_connection(run: Runtime, database_url: str):
    async with working(run):
        job_id = await make_job(run, [f"shot {n}" for n in range(10)], delay_seconds=1)
        await sent(run, job_id, 10)
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as admin:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        async def done() -> bool:
            try:
                return (await view(run, job_id)).status == "completed"
            except Exception:  # noqa: BLE001  # the cut hits this test's own connections too
                return False

        await until(done)
    assert len(accepted_keys()) == 10


async def test_a_worker_ends_when_it_is_idle(run: Runtime):
    job_id = await make_job(run, ["a", "[busy:1]"])
    await result_of(run_worker(run, until_idle=True))
    assert (await view(run, job_id)).status == "completed"


async def test_a_worker_for_some_queues_does_not_wait_for_the_others(run: Runtime):
    own, other = await make_job(run, ["a"]), await make_job(run, ["b"], provider="animatic")
    await result_of(run_worker(run, queues=["echo"], until_idle=True))
    assert (await view(run, own)).status == "completed"
    assert (await view(run, other)).status == "processing"


def test_a_worker_may_be_for_upscales_or_the_archive_alone(run: Runtime):
    check_queues(run, ["upscale", "archive", "echo"])
    with pytest.raises(NotFound, match="acme"):
        check_queues(run, ["upscale", "acme"])


async def test_only_one_worker_works_on_an_embedded_database(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RUSHES_ECHO_DIR", str(open_folder / "echo"))
    settings = Settings.model_validate({"data_dir": open_folder / "data", "min_free_bytes": 0})
    ready: list[str] = []
    async with open_runtime(settings) as run:
        first = asyncio.create_task(run_worker(run, ready=lambda: ready.append("first")))
        second = asyncio.create_task(run_worker(run, ready=lambda: ready.append("second")))

        async def one() -> bool:
            return bool(ready)

        await until(one)
        await asyncio.sleep(1.5)
        assert len(ready) == 1
        (first if ready == ["first"] else second).cancel()

        async def other() -> bool:
            return len(ready) == 2

        await until(other)
        for task in (first, second):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_what_dead_workers_left_is_taken_over_before_one_of_ours_is_there(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[int] = []
    forget = net_queries.forget_workers

    async def look_around_first(session: Executor) -> None:
        await asyncio.sleep(1)
        seen.append(await workers_alive(session, 60))
        await forget(session)

    monkeypatch.setattr(net_queries, "forget_workers", look_around_first)
    settings = Settings.model_validate({"data_dir": open_folder / "data", "min_free_bytes": 0})
    async with open_runtime(settings) as run, working(run):

        async def at_work() -> bool:
            async with run.db.statement() as session:
                return await workers_alive(session, 60) > 0

        await until(at_work)
    assert seen == [0], "a worker of ours would be forgotten, and its tasks run twice"


async def test_the_sweeper_deletes_orphans_and_nothing_else(run: Runtime):
    async with working(run):
        job_id = await make_job(run, ["a"])
        await until_status(run, job_id, "completed")
    belongs = {key for key, _ in run.bucket.files()}
    orphan = folder(run).path("jobs/gone/videos/x.mp4")
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"12345")
    half = folder(run).path("jobs/gone/videos/y.mp4.part")
    half.write_bytes(b"123")
    (run.settings.work_dir / "upload-old").mkdir()
    (run.settings.work_dir / "upload-old" / "1.jpg").write_bytes(b"12")
    assert (await sweep(run)).bytes_freed == 0, "they are young: a row may be about to be written"
    assert (await sweep(run, older_than_seconds=-1)).bytes_freed == 10
    assert {key for key, _ in run.bucket.files()} == belongs | {MARK}
    assert list(run.settings.work_dir.iterdir()) == []
