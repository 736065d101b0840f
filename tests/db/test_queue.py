"""A task exists if and only if the transaction that put it into the queue commits."""

from uuid import uuid4

import pytest
from procrastinate.jobs import Status
from sqlalchemy import text

from rushes.db.queue import cancel_submission_task, defer, dispatch_task, make_videos_task
from rushes.runtime import Runtime


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


async def test_two_tasks_of_one_submission_never_run_together(run: Runtime):
    submission = uuid4()
    async with run.db.begin() as session:
        await defer(session, [make_videos_task(submission, "echo"), cancel_submission_task(submission)])
    manager = run.queue.job_manager
    worker_id = await manager.register_worker()
    first = await manager.fetch_job(queues=None, worker_id=worker_id)
    assert first is not None
    assert first.task_name == "rushes:make_videos"
    assert await manager.fetch_job(queues=None, worker_id=worker_id) is None
    await manager.finish_job(first, status=Status.SUCCEEDED, delete_job=True)
    second = await manager.fetch_job(queues=None, worker_id=worker_id)
    assert second is not None
    assert second.task_name == "rushes:cancel_submission"


async def test_a_thousand_tasks_are_put_in_with_one_statement(run: Runtime):
    async with run.db.begin() as session:
        await defer(session, [make_videos_task(uuid4(), "echo") for _ in range(1000)])
    assert len(await tasks(run)) == 1000
