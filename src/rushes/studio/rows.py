"""Videos that were asked for one prompt at a time: takes of the jobs that are no batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from rushes.engine.states import JobKind, JobStatus
from rushes.engine.transitions import touch_jobs
from rushes.engine.views import VideoView
from rushes.errors import NotFound
from rushes.jobs.rows import Order
from rushes.library.rows import video_views
from rushes.platform.db.engine import Executor
from rushes.providers.modes import Mode, mode_of

_VIDEO = """
    SELECT v.*, j.session_id, j.source_video_id, j.pause_reason,
           CASE WHEN NOT EXISTS (SELECT 1 FROM videos WHERE job_id = j.id AND selected)
                THEN j.expires_at END AS expires_at,
           i.last_image_key, cardinality(i.reference_keys) AS reference_images, i.source_submission_id,
           i.extend
    FROM jobs j JOIN videos v ON v.job_id = j.id AND v.deleted_at IS NULL
    LEFT JOIN shot_inputs i ON i.shot_id = v.shot_id
    WHERE j.owner_id = :owner AND j.kind = :kind
"""


_EXPIRING = text(
    """
    SELECT id FROM jobs
    WHERE owner_id = :owner AND kind = :kind AND keep_days IS NOT NULL
      AND (CAST(:ids AS uuid[]) IS NULL OR id IN (SELECT job_id FROM videos WHERE id = ANY(:ids)))
    """
)


@dataclass(frozen=True)
class OneVideo:
    """A video with what its job adds. `expires_at` is when it is deleted; None for never (it or another take
    of the same job was selected, say), and until it has ended."""

    video: VideoView
    options: dict[str, Any]
    has_image: bool
    mode: Mode
    video_key: str | None
    session_id: str | None
    source_video_id: UUID | None
    pause_reason: str | None
    expires_at: datetime | None


async def _ones(session: Executor, rows: Sequence[Row[Any]]) -> list[OneVideo]:
    return [_one(row, view) for row, view in zip(rows, await video_views(session, rows), strict=True)]


def _one(row: Row[Any], view: VideoView) -> OneVideo:
    return OneVideo(
        video=view,
        options=row.options,
        has_image=row.image_key is not None,
        mode=mode_of(
            image=row.image_key,
            last_image=row.last_image_key,
            references=row.reference_images,
            source=row.source_submission_id,
            extend=bool(row.extend),
        ),
        video_key=row.video_key,
        session_id=row.session_id,
        source_video_id=row.source_video_id,
        pause_reason=row.pause_reason,
        expires_at=row.expires_at,
    )


async def get_one(session: Executor, owner: UUID, kind: JobKind, video_id: UUID) -> OneVideo:
    """One of them. Raises `NotFound`, also for somebody else's and for a batch's."""
    rows = await session.execute(
        text(f"{_VIDEO} AND v.id = :id"), {"owner": owner, "kind": str(kind), "id": video_id}
    )
    if (row := rows.one_or_none()) is None:
        raise NotFound(f"There is no video {video_id} here.", hint="It may have been deleted after its time.")
    (one,) = await _ones(session, [row])
    return one


async def page_of_ones(
    session: Executor, owner: UUID, kind: JobKind, *, session_id: str | None, page: int, limit: int
) -> tuple[list[OneVideo], int]:
    """A page (from 1), newest first, and how many there are in all."""
    where = " AND (CAST(:session AS text) IS NULL OR j.session_id = :session)"
    given = {"owner": owner, "kind": str(kind), "session": session_id}
    # Both parts are literals of this module; what comes from outside is bound.
    total = await session.execute(text(f"SELECT count(*) FROM ({_VIDEO}{where}) each"), given)  # noqa: S608  # only our own constants are put in
    rows = await session.execute(
        text(f"{_VIDEO}{where} ORDER BY v.created_at DESC, v.id DESC LIMIT :limit OFFSET :offset"),
        {**given, "limit": limit, "offset": (page - 1) * limit},
    )
    return await _ones(session, list(rows)), total.scalar_one()


async def ones_after(
    session: Executor, owner: UUID, kind: JobKind, *, after: OneVideo | None, order: Order, limit: int
) -> list[OneVideo]:
    """The next ones behind the video `after` (from the start without one), by the time they were made."""
    compare = ">" if order == "asc" else "<"
    place = f" AND (v.created_at, v.id) {compare} (:at, :id)" if after else ""
    given = {"at": after.video.created_at, "id": after.video.video_id} if after else {}
    rows = await session.execute(
        text(f"{_VIDEO}{place} ORDER BY v.created_at {order}, v.id {order} LIMIT :limit"),
        {**given, "owner": owner, "kind": str(kind), "limit": limit},
    )
    return await _ones(session, list(rows))


async def keep_ones(session: Executor, owner: UUID, kind: JobKind, video_ids: Sequence[UUID] | None) -> int:
    """Keep these videos (None: all of the kind) forever; return how many were to expire."""
    given = {"owner": owner, "kind": str(kind), "ids": None if video_ids is None else list(video_ids)}
    jobs = list((await session.execute(_EXPIRING, given)).scalars())
    kept = await touch_jobs(session, jobs, among=list(JobStatus), keep_days=None, expires_at=None)
    return len(kept)
