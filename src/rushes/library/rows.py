"""Videos as they are shown."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, text

from rushes.engine import waits as waiting
from rushes.engine.delivered import Difference
from rushes.engine.states import VideoStatus, WaitingFor
from rushes.engine.transitions import NOW, touch_takes
from rushes.engine.views import VideoView
from rushes.errors import ErrorType, NotFound
from rushes.platform.db.engine import Executor


def video_view(row: Row[Any], waits: waiting.Waits | None = None) -> VideoView:
    """A row as it is shown; `waits` says why one that does not move does not."""
    wait = waits.of_take(cast("waiting.TakeState", row)) if waits else None
    done = row.status == VideoStatus.COMPLETED
    return VideoView(
        video_id=row.id,
        job_id=row.job_id,
        shot_id=row.shot_id,
        image_filename=row.image_filename,
        prompt_number=row.prompt_number,
        prompt_text=row.prompt_text,
        negative_prompt=row.negative_prompt,
        video_index=row.video_index,
        status=VideoStatus(row.status),
        waiting_for=wait.waiting_for if wait else WaitingFor(row.waiting_for) if row.waiting_for else None,
        wait_reason=wait.reason if wait else None,
        error_type=ErrorType(row.error_type) if row.error_type else None,
        error_message=row.error_message,
        retry_count=row.retry_count,
        retry_at=wait.until if wait else row.retry_at,
        progress=None if row.progress is None else round(100 * row.progress, 1),
        provider=row.provider,
        model=row.model,
        options=row.options,
        seed=row.seed,
        price=row.price,
        cost=row.cost,
        selected=row.selected,
        rating=row.rating,
        rejected=row.rejected,
        downloaded=row.downloaded_at is not None,
        upscaled=row.upscaled,
        video_url=f"/api/videos/{row.id}/content" if done else None,
        thumbnail_url=f"/api/videos/{row.id}/thumbnail" if done else None,
        image_url=_image_url(row),
        duration_seconds=row.duration_seconds,
        file_size_mb=None if row.size_bytes is None else round(row.size_bytes / 1e6, 3),
        resolution=f"{row.width}x{row.height}" if row.width else None,
        delivered_differs=[Difference.model_validate(each) for each in row.delivered_differs or () if done],
        created_at=row.created_at,
        generation_started_at=row.generation_started_at,
        generation_completed_at=row.generation_completed_at,
    )


def _image_url(row: Row[Any]) -> str | None:
    """With another image it is another address: pages keep pictures by their address."""
    if row.image_key is None:
        return None
    return f"/api/videos/{row.id}/image?v={PurePosixPath(row.image_key).stem[:8]}"


async def list_videos(
    session: Executor, owner: UUID, job_id: UUID, *, selected_only: bool = False, min_rating: int = 0
) -> list[VideoView]:
    """Every video of a job, by shot and take."""
    rows = await session.execute(
        text(
            "SELECT * FROM videos WHERE job_id = :job AND owner_id = :owner AND deleted_at IS NULL"
            " AND (NOT :selected_only OR selected) AND rating >= :min_rating"
            " ORDER BY position, video_index, created_at"
        ),
        {"job": job_id, "owner": owner, "selected_only": selected_only, "min_rating": min_rating},
    )
    return await video_views(session, list(rows))


async def video_views(session: Executor, rows: Sequence[Row[Any]]) -> list[VideoView]:
    """Rows as they are shown, with why those that do not move do not: one query for all of them."""
    waits = await waiting.look(session, cast("Sequence[waiting.TakeState]", rows))
    return [video_view(row, waits) for row in rows]


async def get_video(session: Executor, owner: UUID, video_id: UUID) -> VideoView:
    """One video. Raises `NotFound`, also for somebody else's."""
    (view,) = await video_views(session, [await video_row(session, owner, video_id)])
    return view


async def video_row(session: Executor, owner: UUID, video_id: UUID) -> Row[Any]:
    """The row itself, with its keys. Raises `NotFound`."""
    row = (
        await session.execute(
            text("SELECT * FROM videos WHERE id = :id AND owner_id = :owner AND deleted_at IS NULL"),
            {"id": video_id, "owner": owner},
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no video {video_id}.", hint="GET /api/jobs/{job_id}/videos lists them.")
    return row


async def video_rows(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> list[Row[Any]]:
    """Rows with their job's name and 4K copy, in the order asked for, without those that are gone."""
    rows = await session.execute(
        text(
            "SELECT v.*, j.name AS job_name, u.key AS upscaled_key, u.size_bytes AS upscaled_size,"
            " u.sha256 AS upscaled_sha256, u.width AS upscaled_width, u.height AS upscaled_height"
            " FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, n)"
            " JOIN videos v ON v.id = wanted.id JOIN jobs j ON j.id = v.job_id"
            " LEFT JOIN upscales u ON u.video_id = v.id"
            " WHERE v.owner_id = :owner AND v.deleted_at IS NULL ORDER BY wanted.n"
        ),
        {"ids": list(video_ids), "owner": owner},
    )
    return list(rows)


async def mark_downloaded(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> None:
    """Mark videos as downloaded."""
    await touch_takes(session, video_ids, among=[VideoStatus.COMPLETED], owner=owner, downloaded_at=NOW)
