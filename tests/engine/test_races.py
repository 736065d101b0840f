"""Two at once: what one decides must hold for what the other has done meanwhile."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from procrastinate import jobs
from sqlalchemy import text
from tests.engine.test_workers import sent, working
from tests.jobs import folder, ledger, make_job, sql, until, until_status, videos
from tests.waiting import result_of

from rushes.engine import holds
from rushes.engine import reconcile as net
from rushes.engine import reconcile_rows as net_queries
from rushes.engine.claim import Terms, claim
from rushes.engine.ledger import Work
from rushes.engine.reply_rows import Reply
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.engine.takes import FinishedTake, StoredTake
from rushes.jobs import fallback as _fallback
from rushes.jobs.actions import cancel_job, pause_job
from rushes.jobs.rows import locked_job
from rushes.library.actions import regenerate, resolve
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.db.task_manager import TaskManager
from rushes.providers.video.echo import EchoOptions, EchoProvider
from rushes.providers.video_contract import Call, Finished, Output, ProgressCallback, Running

TERMS = Terms("echo", "Echo", concurrency=10, outputs_per_call=4)


async def claimed(run: Runtime) -> UUID:
    """The one submission that can be claimed."""
    async with run.db.begin() as session:
        (submission,) = (await claim(session, TERMS)).submission_ids
    return submission


async def taken_over(run: Runtime, submission: UUID) -> Work:
    """It, by this worker."""
    work = await run.ledger.take_over(submission)
    assert work is not None
    return work


async def one_in_hand(run: Runtime) -> tuple[UUID, UUID, UUID]:
    """A job with one take, accepted for this worker: the ids of the job, the submission and the video."""
    job_id = await make_job(run, ["a"], outputs=1)
    submission = await claimed(run)
    await taken_over(run, submission)
    assert await run.ledger.accepted(Reply(submission, run.worker, "r"))
    (video,) = await videos(run, job_id)
    return job_id, submission, video.video_id


async def waits_for_a_row(run: Runtime, many: int = 1) -> None:
    """Until so many statements wait for what another transaction holds."""

    async def waits() -> bool:
        (row,) = await sql(run, "SELECT count(*) AS n FROM pg_locks WHERE NOT granted")
        return row.n >= many

    await until(waits)


def take(video: UUID, submission: UUID, job: UUID, *, closes: bool = False) -> FinishedTake:
    """A take that came."""
    names = f"jobs/{job}/videos/{video}.mp4", f"jobs/{job}/thumbnails/{video}.jpg"
    return FinishedTake(video, submission, StoredTake(*names, 1.0, 1, 1, 1, "0", 0, 1, "0"), None, closes)


async def test_a_worker_that_slept_loses_nothing_to_itself(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    fetched: list[int] = []
    bring = EchoProvider.fetch

    async def slowly(
        self: EchoProvider, call: Call[EchoOptions], output: Output, into: Any, progress: ProgressCallback
    ) -> None:
        fetched.append(output.index)
        await asyncio.sleep(0.3)
        await bring(self, call, output, into, progress)

    monkeypatch.setattr(EchoProvider, "fetch", slowly)
    job_id = await make_job(run, ["a"], outputs=4, delay_seconds=2)
    async with working(run):
        await sent(run, job_id, 1)
        for _ in range(2):  # a laptop that slept: the net's turn may come before the heartbeat's
            await sql(run, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
            await net.recover(run, alone=False)
            await asyncio.sleep(0.5)
        await until_status(run, job_id, "completed")
        done = await videos(run, job_id)

        async def quiet() -> bool:
            return not await sql(
                run, "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'rushes:make_videos'"
            )

        await until(quiet)
    assert fetched == [0, 1, 2, 3], "each once"
    assert all(folder(run).path(f"jobs/{job_id}/videos/{each.video_id}.mp4").exists() for each in done)


async def test_a_take_that_was_stored_already_keeps_its_bytes(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    look = EchoProvider.status

    async def seen_again(self: EchoProvider, call: Call[EchoOptions], remote_id: str) -> Finished | Running:
        answer = await look(self, call, remote_id)
        if isinstance(answer, Finished):
            # Whoever had it before has stored it in this moment, under the same name.
            (video,) = await videos(run, job_id)
            key = f"jobs/{job_id}/videos/{video.video_id}.mp4"
            file = folder(run).path(key)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"its bytes")
            await run.ledger.complete(take(video.video_id, UUID(call.key), job_id))
        return answer

    monkeypatch.setattr(EchoProvider, "status", seen_again)
    job_id = await make_job(run, ["a"], outputs=1)
    async with working(run):
        await until_status(run, job_id, "completed")
    (video,) = await videos(run, job_id)
    assert folder(run).path(f"jobs/{job_id}/videos/{video.video_id}.mp4").exists()


async def test_a_worker_that_lost_a_task_does_not_end_it_for_the_one_that_has_it(run: Runtime):
    await make_job(run, ["a"], outputs=1)
    await claimed(run)
    await sql(run, "DELETE FROM procrastinate_jobs WHERE task_name <> 'rushes:make_videos'")
    one, two = (TaskManager(run.queue.connector, 5) for _ in range(2))
    silent = await one.register_worker()
    task = await one.fetch_job(None, silent)
    assert task is not None
    await sql(run, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    await net.recover(run, alone=False)
    alive = await two.register_worker()

    async def is_there() -> bool:
        return (again := await two.fetch_job(None, alive)) is not None and again.id == task.id

    await until(is_there)
    for status, delete in ((jobs.Status.SUCCEEDED, True), (jobs.Status.FAILED, False)):
        await one.finish_job(task, status, delete)
    await one.retry_job(task)
    (row,) = await sql(run, "SELECT status, worker_id FROM procrastinate_jobs")
    assert (row.status, row.worker_id) == ("doing", alive)
    async with run.db.begin() as session:
        assert await net_queries.dropped_submissions(session) == []


async def test_takes_of_one_call_keep_their_order(run: Runtime):
    job_id = await make_job(run, ["a"], outputs=1)
    (video,) = await videos(run, job_id)
    await sql(run, "UPDATE videos SET status = 'completed'")
    for _ in range(2):  # both have the place of the first
        await regenerate(run, LOCAL_OWNER, video.video_id)
    submission = await claimed(run)
    before = [each.id for each in (await taken_over(run, submission)).takes]
    await run.ledger.accepted(Reply(submission, run.worker, "r"))
    await run.ledger.complete(take(before[0], submission, job_id))
    await sql(run, "ANALYZE videos")
    assert [each.id for each in (await taken_over(run, submission)).takes] == before


async def test_what_is_cancelled_is_not_let_go(run: Runtime):
    job_id = await make_job(run, ["a"], outputs=1)
    await sql(run, "UPDATE videos SET status = 'waiting', waiting_for = 'budget', error_type = 'budget'")

    async def let_go() -> None:
        async with run.db.begin() as session:
            await holds.let_go(session, provider="echo", keyed=False, per_call=4)

    async with run.db.begin() as session:
        await locked_job(session, LOCAL_OWNER, job_id)
        await session.execute(text("UPDATE videos SET status = 'cancelled', waiting_for = NULL"))
        going = asyncio.create_task(let_go())
        await waits_for_a_row(run)
    await going
    (video,) = await videos(run, job_id)
    assert video.status == "cancelled"


async def test_of_two_decisions_one_holds(run: Runtime):
    job_id = await make_job(run, ["a"], outputs=1)
    await claimed(run)
    await sql(run, "UPDATE submissions SET state = 'uncertain', remote_id = 'r', worker = 'w'")
    await sql(run, "UPDATE videos SET status = 'waiting', waiting_for = 'uncertain'")
    (video,) = await videos(run, job_id)
    async with run.db.begin() as session:
        await locked_job(session, LOCAL_OWNER, job_id)
        first = asyncio.create_task(resolve(run, LOCAL_OWNER, video.video_id, Decision.RETRY))
        await waits_for_a_row(run)
        second = asyncio.create_task(resolve(run, LOCAL_OWNER, video.video_id, Decision.GIVE_UP))
        await waits_for_a_row(run, 2)
    ends = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(each).__name__ for each in ends] == ["NoneType", "Conflict"]
    (video,), (row,) = await videos(run, job_id), await ledger(run, job_id)
    assert (video.status, row.state) == ("generating", "submitted")


async def test_a_take_is_stored_while_its_job_is_being_cancelled(run: Runtime):
    job_id, submission, video_id = await one_in_hand(run)
    async with run.db.begin() as session:
        await locked_job(session, LOCAL_OWNER, job_id)
        storing = run.ledger.complete(take(video_id, submission, job_id, closes=True))
        done = await result_of(storing)
    assert done.kept
    await cancel_job(run, LOCAL_OWNER, job_id)
    (video,) = await videos(run, job_id)
    assert video.status == "completed"


async def test_a_take_that_comes_while_its_job_is_being_deleted_waits_for_that(run: Runtime):
    job_id, submission, video_id = await one_in_hand(run)
    async with run.db.begin() as session:
        await locked_job(session, LOCAL_OWNER, job_id, to_delete=True)
        storing = asyncio.create_task(run.ledger.complete(take(video_id, submission, job_id, closes=True)))
        await waits_for_a_row(run)
        await session.execute(text("UPDATE videos SET status = 'cancelled'"))
        await session.execute(text("DELETE FROM jobs"))
    done = await storing
    assert (done.ours, done.kept) == (True, False)
    (row,) = await ledger(run, job_id)
    assert row.state == "completed", "it is paid for"


async def test_a_job_that_is_paused_meanwhile_is_not_moved(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    job_id = await make_job(run, ["a"], when_down="fallback", aspect_ratio="9:16")
    await sql(
        run, "UPDATE videos SET status = 'waiting', waiting_for = 'provider', error_type = 'high_demand'"
    )
    lock = _fallback.locked_job

    async def paused_first(session: Any, owner: UUID, job: UUID) -> Any:
        await pause_job(run, owner, job)
        return await lock(session, owner, job)

    monkeypatch.setattr(_fallback, "locked_job", paused_first)
    await _fallback.move_on(run, "echo")
    rows = await sql(
        run,
        "SELECT j.provider, j.settings ->> 'provider' AS set, v.provider AS of_video, v.status"
        " FROM jobs j JOIN videos v ON v.job_id = j.id WHERE j.id = :id",
        id=job_id,
    )
    assert {tuple(row) for row in rows} == {("echo", "echo", "echo", "waiting")}
