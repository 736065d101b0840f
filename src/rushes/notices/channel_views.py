"""The shapes of channels of notices."""

import re
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, model_validator

from rushes.notices.channels import ChannelKind
from rushes.notices.event_types import MessageType
from rushes.notices.webhook_views import MOST_NAME, ReceiverState
from rushes.platform.requests import RequestModel
from rushes.platform.told import ToldText

NOTICE_TYPES = (
    MessageType.JOB_COMPLETED,
    MessageType.JOB_FAILED,
    MessageType.JOB_NEEDS_YOU,
    MessageType.STORY_NEEDS_YOU,
    MessageType.FILM_COMPLETED,
    MessageType.FILM_FAILED,
    MessageType.SIGN_IN_EXPIRED,
    MessageType.KEY_SET_ASIDE,
    MessageType.BUDGET_REACHED,
    MessageType.DISK_LOW,
    MessageType.WORKER_GONE,
    MessageType.BACKUP_FAILED,
)
"""What a new channel is sent when it names no types."""


def _time(given: str | None) -> str | None:
    if given is not None and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", given):
        raise ValueError("Write a time of day as 22:00")
    return given


def _zone(given: str) -> str:
    if given not in available_timezones():
        raise ValueError("Write a time zone as Europe/Berlin")
    return given


TimeOfDay = Annotated[str | None, AfterValidator(_time)]


class SendTimesBody(RequestModel):
    """When a channel may be sent to."""

    quiet_from: TimeOfDay = Field(
        default=None, description="From this time of day (22:00) nothing is sent; what came waits."
    )
    quiet_to: TimeOfDay = Field(default=None, description="Until this time of day.")
    digest_at: TimeOfDay = Field(
        default=None, description="One message a day, at this time; null: within a minute."
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", max_length=64, description="Of these times: Europe/Berlin."
    )

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("Quiet hours need a beginning and an end.")
        return self


class ChannelView(SendTimesBody):
    """A channel of notices of a space."""

    id: UUID
    name: str
    kind: ChannelKind
    address: str = Field(description="What of its address may be shown.")
    events: list[MessageType] = Field(description="The types that it is sent.")
    state: ReceiverState
    reason: ToldText | None = Field(description="Why it is paused, or what the last attempt met.")
    last_success_at: datetime | None
    pending: int = Field(description="Messages that wait to be sent.")
    created_at: datetime


class NewChannel(SendTimesBody):
    """A channel to be added."""

    kind: ChannelKind
    address: str = Field(
        max_length=2000,
        description="A mail address; `https://ntfy.sh/topic`; the webhook address of Discord or Slack; the id"
        " of a Telegram chat; an address of Apprise.",
    )
    token: str = Field(default="", max_length=500, description="Of a Telegram bot, or for ntfy; kept sealed.")
    name: str = Field(default="", max_length=MOST_NAME, description="What to call it.")
    events: list[MessageType] = Field(
        default=list(NOTICE_TYPES), min_length=1, max_length=50, description="The types to send."
    )


class ChannelChange(RequestModel):
    """What to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=MOST_NAME, description="Another name.")
    events: list[MessageType] | None = Field(
        default=None, min_length=1, max_length=50, description="Other types."
    )
    times: SendTimesBody | None = Field(default=None, description="When it may be sent to.")
    enabled: bool | None = Field(
        default=None, description="false: nothing is sent. true: messages are sent (again)."
    )


class ChannelTested(BaseModel):
    """What came of a test."""

    delivered: bool
    answer: ToldText = Field(description="What was answered, or why nothing was.")
    milliseconds: int
