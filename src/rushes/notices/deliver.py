"""Delivers what is due at a receiver: the task, when it is tried again, and when a receiver is paused.

A delivery is claimed and committed before it is sent, and recorded after: no two processes send it at once,
and one that is killed in between leaves it due again. So it arrives at least once, always under one id.
"""

import json
import logging
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.notices.event_types import TYPES, SentMessage, links_of
from rushes.notices.gather import claim_notices, send_gathered
from rushes.notices.outbox import (
    DueMessage,
    claim_due,
    prune_outbox,
    receivers_with_due,
    record_attempt,
)
from rushes.notices.posting import PostResult, post
from rushes.notices.signing import signed_headers
from rushes.platform.db.engine import Executor
from rushes.platform.db.queue import Deferred, defer

log = logging.getLogger(__name__)

WAITS_SECONDS = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""After the first attempt, the second …; after the last one a delivery has failed."""
JITTER = 0.1
SOON_SECONDS = 60.0
"""What is due sooner has a task of its own in the queue; the periodic round finds the rest."""
PAUSE_AFTER = timedelta(days=5)
ONE_RUN_SECONDS = 60.0
"""Then a task lets others have its slot; what is left is found by the next."""
GONE = 410
WEBHOOK = "webhook"


def deliver_task(receiver: UUID, at: datetime | None = None) -> Deferred:
    """Return the task that sends what is due at a receiver. One at a time for each."""
    return Deferred("rushes:deliver", {"receiver_id": str(receiver)}, lock=f"receiver:{receiver}", at=at)


async def deliver(run: Runtime, *, receiver_id: str) -> None:
    """Send what is due at a receiver, one after the other."""
    receiver, until = UUID(receiver_id), time.monotonic() + ONE_RUN_SECONDS
    while time.monotonic() < until:
        if await deliver_next(run, receiver) is None:
            return
    async with run.db.begin() as session:
        await defer(session, [deliver_task(receiver)])


async def deliver_next(run: Runtime, receiver: UUID, *, only: UUID | None = None) -> UUID | None:
    """Claim one delivery of a receiver, send it, record what came of it. None: nothing is due.

    `only` is one delivery, which a person wants sent although the receiver is paused.
    """
    async with run.db.begin() as session:
        row = await _receiver(session, receiver)
        if row is None or (row.state != "active" and only is None):
            return None
        if row.kind == WEBHOOK:
            due = await claim_due(session, receiver, lease_seconds(run), only=only)
        else:
            due = await claim_notices(session, row, lease_seconds(run), only)
    if not due:
        return None
    result = await (send_webhook(run, row, due[0]) if row.kind == WEBHOOK else send_gathered(run, row, due))
    async with run.db.begin() as session:
        await _record(session, receiver, due, result)
    return due[0].id


def lease_seconds(run: Runtime) -> float:
    """Return how long a claimed delivery is nobody else's."""
    return 2 * run.settings.deliver_timeout_seconds


async def _receiver(session: Executor, receiver: UUID) -> Any:
    rows = await session.execute(text("SELECT * FROM receivers WHERE id = :id"), {"id": receiver})
    return rows.one_or_none()


async def send_webhook(run: Runtime, row: Any, due: DueMessage) -> PostResult:
    """Post a message, signed with the secret, and with the previous one while that counts."""
    body = message_body(due, run.settings.public_url)
    try:
        secrets = [run.vault.open(row.secret)]
        if row.previous_secret and row.previous_until > datetime.now(UTC):
            secrets.append(run.vault.open(row.previous_secret))
    except RushesError as error:
        return PostResult(None, error.message, 0)
    headers = signed_headers(secrets, str(due.message_id), int(time.time()), body)
    return await post(run.settings, row.address, body, headers)


def message_body(due: DueMessage, public_url: str | None) -> bytes:
    """Return the body of a webhook: type, time, and the data of its type."""
    ids = {name: str(value) for name, value in due.data.items() if name.endswith("_id")}
    fields: dict[str, object] = {
        **due.data,
        "space_id": due.owner_id,
        "links": links_of(due.type, ids, public_url),
    }
    model = TYPES[due.type].data
    data: BaseModel = model.model_validate(
        {name: value for name, value in fields.items() if name in model.model_fields}
    )
    said = SentMessage.model_construct(type=due.type, timestamp=due.at)
    content = {
        "type": str(said.type),
        "timestamp": said.timestamp.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": data.model_dump(mode="json", exclude_none=True),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


async def _record(session: Any, receiver: UUID, due: list[DueMessage], result: PostResult) -> None:
    wait = wait_after(max(each.attempts for each in due), result)
    state = "delivered" if result.delivered else "failed" if wait is None else "pending"
    await record_attempt(
        session,
        [each.id for each in due],
        state,
        status=result.status,
        milliseconds=result.milliseconds,
        answer=result.words,
        wait_seconds=wait,
    )
    await record_health(session, receiver, result)
    if wait is not None and wait <= SOON_SECONDS:
        await defer(session, [deliver_task(receiver, datetime.now(UTC) + timedelta(seconds=wait))])


def wait_after(attempts: int, result: PostResult) -> float | None:
    """Return the seconds until the next attempt; None after success, and after the last attempt."""
    if result.delivered or result.status == GONE or attempts > len(WAITS_SECONDS):
        return None
    wait = WAITS_SECONDS[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    return max(wait, result.retry_after or 0.0)


async def record_health(session: Executor, receiver: UUID, result: PostResult) -> None:
    """Record that a receiver answers or does not; one that is gone, or fails for days, is paused."""
    if result.delivered:
        await session.execute(
            text(
                "UPDATE receivers SET failing_since = NULL, last_success_at = now(),"
                " reason = CASE WHEN state = 'paused' THEN reason END WHERE id = :id"
            ),
            {"id": receiver},
        )
        return
    seen = f"It answered {result.status}." if result.status is not None else result.words
    why = "It answered 410 Gone." if result.status == GONE else None
    await session.execute(
        text(
            """
            UPDATE receivers SET failing_since = COALESCE(failing_since, now()),
                state = CASE WHEN state = 'active' AND (CAST(:gone AS text) IS NOT NULL
                    OR failing_since < now() - make_interval(secs => :patience)) THEN 'paused' ELSE state END,
                reason = CASE WHEN state <> 'paused' THEN COALESCE(:gone, :seen) ELSE reason END
            WHERE id = :id
            """
        ),
        {"id": receiver, "gone": why, "seen": seen, "patience": PAUSE_AFTER.total_seconds()},
    )


async def look_after_deliveries(run: Runtime) -> None:
    """Put tasks into the queue for what is due and has none: retries of hours, and what a crash left."""
    async with run.db.begin() as session:
        await defer(session, [deliver_task(each) for each in await receivers_with_due(session)])


async def prune_deliveries(run: Runtime) -> None:
    """Forget messages of more than 30 days ago, and secrets that count no more."""
    async with run.db.begin() as session:
        await prune_outbox(session)
        await session.execute(
            text(
                "UPDATE receivers SET previous_secret = NULL, previous_until = NULL"
                " WHERE previous_until < now()"
            )
        )
