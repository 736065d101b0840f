"""The ways a notice is sent: mail, ntfy, Discord, Slack, Telegram, and what Apprise knows."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import aiosmtplib
import httpx2

from rushes.errors import Fault, Invalid
from rushes.notices.posting import PostResult, checked_url, post
from rushes.notices.wording import Notice
from rushes.redaction import safe_text
from rushes.settings import Settings

TELEGRAM = "https://api.telegram.org"
MOST_DISCORD = 2000
MOST_TELEGRAM = 4096
MOST_TEXT = 3500
LOCAL_SCHEMAS = ("dbus", "glib", "gnome", "kde", "macosx", "windows", "syslog", "rsyslog", "qt")
"""Of Apprise: what would speak to the machine that Rushes runs on."""
_MAIL = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[^\s@<>,;:\"\\]{1,190}")


class ChannelKind(StrEnum):
    """How a notice is sent."""

    MAIL = "mail"
    NTFY = "ntfy"
    DISCORD = "discord"
    SLACK = "slack"
    TELEGRAM = "telegram"
    APPRISE = "apprise"


@dataclass(frozen=True)
class ChannelAddress:
    """Where a channel leads. `secret_address` and `token` are sealed; `shown` is not."""

    secret_address: str
    token: str = ""

    def as_json(self) -> str:
        """Return it as it is sealed."""
        return json.dumps({"secret_address": self.secret_address, "token": self.token})


def checked_address(settings: Settings, kind: ChannelKind, address: str, token: str) -> ChannelAddress:
    """Return the address of a channel. Raises `Invalid` for one that its kind cannot use."""
    address, token = address.strip(), token.strip()
    wrong: str | None = None
    if kind is ChannelKind.MAIL:
        if settings.smtp_host is None:
            wrong = "This server sends no mail: RUSHES_SMTP_HOST is not set."
        elif not _MAIL.fullmatch(address):
            wrong = "It has to be a mail address."
    elif kind is ChannelKind.TELEGRAM:
        if not re.fullmatch(r"-?\d{1,20}|@\w{3,64}", address):
            wrong = "It has to be the id of a chat, or @channel."
        elif not re.fullmatch(r"\d{3,20}:[\w-]{20,100}", token):
            wrong = "It needs the token of a bot, as @BotFather gives it."
    elif kind is ChannelKind.APPRISE:
        wrong = _wrong_for_apprise(address)
    else:
        url = checked_url(settings, address, "address")
        if kind is ChannelKind.NTFY and not re.fullmatch(r"[-\w]{1,64}", url.path.strip("/")):
            wrong = "It has to end with a topic: https://ntfy.sh/my-topic."
    if wrong is not None:
        raise Invalid("The channel cannot be used.", [Fault("address", wrong, "bad_address")])
    return ChannelAddress(address, token)


def _wrong_for_apprise(address: str) -> str | None:
    if find_spec("apprise") is None:
        return "Apprise is not installed: it comes with the extra `notify`."
    if not _apprise().Apprise().add(address):
        return "Apprise does not know this address."
    return None


def shown_address(kind: ChannelKind, address: ChannelAddress) -> str:
    """Return what of an address may be shown: no path that lets others send."""
    if kind in (ChannelKind.MAIL, ChannelKind.TELEGRAM):
        return address.secret_address
    url = httpx2.URL(address.secret_address) if kind is not ChannelKind.APPRISE else None
    return url.host if url is not None else address.secret_address.partition("://")[0] + "://…"


async def send_notice(
    settings: Settings, kind: ChannelKind, address: ChannelAddress, notice: Notice
) -> PostResult:
    """Send a notice once, and return what came of it. Raises nothing that the other side could cause."""
    if kind is ChannelKind.MAIL:
        return await _mail(settings, address.secret_address, notice)
    if kind is ChannelKind.APPRISE:
        return await _by_apprise(settings, address.secret_address, notice)
    url, said, headers = _request(kind, address, notice)
    return await post(settings, url, json.dumps(said).encode(), headers)


def _request(
    kind: ChannelKind, address: ChannelAddress, notice: Notice
) -> tuple[str, dict[str, object], dict[str, str]]:
    text = notice.plain if len(notice.lines) == 1 else f"{notice.title}\n{notice.plain}"
    if kind is ChannelKind.DISCORD:
        content: dict[str, object] = {
            "content": cut(text, MOST_DISCORD),
            "allowed_mentions": {"parse": list[str]()},
        }
        return address.secret_address, content, {}
    if kind is ChannelKind.SLACK:
        slack: dict[str, object] = {"text": escape(cut(text, MOST_TEXT), quote=False)}
        return address.secret_address, slack, {}
    if kind is ChannelKind.TELEGRAM:
        message: dict[str, object] = {
            "chat_id": address.secret_address,
            "text": cut(text, MOST_TELEGRAM),
        }
        return f"{TELEGRAM}/bot{address.token}/sendMessage", message, {}
    url = httpx2.URL(address.secret_address)
    said: dict[str, object] = {
        "topic": url.path.strip("/"),
        "title": notice.title,
        "message": cut(notice.plain, MOST_TEXT),
        "sequence_id": notice.id,  # a second copy replaces the first
    }
    if notice.lines[0].link:
        said["click"] = notice.lines[0].link
    headers = {"authorization": f"Bearer {address.token}"} if address.token else {}
    return str(url.copy_with(path="/", query=None)), said, headers


def cut(text: str, most: int) -> str:
    """Return at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


async def _mail(settings: Settings, to: str, notice: Notice) -> PostResult:
    began = time.monotonic()

    def result(status: int | None, words: str) -> PostResult:
        return PostResult(status, safe_text(words, 1024), round((time.monotonic() - began) * 1000))

    if settings.smtp_host is None:
        return result(None, "This server sends no mail: RUSHES_SMTP_HOST is not set.")
    sender = settings.mail_from or settings.smtp_user or f"rushes@{settings.smtp_host}"
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(notice.title.split())[:200]
    message["Message-ID"] = f"<{notice.id}@rushes>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.plain)
    message.add_alternative(notice.html, subtype="html")
    try:
        password = None if settings.smtp_password is None else settings.smtp_password.get_secret_value()
        if settings.smtp_password_file is not None:
            password = (await asyncio.to_thread(settings.smtp_password_file.read_text)).strip()
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=password,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=settings.deliver_timeout_seconds,
        )
    except aiosmtplib.SMTPResponseException as error:
        return result(error.code, error.message)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return result(None, f"The mail server: {error or type(error).__name__}")
    return result(250, "")


async def _by_apprise(settings: Settings, address: str, notice: Notice) -> PostResult:
    began = time.monotonic()

    def send() -> bool:
        library = _apprise()
        to = library.Apprise()
        return to.add(address) and bool(to.notify(title=notice.title, body=cut(notice.plain, MOST_TEXT)))

    try:
        sent = find_spec("apprise") is not None and await asyncio.wait_for(
            asyncio.to_thread(send), settings.deliver_timeout_seconds
        )
    except TimeoutError:
        sent = False
    words = "" if sent else "Apprise could not send it."
    return PostResult(200 if sent else None, words, round((time.monotonic() - began) * 1000))


class _AppriseTargets(Protocol):
    def add(self, servers: str) -> bool: ...
    def notify(self, *, title: str, body: str) -> bool | None: ...


class _AppriseLibrary(Protocol):
    Apprise: Callable[[], _AppriseTargets]


def _apprise() -> _AppriseLibrary:
    """Load Apprise, without what would speak to this machine. Only where somebody uses it: 15 MB."""
    library = cast("_AppriseLibrary", import_module("apprise"))
    manager = import_module("apprise.manager_plugins").NotificationManager()
    manager.disable(*(each for each in LOCAL_SCHEMAS if each in manager))
    return library
