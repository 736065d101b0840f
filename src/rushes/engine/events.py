"""Events in the order in which their transactions became visible, so that a reader never skips one.

Identity numbers are given out before a commit, so a later number can be seen earlier. A reader that
remembers only the number would skip. Ours remembers (xid, id) and reads what is older than every
transaction still running: nothing older can appear any more.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Executor


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the order of events. Written `xid-id` (the `id:` of a server-sent event)."""

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def parse(cls, value: str) -> "Cursor | None":
        """The cursor in a `Last-Event-ID`; None when it is not one."""
        xid, _, number = value.partition("-")
        return cls(int(xid), int(number)) if xid.isdecimal() and number.isdecimal() else None


@dataclass(frozen=True)
class EventRow:
    """One change. `type` is `job`, `video`, `upscale` or `credential`; `data` its new state in short."""

    cursor: Cursor
    job_id: UUID | None
    video_id: UUID | None
    type: str
    data: dict[str, Any]


async def now(session: Executor) -> Cursor:
    """The place behind everything that can be read now."""
    row = await session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"))
    return Cursor(row.scalar_one(), 2**62)


async def events_after(
    session: Executor, owner: UUID, cursor: Cursor, *, job_id: UUID | None = None, limit: int = 500
) -> list[EventRow]:
    """The next events of a job (or of all of an owner's jobs) behind the cursor."""
    rows = await session.execute(
        text(
            """
            SELECT xid::text::bigint AS xid, id, job_id, video_id, type, data FROM events
            WHERE owner_id = :owner AND (CAST(:job AS uuid) IS NULL OR job_id = :job)
              AND (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id)
              AND xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY events.xid, id LIMIT :limit
            """
        ),
        {"owner": owner, "job": job_id, "xid": str(cursor.xid), "id": cursor.id, "limit": limit},
    )
    return [EventRow(Cursor(row.xid, row.id), row.job_id, row.video_id, row.type, row.data) for row in rows]
