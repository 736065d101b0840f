"""Gathers the messages of a channel into one notice: after a minute, after quiet hours, or once a day."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.notices.channels import ChannelAddress, ChannelKind, send_notice
from rushes.notices.outbox import DueMessage, claim_due
from rushes.notices.posting import PostResult
from rushes.notices.quiet import SendTimes
from rushes.notices.wording import notice_of
from rushes.platform.db.engine import Executor

MOST_GATHERED = 500
_HOLD = text(
    """
    UPDATE deliveries SET next_at = :until
    WHERE receiver_id = :receiver AND state = 'pending' AND next_at < :until
      AND (CAST(:since AS timestamptz) IS NULL OR attempts = 0 AND created_at >= :since)
    """
)


_IS_DUE = text(
    "SELECT EXISTS (SELECT FROM deliveries"
    " WHERE receiver_id = :receiver AND state = 'pending' AND next_at <= now())"
)


def times_of(row: Any) -> SendTimes:
    """Return when a channel may be sent to."""
    return SendTimes(row.time_zone or "UTC", row.quiet_from, row.quiet_to, row.digest_at)


async def claim_notices(
    session: Executor, row: Any, lease_seconds: float, only: UUID | None
) -> list[DueMessage]:
    """Claim what goes into a channel's next notice; none while it must wait, and then until when is recorded.

    `only` is a test, which waits for nothing.
    """
    if only is not None:
        return await claim_due(session, row.id, lease_seconds, only=only)
    now, times = datetime.now(UTC), times_of(row)
    if (until := times.quiet_until(now)) is not None:
        await session.execute(_HOLD, {"receiver": row.id, "until": until, "since": None})
        return []
    last = times.last_digest(now)
    if last is not None:
        # Of a retry, the hour has come before; what was written after the last digest waits for the next.
        until = times.next_digest(now)
        await session.execute(_HOLD, {"receiver": row.id, "until": until, "since": last})
    if not await session.scalar(_IS_DUE, {"receiver": row.id}):
        return []
    return await claim_due(
        session,
        row.id,
        lease_seconds,
        most=MOST_GATHERED,
        ahead_seconds=row.gather_seconds,
        before=last,
    )


async def send_gathered(run: Runtime, row: Any, due: list[DueMessage]) -> PostResult:
    """Send messages as one notice."""
    try:
        opened = json.loads(run.vault.open(row.secret))
    except RushesError as error:
        return PostResult(None, error.message, 0)
    address = ChannelAddress(opened["secret_address"], opened["token"])
    notice = notice_of(due, run.settings.public_url)
    return await send_notice(run.settings, ChannelKind(row.kind), address, notice)
