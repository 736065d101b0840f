"""Puts tasks into the queue from inside our own transactions: they exist if and only if it commits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.platform.db.engine import Executor

ENGINE_QUEUE = "engine"
"""Short tasks of the engine itself. The long ones wait in a queue named after their provider."""
ARCHIVE_QUEUE = "archive"

_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW(d.queue, d.task, d.priority, d.lock, NULL, d.args, d.at)::procrastinate_job_to_defer_v1
        FROM jsonb_to_recordset(CAST(:tasks AS jsonb))
             AS d(queue varchar, task varchar, priority integer, lock text, args jsonb, at timestamptz)))
    """
)
_ABORT = text(
    """
    SELECT procrastinate_cancel_job_v1(id, true, true) FROM procrastinate_jobs
    WHERE lock = ANY(:locks) AND status IN ('todo', 'doing')
    """
)
_MOVE_UP = text(
    "UPDATE procrastinate_jobs SET priority = :priority"
    " WHERE lock = ANY(:locks) AND status = 'todo' AND priority < :priority"
)


@dataclass(frozen=True)
class Deferred:
    """One task to put into the queue. `at` is when it may start (now, when None).

    Tasks with the same `lock` never run at the same time. Those of a higher `priority` come first.
    """

    task: str
    args: dict[str, str] = field(default_factory=dict[str, str])
    queue: str = ENGINE_QUEUE
    lock: str | None = None
    at: datetime | None = None
    priority: int = 0


async def defer(session: AsyncSession, tasks: Sequence[Deferred]) -> None:
    """Put tasks into the queue with this transaction."""
    if not tasks:
        return
    rows = [
        {
            "queue": task.queue,
            "task": task.task,
            "lock": task.lock,
            "args": task.args,
            "priority": task.priority,
            "at": task.at.isoformat() if task.at else None,
        }
        for task in tasks
    ]
    await session.execute(_DEFER, {"tasks": json.dumps(rows)})


def submission_lock(submission_id: UUID) -> str:
    """The lock of everything that works on one submission."""
    return f"submission:{submission_id}"


def make_videos_task(submission_id: UUID, provider: str, at: datetime | None = None) -> Deferred:
    """The task that carries a submission to its end."""
    return Deferred(
        "rushes:make_videos",
        {"submission_id": str(submission_id)},
        queue=provider,
        lock=submission_lock(submission_id),
        at=at,
    )


def cancel_submission_task(submission_id: UUID) -> Deferred:
    """The task that gives a submission up, once nothing else works on it, and settles what that costs."""
    return Deferred(
        "rushes:cancel_submission",
        {"submission_id": str(submission_id)},
        lock=submission_lock(submission_id),
    )


def archive_task() -> Deferred:
    """The task that copies to the archive what is not there yet. One at a time in the installation."""
    return Deferred("rushes:archive_videos", queue=ARCHIVE_QUEUE, lock=ARCHIVE_QUEUE)


def check_account_task(account_id: UUID, provider: str, at: datetime | None = None) -> Deferred:
    """The task that looks whether a Flow account is signed in, where there is a browser."""
    return Deferred(
        "rushes:check_account",
        {"account_id": str(account_id)},
        queue=provider,
        lock=f"account:{account_id}",
        at=at,
    )


def dispatch_task(provider: str, at: datetime | None = None) -> Deferred:
    """The task that claims what may start now."""
    return Deferred("rushes:dispatch", {"provider": provider}, at=at)


def generate_task(submission_id: UUID, provider: str, at: datetime | None = None) -> Deferred:
    """The task that carries a call for a generation (no video) to its end."""
    return Deferred(
        "rushes:generate",
        {"submission_id": str(submission_id)},
        queue=provider,
        lock=submission_lock(submission_id),
        at=at,
    )


def story_task(story_id: UUID) -> Deferred:
    """The task that looks what a story needs next. One at a time for a story."""
    return Deferred("rushes:run_story", {"story_id": str(story_id)}, lock=f"story:{story_id}")


def local_work_lock(work_id: UUID) -> str:
    """The lock of everything that works on one piece of local work."""
    return f"local_work:{work_id}"


def local_work_task(work_id: UUID, kind: str, priority: int, at: datetime | None = None) -> Deferred:
    """The task that carries local work to its end. It waits in a queue named after its kind."""
    return Deferred(
        "rushes:local_work",
        {"work_id": str(work_id)},
        queue=kind,
        lock=local_work_lock(work_id),
        at=at,
        priority=priority,
    )


async def abort_tasks(session: Executor, locks: Sequence[str]) -> None:
    """Delete tasks with these locks that have not begun, and stop those that have, when this commits.

    A worker is notified, wherever it runs, and looks for itself once a second.
    """
    await session.execute(_ABORT, {"locks": list(locks)})


async def move_tasks_up(session: Executor, locks: Sequence[str], priority: int) -> None:
    """Let tasks with these locks that have not begun come sooner, never later."""
    await session.execute(_MOVE_UP, {"locks": list(locks), "priority": priority})
