"""What an answer that is no success says: its words, its wait, and whether nothing was accepted for sure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Trouble:
    """What an answer that is no success says. `reason` is the service's own word for it, for programs."""

    status: int
    message: str
    reason: str = ""
    after: float | None = None
    """Seconds to wait, if the service says."""


def is_not_accepted(trouble: Trouble, documented: Mapping[str, str]) -> bool:
    """Whether the service documents that nothing was accepted by a create with this answer."""
    status = str(trouble.status)
    return status in documented or any(f"{status} {word}" in documented for word in trouble.reason.split())


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds from `retry-after-ms` or `retry-after` (seconds or a date), if they can be read."""
    try:
        if (text := response.headers.get("retry-after-ms")) is not None:
            return max(0.0, float(text) / 1000)
        text = response.headers.get("retry-after", "")
        if text.replace(".", "", 1).isdigit():
            return float(text)
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
