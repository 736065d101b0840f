"""Events: the one INSERT they are written with, and reading them so that a reader never skips one.

They are read in the order in which their transactions became visible.

Identity numbers are given out before a commit, so a later number can be seen earlier. A reader that
remembers only the number would skip. Ours remembers (xid, id) and reads what is older than every
transaction still running: nothing older can appear any more.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Executor

LONGEST_NUMBER = 19
"""Digits. What is longer is no number of the database's."""


def event_insert(
    kind: str,
    /,
    *,
    kind_is_column: bool = False,
    source: str = "changed",
    job_id: str = "job_id",
    video_id: str = "NULL::uuid",
    returning: str,
    strip_nulls: bool = True,
    **data: str,
) -> str:
    """Return the SQL that writes an event for each row of `source` (a table expression with an `owner_id`).

    `data` are the payload's fields as SQL; with `strip_nulls` one that is NULL is left out. Every argument is
    our own constant. `kind` is the event's type, or the column that has it.
    """
    kind = kind if kind_is_column else f"'{kind}'"
    fields = ", ".join(f"'{name}', {value}" for name, value in data.items())
    payload = f"jsonb_build_object({fields})"
    if strip_nulls:
        payload = f"jsonb_strip_nulls({payload})"
    return f"""
    INSERT INTO events (owner_id, job_id, video_id, type, data)
    SELECT owner_id, {job_id}, {video_id}, {kind}, {payload}
    FROM {source}
    RETURNING {returning}
"""  # noqa: S608  # only our own constants are put in


VIDEO_EVENT = event_insert(
    "video",
    video_id="id",
    returning="video_id",
    status="CASE WHEN deleted_at IS NULL THEN status ELSE 'deleted' END",
    progress="progress",
    error_type="error_type",
    waiting_for="waiting_for",
)
"""For each take in `changed`, a set of whole rows."""
TAKE_CLAIMED_EVENT = event_insert(
    "video", source="claimed", video_id="video_id", returning="video_id", status="'generating'"
)
"""For each row of `claimed`, which is of a take and what the dispatcher claimed it with."""
JOB_EVENT = event_insert("job", job_id="id", returning="job_id", status="status", pause_reason="pause_reason")
"""For each job in `changed`."""
PROJECT_EVENT = event_insert(
    "project", job_id="NULL::uuid", returning="id", project_id="id", status="CAST(:event_status AS text)"
)
"""For each project in `changed`; what happened to it is bound."""
WORK_EVENT = event_insert(
    "kind",
    kind_is_column=True,
    video_id="video_id",
    returning="id",
    work_id="id",
    status="status",
    progress="progress",
    error="error",
)
"""For each piece of local work in `changed`. Its type is the kind of the work (`upscale`)."""
GENERATION_EVENT = event_insert(
    "generation",
    job_id="NULL::uuid",
    returning="id",
    id="id",
    story_id="story_id",
    kind="kind",
    status="status",
    progress="progress",
    error_type="error_type",
    waiting_for="waiting_for",
)
"""For each generation in `changed`."""
JOB_DELETED_EVENT = event_insert("job", job_id="id", returning="job_id", status="'deleted'")


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
        if not (xid.isdecimal() and number.isdecimal() and max(len(xid), len(number)) <= LONGEST_NUMBER):
            return None
        return cls(int(xid), int(number))


@dataclass(frozen=True)
class EventRow:
    """One change: `data` is the new state in short.

    `type` is `job`, `video`, `project`, `credential`, `generation`, `story`, or a kind of local work
    (`upscale`, `film`).
    """

    cursor: Cursor
    owner_id: UUID
    job_id: UUID | None
    video_id: UUID | None
    type: str
    data: dict[str, Any]

    @property
    def is_end_of_job(self) -> bool:
        """Whether it says that its job was deleted: nothing of the job follows."""
        return self.type == "job" and self.data.get("status") == "deleted"


async def now(session: Executor) -> Cursor:
    """The place behind everything that can be read now."""
    row = await session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"))
    return Cursor(row.scalar_one(), 2**62)


async def events_after(
    session: Executor, owner: UUID | None, cursor: Cursor, *, job_id: UUID | None = None, limit: int = 500
) -> list[EventRow]:
    """The next events of a job (or of all of an owner's, or of all owners') behind the cursor."""
    rows = await session.execute(
        text(
            """
            SELECT xid::text::bigint AS xid, id, owner_id, job_id, video_id, type, data FROM events
            WHERE (CAST(:owner AS uuid) IS NULL OR owner_id = :owner)
              AND (CAST(:job AS uuid) IS NULL OR job_id = :job)
              AND (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id)
              AND xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY events.xid, id LIMIT :limit
            """
        ),
        {"owner": owner, "job": job_id, "xid": str(cursor.xid), "id": cursor.id, "limit": limit},
    )
    return [
        EventRow(Cursor(row.xid, row.id), row.owner_id, row.job_id, row.video_id, row.type, row.data)
        for row in rows
    ]
