"""Reads Google's `batchexecute` envelopes: what a page asked for, and what it was told.

Only ever reads: nothing in Rushes writes such a request. The layout of the records inside has shifted
before, so they are recognised by their shape (an id, a status, addresses that hold the id) and not by a
fixed place. Source of the format: the facts collected from public drivers of the page, 2026.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

PREFIX = ")]}'"
_LENGTH = re.compile(r"\s{0,9}\d{1,12}[ \t\r]{0,9}\n")
_BLANK = re.compile(r"\s*")
_DECODER = json.JSONDecoder()
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_MODEL = re.compile(r"^(veo|abra|omni)_[\w.]+$")
_CONTENT = re.compile(r"^https?://[^\s]+/(video|asb|image)/|getMediaUrlRedirect\?")
_REASON = re.compile(r"PUBLIC_ERROR_\w{1,80}")
_PROTOCOL = re.compile(r"type\.googleapis\.com/|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$")
MOST_DEPTH = 40

SUBMITTED, RUNNING, DONE, COMPLAINT = 6, 2, 3, 4
"""The states of a record. A complaint has a text, and the video may still come."""

INVALID_ARGUMENT, NOT_FOUND = 3, 5
"""Codes (gRPC's) of what was asked for wrongly, and of what is not there."""
UNAUTHENTICATED = 16
"""The code (gRPC's) of a reply to somebody who is signed out."""


@dataclass(frozen=True)
class Asked:
    """One call of a request: the procedure's id and its argument, as JSON text."""

    rpc: str
    argument: str


@dataclass(frozen=True)
class Told:
    """One answer of a reply. `code` is gRPC's, of a failure; `data` what there was beside it."""

    rpc: str
    data: Any
    code: int | None = None

    @property
    def reason(self) -> str:
        """The machine reason of a failure; empty where none is told."""
        return reason_in(strings(self.data)) if self.code is not None else ""

    @property
    def words(self) -> str:
        """What a failure says to a person, without what is the protocol's."""
        return words_in(strings(self.data))


@dataclass(frozen=True)
class Record:
    """One thing of a project as a reply tells it. What was not there is None, or empty.

    `urls` are where its bytes are; `size` their number; `strings` every text in it, for comparing.
    """

    id: str
    status: int | None
    text: str
    urls: tuple[str, ...]
    size: int | None
    model: str | None
    strings: frozenset[str]
    reason: str = ""
    """The machine reason of a complaint: the same in every language."""

    @property
    def is_video(self) -> bool:
        """Whether it was, or is being, generated as a video; an image in the making counts as one too.

        Images and uploads have no model that makes videos.
        """
        made = self.model is not None or any("/video/" in url for url in self.urls)
        return made or self.status in {SUBMITTED, RUNNING, COMPLAINT}

    @property
    def is_bare(self) -> bool:
        """Whether it is no more than named: it may as well be a project."""
        return self.status is None and not self.is_video


def read_request(url: str, body: str | None) -> list[Asked]:
    """The calls of a request; empty for one that is no batchexecute."""
    try:
        calls = json.loads(parse_qs(body or "").get("f.req", [""])[0])
        return [Asked(str(call[0]), str(call[1])) for call in calls[0]]
    except (ValueError, TypeError, LookupError):
        # A body in another dress still says in its address what it is.
        ids = parse_qs(urlsplit(url).query).get("rpcids", [""])[0]
        return [Asked(each, body or "") for each in ids.split(",") if each]


def read_reply(text: str) -> list[Told]:
    """The answers of a reply, in order; empty when it is no envelope. A damaged piece is passed over."""
    text = text.lstrip()
    if not text.startswith(PREFIX):
        return []
    answers: list[Told] = []
    at = len(PREFIX)
    while at < len(text):
        length = _LENGTH.match(text, at)
        at = length.end() if length else at
        try:
            piece, at = _DECODER.raw_decode(text, _after_blanks(text, at))
        except ValueError:
            following = text.find("\n", at)
            at = len(text) if following < 0 else following + 1
            continue
        answers += _answers(piece)
    return answers


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _answers(piece: Any) -> Iterator[Told]:
    for entry in _lists(piece, depth=1):
        match entry:
            case ["wrb.fr", str(rpc), str(payload), *_]:
                try:
                    yield Told(rpc, json.loads(payload))
                except ValueError:
                    yield Told(rpc, payload)
            case ["wrb.fr", str(rpc), _, _, _, [int(code), *_] as failure, *_]:
                yield Told(rpc, failure, code)
            case ["er", str(rpc), _, _, _, int(code), *_]:
                yield Told(rpc, entry[2:], code)
            case ["er", *_]:
                rpc = entry[1] if len(entry) > 1 and isinstance(entry[1], str) else ""
                yield Told(rpc, entry[2:], next((each for each in entry if isinstance(each, int)), 2))
            case _:
                pass


def _lists(value: Any, *, depth: int = MOST_DEPTH) -> Iterator[list[Any]]:
    """Every list in it, the outer ones first."""
    if isinstance(value, dict):
        value = list(cast("dict[str, Any]", value).values())
    elif isinstance(value, list):
        yield cast("list[Any]", value)
    else:
        return
    if depth:
        for each in cast("list[Any]", value):
            yield from _lists(each, depth=depth - 1)


def strings(value: Any, depth: int = MOST_DEPTH) -> Iterator[str]:
    """Every text in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict) and depth:
        within = (
            cast("dict[str, Any]", value).values() if isinstance(value, dict) else cast("list[Any]", value)
        )
        for each in within:
            yield from strings(each, depth - 1)


def records(data: Any) -> list[Record]:
    """Everything in an answer that looks like a record: a list with an id directly in it.

    One inside another is a part of that. The same id may come as a bare entry and with everything about it:
    the one that says more counts.
    """
    found: dict[str, Record] = {}
    _collect(data, found, MOST_DEPTH)
    return list(found.values())


def _collect(value: Any, found: dict[str, Record], depth: int) -> None:
    if isinstance(value, dict):
        value = list(cast("dict[str, Any]", value).values())
    if not isinstance(value, list) or not depth:
        return
    entries = cast("list[Any]", value)
    first = next((each for each in entries if isinstance(each, str) and UUID.fullmatch(each)), None)
    if first is not None:
        record = _record(first, entries)
        before = found.get(first)
        if before is None or len(record.strings) > len(before.strings):
            found[first] = record
        return
    for each in entries:
        _collect(each, found, depth - 1)


def _record(medium: str, entries: list[Any]) -> Record:
    texts = frozenset(strings(entries))
    status, text = _status(entries)
    urls = tuple(sorted(each for each in texts if _CONTENT.search(each) and medium in each))
    details = _details(entries)
    size = details[13] if len(details) > 13 and isinstance(details[13], int) else None
    model = next((each for each in sorted(texts) if _MODEL.match(each)), None)
    reason = reason_in(texts) if status == COMPLAINT else ""
    return Record(medium, status, text, urls, size, model, texts, reason)


def reason_in(texts: Iterable[str]) -> str:
    """The machine reason among texts; empty where there is none."""
    return next((each for each in sorted(texts) if _REASON.fullmatch(each)), "")


def words_in(texts: Iterable[str]) -> str:
    """What of some texts is meant for a person."""
    return " ".join(each for each in texts if each.strip() and not _PROTOCOL.search(each))[:500]


def _details(entries: list[Any]) -> list[Any]:
    """Where it is described: its usual place, else the longest list in it."""
    if len(entries) > 5 and isinstance(entries[5], list):
        return cast("list[Any]", entries[5])
    inner = [cast("list[Any]", each) for each in entries if isinstance(each, list)]
    return max(inner, key=len) if inner else []


def _status(entries: list[Any]) -> tuple[int | None, str]:
    details = _details(entries)
    if len(details) > 8 and (found := _as_status(details[8])):
        return found
    for each in _lists(entries):
        if found := _as_status(each):
            return found
    return None, ""


def _as_status(value: Any) -> tuple[int, str] | None:
    """`[3]`, or `[4, [null, "text"], …]`."""
    match value:
        case [int(status)] if status in {SUBMITTED, RUNNING, DONE, COMPLAINT}:
            return status, ""
        case [int(status), [None, str(text), *_], *_] if status in {SUBMITTED, RUNNING, DONE, COMPLAINT}:
            return status, text
        case [4, list(), *_] if reason_in(strings(value[1])):  # laid out otherwise
            return COMPLAINT, words_in(strings(value[1]))
        case _:
            return None
