"""Changes of videos and jobs: the update and its event row in one statement, so neither goes alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import TextClause, text

from rushes.engine.states import JobStatus, VideoStatus
from rushes.platform.db.engine import Executor

VIDEO_EVENT = """
    INSERT INTO events (owner_id, job_id, video_id, type, data)
    SELECT owner_id, job_id, id, 'video', jsonb_strip_nulls(jsonb_build_object(
        'status', CASE WHEN deleted_at IS NULL THEN status ELSE 'deleted' END,
        'progress', progress, 'error_type', error_type, 'waiting_for', waiting_for))
    FROM changed
    RETURNING video_id
"""

JOB_EVENT = """
    INSERT INTO events (owner_id, job_id, type, data)
    SELECT owner_id, id, 'job', jsonb_strip_nulls(jsonb_build_object(
        'status', status, 'pause_reason', pause_reason))
    FROM changed
    RETURNING job_id
"""


def _assignments(values: dict[str, object]) -> str:
    # Column names come from our own keyword arguments, never from outside.
    return ", ".join(f"{column} = :{column}" for column in values)


def _update(table: str, values: dict[str, object], where: str, event: str) -> TextClause:
    assignments = _assignments(values)
    # Every part is a literal of this package; what comes from outside is bound.
    return text(
        f"WITH changed AS (UPDATE {table} SET {assignments} WHERE {where} RETURNING *) {event}"  # noqa: S608
    )


async def change_videos(
    session: Executor,
    video_ids: Sequence[UUID],
    *,
    come_from: Sequence[VideoStatus],
    submission_id: UUID | None = None,
    owner: UUID | None = None,
    **values: object,
) -> list[UUID]:
    """Update videos that are in one of the states `come_from`; returns the ids that were.

    With `owner`, only that user's. With `submission_id`, only videos that still belong to it: a take that
    has been queued again, or cancelled, is not overwritten by a late answer.
    """
    where = "id = ANY(:video_ids) AND status = ANY(:come_from)"
    if submission_id is not None:
        where += " AND submission_id = :of_submission"
    if owner is not None:
        where += " AND owner_id = :of_owner"
    rows = await session.execute(
        _update("videos", values, where, VIDEO_EVENT),
        {
            **values,
            "video_ids": list(video_ids),
            "come_from": [str(status) for status in come_from],
            "of_submission": submission_id,
            "of_owner": owner,
        },
    )
    return list(rows.scalars())


async def change_jobs(
    session: Executor,
    job_ids: Sequence[UUID],
    *,
    come_from: Sequence[JobStatus],
    **values: object,
) -> list[UUID]:
    """Update jobs that are in one of the states `come_from`; returns the ids that were."""
    rows = await session.execute(
        _update("jobs", values, "id = ANY(:job_ids) AND status = ANY(:come_from)", JOB_EVENT),
        {**values, "job_ids": list(job_ids), "come_from": [str(status) for status in come_from]},
    )
    return list(rows.scalars())
