"""How periodic tasks and tasks of the queue fare: written by workers, read by health and the doctor."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import text

from rushes.engine.upkeep_views import PeriodicState, PeriodicTaskView, TaskFailureView
from rushes.platform.db.engine import Executor

LEAST_OVERDUE_SECONDS = 600.0
"""A round may take long: a sweep looks at every file."""
ROUNDS_OVERDUE = 3
MOST_FAILURES = 20
"""So many tasks that fail are named."""

_STARTED = text(
    """
    INSERT INTO periodic_tasks (name, machine, interval_seconds, started_at)
    VALUES (:name, :machine, :interval, now())
    ON CONFLICT (name, machine) DO UPDATE
    SET started_at = excluded.started_at, interval_seconds = excluded.interval_seconds
    """
)
_ENDED = text(
    """
    UPDATE periodic_tasks
    SET succeeded_at = CASE WHEN :succeeded THEN now() ELSE succeeded_at END,
        failed_at = CASE WHEN :failures > 0 THEN now() ELSE failed_at END,
        error = COALESCE(:error, error),
        failures = failures + :failures,
        failures_in_a_row = CASE WHEN :succeeded THEN 0 ELSE failures_in_a_row + :failures END
    WHERE name = :name AND machine = :machine
    """
)
_FAILED = text(
    """
    INSERT INTO task_failures (task, subject, tries, error) VALUES (:task, :subject, 1, :error)
    ON CONFLICT (task, subject) DO UPDATE
    SET tries = task_failures.tries + 1, error = excluded.error, last_at = now()
    RETURNING tries
    """
)


async def round_started(session: Executor, name: str, machine: str, interval_seconds: float) -> None:
    """Record that a round of a periodic task began."""
    given = {"name": name, "machine": machine, "interval": interval_seconds}
    await session.execute(_STARTED, given)


async def round_ended(
    session: Executor,
    name: str,
    machine: str,
    *,
    succeeded: bool,
    failures: int = 0,
    error: str | None = None,
) -> None:
    """Record how a round ended, and how many failed since the last record, the last one with `error`."""
    given = {
        "name": name,
        "machine": machine,
        "succeeded": succeeded,
        "failures": failures,
        "error": error,
    }
    await session.execute(_ENDED, given)


async def periodic_tasks(session: Executor, *, workers: bool) -> list[PeriodicTaskView]:
    """Return every periodic task by name. `workers`: whether one is alive, so that rounds must come."""
    rows = (await session.execute(text("SELECT *, now() AS now FROM periodic_tasks ORDER BY name"))).all()
    return [_view(name, list(group), workers) for name, group in groupby(rows, key=lambda row: row.name)]


def _view(name: str, rows: list[Any], workers: bool) -> PeriodicTaskView:
    now, interval = rows[0].now, max(row.interval_seconds for row in rows)
    patience = timedelta(seconds=max(LEAST_OVERDUE_SECONDS, ROUNDS_OVERDUE * interval))
    # A machine that is gone does not fail for ever.
    failing = [row for row in rows if row.failures_in_a_row and row.failed_at > now - patience]
    last = max(time for row in rows for time in (row.started_at, row.succeeded_at, row.failed_at) if time)
    failed = max(rows, key=lambda row: row.failed_at or datetime.min.replace(tzinfo=UTC))
    state = PeriodicState.FAILING if failing else PeriodicState.OK
    if workers and last < now - patience:
        state = PeriodicState.OVERDUE
    return PeriodicTaskView(
        name=name,
        state=state,
        interval_seconds=interval,
        last_success_at=max((row.succeeded_at for row in rows if row.succeeded_at), default=None),
        last_failure_at=failed.failed_at,
        last_error=failed.error,
        failures=sum(row.failures for row in rows),
        failures_in_a_row=max((row.failures_in_a_row for row in failing), default=0),
    )


async def task_failed(session: Executor, task: str, subject: str, error: str) -> int:
    """Record that a task failed unforeseen. Return how often it has by now."""
    given = {"task": task, "subject": subject, "error": error}
    return (await session.execute(_FAILED, given)).scalar_one()


async def task_succeeded(session: Executor, task: str, subject: str) -> None:
    """Forget what failed before."""
    await session.execute(
        text("DELETE FROM task_failures WHERE task = :task AND subject = :subject"),
        {"task": task, "subject": subject},
    )


async def task_failures(session: Executor) -> list[TaskFailureView]:
    """Return the tasks that fail unforeseen, the latest first, so many at most."""
    rows = await session.execute(
        text("SELECT * FROM task_failures ORDER BY last_at DESC LIMIT :most"), {"most": MOST_FAILURES}
    )
    return [TaskFailureView.model_validate(dict(row)) for row in rows.mappings()]


async def prune(session: Executor) -> None:
    """Forget machines that are gone for a week, and failures of a day ago: what still fails fails again."""
    await session.execute(text("DELETE FROM periodic_tasks WHERE started_at < now() - interval '7 days'"))
    await session.execute(text("DELETE FROM credential_rests WHERE until < now() - interval '1 day'"))
    await session.execute(text("DELETE FROM task_failures WHERE last_at < now() - interval '1 day'"))
