"""A task exists if and only if the transaction that put it into the queue commits."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from procrastinate.jobs import Status
from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.platform.db.queue import cancel_submission_task, defer, dispatch_task, make_videos_task
from rushes.platform.db.task_manager import TaskManager


async def tasks(run: Runtime) -> list[str]:
    async with run.db.begin() as session:
        rows = await session.execute(text("SELECT task_name FROM procrastinate_jobs ORDER BY id"))
        return list(rows.scalars())


async def test_a_commit_leaves_the_task_and_a_rollback_leaves_none(run: Runtime):
    async with run.db.begin() as session:
        await defer(session, [dispatch_task("echo"), make_videos_task(uuid4(), "echo")])

    async def broken() -> None:
        async with run.db.begin() as session:
            await defer(session, [dispatch_task("echo")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    assert await tasks(run) == ["rushes:dispatch", "rushes:make_videos"]


def manager_of(run: Runtime, concurrency: int = 100) -> TaskManager:
    return TaskManager(run.queue.connector, concurrency)


async def test_two_tasks_of_one_submission_never_run_together(run: Runtime):
    submission = uuid4()
    async with run.db.begin() as session:
        await defer(session, [make_videos_task(submission, "echo"), cancel_submission_task(submission)])
    manager = manager_of(run)
    worker_id = await manager.register_worker()
    first = await manager.fetch_job(queues=None, worker_id=worker_id)
    assert first is not None
    assert first.task_name == "rushes:make_videos"
    assert await manager.fetch_job(queues=None, worker_id=worker_id) is None
    await manager.finish_job(first, status=Status.SUCCEEDED, delete_job=True)
    second = await manager.fetch_job(queues=None, worker_id=worker_id)
    assert second is not None
    assert second.task_name == "rushes:cancel_submission"


async def test_tasks_are_handed_out_in_their_order_each_once_and_only_those_that_are_due(run: Runtime):
    ids = [uuid4() for _ in range(120)]
    later = datetime.now(UTC) + timedelta(hours=1)
    async with run.db.begin() as session:
        await defer(session, [make_videos_task(each, "echo") for each in ids])
        await defer(session, [make_videos_task(uuid4(), "echo", at=later), make_videos_task(uuid4(), "else")])
    managers = [manager_of(run), manager_of(run)]
    workers = [await manager.register_worker() for manager in managers]

    async def take(of: int) -> list[str]:
        taken: list[str] = []
        while task := await managers[of].fetch_job(queues=["echo"], worker_id=workers[of]):
            taken.append(str(task.task_kwargs["submission_id"]))
            assert (task.status, task.worker_id) == ("doing", workers[of])
        return taken

    first, second = await asyncio.gather(take(0), take(1))
    in_order = [str(each) for each in ids]
    assert sorted(first + second, key=in_order.index) == in_order
    for part in (first, second):
        assert part == sorted(part, key=in_order.index)


async def test_a_worker_takes_no_more_than_it_has_room_for(run: Runtime):
    async with run.db.begin() as session:
        await defer(session, [make_videos_task(uuid4(), "echo") for _ in range(5)])
    manager = manager_of(run, concurrency=2)
    worker_id = await manager.register_worker()
    first = await manager.fetch_job(queues=None, worker_id=worker_id)
    assert first is not None
    async with run.db.begin() as session:
        doing = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        assert (await session.execute(doing)).scalar_one() == 2


async def test_a_thousand_tasks_are_put_in_with_one_statement(run: Runtime):
    async with run.db.begin() as session:
        await defer(session, [make_videos_task(uuid4(), "echo") for _ in range(1000)])
    assert len(await tasks(run)) == 1000
