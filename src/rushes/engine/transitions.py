"""Changes takes and jobs: the update and its event in one statement, so that neither goes alone.

A change of state names its `StateTransition`, which says where it may come from and what it becomes. What
leaves the state as it is (progress, a cost, stars) is a touch.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, text

from rushes.engine.events import JOB_EVENT, VIDEO_EVENT
from rushes.engine.states import JobStatus, StateTransition, VideoStatus
from rushes.platform.db.engine import Executor

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
