"""Notices to people: gathered, quiet at night, one a job, sent by the real protocols of each channel."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr, ValidationError
from sqlalchemy import text
from standins.receiver import ReceiverStandIn
from tests.jobs import make_job, until, videos
from tests.notices.hooks import permit_private, rows

from rushes.engine.runtime import Runtime
from rushes.engine.states import TakeChanges
from rushes.engine.transitions import change_takes
from rushes.errors import Invalid
from rushes.jobs import overview
from rushes.notices import channel_actions as channels
from rushes.notices import channels as ways
from rushes.notices import deliver
from rushes.notices.channel_views import ChannelChange, ChannelView, NewChannel, SendTimesBody
from rushes.notices.channels import ChannelAddress, ChannelKind, send_notice
from rushes.notices.conditions import watch_installation
from rushes.notices.event_types import MessageType
from rushes.notices.outbox import write_message
from rushes.notices.quiet import SendTimes
from rushes.notices.wording import Notice, NoticeLine
from rushes.platform.db.models import LOCAL_OWNER

# Of the mail server of the tests, and of what Apprise loads.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Mailbox:
    """What a mail server received. `refuse`: the answer to a message, when it is set."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.to: list[str] = []
        self.refuse: str | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's
        if self.refuse:
            return self.refuse
        self.to += envelope.rcpt_tos
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def _sign_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"studio", b"open-sesame-1")
    return AuthResult(success=good, handled=False)


@pytest.fixture
async def mailbox(run: Runtime) -> AsyncIterator[Mailbox]:
    """A real mail server on loopback that wants a password, and a runtime that sends through it."""
    box = Mailbox()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=0,
        authenticator=_sign_in,
        auth_required=True,
        auth_require_tls=False,
    )
    with contextlib.suppress(OSError):  # it tries to connect to port 0 once it listens
        await asyncio.to_thread(server.start)
    try:
        listening: Any = server.server
        port = int(listening.sockets[0].getsockname()[1])
        run.settings = run.settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_security": "none",
                "smtp_user": "studio",
                "smtp_password": SecretStr("open-sesame-1"),
                "mail_from": "Rushes <rushes@example.org>",
                "public_url": "https://studio.example.org",
            }
        )
        yield box
    finally:
        await asyncio.to_thread(server.stop)


async def add(run: Runtime, kind: ChannelKind, address: str, **more: Any) -> ChannelView:
    """Add a channel whose messages are due at once."""
    made = await channels.add_channel(
        run, LOCAL_OWNER, NewChannel.model_validate({"kind": kind, "address": address, **more})
    )
    await rows(run, "UPDATE receivers SET gather_seconds = 0 WHERE id = :id", id=made.id)
    return made


async def news(
    run: Runtime, subject: str, kind: MessageType = MessageType.JOB_COMPLETED, **data: str
) -> None:
    async with run.db.begin() as session:
        await write_message(session, LOCAL_OWNER, kind, subject, data)


async def test_a_mail_gathers_what_happened_one_line_a_job(run: Runtime, mailbox: Mailbox):
    channel = await add(run, ChannelKind.MAIL, "ada@example.org")
    one = "0b7a2f4e-5c1d-4d6e-9f60-2f7b8a9c1d2e"
    await news(run, "job:1", MessageType.JOB_NEEDS_YOU, job_id=one, job_name="Winter")
    await news(run, "job:1", job_id=one, job_name="Winter")
    await news(run, "job:2", job_name="<b>Sommer</b>\r\nBcc: all@example.org")
    await deliver.deliver(run, receiver_id=str(channel.id))
    (mail,) = mailbox.got
    assert mailbox.to == ["ada@example.org"]
    assert mail["Subject"] == "Rushes: 2 things happened"
    assert (mail["From"], mail["Auto-Submitted"]) == ("Rushes <rushes@example.org>", "auto-generated")
    plain, page = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
    assert plain.count("Winter") == 1
    assert f"A job has ended: Winter\nhttps://studio.example.org/jobs/{one}" in plain
    assert "&lt;b&gt;Sommer" in page
    assert mail["Bcc"] is None
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert len(mailbox.got) == 1, "nothing is sent twice"


async def test_what_comes_within_the_minute_goes_along_and_what_is_sent_by_another_does_not(
    run: Runtime, mailbox: Mailbox
):
    channel = await add(run, ChannelKind.MAIL, "ada@example.org")
    await rows(run, "UPDATE receivers SET gather_seconds = 60")
    for number in range(3):
        await news(run, f"job:{number}")
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert mailbox.got == [], "the minute is not over"
    await rows(
        run,
        "UPDATE deliveries SET next_at = now() WHERE message_id ="
        " (SELECT id FROM outbox WHERE subject = 'job:0')",
    )
    await rows(
        run,
        "UPDATE deliveries SET attempts = 1, next_at = now() + interval '20 seconds' WHERE message_id ="
        " (SELECT id FROM outbox WHERE subject = 'job:2')",
    )
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert [mail["Subject"] for mail in mailbox.got] == ["Rushes: 2 things happened"]


async def test_a_mail_that_was_not_recorded_is_sent_again_under_the_same_id(run: Runtime, mailbox: Mailbox):
    channel = await add(run, ChannelKind.MAIL, "ada@example.org")
    await news(run, "job:1")
    mailbox.refuse = "451 later"
    await deliver.deliver(run, receiver_id=str(channel.id))
    (row,) = await rows(run, "SELECT state, http_status, answer FROM deliveries")
    assert (row.state, row.http_status) == ("pending", 451)
    mailbox.refuse = None
    for _ in range(2):
        await rows(run, "UPDATE deliveries SET state = 'pending', next_at = now()")
        await deliver.deliver(run, receiver_id=str(channel.id))
    assert len(mailbox.got) == 2
    assert len({mail["Message-ID"] for mail in mailbox.got}) == 1


async def test_a_wrong_password_is_reported_by_the_test_and_not_shown(run: Runtime, mailbox: Mailbox):
    channel = await add(run, ChannelKind.MAIL, "ada@example.org")
    assert (await channels.send_test_notice(run, LOCAL_OWNER, channel.id)).delivered
    assert mailbox.got[0]["Subject"] == "Rushes can reach you here."
    run.settings = run.settings.model_copy(update={"smtp_password": SecretStr("wrong-sesame-2")})
    seen = await channels.send_test_notice(run, LOCAL_OWNER, channel.id)
    assert not seen.delivered
    assert "535" in str(await rows(run, "SELECT http_status FROM deliveries ORDER BY created_at DESC"))
    assert "wrong-sesame-2" not in seen.answer


async def test_each_service_is_sent_what_it_reads(
    run: Runtime, receiver: ReceiverStandIn, monkeypatch: pytest.MonkeyPatch
):
    permit_private(run)
    monkeypatch.setattr(ways, "TELEGRAM", f"{receiver.url}/status/200?")
    notice = Notice("1", "A job has ended", (NoticeLine("A job has ended: <x> & y", "https://a.org/jobs/1"),))
    token = "12345:" + "a" * 35
    ok = f"{receiver.url}/ok"
    for kind, address in (
        (ChannelKind.DISCORD, ChannelAddress(ok)),
        (ChannelKind.SLACK, ChannelAddress(ok)),
        (ChannelKind.TELEGRAM, ChannelAddress("-100123", token)),
    ):
        assert (await send_notice(run.settings, kind, address, notice)).delivered, kind
    discord, slack, telegram = (post.said for post in receiver.got)
    assert discord["content"] == "A job has ended: <x> & y\nhttps://a.org/jobs/1"
    assert discord["allowed_mentions"] == {"parse": []}
    assert slack["text"].startswith("A job has ended: &lt;x&gt; &amp; y")
    assert telegram["chat_id"] == "-100123"


async def test_ntfy_is_told_topic_title_and_an_id_that_replaces_a_copy(
    run: Runtime, receiver: ReceiverStandIn, monkeypatch: pytest.MonkeyPatch
):
    permit_private(run)
    sent: list[tuple[str, bytes, dict[str, str]]] = []

    async def post(settings: Any, url: str, body: bytes, headers: dict[str, str]) -> Any:
        sent.append((url, body, headers))
        return deliver.PostResult(200, "", 1)

    monkeypatch.setattr(ways, "post", post)
    notice = Notice("id-1", "Title", (NoticeLine("Text", "https://a.org"),))
    address = ChannelAddress("https://ntfy.sh/my-topic", "tk_123")
    await send_notice(run.settings, ChannelKind.NTFY, address, notice)
    url, body, headers = sent[0]
    assert url == "https://ntfy.sh/"
    assert b'"topic": "my-topic"' in body
    assert b'"sequence_id": "id-1"' in body
    assert headers == {"authorization": "Bearer tk_123"}


async def test_apprise_sends_and_speaks_to_nothing_on_this_machine(run: Runtime, receiver: ReceiverStandIn):
    notice = Notice("1", "Title", (NoticeLine("Text", None),))
    address = receiver.url.replace("http://", "json://") + "/ok"
    made = await channels.add_channel(run, LOCAL_OWNER, NewChannel(kind=ChannelKind.APPRISE, address=address))
    assert made.address == "json://…"
    sent = await send_notice(run.settings, ChannelKind.APPRISE, ChannelAddress(address), notice)
    assert sent.delivered
    assert receiver.got[0].said["title"] == "Title"
    with pytest.raises(Invalid):
        await channels.add_channel(
            run, LOCAL_OWNER, NewChannel(kind=ChannelKind.APPRISE, address="syslog://")
        )


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("mail", "ada@example.org"),  # no mail server is set
        ("ntfy", "https://10.0.0.1/topic"),
        ("ntfy", "https://ntfy.sh/"),
        ("discord", "http://discord.com/api"),
        ("slack", "nothing"),
        ("telegram", "ada"),
        ("telegram", "-100123"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused(run: Runtime, kind: str, address: str):
    with pytest.raises(Invalid):
        await channels.add_channel(
            run, LOCAL_OWNER, NewChannel.model_validate({"kind": kind, "address": address})
        )


async def test_addresses_are_sealed(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    secret = f"{receiver.url}/services/T000/very-secret"
    made = await add(run, ChannelKind.SLACK, secret)
    assert "very-secret" not in str(await rows(run, "SELECT to_jsonb(r)::text FROM receivers r"))
    assert made.address == "127.0.0.1"


async def test_in_quiet_hours_nothing_is_sent_and_nothing_lost(run: Runtime, mailbox: Mailbox):
    now = datetime.now(UTC)
    quiet = {
        "quiet_from": (now - timedelta(hours=1)).strftime("%H:%M"),
        "quiet_to": (now + timedelta(hours=1)).strftime("%H:%M"),
    }
    channel = await add(run, ChannelKind.MAIL, "ada@example.org", **quiet)
    await news(run, "job:1")
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert mailbox.got == []
    (held,) = await rows(run, "SELECT next_at - now() AS left FROM deliveries WHERE state = 'pending'")
    assert timedelta(minutes=58) < held.left < timedelta(minutes=62)
    times = ChannelChange(times=SendTimesBody())
    await channels.change_channel(run, LOCAL_OWNER, channel.id, times)
    await rows(run, "UPDATE deliveries SET next_at = now()")
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert len(mailbox.got) == 1


async def test_a_digest_holds_what_came_since_the_last_one(run: Runtime, mailbox: Mailbox):
    at = (datetime.now(UTC) - timedelta(minutes=30)).strftime("%H:%M")
    channel = await add(run, ChannelKind.MAIL, "ada@example.org", digest_at=at)
    for number in range(3):
        await news(run, f"job:{number}")
    await rows(
        run,
        "UPDATE deliveries SET created_at = now() - interval '2 hours' WHERE message_id IN"
        " (SELECT id FROM outbox WHERE subject <> 'job:2')",
    )
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert [mail["Subject"] for mail in mailbox.got] == ["Rushes: 2 things happened"]
    (held,) = await rows(run, "SELECT next_at - now() AS left FROM deliveries WHERE state = 'pending'")
    assert timedelta(hours=23) < held.left < timedelta(hours=24)


@pytest.mark.parametrize(
    ("now", "until_hour"),
    [
        ("2026-03-28T22:30", "2026-03-29T05:00"),
        ("2026-03-29T00:30", "2026-03-29T05:00"),
        ("2026-03-28T12:00", None),
    ],
)
def test_quiet_hours_follow_the_clocks_of_the_zone(now: str, until_hour: str | None):
    """In the night in which Berlin's clocks are put forward, too: 7 o'clock is then 5 UTC."""
    times = SendTimes("Europe/Berlin", "22:00", "07:00")
    found = times.quiet_until(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == (None if until_hour is None else datetime.fromisoformat(until_hour).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "times", [{"quiet_from": "22:00"}, {"digest_at": "25:00"}, {"time_zone": "Nowhere/City"}]
)
def test_times_that_cannot_be_are_refused(times: dict[str, str]):
    with pytest.raises(ValidationError):
        SendTimesBody.model_validate(times)


async def test_a_job_that_needs_a_person_is_one_mail(run: Runtime, mailbox: Mailbox):
    channel = await add(run, ChannelKind.MAIL, "ada@example.org")
    job_id = await make_job(run, ["a", "b", "c"])
    ids = [each.video_id for each in await videos(run, job_id)]
    async with run.db.begin() as session:
        await change_takes(session, ids, TakeChanges.BLOCK, waiting_for="person", error_type="auth")
    await deliver.deliver(run, receiver_id=str(channel.id))
    assert [mail["Subject"] for mail in mailbox.got] == ["A job needs you: a job"]


async def test_trouble_of_the_installation_is_sent_once_and_a_failed_backup_is_a_need(
    run: Runtime, mailbox: Mailbox
):
    channel = await add(run, ChannelKind.MAIL, "ada@example.org")

    async def needs() -> list[str]:
        async with run.db.statement() as session:
            return [each.kind for each in await overview.needs(session, LOCAL_OWNER)]

    await watch_installation(run)
    assert (await rows(run, "SELECT FROM conditions"), await needs()) == ([], [])
    async with run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO periodic_tasks (name, machine, interval_seconds, started_at, error, failures,"
                " failures_in_a_row) VALUES ('back up', 'm', 3600, now(), 'the disk is full', 1, 1)"
            )
        )
        await session.execute(
            text(
                "INSERT INTO worker_queues (worker, queues, silent_seconds, heartbeat)"
                " VALUES ('gone', '{echo}', 10, now() - interval '10 minutes')"
            )
        )
    run.settings = run.settings.model_copy(update={"min_free_bytes": 2**60})
    for _ in range(2):
        await watch_installation(run)
    await deliver.deliver(run, receiver_id=str(channel.id))
    (mail,) = mailbox.got
    body = mail.get_body(("plain",))
    words = body.get_content() if body else ""
    assert "The backup failed: the disk is full" in words
    assert "none serves: echo" in words
    assert "MiB are free" in words
    assert await needs() == ["backup"]
    await rows(
        run, "UPDATE periodic_tasks SET failures_in_a_row = 0, succeeded_at = now() - interval '3 days'"
    )
    await watch_installation(run)
    assert await needs() == ["backup"], "it is too old"
    await rows(run, "UPDATE periodic_tasks SET succeeded_at = now()")
    await rows(run, "DELETE FROM worker_queues")
    run.settings = run.settings.model_copy(update={"min_free_bytes": 0})
    await watch_installation(run)
    assert (await rows(run, "SELECT FROM conditions"), await needs()) == ([], [])


async def test_a_worker_sends_what_a_job_caused(run: Runtime, mailbox: Mailbox, worker: Any):
    await add(run, ChannelKind.MAIL, "ada@example.org")
    await make_job(run, ["a"])

    async def sent() -> bool:
        return bool(mailbox.got)

    await until(sent)
    assert mailbox.got[0]["Subject"] == "A job has ended: a job"
