"""Changes takes, generations and jobs: the update and its event in one statement, so that neither goes alone.

A change of state names its `StateTransition`, which says where it may come from and what it becomes. What
leaves the state as it is (progress, a cost, stars) is a touch.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.events import GENERATION_EVENT, JOB_EVENT, VIDEO_EVENT
from rushes.engine.states import ENDED_VIDEOS, JobStatus, StateTransition, VideoStatus
from rushes.platform.db.engine import Executor
from rushes.platform.db.queue import defer, story_task

EXPIRES = "expires_at = now() + make_interval(secs => keep_days * 86400)"
"""What a job that ends now is assigned: nothing, where its maker gave it no days."""
NOW: Final = object()
"""As a value: the time of the database."""


def _update(table: str, values: dict[str, object], where: str, event: str) -> TextClause:
    # Column names come from our own keyword arguments, never from outside; what does is bound.
    assignments = ", ".join(f"{column} = {_expression(column, value)}" for column, value in values.items())
    return text(
        f"WITH changed AS (UPDATE {table} SET {assignments} WHERE {where} RETURNING *) {event}"  # noqa: S608  # only our own constants are put in
    )


def _expression(column: str, value: object) -> str:
    if value is NOW:
        return "now()"
    return f"CAST(:{column} AS jsonb)" if isinstance(value, dict) else f":{column}"


def _bound(values: dict[str, object]) -> dict[str, object]:
    return {
        column: json.dumps(value) if isinstance(value, dict) else value
        for column, value in values.items()
        if value is not NOW
    }


async def change_takes(
    session: Executor,
    take_ids: Sequence[UUID],
    transition: StateTransition[VideoStatus],
    *,
    of_submission: UUID | None = None,
    **values: object,
) -> list[UUID]:
    """Change the state of takes that are where the transition may come from; return the ids that were.

    With `of_submission`, only takes that still belong to it: one that has been queued again, or cancelled,
    is not overwritten by a late answer.
    """
    return await _takes(
        session,
        take_ids,
        transition.sources,
        {**values, "status": str(transition.target)},
        of_submission=of_submission,
    )


async def touch_takes(
    session: Executor,
    take_ids: Sequence[UUID],
    *,
    among: Sequence[VideoStatus],
    of_submission: UUID | None = None,
    owner: UUID | None = None,
    where: str = "true",
    given: Mapping[str, object] | None = None,
    **values: object,
) -> list[UUID]:
    """Update takes in one of the states `among`, which they keep; return the ids that were updated.

    `of_submission` and `owner` leave out those of others. `where` is our own SQL, with `given` bound to it.
    """
    _refuse_state(values)
    return await _takes(
        session, take_ids, among, values, of_submission=of_submission, owner=owner, where=where, given=given
    )


async def _takes(
    session: Executor,
    take_ids: Sequence[UUID],
    among: Sequence[VideoStatus],
    values: dict[str, object],
    *,
    of_submission: UUID | None = None,
    owner: UUID | None = None,
    where: str = "true",
    given: Mapping[str, object] | None = None,
) -> list[UUID]:
    where = f"id = ANY(:take_ids) AND status = ANY(:among) AND {where}"
    if of_submission is not None:
        where += " AND submission_id = :of_submission"
    if owner is not None:
        where += " AND owner_id = :of_owner"
    rows = await session.execute(
        _update("videos", values, where, VIDEO_EVENT),
        {
            **_bound(values),
            **(given or {}),
            "take_ids": list(take_ids),
            "among": [str(status) for status in among],
            "of_submission": of_submission,
            "of_owner": owner,
        },
    )
    return list(rows.scalars())


_WAITING_STORIES = text(
    "SELECT s.id FROM generations g"
    " JOIN story_uses u ON u.owner_id = g.owner_id AND u.input_hash = g.input_hash"
    " JOIN stories s ON s.id = u.story_id AND s.status IN ('running', 'waiting') AND s.deleted_at IS NULL"
    " WHERE g.id = ANY(:ids)"
)
GENERATIONS_CHANGED = f", reported AS ({GENERATION_EVENT}) SELECT * FROM changed"  # noqa: S608  # our own constant
"""After a WITH that has changed generations as `changed`: their events, and the rows."""


async def change_generations(
    session: AsyncSession,
    generation_ids: Sequence[UUID],
    transition: StateTransition[VideoStatus],
    *,
    of_submission: UUID | None = None,
    where: str = "true",
    given: Mapping[str, object] | None = None,
    **values: object,
) -> list[UUID]:
    """Change the state of generations that are where the transition may come from; return the ids that were.

    With `of_submission`, only those that still belong to it. `where` is our own SQL, with `given` bound to
    it. Those that end wake their story with this transaction, and others that wait for the same.
    """
    where = f"id = ANY(:generation_ids) AND status = ANY(:among) AND {where}"
    if of_submission is not None:
        where += " AND submission_id = :of_submission"
    values = {**values, "status": str(transition.target)}
    changed = await session.execute(
        _update("generations", values, where, GENERATIONS_CHANGED),
        {
            **_bound(values),
            **(given or {}),
            "generation_ids": list(generation_ids),
            "among": [str(status) for status in transition.sources],
            "of_submission": of_submission,
        },
    )
    rows = changed.all()
    if transition.target in ENDED_VIDEOS:
        waiting = await session.execute(_WAITING_STORIES, {"ids": [row.id for row in rows]})
        stories = {row.story_id for row in rows if row.story_id} | set(waiting.scalars())
        await defer(session, [story_task(each) for each in sorted(stories)])
    return [row.id for row in rows]


async def touch_generation(
    session: Executor, generation_id: UUID, submission_id: UUID, **values: object
) -> None:
    """Update a generation that is being made by a submission, and keeps its state."""
    _refuse_state(values)
    where = "id = :generation_id AND submission_id = :of_submission AND status = :generating"
    await session.execute(
        _update("generations", values, where, GENERATIONS_CHANGED),
        {
            **_bound(values),
            "generation_id": generation_id,
            "of_submission": submission_id,
            "generating": str(VideoStatus.GENERATING),
        },
    )


async def change_jobs(
    session: Executor, job_ids: Sequence[UUID], transition: StateTransition[JobStatus], **values: object
) -> list[UUID]:
    """Change the state of jobs that are where the transition may come from; return the ids that were."""
    return await _jobs(session, job_ids, transition.sources, {**values, "status": str(transition.target)})


async def touch_jobs(
    session: Executor, job_ids: Sequence[UUID], *, among: Sequence[JobStatus], **values: object
) -> list[UUID]:
    """Update jobs in one of the states `among`, which they keep; return the ids that were updated."""
    _refuse_state(values)
    return await _jobs(session, job_ids, among, values)


async def _jobs(
    session: Executor, job_ids: Sequence[UUID], among: Sequence[StrEnum], values: dict[str, object]
) -> list[UUID]:
    rows = await session.execute(
        _update("jobs", values, "id = ANY(:job_ids) AND status = ANY(:among)", JOB_EVENT),
        {**_bound(values), "job_ids": list(job_ids), "among": [str(status) for status in among]},
    )
    return list(rows.scalars())


def _refuse_state(values: dict[str, object]) -> None:
    if "status" in values:
        raise TypeError("a touch keeps the state; a change of it names its transition")
