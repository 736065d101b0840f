"""The submission ledger: every change of a submission, fenced by the worker that holds it.

A worker that has lost its row to another (it was silent for too long) changes nothing any more:
each update says `worker = me`, and no row means stop.
"""

import json
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
    MAYBE_ACCEPTED,
    SubmissionChanges,
    SubmissionState,
    Transition,
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
    submitted_at: datetime | None
    cost_estimate: Decimal
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
    UPDATE submissions SET worker = :worker,
           state = CASE submissions.state WHEN 'claimed' THEN 'submitting' ELSE submissions.state END
    FROM before WHERE submissions.id = before.id
    RETURNING submissions.id, before.state
    """  # noqa: S608  # only our own constants are put in
)

_WORK = text(
    """
    SELECT mine.id, mine.owner_id, mine.job_id, mine.provider, mine.model, mine.credential_id,
           mine.remote_id, mine.faults, mine.submitted_at, mine.cost_estimate, j.settings,
           j.name AS job_name,
           v.id AS video_id, v.options, v.submission_id = mine.id AS still,
           v.status, v.seed, v.retry_count, v.prompt_text, v.negative_prompt, v.image_key,
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

_SUBMITTED = text(
    f"""
    UPDATE submissions SET state = '{SubmissionChanges.ACCEPT.target}', remote_id = r.remote_id,
           submitted_at = now(), ended_at = NULL, error = NULL
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id uuid, remote_id text)
    WHERE submissions.id = r.id AND worker = :worker AND state IN {sql_list(SubmissionChanges.ACCEPT.sources)}
    RETURNING submissions.id
    """  # noqa: S608  # only our own constants are put in
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
    """Make this worker the one that holds the submissions, and mark claims as being submitted.

    To be committed before the provider is called. `Work.state` is the state before: `claimed` says that
    nothing was sent yet, `submitting` that a crash came between. None for one that has ended, or whose
    job is gone.
    """
    mine = await session.execute(_TAKE, {"ids": list(submission_ids), "worker": worker})
    before: dict[UUID, str] = {row.id: row.state for row in mine}
    # A statement of its own: what the worker before has stored while this one waited for its row is seen.
    rows = await session.execute(_WORK, {"ids": list(before)})
    taken = {each: _work(list(takes), before[each]) for each, takes in groupby(rows, key=lambda row: row.id)}
    return [taken.get(each) for each in submission_ids]


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
        submitted_at=first.submitted_at,
        cost_estimate=first.cost_estimate,
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
        takes=tuple(Take(row.video_id, row.status, row.seed, row.retry_count) for row in rows),
    )


async def record_submitted(
    session: Executor, remote_ids: Sequence[tuple[UUID, str]], worker: str
) -> list[bool]:
    """submitting → submitted with the remote id. False for one that is not ours any more."""
    rows = json.dumps([{"id": str(each), "remote_id": remote_id} for each, remote_id in remote_ids])
    kept = set((await session.execute(_SUBMITTED, {"rows": rows, "worker": worker})).scalars())
    return [each in kept for each, _ in remote_ids]


async def end_submission(
    session: Executor,
    submission_id: UUID,
    worker: str,
    transition: Transition[SubmissionState],
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


async def put_off(session: Executor, submission_id: UUID, worker: str, *, sent: bool) -> bool:
    """Take back that it was taken over: it is a claim again unless it was sent before. False: not ours."""
    row = await session.execute(
        text(
            "UPDATE submissions SET worker = NULL,"  # noqa: S608  # only our own constants are put in
            " state = CASE WHEN state = 'submitting' AND NOT :sent THEN 'claimed' ELSE state END"
            f" WHERE id = :id AND worker = :worker AND state IN {sql_list(MAYBE_ACCEPTED)} RETURNING id"
        ),
        {"id": submission_id, "worker": worker, "sent": sent},
    )
    return row.scalar() is not None


async def is_to_be_sent(session: Executor, submission_id: UUID, worker: str) -> bool:
    """Whether it is still this worker's, not accepted yet, and somebody still waits for one of its videos."""
    row = await session.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM submissions s JOIN videos v ON v.id = ANY(s.subject_ids)"
            " WHERE s.id = :id AND s.worker = :worker AND s.state = 'submitting'"
            " AND v.status = 'generating' AND v.deleted_at IS NULL)"
        ),
        {"id": submission_id, "worker": worker},
    )
    return bool(row.scalar_one())


async def clear_faults(session: Executor, submission_id: UUID) -> None:
    """The provider answers again."""
    await session.execute(
        text("UPDATE submissions SET faults = 0, error = NULL WHERE id = :id"), {"id": submission_id}
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


@dataclass(frozen=True)
class Active:
    """A submission that has not ended."""

    id: UUID
    provider: str
    credential_id: UUID | None
    remote_id: str | None


async def active(session: Executor, submission_id: UUID) -> Active | None:
    """The submission, if it has not ended."""
    row = (
        await session.execute(
            text(
                "SELECT id, provider, credential_id, remote_id FROM submissions"  # noqa: S608  # only our own constants are put in
                f" WHERE id = :id AND state IN {sql_list(ACTIVE_SUBMISSIONS)}"
            ),
            {"id": submission_id},
        )
    ).one_or_none()
    return Active(row.id, row.provider, row.credential_id, row.remote_id) if row else None


async def cancel(session: Executor, submission_id: UUID, note: str) -> None:
    """Close the row as given up, whoever held it."""
    await session.execute(
        text(
            f"UPDATE submissions SET state = '{SubmissionChanges.CANCEL.target}', error = :note,"  # noqa: S608  # only our own constants are put in
            f" ended_at = now() WHERE id = :id AND state IN {sql_list(SubmissionChanges.CANCEL.sources)}"
        ),
        {"id": submission_id, "note": note},
    )
