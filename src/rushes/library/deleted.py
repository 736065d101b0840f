"""Recently deleted takes: what is there, how much space it uses, and its end before its time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.engine.transitions import touch_takes
from rushes.engine.views import Pagination, VideoView
from rushes.library.files import StoredFile
from rushes.library.review_rows import EVERY_STATUS
from rushes.library.rows import video_view
from rushes.platform.db.engine import Executor

_DELETED = "v.owner_id = :owner AND v.deleted_at > now() - make_interval(secs => :within)"
_PAGE = text(
    f"""
    SELECT v.*, j.name AS job_name, j.kind, v.deleted_at + make_interval(secs => :within) AS gone_at
    FROM videos v JOIN jobs j ON j.id = v.job_id
    WHERE {_DELETED} ORDER BY v.deleted_at DESC, v.id LIMIT :limit OFFSET :offset
    """  # noqa: S608  # only our own constant is put in
)
_TOTAL = text(
    f"""
    SELECT count(*) AS videos,
           COALESCE(sum(v.size_bytes + COALESCE(u.size_bytes, 0)), 0)::bigint AS bytes
    FROM videos v LEFT JOIN upscales u ON u.video_id = v.id WHERE {_DELETED}
    """  # noqa: S608  # as above
)
_THUMBNAIL = text(
    "SELECT a.key, a.media_type, a.sha256 FROM videos v JOIN assets a ON a.key = v.thumbnail_key"
    " WHERE v.id = :id AND v.owner_id = :owner AND v.deleted_at IS NOT NULL"
)
A_MINUTE = 60.0


class DeletedVideo(BaseModel):
    """A take that was deleted and can be restored."""

    video: VideoView
    job_name: str
    thumbnail_url: str | None = Field(description="A small picture of it; null when it was never finished.")
    deleted_at: datetime
    gone_at: datetime = Field(description="When it is deleted for good.")


class DeletedPage(BaseModel):
    """A page of deleted takes, the last deleted first."""

    items: list[DeletedVideo]
    bytes: int = Field(description="What all of them use in the storage, with their 4K copies.")
    pagination: Pagination


async def deleted_page(
    session: Executor, owner: UUID, within_seconds: float, *, page: int, limit: int
) -> DeletedPage:
    """Return what was deleted within that time."""
    given = {"owner": owner, "within": within_seconds}
    total = (await session.execute(_TOTAL, given)).one()
    rows = await session.execute(_PAGE, {**given, "limit": limit, "offset": (page - 1) * limit})
    items = [
        DeletedVideo(
            video=video_view(row),
            job_name=row.job_name,
            thumbnail_url=f"/api/deleted/{row.id}/thumbnail" if row.thumbnail_key else None,
            deleted_at=row.deleted_at,
            gone_at=row.gone_at,
        )
        for row in rows
    ]
    pagination = Pagination.of(page=page, limit=limit, total=total.videos)
    return DeletedPage(items=items, bytes=total.bytes, pagination=pagination)


async def deleted_thumbnail(session: Executor, owner: UUID, video_id: UUID) -> StoredFile | None:
    """Return the picture of a deleted take; None where there is none."""
    row = (await session.execute(_THUMBNAIL, {"id": video_id, "owner": owner})).one_or_none()
    return StoredFile(row.key, row.media_type, row.sha256) if row else None


async def end_undo(run: Runtime, owner: UUID, video_ids: Sequence[UUID]) -> list[UUID]:
    """Have deleted takes removed for good by the next purge. Return those that were deleted."""
    over = datetime.now(UTC) - timedelta(seconds=run.settings.undo_seconds + A_MINUTE)
    async with run.db.begin() as session:
        return await touch_takes(
            session,
            video_ids,
            among=EVERY_STATUS,
            owner=owner,
            where="deleted_at IS NOT NULL",
            deleted_at=over,
        )
