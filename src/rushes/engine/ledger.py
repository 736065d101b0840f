"""The submission ledger: every change of a submission, fenced by the worker that holds it.

A worker that has lost its row to another (it was silent for too long) decides nothing any more:
each update says `worker = me`, and no row means stop. What it has seen of its own request is still a fact,
and is written by `replies.py`, which needs no fence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from rushes.engine.states import (
    ACTIVE_SUBMISSIONS,
    StateTransition,
    SubmissionState,
    sql_list,
)
from rushes.platform.db.engine import Executor


@dataclass(frozen=True)
class Take:
    """One video of a submission, as the worker needs it."""

    id: UUID
    status: str
    seed: int
    retry_count: int
    limits: int = 0
    """How often in a row it was answered that a limit is reached, the last time at `limited_at`."""
    limited_at: datetime | None = None


@dataclass(frozen=True)
class Work:
    """A submission with everything needed to carry it on."""

    id: UUID
    owner_id: UUID
    job_id: UUID
    job_name: str
    provider: str
    model: str
    credential_id: UUID | None
    state: SubmissionState
    remote_id: str | None
    faults: int
    error: str | None
    """What went wrong the last time, in the provider's words where it said something."""
    submitted_at: datetime | None
    cost_estimate: Decimal
    cost: Decimal | None
    """What the provider has billed, where that is known already."""
    prompt: str
    negative_prompt: str | None
    image_key: str | None
    last_image_key: str | None
    reference_keys: tuple[str, ...]
    source: str | None
    """The remote id of the submission whose take is changed, or made longer with `extend`."""
    extend: bool
    settings: dict[str, Any]
    options: dict[str, Any]
    """The provider's, with which its takes are asked for."""
    takes: tuple[Take, ...]


_TAKE = text(
    f"""
    WITH before AS (
        SELECT id, state FROM submissions
        WHERE id = ANY(:ids) AND state IN {sql_list(ACTIVE_SUBMISSIONS)}
          AND subject_kind = 'takes' ORDER BY id FOR UPDATE
    )
    UPDATE submissions SET worker = :worker FROM before WHERE submissions.id = before.id
    RETURNING submissions.id, submissions.state
    """  # noqa: S608  # only our own constants are put in
)

_WORK = text(
    """
    SELECT mine.id, mine.owner_id, mine.job_id, mine.provider, mine.model, mine.credential_id,
           mine.remote_id, mine.faults, mine.error, mine.submitted_at, mine.cost_estimate, mine.cost,
           j.settings, j.name AS job_name,
           v.id AS video_id, v.options, v.submission_id = mine.id AS still,
           v.status, v.seed, v.retry_count, v.limits, v.limited_at, v.prompt_text, v.negative_prompt,
           v.image_key,
           i.last_image_key, i.reference_keys, i.extend, source.remote_id AS source
    FROM submissions mine JOIN jobs j ON j.id = mine.job_id
    JOIN videos v ON v.id = ANY(mine.subject_ids)
    LEFT JOIN shot_inputs i ON i.shot_id = mine.shot_id
    LEFT JOIN submissions source ON source.id = i.source_submission_id
    WHERE mine.id = ANY(:ids) AND mine.subject_kind = 'takes'
    -- the order in which they were asked for: an answer names its takes by it
    ORDER BY mine.id, array_position(mine.subject_ids, v.id)
    """
)

_END = """
    UPDATE submissions SET state = :state, error = :error, cost = COALESCE(:cost, cost), ended_at = now()
    WHERE id = :id AND worker = :worker AND state = ANY(:sources) RETURNING id
"""

_FAULT = text(
    f"""
    UPDATE submissions SET faults = faults + 1, error = :error
    WHERE id = :id AND worker = :worker AND state IN {sql_list(ACTIVE_SUBMISSIONS)}
    RETURNING faults
    """  # noqa: S608  # only our own constants are put in
)


async def take_over(session: Executor, submission_ids: Sequence[UUID], worker: str) -> list[Work | None]:
    """Make this worker the one that holds the submissions.

    `Work.state` says what was done: `claimed` that nothing was sent yet, `submitting` that a crash came
    after the first byte. None for one that has ended, or whose job is gone.
    """
    mine = await session.execute(_TAKE, {"ids": list(submission_ids), "worker": worker})
    before: dict[UUID, str] = {row.id: row.state for row in mine}
    # A statement of its own: what the worker before has stored while this one waited for its row is seen.
    rows = await session.execute(_WORK, {"ids": list(before)})
    taken = {each: _work(list(takes), before[each]) for each, takes in groupby(rows, key=lambda row: row.id)}
    return [taken.get(each) for each in submission_ids]


async def read(session: Executor, submission_id: UUID) -> Work | None:
    """Read a submission without taking it over; None when its job or its takes are gone."""
    state = await session.scalar(text("SELECT state FROM submissions WHERE id = :id"), {"id": submission_id})
    rows = list(await session.execute(_WORK, {"ids": [submission_id]}))
    return _work(rows, state) if rows and state else None


def _work(rows: Sequence[Row[Any]], state: str) -> Work:
    first = rows[0]
    return Work(
        id=first.id,
        owner_id=first.owner_id,
        job_id=first.job_id,
        job_name=first.job_name,
        provider=first.provider,
        model=first.model,
        credential_id=first.credential_id,
        state=SubmissionState(state),
        remote_id=first.remote_id,
        faults=first.faults,
        error=first.error,
        submitted_at=first.submitted_at,
        cost_estimate=first.cost_estimate,
        cost=first.cost,
        prompt=first.prompt_text,
        negative_prompt=first.negative_prompt,
        image_key=first.image_key,
        last_image_key=first.last_image_key,
        reference_keys=tuple(first.reference_keys or ()),
        source=first.source,
        extend=bool(first.extend),
        settings=first.settings,
        # all are asked with the same; one that has been asked for anew since may have others
        options=next((row.options for row in rows if row.still), first.options),
        takes=tuple(
            Take(row.video_id, row.status, row.seed, row.retry_count, row.limits, row.limited_at)
            for row in rows
        ),
    )


async def end_submission(
    session: Executor,
    submission_id: UUID,
    worker: str,
    transition: StateTransition[SubmissionState],
    *,
    cost: Decimal | None = None,
    error: str | None = None,
) -> bool:
    """Close the row. False: not ours any more."""
    row = await session.execute(
        text(_END),
        {
            "id": submission_id,
            "worker": worker,
            "state": str(transition.target),
            "sources": [str(each) for each in transition.sources],
            "cost": cost,
            "error": error,
        },
    )
    return bool(row.scalar())


async def record_fault(session: Executor, submission_id: UUID, worker: str, error: str) -> int | None:
    """Count a fault after acceptance. Returns how many there were, None when not ours any more."""
    row = await session.execute(_FAULT, {"id": submission_id, "worker": worker, "error": error})
    return row.scalar()


async def put_off(session: Executor, submission_id: UUID, worker: str) -> bool:
    """Take back that it was taken over. False: not ours any more."""
    row = await session.execute(
        text(
            "UPDATE submissions SET worker = NULL"  # noqa: S608  # only our own constants are put in
            f" WHERE id = :id AND worker = :worker AND state IN {sql_list(ACTIVE_SUBMISSIONS)} RETURNING id"
        ),
        {"id": submission_id, "worker": worker},
    )
    return row.scalar() is not None


async def clear_faults(session: Executor, submission_id: UUID) -> None:
    """The provider answers again."""
    await session.execute(
        text("UPDATE submissions SET faults = 0, error = NULL WHERE id = :id"), {"id": submission_id}
    )


async def note_finished(session: Executor, submission_id: UUID, *, made: bool, cost: Decimal | None) -> None:
    """Write what is known of a submission that its provider has finished: its bill, and that there is
    something to be had. A decision on it books that."""
    await session.execute(
        text(
            "UPDATE submissions SET cost = COALESCE(:cost, cost),"
            " finished_at = CASE WHEN :made THEN COALESCE(finished_at, now()) ELSE finished_at END"
            " WHERE id = :id"
        ),
        {"id": submission_id, "cost": cost, "made": made},
    )


async def other_remote_ids(session: Executor, work: Work) -> frozenset[str]:
    """What else of the same job this provider has accepted, whatever became of it."""
    rows = await session.execute(
        text(
            "SELECT remote_id FROM submissions WHERE job_id = :job AND provider = :provider AND id <> :id"
            " AND remote_id IS NOT NULL"
        ),
        {"job": work.job_id, "provider": work.provider, "id": work.id},
    )
    return frozenset(rows.scalars())
