"""What was asked to be upscaled, and how far it is. Several tasks may wait for one piece of work."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.local_work import cancel_work
from rushes.engine.local_work_rows import OPEN
from rushes.engine.local_work_states import (
    OPEN_WORK,
    WorkPart,
    WorkStatus,
    progress_of_parts,
    seconds_left,
    status_of_parts,
)
from rushes.errors import NotFound
from rushes.platform.db.engine import Executor
from rushes.platform.media.upscaling import Recipe
from rushes.upscale.rows import recipe_of
from rushes.upscale.views import UpscaledVideo, UpscaleView

_VIDEOS = text(
    """
    SELECT w.video_id, w.status, w.progress, w.error, w.started_at, w.ended_at,
           COALESCE(v.duration_seconds, 1) AS seconds
    FROM upscale_task_videos l JOIN local_work w ON w.id = l.work_id JOIN videos v ON v.id = w.video_id
    WHERE l.task_id = :task ORDER BY l.position
    """
)

# Apart and first: who is just asking for the same upscale has its video locked, and a statement that waits
# for that does not see the link that was written meanwhile; the next one does.
_LOCK = text(
    """
    SELECT id FROM videos WHERE id IN (
        SELECT w.video_id FROM upscale_task_videos l JOIN local_work w ON w.id = l.work_id
        WHERE l.task_id = :id AND l.owner_id = :owner)
    ORDER BY id FOR UPDATE
    """
)
_UNWANTED = text(
    f"""
    SELECT w.id FROM upscale_task_videos l JOIN local_work w ON w.id = l.work_id
    WHERE l.task_id = :id AND w.status IN {OPEN} AND NOT EXISTS (
        SELECT 1 FROM upscale_task_videos o JOIN upscale_tasks t ON t.id = o.task_id
        WHERE o.work_id = w.id AND t.cancelled_at IS NULL)
    """  # noqa: S608  # only our own constant is put in
)
_OPEN_TASKS = text(
    f"""
    SELECT t.*, now() AS now FROM upscale_tasks t
    WHERE t.owner_id = :owner AND t.cancelled_at IS NULL AND EXISTS (
        SELECT 1 FROM upscale_task_videos l JOIN local_work w ON w.id = l.work_id
        WHERE l.task_id = t.id AND w.status IN {OPEN})
    ORDER BY t.created_at DESC
    """  # noqa: S608  # as above
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


async def link(session: Executor, owner: UUID, task_id: UUID, work_ids: Sequence[UUID]) -> None:
    """The task asks for this work, in this order."""
    await session.execute(
        text(
            "INSERT INTO upscale_task_videos (task_id, work_id, owner_id, position)"
            " SELECT :task, w.id, :owner, w.n FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS w (id, n)"
        ),
        {"task": task_id, "owner": owner, "ids": list(work_ids)},
    )


async def cancel_task(session: AsyncSession, owner: UUID, task_id: UUID) -> None:
    """Cancel a task, and the work that nobody else wants. In a transaction. Raises `NotFound`."""
    await session.execute(_LOCK, {"id": task_id, "owner": owner})
    cancelled = await session.execute(
        text(
            "UPDATE upscale_tasks SET cancelled_at = COALESCE(cancelled_at, now())"
            " WHERE id = :id AND owner_id = :owner RETURNING id"
        ),
        {"id": task_id, "owner": owner},
    )
    if cancelled.one_or_none() is None:
        raise _no_task(task_id)
    await cancel_work(session, list((await session.execute(_UNWANTED, {"id": task_id})).scalars()))


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
    tasks = await session.execute(_OPEN_TASKS, {"owner": owner})
    return [await _view(session, task) for task in tasks.all()]


async def _view(session: Executor, task: Row[Any]) -> UpscaleView:
    rows = (await session.execute(_VIDEOS, {"task": task.id})).all()
    parts = [_part(row, cancelled=task.cancelled_at is not None) for row in rows]
    ended = sum(part.status not in OPEN_WORK for part in parts)
    left = seconds_left(parts, task.now, task.created_at)
    return UpscaleView(
        task_id=task.id,
        status=status_of_parts(parts),
        progress=round(100 * progress_of_parts(parts), 1),
        current_video=min(ended + 1, len(parts)),
        total_videos=len(parts),
        eta_seconds=None if left is None else round(left, 1),
        **recipe_of(task).model_dump(),
        created_at=task.created_at,
        videos=[
            UpscaledVideo(
                video_id=row.video_id,
                status=part.status,
                progress=round(100 * part.progress, 1),
                error=row.error,
            )
            for row, part in zip(rows, parts, strict=True)
        ],
    )


def _part(row: Row[Any], *, cancelled: bool) -> WorkPart:
    status = WorkStatus(row.status)
    if cancelled and row.ended_at is None:  # another task still wants it
        status = WorkStatus.CANCELLED
    return WorkPart(status, row.progress, row.seconds, row.started_at, row.ended_at)


def _no_task(task_id: UUID) -> NotFound:
    return NotFound(f"There is no upscaling task {task_id}.", hint="POST /api/videos/upscale begins one.")
