"""A review: takes chosen, given stars, deleted and brought back, one or many at a time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from rushes.engine import claim as dispatching
from rushes.engine.again import reopen
from rushes.engine.local_work import cancel_work_of
from rushes.engine.runtime import Runtime
from rushes.engine.states import OPEN_VIDEOS
from rushes.errors import Conflict, NotFound
from rushes.jobs.rows import locked_job
from rushes.library import review_rows as review
from rushes.library.rows import video_row
from rushes.platform.db.models import Video


async def select_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID], selected: bool) -> list[UUID]:
    """Mark takes as the chosen ones (or not). Returns those that are there."""
    async with run.db.statement() as session:
        return await review.select_videos(session, owner, video_ids, selected)


async def reject_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID], rejected: bool) -> list[UUID]:
    """Mark takes as not wanted (or not); they are no picks then. Return those that are there."""
    async with run.db.statement() as session:
        return await review.reject_videos(session, owner, video_ids, rejected)


async def rate_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID], rating: int) -> list[UUID]:
    """Give takes stars, 0 (none) to 5. Returns those that are there."""
    async with run.db.statement() as session:
        return await review.rate_videos(session, owner, video_ids, rating)


async def delete_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID]) -> list[UUID]:
    """Delete what is not being made; it can be brought back for `undo_seconds`. Returns what is gone.

    What is being made of them here (4K copies) stops.
    """
    async with run.db.begin() as session:
        gone = await review.hide_videos(session, owner, video_ids)
        await cancel_work_of(session, video_ids=gone)
    if gone:  # perhaps they were all that a job still had to do
        async with run.db.begin() as session:
            await dispatching.end_jobs(session)
    return gone


async def delete_video(run: Runtime, owner: UUID, video_id: UUID) -> None:
    """Delete one. Raises `NotFound`, and `Conflict` while it is being made."""
    async with run.db.statement() as session:
        await video_row(session, owner, video_id)
    if not await delete_videos(run, owner, [video_id]):
        raise Conflict("This video is being made.", hint="Cancel the job, or wait until it has arrived.")


async def restore_videos(run: Runtime, owner: UUID, video_ids: Sequence[UUID]) -> list[UUID]:
    """Bring deleted videos back, as they were; those that had to be made yet are made. Returns these."""
    async with run.db.begin() as session:
        hidden = Video.id.in_(video_ids) & (Video.owner_id == owner) & Video.deleted_at.is_not(None)
        still_open = select(Video.id, Video.job_id).where(hidden & Video.status.in_(OPEN_VIDEOS))
        job_of = {row.id: row.job_id for row in await session.execute(still_open)}
        jobs = [await locked_job(session, owner, each) for each in sorted(set(job_of.values()))]
        back = await review.unhide_videos(session, owner, video_ids, run.settings.undo_seconds)
        going_on = {job_of.get(each) for each in back}
        for job in jobs:
            if job.id in going_on:
                await reopen(session, job)
    return back


async def restore_video(run: Runtime, owner: UUID, video_id: UUID) -> None:
    """Bring one back. One that was not deleted stays as it is. Raises `NotFound` when it is too late."""
    if await restore_videos(run, owner, [video_id]):
        return
    async with run.db.statement() as session:
        try:
            await video_row(session, owner, video_id)
        except NotFound as error:
            time = _time(run.settings.undo_seconds)
            raise NotFound(error.message, hint=f"A deleted video can be restored for {time}.") from error


def _time(seconds: float) -> str:
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} seconds"
