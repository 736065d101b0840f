"""Upscaling: ask for it, give it up, and what goes when its video goes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.platform.db.queue import defer, upscale_task
from rushes.platform.media.upscaling import LONG_SIDE, SHORT_SIDE, Recipe, UpscaleStarted
from rushes.upscale import rows as upscales
from rushes.upscale import task_rows as upscale_tasks

_NAMED = 5
"""How many ids a message names."""


async def start_upscale(
    run: Runtime, owner: UUID, video_ids: Sequence[UUID], recipe: Recipe
) -> UpscaleStarted:
    """Ask for the 4K copies of videos, all or none of them.

    What is under way or there by the same recipe is shared. Raises `NotFound`, and `Conflict` for videos
    that are not finished, that are 4K as they are, or that are being upscaled by another recipe.
    """
    wanted = list(dict.fromkeys(video_ids))
    if not wanted:
        raise Invalid("There is nothing to upscale.", [Fault("video_ids", "Name at least one video.")])
    async with run.db.begin() as session:
        # Locked, so that two who ask at once share one upscale.
        rows = await upscales.candidates(session, owner, wanted)
        _check(wanted, rows, recipe)
        shared = {row.id: row for row in rows if row.upscale_id and upscales.recipe_of(row) == recipe}
        fresh = [each for each in wanted if each not in shared]
        made = await upscales.add_upscales(session, owner, recipe, fresh)
        ids = {row.id: row.upscale_id for row in shared.values()} | dict(zip(fresh, made, strict=True))
        task_id = await upscale_tasks.add_task(session, owner, recipe)
        await upscale_tasks.link(session, owner, task_id, [ids[each] for each in wanted])
        await defer(session, [upscale_task(each) for each in made])
    there = sum(row.current for row in shared.values())
    return UpscaleStarted(
        task_id=task_id,
        started=there < len(wanted),
        video_count=len(wanted),
        quality=recipe.quality,
        message=_message(len(fresh), len(shared) - there, there, recipe),
    )


def _check(wanted: Sequence[UUID], rows: Sequence[Row[Any]], recipe: Recipe) -> None:
    found = {row.id: row for row in rows}
    if missing := [each for each in wanted if each not in found]:
        raise NotFound(f"{these(missing)} not there. Leave out what was deleted.")
    if unfinished := [row.id for row in found.values() if row.status != VideoStatus.COMPLETED]:
        raise Conflict(f"{these(unfinished)} not finished.", hint="Leave them out, or wait for them.")
    if large := [row.id for row in found.values() if _is_4k(row.width, row.height)]:
        raise Conflict(f"{these(large)} 4K already, as made.", hint="Leave them out.")
    others: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        if row.upscale_id and not row.current and upscales.recipe_of(row) != recipe:
            others[upscales.recipe_of(row).words()].append(row.id)
    for words, ids in others.items():
        raise Conflict(
            f"{these(ids)} being upscaled already, in another way ({words}).",
            hint="Wait for it, or cancel that first.",
        )


def _is_4k(width: int | None, height: int | None) -> bool:
    sides = sorted((width or 0, height or 0))
    return sides[1] >= LONG_SIDE or sides[0] >= SHORT_SIDE


def _message(new: int, under_way: int, there: int, recipe: Recipe) -> str:
    told = [f"{new} to make"] * bool(new)
    told += [f"{under_way} being made already"] * bool(under_way)
    told += [f"{there} there already"] * bool(there)
    return f"4K ({recipe.words()}): {', '.join(told)}."


def these(ids: Sequence[UUID]) -> str:
    """`The video … is`, `3 videos (…) are`: the beginning of a sentence about videos."""
    named = ", ".join(map(str, ids[:_NAMED])) + (", …" if len(ids) > _NAMED else "")
    return f"The video {named} is" if len(ids) == 1 else f"{len(ids)} videos ({named}) are"


async def cancel_upscale(run: Runtime, owner: UUID, task_id: UUID) -> None:
    """Give a task up: what only it wanted stops now. What is there stays; asking twice is safe.

    Raises `NotFound`.
    """
    async with run.db.begin() as session:
        cancelled = await upscale_tasks.cancel_task(session, owner, task_id)
        running = await upscales.queue_tasks(session, cancelled)
    await abort(run, running)


async def upscale_tasks_of(
    session: AsyncSession, *, video_id: UUID | None = None, job_id: UUID | None = None
) -> list[int]:
    """The tasks in the queue that must be aborted when a video or a job is deleted."""
    return await upscales.queue_tasks(
        session, await upscales.under_way(session, video_id=video_id, job_id=job_id)
    )


async def abort(run: Runtime, task_ids: Sequence[int]) -> None:
    """Wake tasks that sleep or render, so that they stop now and not at their next look."""
    for task_id in task_ids:
        await run.queue.job_manager.cancel_job_by_id_async(task_id, abort=True)
