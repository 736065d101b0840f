"""The shapes of webhooks and their deliveries."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.notices.event_types import DEFAULT_TYPES, MessageType
from rushes.platform.requests import RequestModel
from rushes.platform.told import ToldText

MOST_NAME = 100


class ReceiverState(StrEnum):
    """Whether messages are sent to it."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By Rushes: it answered 410, or failed for five days. Its messages are kept for a replay."""
    DISABLED = "disabled"
    """By its owner. No messages are kept."""


class DeliveryState(StrEnum):
    """What became of a message at a receiver."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookView(BaseModel):
    """A webhook of a space."""

    id: UUID
    name: str
    url: str
    events: list[MessageType] = Field(description="The types that it is sent.")
    state: ReceiverState
    reason: ToldText | None = Field(description="Why it is paused, or what the last attempt met.")
    failing_since: datetime | None = Field(description="Since when no attempt succeeded; null: none failed.")
    last_success_at: datetime | None
    previous_secret_until: datetime | None = Field(
        description="Until then messages are signed with the previous secret as well."
    )
    pending: int = Field(description="Messages to be sent, or sent again.")
    failed: int = Field(description="Messages of the last 30 days that were not delivered.")
    created_at: datetime


class WebhookCreated(WebhookView):
    """The same, with the secret: shown this once."""

    secret: str = Field(
        repr=False, description="`whsec_…`: verify `webhook-signature` with it. Never shown again."
    )


class NewWebhook(RequestModel):
    """A webhook to be added."""

    url: str = Field(max_length=2000, description="https:// address that messages are posted to.")
    name: str = Field(default="", max_length=MOST_NAME, description="What to call it; its host if left out.")
    events: list[MessageType] = Field(
        default=list(DEFAULT_TYPES), min_length=1, max_length=50, description="The types to send."
    )


class WebhookChange(RequestModel):
    """What to change; what is left out stays."""

    url: str | None = Field(default=None, max_length=2000, description="Another address.")
    name: str | None = Field(default=None, min_length=1, max_length=MOST_NAME, description="Another name.")
    events: list[MessageType] | None = Field(
        default=None, min_length=1, max_length=50, description="Other types."
    )
    enabled: bool | None = Field(
        default=None, description="false: nothing is sent. true: messages are sent (again)."
    )


class DeliveryView(BaseModel):
    """A message at a receiver, with what the last attempt met."""

    id: UUID
    message_id: UUID = Field(description="The `webhook-id`, the same in every attempt.")
    type: MessageType
    state: DeliveryState
    attempts: int
    http_status: int | None = Field(description="Of the last attempt; null where no answer came.")
    milliseconds: int | None = Field(description="How long the last attempt took.")
    answer: ToldText | None = Field(
        description="The beginning of the last answer (1 kB, without secrets), or why there was none."
    )
    next_at: datetime | None = Field(description="When it is tried again; null: not.")
    created_at: datetime
    ended_at: datetime | None


class ReplayRequest(RequestModel):
    """What to send again: one delivery, or all that failed since a time."""

    delivery_id: UUID | None = Field(default=None, description="One, however it ended.")
    failed_since: datetime | None = Field(
        default=None, description="All that failed and are not older than this; left out: all that failed."
    )


class Replayed(BaseModel):
    """What a replay did."""

    count: int = Field(description="Deliveries that are sent again.")


class MessageTypeView(BaseModel):
    """A type of message."""

    type: MessageType
    title: str
    default: bool = Field(description="Whether a new webhook is sent it when it names no types.")
