"""The tables of what is sent out: receivers, the outbox, and what became of each message at each receiver.

A message is written in the transaction of the change that it tells of, by the trigger on `events` (migration
0039) or by `outbox_add`, its function. One delivery for each receiver; its row says when the next attempt is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base


class ReceiverRow(Base):
    """Where a space's messages are sent to: a webhook, or a channel of notices. Secrets are sealed."""

    __tablename__ = "receivers"
    __table_args__ = (Index("receivers_by_owner", "owner_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    """Of a webhook, its URL; of a channel, what of its address may be shown."""
    secret: Mapped[str]
    """Of a webhook, what signs; of a channel, its whole address, as JSON."""
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    """Until then messages are signed with the previous secret as well."""
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The types of the messages that it is sent."""
    state: Mapped[str] = mapped_column(server_default="active")
    """`active`, `paused` (by Rushes, for `reason`), `disabled` (by its owner)."""
    reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    gather_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    """A message waits so long for others to go along with it."""
    quiet_from: Mapped[str | None]
    """Of a channel: from this time of day (`22:00`) to `quiet_to` nothing is sent, in `time_zone`."""
    quiet_to: Mapped[str | None]
    digest_at: Mapped[str | None]
    """Of a channel: everything of a day in one message, at this time of day."""
    time_zone: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ConditionRow(Base):
    """What is wrong with the installation itself for as long as it is: `backup`, `disk:…`, `workers`."""

    __tablename__ = "conditions"

    name: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str]
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class OutboxRow(Base):
    """One message. Its id is the `webhook-id`, the same in every attempt."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_by_subject", "owner_id", "type", "subject", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    type: Mapped[str]
    subject: Mapped[str]
    """What it is about: `job:…`, `video:…`."""
    occasion: Mapped[str | None]
    """What tells this change from the same news once more; None: each is a message."""
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeliveryRow(Base):
    """A message at one receiver: what the last attempt met, and when the next one is."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("receiver_id", "message_id", name="deliveries_once"),
        Index("deliveries_due", "receiver_id", "next_at", postgresql_where=text("state = 'pending'")),
        Index("deliveries_in_order", "receiver_id", "created_at"),
        Index("deliveries_by_message", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("receivers.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(server_default="pending")
    """`pending`, `delivered`, `failed`."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    http_status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    answer: Mapped[str | None]
    """The beginning of what was answered, or why nothing was."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
