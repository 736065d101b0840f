"""Reads what a service says, whatever it says: JSON that may be none, numbers and waits in headers."""

import json
import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2


def read_json(body: bytes) -> Any:
    """Return the parsed body. Raises `ValueError` for what is none, also for one that is nested too deep."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds from `retry-after-ms` or `retry-after` (seconds or a date), if they can be read."""
    if (text := response.headers.get("retry-after-ms")) is not None:
        seconds = number_in(text)
        return None if seconds is None else seconds / 1000
    text = response.headers.get("retry-after", "")
    if (seconds := number_in(text)) is not None:
        return seconds
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def number_in(text: str) -> float | None:
    """Return the number that a header holds: finite, not negative; None when it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
