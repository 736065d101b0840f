"""What a review does to videos: chosen, given stars, deleted, brought back, and in the end taken away.

Each is one statement, so that the dispatcher never claims what is being deleted, nor the other way round.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import text

from rushes.engine.states import UNSETTLED_SUBMISSIONS, VideoStatus, sql_list
from rushes.engine.transitions import NOW, touch_takes
from rushes.platform.db.engine import Executor

EVERY_STATUS = tuple(VideoStatus)
IDLE = tuple(each for each in VideoStatus if each is not VideoStatus.GENERATING)
SHOWN = "deleted_at IS NULL"

_UNUSED = """
    NOT EXISTS (SELECT 1 FROM shots s WHERE s.job_id = {of}.job_id AND s.image_key = {of}.{key})
    AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.job_id = {of}.job_id AND v.image_key = {of}.{key}{less})
"""
_PURGE = text(
    f"""
    WITH gone AS (
        DELETE FROM videos WHERE id IN (
            SELECT id FROM videos WHERE deleted_at <= now() - make_interval(secs => :after)
                -- an answer names takes by their place in the call: while one may come, all keep theirs
                AND NOT EXISTS (
                    SELECT 1 FROM submissions s JOIN videos o ON o.submission_id = s.id
                    WHERE s.id = videos.submission_id
                      AND s.state IN {sql_list(UNSETTLED_SUBMISSIONS)}
                      AND (o.deleted_at IS NULL OR o.deleted_at > now() - make_interval(secs => :after)))
            LIMIT :limit FOR UPDATE SKIP LOCKED)
        RETURNING id, job_id, video_key, thumbnail_key, image_key
    ), keys AS (
        SELECT video_key AS key FROM gone UNION SELECT thumbnail_key FROM gone
        UNION SELECT 'stills/' || gone.id || ending
        FROM gone, (VALUES ('-last-frame.jpg'), ('-sheet.jpg')) AS stills (ending)
        UNION SELECT u.key FROM upscales u JOIN gone ON u.video_id = gone.id
        UNION SELECT image_key FROM gone
        WHERE {_UNUSED.format(of="gone", key="image_key", less=" AND v.id NOT IN (SELECT id FROM gone)")}
    ), taken AS (
        DELETE FROM assets USING keys WHERE assets.key = keys.key RETURNING assets.key
    )
    SELECT (SELECT count(*) FROM gone) AS videos, (SELECT array_agg(key) FROM taken) AS keys
    """  # noqa: S608  # only our own constant is put in
)
_DROP_IMAGE = text(
    f"DELETE FROM assets WHERE key = :key AND {_UNUSED.format(of='assets', key='key', less='')}"  # noqa: S608  # as above
    " RETURNING key"
)


async def select_videos(
    session: Executor, owner: UUID, video_ids: Sequence[UUID], selected: bool
) -> list[UUID]:
    """Mark takes as chosen, or not. Return those that are there."""
    every = partial(touch_takes, session, video_ids, among=EVERY_STATUS, owner=owner, where=SHOWN)
    return await (every(selected=True, rejected=False) if selected else every(selected=False))


async def reject_videos(
    session: Executor, owner: UUID, video_ids: Sequence[UUID], rejected: bool
) -> list[UUID]:
    """Mark takes as not wanted, or not. Return those that are there."""
    every = partial(touch_takes, session, video_ids, among=EVERY_STATUS, owner=owner, where=SHOWN)
    return await (every(rejected=True, selected=False) if rejected else every(rejected=False))


async def rate_videos(session: Executor, owner: UUID, video_ids: Sequence[UUID], rating: int) -> list[UUID]:
    """Give takes stars, 0 to 5. Return those that are there."""
    return await touch_takes(session, video_ids, among=EVERY_STATUS, owner=owner, where=SHOWN, rating=rating)


async def hide_videos(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> list[UUID]:
    """Mark as deleted what is not being made. Return what is gone now."""
    return await touch_takes(session, video_ids, among=IDLE, owner=owner, where=SHOWN, deleted_at=NOW)


async def unhide_videos(
    session: Executor, owner: UUID, video_ids: Sequence[UUID], within_seconds: float
) -> list[UUID]:
    """Bring back what was deleted within that time. Return what is back."""
    return await touch_takes(
        session,
        video_ids,
        among=EVERY_STATUS,
        owner=owner,
        where="deleted_at > now() - make_interval(secs => :within)",
        given={"within": within_seconds},
        deleted_at=None,
    )


async def purge(session: Executor, after_seconds: float, limit: int) -> tuple[int, list[str]]:
    """Take rows away that were deleted longer ago: how many, and the keys whose bytes are nobody's now."""
    row = (await session.execute(_PURGE, {"after": after_seconds, "limit": limit})).one()
    return row.videos, list(row.keys or [])


async def drop_unused_image(session: Executor, key: str) -> bool:
    """Forget an image that no shot and no take starts from any more; its bytes are the caller's to delete."""
    return (await session.execute(_DROP_IMAGE, {"key": key})).scalar() is not None
