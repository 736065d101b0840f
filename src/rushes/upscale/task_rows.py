"""What was asked to be upscaled, and how far it is. Several tasks may wait for one upscale."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text

from rushes.errors import NotFound
from rushes.platform.db.engine import Executor
from rushes.platform.media.upscaling import (
    OPEN_UPSCALES,
    Item,
    Recipe,
    UpscaledVideo,
    UpscaleStatus,
    UpscaleView,
    seconds_left,
    task_progress,
    task_status,
)
from rushes.upscale.rows import UPSCALE_EVENT, recipe_of

_ITEMS = text(
    """
    SELECT u.video_id, u.status, u.progress, u.error, u.started_at, u.ended_at,
           COALESCE(v.duration_seconds, 1) AS seconds
    FROM upscale_task_videos l JOIN upscales u ON u.id = l.upscale_id JOIN videos v ON v.id = u.video_id
    WHERE l.task_id = :task ORDER BY l.position
    """
)

# By itself and first: who is just asking for the same upscale holds its video, and a statement that waits for
# that does not see the link that was written meanwhile; the next one does.
_LOCK = text(
    """
    SELECT id FROM videos WHERE id IN (
        SELECT u.video_id FROM upscale_task_videos l JOIN upscales u ON u.id = l.upscale_id
        WHERE l.task_id = :id AND l.owner_id = :owner)
    ORDER BY id FOR UPDATE
    """
)


async def add_task(session: Executor, owner: UUID, recipe: Recipe) -> UUID:
    """A new task, still without videos."""
    task_id = uuid4()
    await session.execute(
        text(
            "INSERT INTO upscale_tasks (id, owner_id, quality, codec, enhance, hardware)"
            " VALUES (:id, :owner, :quality, :codec, :enhance, :hardware)"
        ),
        {"id": task_id, "owner": owner, **recipe.model_dump(mode="json")},
    )
    return task_id


async def link(session: Executor, owner: UUID, task_id: UUID, upscale_ids: Sequence[UUID]) -> None:
    """The task asks for these upscales, in this order."""
    await session.execute(
        text(
            "INSERT INTO upscale_task_videos (task_id, upscale_id, owner_id, position)"
            " SELECT :task, u.id, :owner, u.n FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS u (id, n)"
        ),
        {"task": task_id, "owner": owner, "ids": list(upscale_ids)},
    )


async def cancel_of_videos(session: Executor, video_ids: Sequence[UUID]) -> list[UUID]:
    """Cancel the upscales of videos, whoever asked for them. Returns those that had not ended.

    The videos are held by the caller: nobody asks for a new one meanwhile.
    """
    rows = await session.execute(
        text(
            f"""
            WITH changed AS (
                UPDATE upscales SET status = 'cancelled', error = NULL, ended_at = now()
                WHERE video_id = ANY(:ids) AND status IN ('queued', 'running') RETURNING *
            ), told AS ({UPSCALE_EVENT})
            SELECT id FROM changed
            """  # noqa: S608  # only our own constant is put in
        ),
        {"ids": list(video_ids)},
    )
    return list(rows.scalars())


async def cancel_task(session: Executor, owner: UUID, task_id: UUID) -> list[UUID]:
    """Give a task up. Returns the upscales that nobody wants any more; they are cancelled. In a transaction.

    Raises `NotFound`.
    """
    await session.execute(_LOCK, {"id": task_id, "owner": owner})
    given_up = await session.execute(
        text(
            "UPDATE upscale_tasks SET cancelled_at = COALESCE(cancelled_at, now())"
            " WHERE id = :id AND owner_id = :owner RETURNING id"
        ),
        {"id": task_id, "owner": owner},
    )
    if given_up.one_or_none() is None:
        raise _no_task(task_id)
    rows = await session.execute(
        text(
            f"""
            WITH changed AS (
                UPDATE upscales u SET status = 'cancelled', error = NULL, ended_at = now()
                FROM upscale_task_videos l
                WHERE l.task_id = :id AND l.upscale_id = u.id AND u.status IN ('queued', 'running')
                  AND NOT EXISTS (
                    SELECT 1 FROM upscale_task_videos o JOIN upscale_tasks t ON t.id = o.task_id
                    WHERE o.upscale_id = u.id AND t.cancelled_at IS NULL)
                RETURNING u.*
            ), told AS ({UPSCALE_EVENT})
            SELECT id FROM changed
            """  # noqa: S608  # only our own constant is put in
        ),
        {"id": task_id},
    )
    return list(rows.scalars())


async def view_task(session: Executor, owner: UUID, task_id: UUID) -> UpscaleView:
    """How far a task is. Raises `NotFound`."""
    task = (
        await session.execute(
            text("SELECT *, now() AS now FROM upscale_tasks WHERE id = :id AND owner_id = :owner"),
            {"id": task_id, "owner": owner},
        )
    ).one_or_none()
    if task is None:
        raise _no_task(task_id)
    return await _view(session, task)


async def open_tasks(session: Executor, owner: UUID) -> list[UpscaleView]:
    """The tasks that are not over, newest first."""
    tasks = (
        await session.execute(
            text(
                "SELECT t.*, now() AS now FROM upscale_tasks t WHERE t.owner_id = :owner"
                " AND t.cancelled_at IS NULL AND EXISTS ("
                " SELECT 1 FROM upscale_task_videos l JOIN upscales u ON u.id = l.upscale_id"
                " WHERE l.task_id = t.id AND u.status IN ('queued', 'running'))"
                " ORDER BY t.created_at DESC"
            ),
            {"owner": owner},
        )
    ).all()
    return [await _view(session, task) for task in tasks]


async def _view(session: Executor, task: Row[Any]) -> UpscaleView:
    rows = (await session.execute(_ITEMS, {"task": task.id})).all()
    items = [_item(row, cancelled=task.cancelled_at is not None) for row in rows]
    ended = sum(item.status not in OPEN_UPSCALES for item in items)
    now: datetime = task.now
    left = seconds_left(items, now, task.created_at)
    return UpscaleView(
        task_id=task.id,
        status=task_status(items),
        progress=round(task_progress(items), 1),
        current_video=min(ended + 1, len(items)),
        total_videos=len(items),
        eta_seconds=None if left is None else round(left, 1),
        **recipe_of(task).model_dump(),
        created_at=task.created_at,
        videos=[
            UpscaledVideo(
                video_id=item.video_id,
                status=item.status,
                progress=round(100 * item.progress, 1),
                error=item.error,
            )
            for item in items
        ],
    )


def _item(row: Row[Any], *, cancelled: bool) -> Item:
    status = UpscaleStatus(row.status)
    if cancelled and row.ended_at is None:  # another task still wants it
        status = UpscaleStatus.CANCELLED
    return Item(row.video_id, status, row.progress, row.error, row.seconds, row.started_at, row.ended_at)


def _no_task(task_id: UUID) -> NotFound:
    return NotFound(f"There is no upscaling task {task_id}.", hint="POST /api/videos/upscale begins one.")
