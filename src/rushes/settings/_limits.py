"""Bounds every number that an operator sets: one far beyond any use would stop a worker later, in silence."""

import math
from typing import Any

from pydantic import BaseModel, ValidationInfo, field_validator

TEN_YEARS_SECONDS = 10 * 366 * 86_400
TIMES = ("seconds", "wait", "ttl", "spacing", "timeout")
"""What the names of settings that are times in seconds end with."""
MOST = {
    "bytes": 2**60,
    "pixels": 10**12,
    "days": 36_600,
    "concurrency": 100_000,
    "concurrent": 100_000,
    **dict.fromkeys(TIMES, TEN_YEARS_SECONDS),
}
"""By the last word of a setting's name."""
MOST_OF_ALL = 10**9


class BoundedNumbers(BaseModel):
    """Base of settings: each number in it is finite, and no larger than its name can mean."""

    @field_validator("*", mode="after")
    @classmethod
    def _possible(cls, value: Any, info: ValidationInfo) -> Any:
        most = MOST.get((info.field_name or "").rsplit("_", 1)[-1], MOST_OF_ALL)
        # pyright does not know what a dictionary of any setting holds.
        for each in value.values() if isinstance(value, dict) else (value,):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            if isinstance(each, int | float) and not (math.isfinite(each) and abs(each) <= most):
                raise ValueError(f"This must be a number of at most {most:,}")
        return value  # pyright: ignore[reportUnknownVariableType]
