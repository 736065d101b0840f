"""Channels of notices as their owner handles them: added, changed, tested, deleted."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, text, update

from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, NotFound
from rushes.notices.channel_views import ChannelChange, ChannelTested, ChannelView, NewChannel
from rushes.notices.channels import ChannelKind, checked_address, shown_address
from rushes.notices.deliver import deliver_next, deliver_task
from rushes.notices.event_types import MessageType
from rushes.notices.outbox import write_message
from rushes.notices.posting import check_reachable, checked_url
from rushes.notices.webhook_views import MOST_NAME, ReceiverState
from rushes.notices.webhooks import checked_types
from rushes.platform.db.engine import Executor
from rushes.platform.db.outbox import ReceiverRow
from rushes.platform.db.queue import defer
from rushes.sanitize import clean_line

MOST_CHANNELS = 50
GATHER_SECONDS = 60
"""Several messages within this time are one notice."""
_CHANNELS = """
    SELECT r.id, r.name, r.kind, r.address, r.events, r.state, r.reason, r.last_success_at, r.quiet_from,
           r.quiet_to, r.digest_at, COALESCE(r.time_zone, 'UTC') AS time_zone,
           (SELECT count(*) FROM deliveries d WHERE d.receiver_id = r.id AND d.state = 'pending') AS pending,
           r.created_at
    FROM receivers r WHERE r.owner_id = :owner AND r.kind <> 'webhook'
"""
_POSTED = (ChannelKind.NTFY, ChannelKind.DISCORD, ChannelKind.SLACK)


async def list_channels(session: Executor, owner: UUID) -> list[ChannelView]:
    """Return the channels of a space, the oldest first."""
    rows = await session.execute(text(f"{_CHANNELS} ORDER BY r.created_at, r.id"), {"owner": owner})
    return [ChannelView.model_validate(dict(row)) for row in rows.mappings()]


async def get_channel(session: Executor, owner: UUID, channel: UUID) -> ChannelView:
    """Return one channel of a space. Raises `NotFound`."""
    rows = await session.execute(text(f"{_CHANNELS} AND r.id = :id"), {"owner": owner, "id": channel})
    row = rows.mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such channel.")
    return ChannelView.model_validate(dict(row))


async def add_channel(run: Runtime, owner: UUID, new: NewChannel) -> ChannelView:
    """Add a channel. Raises `Invalid` for its address, `Conflict` beyond the most."""
    address = checked_address(run.settings, new.kind, new.address, new.token)
    events = checked_types(new.events)
    if new.kind in _POSTED:
        await check_reachable(run.settings, checked_url(run.settings, new.address, "address"))
    channel, shown = uuid4(), shown_address(new.kind, address)
    async with run.db.begin() as session:
        if len(await list_channels(session, owner)) >= MOST_CHANNELS:
            raise Conflict(f"A space can have {MOST_CHANNELS} channels, and has.")
        await session.execute(
            insert(ReceiverRow).values(
                id=channel,
                owner_id=owner,
                kind=new.kind,
                name=" ".join(clean_line(new.name).split()) or f"{new.kind} {shown}"[:MOST_NAME],
                address=shown,
                secret=run.vault.seal(address.as_json()),
                events=events,
                gather_seconds=GATHER_SECONDS,
                **_times(new),
            )
        )
        return await get_channel(session, owner, channel)


def _times(given: Any) -> dict[str, Any]:
    return {name: getattr(given, name) for name in ("quiet_from", "quiet_to", "digest_at", "time_zone")}


async def change_channel(run: Runtime, owner: UUID, channel: UUID, change: ChannelChange) -> ChannelView:
    """Change a channel. Raises `NotFound` or `Invalid`."""
    values: dict[str, Any] = {} if change.times is None else _times(change.times)
    if change.name is not None and (name := " ".join(clean_line(change.name).split())):
        values["name"] = name
    if change.events is not None:
        values["events"] = checked_types(change.events)
    if change.enabled is False:
        values["state"] = ReceiverState.DISABLED
    elif change.enabled:
        values |= {"state": ReceiverState.ACTIVE, "reason": None, "failing_since": None}
    async with run.db.begin() as session:
        await get_channel(session, owner, channel)
        if values:
            await session.execute(
                update(ReceiverRow)
                .where(ReceiverRow.id == channel, ReceiverRow.owner_id == owner)
                .values(**values)
            )
        if change.enabled:
            await defer(session, [deliver_task(channel)])
        return await get_channel(session, owner, channel)


async def delete_channel(run: Runtime, owner: UUID, channel: UUID) -> None:
    """Delete a channel; what waits for it is not sent. Raises `NotFound`."""
    async with run.db.begin() as session:
        await get_channel(session, owner, channel)
        await session.execute(
            delete(ReceiverRow).where(ReceiverRow.id == channel, ReceiverRow.owner_id == owner)
        )


async def send_test_notice(run: Runtime, owner: UUID, channel: UUID) -> ChannelTested:
    """Send a test now, whatever the hour, and return what came of it. It is not sent again."""
    async with run.db.begin() as session:
        await get_channel(session, owner, channel)
        message = await write_message(session, owner, MessageType.PING, "ping", {}, only=channel)
        delivery = await session.scalar(
            text("UPDATE deliveries SET next_at = now() WHERE message_id = :message RETURNING id"),
            {"message": message},
        )
    await deliver_next(run, channel, only=delivery)
    async with run.db.begin() as session:
        row: Any = (
            await session.execute(
                text(
                    "UPDATE deliveries SET state = CASE state WHEN 'pending' THEN 'failed' ELSE state END"
                    " WHERE id = :id RETURNING state, answer, milliseconds"
                ),
                {"id": delivery},
            )
        ).one_or_none()
    if row is None:
        raise NotFound("The channel was deleted meanwhile.")
    return ChannelTested(
        delivered=row.state == "delivered", answer=row.answer or "", milliseconds=row.milliseconds or 0
    )
