"""Notices in words: one line for each job or other subject, as plain text and as HTML."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from rushes.notices.event_types import TYPES, MessageType, links_of
from rushes.notices.outbox import DueMessage
from rushes.redaction import safe_line

MOST_LINES = 30
_DETAILS = ("pause_reason", "reason", "error", "message")


@dataclass(frozen=True)
class NoticeLine:
    """What is said of one subject, and where to look."""

    text: str
    link: str | None


@dataclass(frozen=True)
class Notice:
    """One message to a person. `id` is the same when it is sent again."""

    id: str
    title: str
    lines: tuple[NoticeLine, ...]

    @property
    def plain(self) -> str:
        """The whole text, a link below its line."""
        return "\n".join(
            each.text if each.link is None else f"{each.text}\n{each.link}" for each in self.lines
        )

    @property
    def html(self) -> str:
        """The same as HTML."""
        items = "".join(
            f"<li>{html.escape(each.text)}</li>"
            if each.link is None
            else f'<li><a href="{html.escape(each.link)}">{html.escape(each.text)}</a></li>'
            for each in self.lines
        )
        return f"<!doctype html><html><body><p>{html.escape(self.title)}</p><ul>{items}</ul></body></html>"


def notice_of(due: Sequence[DueMessage], public_url: str | None) -> Notice:
    """Return the notice that gathers messages: the latest of each subject, in their order."""
    latest: dict[str, DueMessage] = {}
    for each in due:
        latest.pop(each.subject, None)
        latest[each.subject] = each
    lines = [_line(each, public_url) for each in latest.values()]
    more = len(lines) - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], NoticeLine(f"… and {more} more", None)]
    title = lines[0].text if len(latest) == 1 else f"Rushes: {len(latest)} things happened"
    return Notice(str(due[0].message_id), title, tuple(lines))


def _line(due: DueMessage, public_url: str | None) -> NoticeLine:
    if due.type is MessageType.PING:
        return NoticeLine("Rushes can reach you here.", None)
    name = due.data.get("job_name") or due.data.get("name")
    detail = next((due.data[each] for each in _DETAILS if due.data.get(each)), None)
    parts = [TYPES[due.type].title, *(f": {each}" for each in (name, detail) if each)]
    ids = {key: str(value) for key, value in due.data.items() if key.endswith("_id")}
    link = links_of(due.type, ids, public_url).page if public_url else None
    return NoticeLine(safe_line("".join(parts), 300), link)
