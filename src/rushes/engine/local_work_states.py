"""What a piece of local work can be, who comes first, and what several pieces come to together. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class WorkStatus(StrEnum):
    """Of one piece of local work, or of several together."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_WORK = (WorkStatus.QUEUED, WorkStatus.RUNNING)
"""The statuses of what has not ended."""


class WorkPriority(IntEnum):
    """Who comes first among the work of one kind."""

    BATCH = 0
    """Many pieces at once: nobody waits for this one in particular."""
    AWAITED = 10
    """A person waits for it: a preview, one video upscaled by hand."""


@dataclass(frozen=True)
class WorkPart:
    """One piece of several. `progress` is 0..1; `weight` is its share of the work, in any unit."""

    status: WorkStatus
    progress: float
    weight: float
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def done(self) -> float:
        """0..1; what has ended counts whole, however it ended."""
        return self.progress if self.status in OPEN_WORK else 1.0


def status_of_parts(parts: Sequence[WorkPart]) -> WorkStatus:
    """`completed` when all have ended and at least one is completed; `failed` when none is."""
    states = {part.status for part in parts}
    if states <= {WorkStatus.QUEUED}:
        return WorkStatus.QUEUED if states else WorkStatus.COMPLETED
    if states & set(OPEN_WORK):
        return WorkStatus.RUNNING
    for each in (WorkStatus.COMPLETED, WorkStatus.FAILED):
        if each in states:
            return each
    return WorkStatus.CANCELLED


def progress_of_parts(parts: Sequence[WorkPart]) -> float:
    """0..1, by weight."""
    whole = sum(part.weight for part in parts)
    return sum(part.done * part.weight for part in parts) / whole if whole else 1.0


def seconds_left(parts: Sequence[WorkPart], now: datetime, since: datetime) -> float | None:
    """Seconds until all have ended, at the pace since `since`; None while there is no pace to tell from."""
    counted = [
        part for part in parts if part.started_at and (part.ended_at is None or part.ended_at >= since)
    ]
    made = sum(part.done * part.weight for part in counted)
    left = sum((1 - part.done) * part.weight for part in parts)
    if not left or not made:
        return None
    began = min(part.started_at for part in counted if part.started_at)
    return (now - began).total_seconds() * left / made
