"""The rows of local work: the only statements that change its status. A change and its event are one of them.

Who changes several things locks the job first, then the videos, then local work; whoever has lost the claim
changes nothing any more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, JsonValue
from sqlalchemy import TextClause, text

from rushes.engine.events import WORK_EVENT
from rushes.engine.local_work_states import OPEN_WORK, WorkPriority
from rushes.engine.states import sql_list
from rushes.platform.db.engine import Executor
from rushes.platform.storage.bucket import Stored

OPEN = sql_list(OPEN_WORK)
"""The statuses of what has not ended, for SQL."""


def _change(assignments: str, where: str) -> TextClause:
    # Both parts are literals of this module; what comes from outside is bound.
    return text(
        f"WITH changed AS (UPDATE local_work SET {assignments} WHERE {where} RETURNING *),"  # noqa: S608
        f" reported AS ({WORK_EVENT}) SELECT * FROM changed"
    )


_CLAIMED = "id = :id AND claim = :claim AND status = 'running'"
_CLAIM = _change(
    "status = 'running', worker = :worker, claim = :claim, heartbeat_at = now(), tries = tries + 1,"
    " error = NULL, progress = 0, started_at = now()",
    f"id = :id AND status IN {OPEN}",
)
_PROGRESS = _change("heartbeat_at = now(), progress = :progress", _CLAIMED)
_BEAT = text(f"UPDATE local_work SET heartbeat_at = now() WHERE {_CLAIMED} RETURNING id")  # noqa: S608  # as above
_PUT_BACK = _change(
    "status = 'queued', worker = NULL, claim = NULL, heartbeat_at = NULL, tries = 0, progress = 0,"
    " error = :error",
    _CLAIMED,
)
_FAIL = _change("status = 'failed', error = :error, ended_at = now()", _CLAIMED)
_COMPLETE = _change(
    "status = 'completed', progress = 1, error = NULL, ended_at = now(), result = CAST(:result AS jsonb)",
    _CLAIMED,
)
_CANCEL = _change(
    "status = 'cancelled', error = NULL, ended_at = now()", f"id = ANY(:ids) AND status IN {OPEN}"
)
_RAISE = text(
    "UPDATE local_work SET priority = :priority WHERE id = ANY(:ids) AND status = 'queued'"
    " AND priority < :priority RETURNING id"
)
_ADD = text(
    f"""
    WITH changed AS (
        INSERT INTO local_work (id, owner_id, kind, subject, params, job_id, video_id, status, priority,
                                progress, tries)
        SELECT n.id, :owner, :kind, n.subject, n.params, n.job_id, n.video_id, 'queued', :priority, 0, 0
        FROM jsonb_to_recordset(CAST(:new AS jsonb))
             AS n (id uuid, subject text, params jsonb, job_id uuid, video_id uuid)
        RETURNING *
    )
    {WORK_EVENT}
    """  # noqa: S608  # only our own constant is put in
)
_ADD_ASSETS = text(
    """
    WITH stored AS (
        INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
        SELECT n.key, :owner, :job, n.media_type, n.sha256, n.size
        FROM jsonb_to_recordset(CAST(:files AS jsonb))
             AS n (key text, media_type text, sha256 text, size bigint)
    )
    INSERT INTO asset_sums (key, owner_id, sha256, crc32)
    SELECT n.key, :owner, n.sha256, n.crc32
    FROM jsonb_to_recordset(CAST(:files AS jsonb)) AS n (key text, sha256 text, crc32 bigint)
    """
)
_UNATTENDED = text(
    f"""
    SELECT w.id, w.kind, w.priority FROM local_work w
    WHERE w.status IN {OPEN}
      AND (w.heartbeat_at IS NULL OR w.heartbeat_at < now() - make_interval(secs => :silent))
      AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs t
                      WHERE t.lock = 'local_work:' || w.id AND t.status IN ('todo', 'doing'))
    """  # noqa: S608  # as above
)


@dataclass(frozen=True)
class NewWork:
    """A piece of work that is asked for. See the columns of `LocalWork`."""

    params: BaseModel
    subject: str | None = None
    job_id: UUID | None = None
    video_id: UUID | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class ClaimedWork:
    """A piece of work in the hands of one try: who has the row's `claim` may write to it."""

    id: UUID
    owner_id: UUID
    kind: str
    params: dict[str, Any]
    job_id: UUID | None
    video_id: UUID | None
    priority: int
    tries: int
    claim: UUID

    @property
    def fence(self) -> dict[str, UUID]:
        """What a statement is given that may only change a claimed row."""
        return {"id": self.id, "claim": self.claim}


@dataclass(frozen=True)
class Unattended:
    """Open work that no task of the queue is there for."""

    id: UUID
    kind: str
    priority: int


async def add(
    session: Executor, kind: str, owner: UUID, new: Sequence[NewWork], priority: WorkPriority
) -> None:
    """Insert queued work. The database refuses a second open piece for one subject."""
    rows = [
        {
            "id": str(each.id),
            "subject": each.subject,
            "params": each.params.model_dump(mode="json"),
            "job_id": each.job_id and str(each.job_id),
            "video_id": each.video_id and str(each.video_id),
        }
        for each in new
    ]
    given = {"kind": kind, "owner": owner, "priority": int(priority), "new": json.dumps(rows)}
    await session.execute(_ADD, given)


async def claim(session: Executor, work_id: UUID, worker: str) -> ClaimedWork | None:
    """Claim work that has not ended, from whoever had it. None: it has ended, or is gone."""
    given = {"id": work_id, "worker": worker, "claim": uuid4()}
    row = (await session.execute(_CLAIM, given)).one_or_none()
    if row is None:
        return None
    return ClaimedWork(
        row.id,
        row.owner_id,
        row.kind,
        row.params,
        row.job_id,
        row.video_id,
        row.priority,
        row.tries,
        row.claim,
    )


async def beat(session: Executor, work: ClaimedWork, progress: float | None) -> bool:
    """Renew the lease, with the progress (0..1) if it has moved. False: the claim is lost."""
    if progress is None:
        rows = await session.execute(_BEAT, work.fence)
    else:
        rows = await session.execute(_PROGRESS, {**work.fence, "progress": progress})
    return rows.one_or_none() is not None


async def put_back(session: Executor, work: ClaimedWork, error: str | None) -> bool:
    """running → queued, `error` saying why it waits. False: the claim is lost."""
    rows = await session.execute(_PUT_BACK, {**work.fence, "error": error})
    return rows.one_or_none() is not None


async def fail(session: Executor, work: ClaimedWork, error: str) -> bool:
    """running → failed. False: the claim is lost."""
    return (await session.execute(_FAIL, {**work.fence, "error": error})).one_or_none() is not None


async def is_claimed(session: Executor, work: ClaimedWork) -> bool:
    """Whether this try still has the claim."""
    statement = text(f"SELECT id FROM local_work WHERE {_CLAIMED}")  # noqa: S608  # our own constant
    return (await session.execute(statement, work.fence)).one_or_none() is not None


async def lock_claimed(session: Executor, work: ClaimedWork) -> bool:
    """Lock its job, its video and then its row until the transaction ends. False: the claim is lost."""
    await session.execute(text("SELECT 1 FROM jobs WHERE id = :id FOR KEY SHARE"), {"id": work.job_id})
    await session.execute(text("SELECT 1 FROM videos WHERE id = :id FOR UPDATE"), {"id": work.video_id})
    statement = text(f"SELECT id FROM local_work WHERE {_CLAIMED} FOR UPDATE")  # noqa: S608  # our own constant
    return (await session.execute(statement, work.fence)).one_or_none() is not None


async def complete(
    session: Executor, work: ClaimedWork, result: Mapping[str, JsonValue], files: Sequence[tuple[Stored, str]]
) -> None:
    """running → completed, with rows for its stored files (and their media types). Locked by the caller."""
    rows = [
        {
            "key": file.key,
            "media_type": media_type,
            "sha256": file.sha256,
            "size": file.size,
            "crc32": file.crc32,
        }
        for file, media_type in files
    ]
    await session.execute(
        _ADD_ASSETS, {"owner": work.owner_id, "job": work.job_id, "files": json.dumps(rows)}
    )
    whole = {**result, "files": [file.key for file, _ in files]}
    await session.execute(_COMPLETE, {**work.fence, "result": json.dumps(whole)})


async def cancel(session: Executor, work_ids: Sequence[UUID]) -> list[UUID]:
    """queued, running → cancelled. Returns those that had not ended."""
    return [row.id for row in await session.execute(_CANCEL, {"ids": list(work_ids)})]


async def raise_priority(session: Executor, work_ids: Sequence[UUID], priority: WorkPriority) -> list[UUID]:
    """Let queued work come sooner, never later. Returns what has moved."""
    rows = await session.execute(_RAISE, {"ids": list(work_ids), "priority": int(priority)})
    return list(rows.scalars())


async def is_open(session: Executor, work_id: UUID) -> bool:
    """Whether the work is there and has not ended."""
    statement = text(f"SELECT id FROM local_work WHERE id = :id AND status IN {OPEN}")  # noqa: S608  # as above
    return (await session.execute(statement, {"id": work_id})).one_or_none() is not None


async def open_work(
    session: Executor, *, video_ids: Sequence[UUID] = (), job_id: UUID | None = None
) -> list[UUID]:
    """The work of videos or of a job that has not ended, of every kind."""
    statement = text(
        f"SELECT id FROM local_work WHERE status IN {OPEN} AND (video_id = ANY(:videos) OR job_id = :job)"  # noqa: S608  # our own constant
    )
    rows = await session.execute(statement, {"videos": list(video_ids), "job": job_id})
    return list(rows.scalars())


async def unattended(session: Executor, silent_seconds: float) -> list[Unattended]:
    """Open work without a task in the queue, of which nothing was heard for that long."""
    rows = await session.execute(_UNATTENDED, {"silent": silent_seconds})
    return [Unattended(row.id, row.kind, row.priority) for row in rows]


async def prune(session: Executor, kind: str, days: float) -> int:
    """Delete work of a kind that ended longer ago. Returns how many."""
    rows = await session.execute(
        text(
            "DELETE FROM local_work WHERE kind = :kind AND ended_at < now() - make_interval(secs => :seconds)"
            " RETURNING id"
        ),
        {"kind": kind, "seconds": days * 86400},
    )
    return len(rows.all())
