"""Upscaling: ask for it, and cancel it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from rushes.engine.local_work import add_work, move_up
from rushes.engine.local_work_rows import NewWork
from rushes.engine.local_work_states import WorkPriority
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.platform.media.upscaling import LONG_SIDE, SHORT_SIDE, Recipe
from rushes.upscale import task_rows as upscale_tasks
from rushes.upscale.rows import UpscaleCandidate, candidates
from rushes.upscale.tasks import UPSCALE
from rushes.upscale.views import UpscaleStarted

_NAMED = 5
"""How many ids a message names."""


async def start_upscale(
    run: Runtime, owner: UUID, video_ids: Sequence[UUID], recipe: Recipe
) -> UpscaleStarted:
    """Ask for the 4K copies of videos, all or none of them. A single one comes before those of batches.

    What is under way or there by the same recipe is shared. Raises `NotFound`, and `Conflict` for videos
    that are not finished, that are 4K as they are, or that are being upscaled by another recipe.
    """
    wanted = list(dict.fromkeys(video_ids))
    if not wanted:
        raise Invalid("There is nothing to upscale.", [Fault("video_ids", "Name at least one video.")])
    priority = WorkPriority.AWAITED if len(wanted) == 1 else WorkPriority.BATCH
    async with run.db.begin() as session:
        # Locked, so that two who ask at once share one upscale.
        found = {each.id: each for each in await candidates(session, owner, wanted)}
        _check(wanted, found, recipe)
        under_way = {each.id: each.open_work for each in found.values() if each.open_work}
        there = {each.id: each.copy for each in found.values() if each.copy and each.copy_recipe == recipe}
        shared = there | under_way
        fresh = {
            each: NewWork(recipe, subject=str(each), job_id=found[each].job_id, video_id=each)
            for each in wanted
            if each not in shared
        }
        await add_work(session, UPSCALE, owner, list(fresh.values()), priority)
        await move_up(session, list(under_way.values()), priority)
        task_id = await upscale_tasks.add_task(session, owner, recipe)
        works = shared | {each: new.id for each, new in fresh.items()}
        await upscale_tasks.link(session, owner, task_id, [works[each] for each in wanted])
    only_there = len(there.keys() - under_way.keys())
    return UpscaleStarted(
        task_id=task_id,
        started=only_there < len(wanted),
        video_count=len(wanted),
        quality=recipe.quality,
        message=_message(len(fresh), len(under_way), only_there, recipe),
    )


def _check(wanted: Sequence[UUID], found: dict[UUID, UpscaleCandidate], recipe: Recipe) -> None:
    if missing := [each for each in wanted if each not in found]:
        raise NotFound(f"{these(missing)} not there. Leave out what was deleted.")
    if unfinished := [each.id for each in found.values() if each.status != VideoStatus.COMPLETED]:
        raise Conflict(f"{these(unfinished)} not finished.", hint="Leave them out, or wait for them.")
    if large := [each.id for each in found.values() if _is_4k(each.width, each.height)]:
        raise Conflict(f"{these(large)} 4K already, as made.", hint="Leave them out.")
    others: dict[str, list[UUID]] = defaultdict(list)
    for each in found.values():
        if each.open_recipe not in (None, recipe):
            others[each.open_recipe.words()].append(each.id)
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
    """Cancel a task: what only it wanted stops now. What is there stays; asking twice is safe.

    Raises `NotFound`.
    """
    async with run.db.begin() as session:
        await upscale_tasks.cancel_task(session, owner, task_id)
