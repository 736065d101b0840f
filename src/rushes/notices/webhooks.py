"""Webhooks as their owner handles them: added, changed, tested, rotated, replayed, deleted.

Every query names the space, so that nobody reaches another one's.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, text, update

from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.notices.deliver import WEBHOOK, deliver_next, deliver_task
from rushes.notices.event_types import CHOOSABLE, MessageType
from rushes.notices.outbox import write_message
from rushes.notices.posting import check_reachable, checked_url
from rushes.notices.signing import new_secret
from rushes.notices.webhook_views import (
    MOST_NAME,
    DeliveryView,
    NewWebhook,
    ReceiverState,
    Replayed,
    ReplayRequest,
    WebhookChange,
    WebhookCreated,
    WebhookView,
)
from rushes.platform.db.engine import Executor
from rushes.platform.db.outbox import ReceiverRow
from rushes.platform.db.queue import defer
from rushes.sanitize import clean_line

MOST_WEBHOOKS = 50
"""Of one space."""
MOST_DELIVERIES = 200
BOTH_SECRETS = timedelta(hours=24)

_WEBHOOKS = """
    SELECT r.id, r.name, r.address AS url, r.events, r.state, r.reason, r.failing_since, r.last_success_at,
           CASE WHEN r.previous_until > now() THEN r.previous_until END AS previous_secret_until,
           (SELECT count(*) FROM deliveries d WHERE d.receiver_id = r.id AND d.state = 'pending') AS pending,
           (SELECT count(*) FROM deliveries d WHERE d.receiver_id = r.id AND d.state = 'failed') AS failed,
           r.created_at
    FROM receivers r WHERE r.owner_id = :owner AND r.kind = 'webhook'
"""
_DELIVERIES = text(
    """
    SELECT d.id, d.message_id, m.type, d.state, d.attempts, d.http_status, d.milliseconds, d.answer,
           CASE WHEN d.state = 'pending' THEN d.next_at END AS next_at, d.created_at, d.ended_at
    FROM deliveries d JOIN outbox m ON m.id = d.message_id
    WHERE d.receiver_id = :receiver AND d.owner_id = :owner AND (CAST(:id AS uuid) IS NULL OR d.id = :id)
    ORDER BY d.created_at DESC, d.id LIMIT :most
    """
)
_REPLAY = text(
    """
    UPDATE deliveries SET state = 'pending', attempts = 0, next_at = now(), ended_at = NULL
    WHERE receiver_id = :receiver AND owner_id = :owner AND CASE
        WHEN CAST(:id AS uuid) IS NOT NULL THEN id = :id
        ELSE state = 'failed' AND created_at >= COALESCE(CAST(:since AS timestamptz), '-infinity') END
    """
)


async def list_webhooks(session: Executor, owner: UUID) -> list[WebhookView]:
    """Return the webhooks of a space, the oldest first."""
    rows = await session.execute(text(f"{_WEBHOOKS} ORDER BY r.created_at, r.id"), {"owner": owner})
    return [WebhookView.model_validate(row, from_attributes=True) for row in rows]


async def get_webhook(session: Executor, owner: UUID, webhook: UUID) -> WebhookView:
    """Return one webhook of a space. Raises `NotFound`."""
    rows = await session.execute(text(f"{_WEBHOOKS} AND r.id = :id"), {"owner": owner, "id": webhook})
    row = rows.one_or_none()
    if row is None:
        raise NotFound("There is no such webhook.")
    return WebhookView.model_validate(row, from_attributes=True)


def checked_types(given: Sequence[MessageType]) -> list[str]:
    """Return the types a receiver is sent, in the order of the list. Raises `Invalid`."""
    if MessageType.PING in given:
        fault = Fault("events", "A test is sent to every receiver; it is no choice.", "bad_event")
        raise Invalid("The types cannot be used.", [fault])
    return [str(each) for each in CHOOSABLE if each in given]


async def add_webhook(run: Runtime, owner: UUID, new: NewWebhook) -> WebhookCreated:
    """Add a webhook with a new secret. Raises `Invalid` for its address, `Conflict` beyond the most."""
    url = checked_url(run.settings, new.url)
    events = checked_types(new.events)
    await check_reachable(run.settings, url)
    secret, webhook = new_secret(), uuid4()
    async with run.db.begin() as session:
        if len(await list_webhooks(session, owner)) >= MOST_WEBHOOKS:
            raise Conflict(f"A space can have {MOST_WEBHOOKS} webhooks, and has.")
        await session.execute(
            insert(ReceiverRow).values(
                id=webhook,
                owner_id=owner,
                kind=WEBHOOK,
                name=_name(new.name) or url.host[:MOST_NAME],
                address=str(url),
                secret=run.vault.seal(secret),
                events=events,
            )
        )
        return _with_secret(await get_webhook(session, owner, webhook), secret)


def _name(given: str) -> str:
    return " ".join(clean_line(given).split())


def _with_secret(view: WebhookView, secret: str) -> WebhookCreated:
    return WebhookCreated(**view.model_dump(), secret=secret)


async def change_webhook(run: Runtime, owner: UUID, webhook: UUID, change: WebhookChange) -> WebhookView:
    """Change a webhook. Enabled again, it is sent what is pending. Raises `NotFound` or `Invalid`."""
    values: dict[str, Any] = {}
    if change.url is not None:
        url = checked_url(run.settings, change.url)
        await check_reachable(run.settings, url)
        values["address"] = str(url)
    if change.name is not None and (name := _name(change.name)):
        values["name"] = name
    if change.events is not None:
        values["events"] = checked_types(change.events)
    if change.enabled is False:
        values["state"] = ReceiverState.DISABLED
    elif change.enabled:
        values |= {"state": ReceiverState.ACTIVE, "reason": None, "failing_since": None}
    async with run.db.begin() as session:
        await get_webhook(session, owner, webhook)
        if values:
            await session.execute(_of(update(ReceiverRow), owner, webhook).values(**values))
        if change.enabled:
            await defer(session, [deliver_task(webhook)])
        return await get_webhook(session, owner, webhook)


def _of(statement: Any, owner: UUID, webhook: UUID) -> Any:
    return statement.where(ReceiverRow.id == webhook, ReceiverRow.owner_id == owner)


async def delete_webhook(run: Runtime, owner: UUID, webhook: UUID) -> None:
    """Delete a webhook with its log of deliveries. Raises `NotFound`."""
    async with run.db.begin() as session:
        await get_webhook(session, owner, webhook)
        await session.execute(_of(delete(ReceiverRow), owner, webhook))


async def rotate_secret(run: Runtime, owner: UUID, webhook: UUID) -> WebhookCreated:
    """Give a webhook another secret. For 24 hours messages are signed with both. Raises `NotFound`."""
    secret = new_secret()
    async with run.db.begin() as session:
        await get_webhook(session, owner, webhook)
        await session.execute(
            _of(update(ReceiverRow), owner, webhook).values(
                previous_secret=ReceiverRow.secret,
                previous_until=datetime.now(UTC) + BOTH_SECRETS,
                secret=run.vault.seal(secret),
            )
        )
        return _with_secret(await get_webhook(session, owner, webhook), secret)


async def list_deliveries(
    session: Executor, owner: UUID, webhook: UUID, *, limit: int = 50, only: UUID | None = None
) -> list[DeliveryView]:
    """Return deliveries of a webhook, the newest first. Raises `NotFound` for a webhook of others."""
    await get_webhook(session, owner, webhook)
    given = {"owner": owner, "receiver": webhook, "most": min(limit, MOST_DELIVERIES), "id": only}
    rows = await session.execute(_DELIVERIES, given)
    return [DeliveryView.model_validate(row, from_attributes=True) for row in rows]


async def send_test(run: Runtime, owner: UUID, webhook: UUID) -> DeliveryView:
    """Send a `ping` now, also to a webhook that is paused or disabled, and return what came of it."""
    async with run.db.begin() as session:
        await get_webhook(session, owner, webhook)
        message = await write_message(session, owner, MessageType.PING, "ping", {}, only=webhook)
        delivery = await session.scalar(
            text("SELECT id FROM deliveries WHERE message_id = :message"), {"message": message}
        )
    await deliver_next(run, webhook, only=delivery)
    async with run.db.begin() as session:
        found = await list_deliveries(session, owner, webhook, only=delivery)
    if not found:
        raise NotFound("The webhook was deleted meanwhile.")
    return found[0]


async def replay(run: Runtime, owner: UUID, webhook: UUID, asked: ReplayRequest) -> Replayed:
    """Send a delivery again, or all that failed since a time, under the same ids. Raises `NotFound`, and
    `Conflict` while the webhook is not active."""
    async with run.db.begin() as session:
        found = await get_webhook(session, owner, webhook)
        if found.state is not ReceiverState.ACTIVE:
            raise Conflict(f"The webhook is {found.state}.", hint="Enable it, then replay.")
        given = {"owner": owner, "receiver": webhook, "id": asked.delivery_id, "since": asked.failed_since}
        again: Any = await session.execute(_REPLAY, given)
        if asked.delivery_id is not None and not again.rowcount:
            raise NotFound("There is no such delivery.")
        await defer(session, [deliver_task(webhook)])
    return Replayed(count=again.rowcount)
