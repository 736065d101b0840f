"""The newest events, each encoded once, for any number of listeners to copy from."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from uuid import UUID

from rushes.engine.events import Cursor, EventRow

MOST_EVENTS = 5000
"""Events that are kept; a listener that is further behind reads the database."""


class EventTail:
    """Events in order without a gap, from right behind `floor` up to `head`.

    Places count all events since it began, also those that are not kept any more.
    """

    def __init__(self, floor: Cursor, encode: Callable[[EventRow], bytes], most: int = MOST_EVENTS) -> None:
        self.floor = self.head = floor
        self._encode = encode
        self._most = most
        self._rows: list[EventRow] = []
        self._encoded: list[bytes] = []
        self._dropped = 0
        self._parts: dict[tuple[UUID, UUID | None, int], tuple[bytes, bool]] = {}
        """What listeners were given at the present end, by owner, job and place: most are at the same."""

    @property
    def end(self) -> int:
        """The place behind the newest event."""
        return self._dropped + len(self._rows)

    def extend(self, rows: Sequence[EventRow]) -> None:
        """Add the events that follow; the oldest ones make way."""
        self._parts.clear()
        self._rows.extend(rows)
        self._encoded.extend(map(self._encode, rows))
        self.head = rows[-1].cursor
        if (surplus := len(self._rows) - self._most) > 0:
            self.floor = self._rows[surplus - 1].cursor
            del self._rows[:surplus], self._encoded[:surplus]
            self._dropped += surplus

    def place_behind(self, cursor: Cursor) -> int | None:
        """Return the place of the first event behind a cursor; None when events before it are not kept."""
        if cursor < self.floor:
            return None
        return self._dropped + bisect_right(self._rows, cursor, key=lambda row: row.cursor)

    def content(self, owner: UUID, job_id: UUID | None, place: int) -> tuple[bytes, bool]:
        """Return an owner's (or a job's) events from a place up to the end, encoded, and whether the job has
        been deleted."""
        asked = (owner, job_id, place)
        if asked not in self._parts:
            start = place - self._dropped
            found = [
                (row, encoded)
                for row, encoded in zip(self._rows[start:], self._encoded[start:], strict=True)
                if row.owner_id == owner and job_id in (None, row.job_id)
            ]
            ended = job_id is not None and any(row.is_end_of_job for row, _ in found)
            self._parts[asked] = b"".join(encoded for _, encoded in found), ended
        return self._parts[asked]
