"""Writes a finished take: the video's row, its assets and its event in one statement."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.db.engine import Executor
from rushes.db.queries.changes import VIDEO_EVENT

_COMPLETE = text(
    f"""
    WITH changed AS (
        UPDATE videos SET status = 'completed', progress = NULL, video_key = :video_key,
               thumbnail_key = :thumbnail_key, duration_seconds = :duration_seconds, width = :width,
               height = :height, size_bytes = :size_bytes, sha256 = :sha256, cost = :cost,
               error_type = NULL, error_message = NULL, waiting_for = NULL,
               generation_completed_at = now()
        WHERE id = :video_id AND submission_id = :submission_id AND status = 'generating'
        RETURNING *
    ), stored AS (
        INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
        SELECT a.key, changed.owner_id, changed.job_id, a.media_type, a.sha256, a.size_bytes
        FROM changed, (VALUES
            (:video_key, 'video/mp4', :sha256, CAST(:size_bytes AS bigint)),
            (:thumbnail_key, 'image/jpeg', :thumbnail_sha256, CAST(:thumbnail_size AS bigint))
        ) AS a (key, media_type, sha256, size_bytes)
        ON CONFLICT (key) DO UPDATE SET sha256 = EXCLUDED.sha256, size_bytes = EXCLUDED.size_bytes
    )
    {VIDEO_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


@dataclass(frozen=True)
class StoredTake:
    """A take whose bytes are safe. Sizes in bytes and pixels."""

    video_key: str
    thumbnail_key: str
    duration_seconds: float
    width: int
    height: int
    size_bytes: int
    sha256: str
    thumbnail_size: int
    thumbnail_sha256: str


async def complete_take(
    session: Executor,
    video_id: UUID,
    submission_id: UUID,
    take: StoredTake,
    cost: Decimal | None,
) -> bool:
    """generating → completed. False: the video was cancelled or deleted meanwhile; its bytes are nobody's."""
    row = await session.execute(
        _COMPLETE,
        {**vars(take), "video_id": video_id, "submission_id": submission_id, "cost": cost},
    )
    return bool(row.scalar())


async def stored_videos(session: Executor, submission_id: UUID) -> set[UUID]:
    """The videos of a submission that are completed."""
    rows = await session.execute(
        text("SELECT id FROM videos WHERE submission_id = :id AND status = 'completed'"),
        {"id": submission_id},
    )
    return set(rows.scalars())
