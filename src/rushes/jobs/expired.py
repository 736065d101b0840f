"""Jobs that a schedule deletes: those whose time is over, and those of one prompt with nothing left."""

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


async def delete_expired(session: Executor) -> list[UUID]:
    """Delete ended jobs whose time is over and of which nothing is selected. Returns their ids.

    Their bytes are then nobody's, and the sweeper's.
    """
    return list((await session.execute(_EXPIRED)).scalars())


async def delete_empty(session: Executor) -> list[UUID]:
    """Delete the jobs of one prompt whose videos were all deleted for good. Return their ids."""
    return list((await session.execute(_EMPTY)).scalars())
