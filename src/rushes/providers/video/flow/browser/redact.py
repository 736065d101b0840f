"""Takes secrets out of what is written down: logs, and the HTML of incidents and bug reports."""

import json
import logging
import re
from collections.abc import Iterable

from rushes import redaction
from rushes.sanitize import clean_text

GONE = "[redacted]"
MOST_LOGGED = 20_000
SHORTEST = 8
"""Shorter values are no secrets, and taking them out would take out half the page."""

_PATTERNS = (
    # Signed addresses, tokens of the page's own calls, and anything that names itself a secret.
    re.compile(
        r"(?i)((?:[?&;]|&amp;|%26)(?:signature|at|f\.sid|token|key|sig|continue)(?:=|%3D))[^&\s\"'<>;]+"
    ),
    re.compile(
        r"(?i)(\"?\b(?:SNlM0e|FdrFJe|cfb2h|access_token|csrf\w*|password)\b\"?\s*[:=]\s*[\"'])[^\"']+"
    ),
    re.compile(r"(?i)(\b(?:set-cookie|cookie|authorization)\s*:\s*)[^\r\n<]+"),
    re.compile(
        r"(\b(?:__Secure-|__Host-)?(?:[13]P)?(?:SAPISID|APISID|OSID|HSID|SSID|SIDCC|SIDTS|PSID|SID)=)[^;\s\"'<>&]+"
    ),
    re.compile(r"(/asb/)[^\s\"'<>?]+"),
    re.compile(r"(<input\b[^<>]{0,2000}type=[\"']?password[^<>]{0,2000}\bvalue=[\"'])[^\"']*"),
    re.compile(r"(<textarea\b[^<>]{0,2000}g-recaptcha-response[^<>]{0,2000}>)[^<]+"),
)
_ADDRESS = re.compile(
    r"\b([A-Za-z0-9])[A-Za-z0-9._%+-]{0,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9})\b"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without secrets: the given ones, and what looks like one. Addresses of people are shortened."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= SHORTEST:
            text = text.replace(secret, GONE)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{GONE}", text)
    return redaction.redact(_ADDRESS.sub(r"\1…@\2", text))


def secrets_of(state: str) -> list[str]:
    """The values in a storage state that must not be written down: cookies and what pages keep."""
    if not state:
        return []
    parsed = json.loads(state)
    values = [str(each.get("value", "")) for each in parsed.get("cookies", [])]
    for origin in parsed.get("origins", []):
        values += [str(each.get("value", "")) for each in origin.get("localStorage", [])]
    return [each for each in values if len(each) >= SHORTEST]


class Redacting(logging.Formatter):
    """A log format that leaves secrets out, also those in arguments and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted."""
        return clean_text(redact(super().format(record)), MOST_LOGGED)


def without_query(url: str) -> str:
    """An address fit for a log: what follows the question mark is nobody's business."""
    return url.split("?", 1)[0]
