"""Helpers for tests of webhooks: a space's webhook at a receiver, and messages written by hand."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from standins.receiver import ReceiverStandIn

from rushes.engine.runtime import Runtime
from rushes.notices import webhooks
from rushes.notices.event_types import CHOOSABLE, MessageType
from rushes.notices.outbox import write_message
from rushes.notices.webhook_views import DeliveryView, NewWebhook, WebhookCreated
from rushes.platform.db.models import LOCAL_OWNER


def permit_private(run: Runtime, **values: object) -> None:
    """From now on messages may go to this machine."""
    run.settings = run.settings.model_copy(update={"deliver_private": True, **values})


async def add_hook(
    run: Runtime,
    at: ReceiverStandIn,
    path: str = "/ok",
    events: tuple[MessageType, ...] = CHOOSABLE,
    owner: UUID = LOCAL_OWNER,
) -> WebhookCreated:
    """Add a webhook to a path of the receiver."""
    return await webhooks.add_webhook(run, owner, NewWebhook(url=at.url + path, events=list(events)))


async def write(run: Runtime, owner: UUID = LOCAL_OWNER, **data: str) -> UUID | None:
    """Write a message to all webhooks that want it."""
    said = {"message": "full", **data}
    async with run.db.begin() as session:
        return await write_message(session, owner, MessageType.DISK_LOW, "disk", said)


async def log_of(run: Runtime, webhook: UUID) -> list[DeliveryView]:
    """The deliveries of a webhook, the newest first."""
    async with run.db.begin() as session:
        return await webhooks.list_deliveries(session, LOCAL_OWNER, webhook)


async def rows(run: Runtime, statement: str, **given: object) -> list[Any]:
    """What a statement of a test finds."""
    async with run.db.begin() as session:
        found = await session.execute(text(statement), given)
        return list(found.all()) if found.returns_rows else []  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
