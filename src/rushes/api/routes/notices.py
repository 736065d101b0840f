"""Channels of notices: added, changed, tested, deleted."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from fastapi.openapi.models import Example

from rushes.api.deps import AskedHere, Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.errors import Forbidden
from rushes.notices import channel_actions as actions
from rushes.notices.channel_views import ChannelChange, ChannelTested, ChannelView, NewChannel
from rushes.notices.channels import ChannelKind
from rushes.notices.event_types import MessageType
from rushes.notices.webhook_views import ReceiverState

router = APIRouter(prefix="/api/notices/channels", tags=["notices"])

ChannelId = Annotated[UUID, Path(description="The channel.")]
NO_CHANNEL = problems(not_found="There is no such channel.")
_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
CHANNEL = ChannelView(
    id=UUID("8c1f0b0e-3a0e-4a57-9a53-0a2f4a7c9d22"),
    name="My phone",
    kind=ChannelKind.NTFY,
    address="ntfy.sh",
    events=[MessageType.JOB_COMPLETED, MessageType.JOB_NEEDS_YOU],
    state=ReceiverState.ACTIVE,
    reason=None,
    last_success_at=_AT,
    quiet_from="22:00",
    quiet_to="07:00",
    digest_at=None,
    time_zone="Europe/Berlin",
    pending=0,
    created_at=_AT,
)
NEW: dict[str, Example] = {
    "mail": {"summary": "Mail", "value": {"kind": "mail", "address": "ada@example.org"}},
    "ntfy": {
        "summary": "ntfy, not at night",
        "value": {
            "kind": "ntfy",
            "address": "https://ntfy.sh/my-topic",
            "quiet_from": "22:00",
            "quiet_to": "07:00",
            "time_zone": "Europe/Berlin",
        },
    },
}


@router.post(
    "",
    status_code=201,
    responses=answers(CHANNEL, "The channel.", 201) | problems(conflict="The space has too many channels."),
    summary="Add a channel",
)
async def create_channel(
    new: Annotated[NewChannel, Body(openapi_examples=NEW)], run: Run, owner: Owner, asked: AskedHere
) -> ChannelView:
    """Notices of this space are sent there from now on. Its address is kept sealed."""
    admin = asked.principal is not None and asked.principal.acting_admin
    if new.kind is ChannelKind.APPRISE and not admin:
        raise Forbidden("A channel of Apprise needs an admin of this installation.")
    return await actions.add_channel(run, owner, new)


@router.get("", responses=answers([CHANNEL], "The channels of the space."), summary="List channels")
async def read_channels(run: Run, owner: Owner) -> list[ChannelView]:
    """List channels, with whether they work."""
    async with run.db.statement() as session:
        return await actions.list_channels(session, owner)


@router.patch(
    "/{channel_id}",
    responses=answers(CHANNEL, "The channel as it is now.") | NO_CHANNEL,
    summary="Change a channel",
)
async def update_channel(
    channel_id: ChannelId,
    change: Annotated[ChannelChange, Body(openapi_examples={"off": {"value": {"enabled": False}}})],
    run: Run,
    owner: Owner,
) -> ChannelView:
    """Change name, types or times; disable it, or enable one that is disabled or paused."""
    return await actions.change_channel(run, owner, channel_id, change)


@router.delete("/{channel_id}", status_code=204, responses=NO_CHANNEL, summary="Delete a channel")
async def delete_channel(channel_id: ChannelId, run: Run, owner: Owner) -> Response:
    """Delete a channel. What waits for it is not sent."""
    await actions.delete_channel(run, owner, channel_id)
    return Response(status_code=204)


@router.post(
    "/{channel_id}/test",
    responses=answers(ChannelTested(delivered=True, answer="", milliseconds=120), "What came of it.")
    | NO_CHANNEL,
    summary="Test a channel",
)
async def send_test_channel(channel_id: ChannelId, run: Run, owner: Owner) -> ChannelTested:
    """Send a test now, whatever the hour."""
    return await actions.send_test_notice(run, owner, channel_id)
