"""The rows of submissions that are given up: what can still be cancelled, and what is not settled yet."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.engine.states import ACTIVE_SUBMISSIONS, SubmissionChanges, SubmissionState, sql_list
from rushes.platform.db.engine import Executor

UNSETTLED_CANCELLED = f"state = '{SubmissionState.CANCELLED}' AND cost IS NULL AND submitted_at IS NOT NULL"
"""Cancelled after it was accepted, and it is not known yet what that cost."""


@dataclass(frozen=True)
class Cancellable:
    """A submission that has not ended (`open`), or has ended by a cancel and is not settled.

    `wanted`: a take of it is being waited for (again).
    """

    id: UUID
    provider: str
    credential_id: UUID | None
    remote_id: str | None
    submitted_at: datetime | None
    cost_estimate: Decimal
    open: bool
    wanted: bool


async def cancellable(session: Executor, submission_id: UUID) -> Cancellable | None:
    """Read it; None when there is nothing left to do."""
    rows = await session.execute(
        text(
            f"""
                SELECT id, provider, credential_id, remote_id, submitted_at, cost_estimate,
                       state IN {sql_list(ACTIVE_SUBMISSIONS)} AS open,
                       EXISTS (SELECT 1 FROM videos WHERE submission_id = submissions.id
                               AND status = 'generating' AND deleted_at IS NULL) AS wanted
                FROM submissions
                WHERE id = :id AND (state IN {sql_list(ACTIVE_SUBMISSIONS)} OR {UNSETTLED_CANCELLED})
                """  # noqa: S608  # only our own constants are put in
        ),
        {"id": submission_id},
    )
    row = rows.mappings().one_or_none()
    return Cancellable(**row) if row else None


async def cancel(
    session: Executor, submission_id: UUID, note: str, *, cost: Decimal | None, made: bool
) -> None:
    """Close the row as given up, whoever held it. `cost` is what it came to, if that is known; `made` says
    that there is something to be had all the same."""
    await session.execute(
        text(
            f"""
            UPDATE submissions SET state = '{SubmissionChanges.CANCEL.target}', error = :note,
                   ended_at = now(), cost = COALESCE(CAST(:cost AS numeric), cost),
                   finished_at = CASE WHEN :made THEN COALESCE(finished_at, now()) ELSE finished_at END
            WHERE id = :id AND state IN {sql_list(SubmissionChanges.CANCEL.sources)}
            """  # noqa: S608  # only our own constants are put in
        ),
        {"id": submission_id, "note": note, "cost": cost, "made": made},
    )


async def settle(session: Executor, submission_id: UUID, cost: Decimal, *, made: bool) -> None:
    """Book what a cancelled submission came to."""
    await session.execute(
        text(
            f"""
            UPDATE submissions SET cost = :cost,
                   finished_at = CASE WHEN :made THEN COALESCE(finished_at, now()) ELSE finished_at END
            WHERE id = :id AND {UNSETTLED_CANCELLED}
            """  # noqa: S608  # only our own constants are put in
        ),
        {"id": submission_id, "cost": cost, "made": made},
    )
