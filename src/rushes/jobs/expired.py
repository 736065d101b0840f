"""Jobs that are deleted by a schedule: those whose time is over, and those of one prompt with nothing left in them."""

from uuid import UUID

from sqlalchemy import text

from rushes.engine.events import JOB_DELETED_EVENT
from rushes.engine.states import ENDED_JOBS, sql_list
from rushes.platform.db.engine import Executor

_EXPIRED = text(
    f"""
    WITH changed AS (
        DELETE FROM jobs
        WHERE expires_at <= now() AND status IN {sql_list(ENDED_JOBS)}
          AND NOT EXISTS (SELECT 1 FROM videos WHERE job_id = jobs.id AND selected)
        RETURNING id, owner_id
    )
    {JOB_DELETED_EVENT}
    """  # noqa: S608  # only our own constants are put in
)

_EMPTY = text(
    f"""
    WITH changed AS (
        DELETE FROM jobs
        WHERE kind IN ('studio', 'openai') AND status IN {sql_list(ENDED_JOBS)}
          AND NOT EXISTS (SELECT 1 FROM videos WHERE job_id = jobs.id)
        RETURNING id, owner_id
    )
    {JOB_DELETED_EVENT}
    """  # noqa: S608  # only our own constants are put in
)


async def _views(session: Executor, rows: Sequence[Row[Any]]) -> list[JobView]:
    """Rows as they are shown, with why nothing of a job starts: one look for all of them."""
    idle = [row.id for row in rows if _may_wait(row)]
    found = await waits.of_jobs(session, idle)
    return [_view(row, found.get(row.id)) for row in rows]


def _may_wait(row: Row[Any]) -> bool:
    if row.status == JobStatus.PROCESSING:
        return row.completed + row.failed + row.cancelled + row.generating < row.expected
    return row.status in (JobStatus.PENDING, JobStatus.PAUSED)


def _why(reasons: Sequence[ErrorCount], row: Row[Any], wait: waits.Wait | None) -> waits.Wait | None:
    """Return why nothing of a job starts: its queue's reason, or that of what waits when all that is left
    waits for somebody."""
    if wait is not None or row.status != JobStatus.PROCESSING or not row.waiting or row.generating:
        return wait
    return next(
        (
            waits.Wait(each.waiting_for, each.message, each.retry_at, step)
            for each in reasons
            if each.waiting_for and (step := each.said_next())
        ),
        None,
    )


async def delete_expired(session: Executor) -> list[UUID]:
    """Delete ended jobs whose time is over and of which nothing is selected. Returns their ids.

    Their bytes are then nobody's, and the sweeper's.
    """
    return list((await session.execute(_EXPIRED)).scalars())


async def delete_empty(session: Executor) -> list[UUID]:
    """Delete the jobs of one prompt whose videos were all deleted for good. Return their ids."""
    return list((await session.execute(_EMPTY)).scalars())
