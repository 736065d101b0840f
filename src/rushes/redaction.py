"""Takes secrets in use out of every text that is stored, logged, answered or shown.

Some services quote the key they do not take; a proxy quotes the request's headers. So each secret that is
opened in this process is remembered here, whoever opened it: what must be left out of a log depends on the
process and not on who writes. Found are also the forms in which servers quote: escaped for URLs, HTML and
JSON, and base64.
"""

import base64
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html.entities import codepoint2name
from threading import Lock
from typing import Protocol, cast, runtime_checkable
from urllib.parse import unquote, urlsplit

from rushes.sanitize import MOST_CHARACTERS, clean_line, clean_text

GONE = "…"
SHORTEST = 8
"""Characters. A shorter one is no secret (`adc`), and taking it out would take out words."""
SHORTEST_PART = 16
"""Of a value inside a secret that is JSON (a service account's file, a browser's cookies)."""
LONGEST = 4096
MOST_SECRETS = 500
"""Remembered at once, the latest used: access tokens come and go."""
SEARCHED = 16
"""Text is searched up to so many times its greatest length before it is cut: a cut secret is not found."""

_NAMES = re.compile(r"(?i)key|token|secret|passw|^value$")
"""What a part of a JSON secret is called."""

_secrets: OrderedDict[str, tuple[re.Pattern[str], ...]] = OrderedDict()
_lock = Lock()


@runtime_checkable
class _Hidden(Protocol):
    """A value that shows itself only when asked (pydantic's `SecretStr`)."""

    def get_secret_value(self) -> str: ...


def remember_secret(secret: str) -> None:
    """Leave this secret out of every text from now on; of one that is JSON, the secret values in it."""
    for each in _parts(secret):
        if SHORTEST <= len(each) <= LONGEST:
            with _lock:
                if each in _secrets:
                    _secrets.move_to_end(each)
                else:
                    _secrets[each] = tuple(re.compile(form) for form in _forms(each))
                if len(_secrets) > MOST_SECRETS:
                    _secrets.popitem(last=False)


def remember_settings(settings: Iterable[tuple[str, object]]) -> None:
    """Remember what settings (the pairs of a pydantic model) mark as secret, and passwords in URLs."""
    for _, value in settings:
        for each in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(each, _Hidden):
                secret = each.get_secret_value()
                remember_secret(secret)
                with suppress(ValueError):  # no URL
                    remember_secret(unquote(urlsplit(secret).password or ""))


def redact(text: str) -> str:
    """Return text in which each remembered secret, however it is escaped, is replaced by `…`."""
    with _lock:
        # The longest first: of two that begin alike, the longer one is taken out whole.
        patterns = sorted(_secrets.items(), key=lambda each: len(each[0]), reverse=True)
    for _, forms in patterns:
        for form in forms:
            text = form.sub(GONE, text)
    return text


def safe_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return text without secrets, cleaned as `clean_text` does."""
    return clean_text(redact(text[: most * SEARCHED]), most)


def safe_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return text without secrets, cleaned as `clean_line` does."""
    return clean_line(redact(text[: most * SEARCHED]), most)


def _parts(secret: str) -> Iterator[str]:
    whole = secret.strip()
    yield whole
    if whole.startswith(("{", "[")):
        try:
            parsed: object = json.loads(whole)
        except (ValueError, RecursionError):
            return
        yield from _values(parsed)


def _values(parsed: object, name: str = "") -> Iterator[str]:
    if isinstance(parsed, dict):
        for key, value in cast("dict[str, object]", parsed).items():
            yield from _values(value, key)
    elif isinstance(parsed, list):
        for value in cast("list[object]", parsed):
            yield from _values(value, name)
    elif isinstance(parsed, str) and _NAMES.search(name):
        # A private key has many lines; each of them is one to leave out.
        for line in (parsed, *parsed.split("\n")):
            if len(line) >= SHORTEST_PART and "PRIVATE KEY" not in line[:40]:
                yield line
        if "PRIVATE KEY" in parsed[:40]:
            yield parsed.strip()


def _forms(secret: str) -> Iterator[str]:
    """Patterns of the secret: as it is or with any of its characters escaped; in base64, wherever it lies."""
    yield "".join(map(_character, secret))
    data = secret.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        # The characters at both ends also hold bits of what stands beside the secret.
        core = encoded[(before * 4 + 2) // 3 : len(encoded) - (1 if (before + len(data)) % 3 else 0)]
        yield re.escape(core).replace(r"\+", "(?:[+-]|%2[Bb])").replace("/", "(?:[/_]|%2[Ff])")


def _character(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    forms = [rf"\\{{0,4}}{re.escape(character)}"]
    forms.append("".join(f"(?i:%{byte:02x})" for byte in character.encode("utf-8", "surrogatepass")))
    forms.append(rf"(?i:&\#0{{0,6}}{code};|&\#x0{{0,6}}{code:x};)")
    forms.append(
        "".join(
            rf"\\{{1,4}}(?i:u{unit:04x})"
            for unit in (
                [code]
                if code < 0x10000
                else [0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF)]
            )
        )
    )
    if name := codepoint2name.get(code):
        forms.append(f"&{name};")
    if code == ord("'"):
        forms.append("&apos;")
    if character in "\n\r\t":
        forms.append(r"\\{1,4}" + {"\n": "n", "\r": "r", "\t": "t"}[character])
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"
