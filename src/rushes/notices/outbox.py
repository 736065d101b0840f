"""The outbox in rows: writing what is no event, claiming what is due, recording what came of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from rushes.notices.event_types import MessageType
from rushes.platform.db.engine import Executor

KEPT_DAYS = 30

_ADD = text(
    "SELECT outbox_add(:owner, CAST(:type AS text), :subject, CAST(:occasion AS text),"
    " make_interval(hours => :hours), CAST(:data AS jsonb), CAST(:only AS uuid))"
)
_CLAIM = text(
    """
    WITH claimed AS (
        UPDATE deliveries SET attempts = attempts + 1,
               next_at = now() + make_interval(secs => :lease)
        WHERE id IN (
            SELECT id FROM deliveries
            WHERE receiver_id = :receiver AND state = 'pending'
              -- What was tried before is another's until its lease ends.
              AND next_at <= now() + make_interval(secs => CASE WHEN attempts = 0 THEN :ahead ELSE 0 END)
              AND (CAST(:only AS uuid) IS NULL OR id = :only)
              AND (CAST(:before AS timestamptz) IS NULL OR created_at < :before)
            ORDER BY next_at, id LIMIT :most FOR UPDATE SKIP LOCKED)
        RETURNING *
    )
    SELECT c.id, c.message_id, c.attempts, m.owner_id, m.type, m.subject, m.data, m.at
    FROM claimed c JOIN outbox m ON m.id = c.message_id ORDER BY m.at, c.id
    """
)
_RECORD = text(
    """
    UPDATE deliveries
    SET state = :state, http_status = :status, milliseconds = :milliseconds, answer = :answer,
        next_at = COALESCE(now() + make_interval(secs => :wait), next_at),
        ended_at = CASE WHEN :state = 'pending' THEN NULL ELSE now() END
    WHERE id = ANY(:ids) AND state = 'pending'
    """
)
_WITH_DUE = text(
    """
    SELECT DISTINCT d.receiver_id FROM deliveries d JOIN receivers r ON r.id = d.receiver_id
    WHERE d.state = 'pending' AND d.next_at <= now() AND r.state = 'active' AND NOT EXISTS (
        SELECT FROM procrastinate_jobs p
        WHERE p.lock = 'receiver:' || r.id AND p.status IN ('todo', 'doing')
          AND (p.scheduled_at IS NULL OR p.scheduled_at <= now()))
    """
)


@dataclass(frozen=True)
class DueMessage:
    """A delivery that this process may send now, once."""

    id: UUID
    message_id: UUID
    attempts: int
    """With this one."""
    owner_id: UUID
    type: MessageType
    subject: str
    data: dict[str, Any]
    at: datetime


async def write_message(
    session: Executor,
    owner: UUID,
    message_type: MessageType,
    subject: str,
    data: dict[str, str],
    *,
    once_in_hours: int | None = None,
    occasion: str = "",
    only: UUID | None = None,
) -> UUID | None:
    """Write a message with this transaction, for the receivers that want its type, or for one alone.

    With `once_in_hours` the same subject and occasion is written once in that time. Returns the message's id;
    None when nobody gets it.
    """
    given = {
        "owner": owner,
        "type": str(message_type),
        "subject": subject,
        "occasion": occasion if once_in_hours is not None else None,
        "hours": once_in_hours or 0,
        "data": json.dumps(data),
        "only": only,
    }
    return await session.scalar(_ADD, given)


async def claim_due(
    session: Executor,
    receiver: UUID,
    lease_seconds: float,
    *,
    only: UUID | None = None,
    most: int = 1,
    ahead_seconds: float = 0.0,
    before: datetime | None = None,
) -> list[DueMessage]:
    """Claim what is due at a receiver, the oldest first, or one delivery.

    With them goes what is due for the first time within `ahead_seconds`; nothing written at `before` or
    later.
    Nobody else sends it before the lease ends. What a killed process had claimed is due again then.
    """
    given = {
        "receiver": receiver,
        "lease": lease_seconds,
        "only": only,
        "most": most,
        "ahead": ahead_seconds,
        "before": before,
    }
    rows = await session.execute(_CLAIM, given)
    return [
        DueMessage(r.id, r.message_id, r.attempts, r.owner_id, MessageType(r.type), r.subject, r.data, r.at)
        for r in rows
    ]


async def record_attempt(
    session: Executor,
    ids: Sequence[UUID],
    state: str,
    *,
    status: int | None,
    milliseconds: int | None,
    answer: str,
    wait_seconds: float | None = None,
) -> None:
    """Record what an attempt met; a `pending` delivery is tried again after `wait_seconds`."""
    given = {
        "ids": list(ids),
        "state": state,
        "status": status,
        "milliseconds": milliseconds,
        "answer": answer,
        "wait": wait_seconds,
    }
    await session.execute(_RECORD, given)


async def receivers_with_due(session: Executor) -> list[UUID]:
    """Return the receivers for which something is due and no task is in the queue."""
    return list((await session.execute(_WITH_DUE)).scalars())


async def prune_outbox(session: Executor) -> None:
    """Delete messages, and with them their deliveries, after 30 days."""
    await session.execute(
        text("DELETE FROM outbox WHERE at < now() - make_interval(days => :days)"), {"days": KEPT_DAYS}
    )
