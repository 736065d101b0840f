"""Paid calls of which nobody knows whether they were accepted: listed, and decided on by their own ids.

A call for takes is decided on by any of its takes as well (`library.actions.resolve`). Others have no such
take: those of a deleted job, of cancelled takes, or for something else, such as a voice-over.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Row, text

from rushes.engine.again import decide, reopen
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision, SubmissionState
from rushes.engine.submission_costs import UNDECIDED
from rushes.errors import Conflict, NotFound
from rushes.jobs.rows import locked_job
from rushes.platform.db.engine import Executor

MOST = 100
_SUBMISSION = "SELECT * FROM submissions s WHERE s.owner_id = :owner"
_WAITING = text(
    "SELECT EXISTS (SELECT 1 FROM videos WHERE submission_id = :id"
    " AND status = 'waiting' AND waiting_for = 'uncertain' AND deleted_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM generations WHERE submission_id = :id"
    " AND status = 'waiting' AND waiting_for = 'uncertain')"
)


class SubmissionView(BaseModel):
    """One paid call."""

    submission_id: UUID
    job_id: UUID | None = Field(description="The job may be gone; a call may be for none.")
    subject_kind: str = Field(description="What it is for: `takes`, `voice`, `picture`, `script`.")
    subject_ids: list[UUID] = Field(description="Those that it is for; they may be gone.")
    provider: str
    model: str
    state: str
    remote_id: str | None = Field(description="What the provider calls it, where it said so.")
    cost_estimate: Decimal = Field(description="US dollars it was expected to cost.")
    cost: Decimal | None = Field(description="US dollars, once known.")
    message: str | None = Field(description="What is known of it.")
    claimed_at: datetime


def _view(row: Row[Any]) -> SubmissionView:
    return SubmissionView(
        submission_id=row.id,
        job_id=row.job_id,
        subject_kind=row.subject_kind,
        subject_ids=row.subject_ids,
        provider=row.provider,
        model=row.model,
        state=row.state,
        remote_id=row.remote_id,
        cost_estimate=row.cost_estimate,
        cost=row.cost,
        message=row.error,
        claimed_at=row.claimed_at,
    )


async def undecided(session: Executor, owner: UUID) -> Sequence[SubmissionView]:
    """Return the paid calls on which their owner has to decide, the newest first, `MOST` of them."""
    rows = await session.execute(
        text(f"{_SUBMISSION} AND {UNDECIDED} ORDER BY claimed_at DESC, id LIMIT :most"),
        {"owner": owner, "most": MOST},
    )
    return [_view(row) for row in rows]


async def resolve_submission(
    run: Runtime, owner: UUID, submission_id: UUID, decision: Decision
) -> SubmissionView:
    """Give an uncertain paid call, and all takes that wait for it, what its owner decided. Return it.

    Raises `NotFound`, and `Conflict` when it is not uncertain, or when there is nothing to ask for again.
    """
    async with run.db.begin() as session:
        before = await _row(session, owner, submission_id)
        job = None
        if await _has_job(session, before.job_id):  # locked before the call itself, as everywhere
            job = await locked_job(session, owner, before.job_id)
        waiting = bool((await session.execute(_WAITING, {"id": submission_id})).scalar_one())
        row = await _row(session, owner, submission_id, lock=True)
        if row.state != SubmissionState.UNCERTAIN:
            raise Conflict("This paid call is not uncertain; there is nothing to decide.")
        if decision is Decision.RETRY and not waiting:
            raise Conflict(
                "Nothing here waits for this paid call any more, so it is not asked for again.",
                hint="Say that it was made (its cost is counted), or give it up.",
            )
        await decide(session, submission_id, decision)
        if job is not None and waiting:
            await reopen(session, job)
        return _view(await _row(session, owner, submission_id))


async def _row(session: Executor, owner: UUID, submission_id: UUID, *, lock: bool = False) -> Row[Any]:
    rows = await session.execute(
        text(f"{_SUBMISSION} AND s.id = :id{' FOR UPDATE' if lock else ''}"),
        {"owner": owner, "id": submission_id},
    )
    if (row := rows.one_or_none()) is None:
        raise NotFound(
            f"There is no paid call {submission_id}.", hint="GET /api/needs lists the uncertain ones."
        )
    return row


async def _has_job(session: Executor, job_id: UUID | None) -> bool:
    found = await session.execute(text("SELECT EXISTS (SELECT 1 FROM jobs WHERE id = :id)"), {"id": job_id})
    return bool(found.scalar_one())
