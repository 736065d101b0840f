"""Carries stories on: the task that looks what a story needs next, and does it. Safe to run at any time.

Everything that is asked for is written in one transaction with the story's row locked: a kill leaves a story
whose next look sees the same, and does what is left. What takes long (searches, images for a scene) is done
before, without the lock, and used only if it is still wanted.
"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.generations import NewGeneration, add_generations
from rushes.engine.generations_shapes import Params, read_params
from rushes.engine.runtime import Runtime
from rushes.errors import Invalid, RushesError
from rushes.platform.db.queue import defer, story_task
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import Candidate
from rushes.story import edits
from rushes.story.defaults import with_defaults
from rushes.story.document import StoryDocument
from rushes.story.film import add_film
from rushes.story.inputs import ProductAsk, script_ask
from rushes.story.load import load_products
from rushes.story.products import Products
from rushes.story.rows import (
    StoryRow,
    add_version,
    get_story,
    owner_of,
    running_unattended,
    update_story,
)
from rushes.story.search import find_pictures
from rushes.story.shots import ReadyShot, add_shots, decide, ready_shots
from rushes.story.spending import spent_on
from rushes.story.stale import StoryStep, made_of, parts_of
from rushes.story.states import ACTIVE_STORIES, StoryStatus
from rushes.story.steps import NextMove, next_move
from rushes.story.timeline import build
from rushes.story.uses import record_uses

log = logging.getLogger(__name__)

MOST_LOOKS = 50
"""Looks of one task: every look that does something is followed by another."""
SEARCHES = 8
"""Searches that one look makes."""


@dataclass
class Prepared:
    """What was done before the row is locked."""

    choices: dict[str, list[Candidate]] = field(default_factory=dict[str, list[Candidate]])
    shots: list[ReadyShot] = field(default_factory=list[ReadyShot])
    document: StoryDocument | None = None


async def run_story(run: Runtime, story_id: str) -> None:
    """Do what a story needs next, again and again until it waits for something."""
    found = UUID(story_id)
    async with run.db.statement() as session:
        owner = await owner_of(session, found)
    if owner is None:
        return
    for _ in range(MOST_LOOKS):
        if not await _look(run, owner, found):
            return
    async with run.db.begin() as session:
        await defer(session, [story_task(found)])


async def look_after_stories(run: Runtime) -> None:
    """Put a task into the queue for stories that go on and have none, and of which nothing was heard."""
    async with run.db.begin() as session:
        found = await running_unattended(session, run.settings.tick_seconds)
        await defer(session, [story_task(each) for each in found])


async def _look(run: Runtime, owner: UUID, story_id: UUID) -> bool:
    """One look; return whether another one makes sense now."""
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id)
        if story.status not in ACTIVE_STORIES:
            return False
        products = await load_products(run, session, story)
    move = _move(story, products)
    try:
        prepared = await _prepare(run, story, products, move)
    except RushesError as error:
        await _fail(run, story, move.step, error)
        return False
    try:
        async with run.db.begin() as session:
            story = await get_story(session, owner, story_id, lock=True)
            if story.status not in ACTIVE_STORIES:
                return False
            products = await load_products(run, session, story)
            again = _move(story, products)
            return await _do(run, session, story, products, again, prepared)
    except Invalid as error:
        await _fail(run, story, move.step, error)
        return False


def _move(story: StoryRow, products: Products) -> NextMove:
    return next_move(story.document, products, until=StoryStep(story.until), reviewed=story.reviewed)


async def _prepare(run: Runtime, story: StoryRow, products: Products, move: NextMove) -> Prepared:
    prepared = Prepared()
    if move.searches:
        prepared.choices = await find_pictures(run, story.owner_id, story.document, products, SEARCHES)
    if move.shots:
        prepared.shots = await ready_shots(run, story, products, move.shots)
    if move.draft is not None:
        if story.document.rewrite is not None:
            written = edits.rewritten(story.document, move.draft)
        else:
            ask = script_ask(story.document)
            assert ask
            written = edits.written(story.document, move.draft, ask.hash)
        prepared.document = await with_defaults(run, story.owner_id, written)
    return prepared


async def _do(
    run: Runtime,
    session: AsyncSession,
    story: StoryRow,
    products: Products,
    move: NextMove,
    prepared: Prepared,
) -> bool:
    """Do it, and write where the story is. Returns whether to look again."""
    again = False
    if move.draft is not None and prepared.document is not None:
        change = "The script was rewritten." if story.document.rewrite else "The script was written."
        await add_version(session, story, prepared.document, change, "rushes")
        again = True
    if move.asks:
        await _ask(session, story, move)
        again = bool(move.searches)
    if prepared.choices:
        kept = {
            name: [each.model_dump(mode="json") for each in found] for name, found in prepared.choices.items()
        }
        await update_story(session, story.id, choices={**story.choices, **kept})
        again = True
    if move.undecided:
        spent = await spent_on(session, story)
        decided = decide(run, story, move.undecided, spent)
        await update_story(session, story.id, paid={**story.paid, **decided})
        again = True
    if move.shots and prepared.shots:
        wanted = {each.hash for each in move.shots}
        ready = [each for each in prepared.shots if each.shot.hash in wanted]
        await add_shots(run, session, story, ready, await spent_on(session, story))
    if move.render:
        built = build(story.document, products)
        assert built
        await add_film(session, story, products, built)
    await _write(session, story, products, move)
    return again and move.status is StoryStatus.RUNNING


async def _ask(session: AsyncSession, story: StoryRow, move: NextMove) -> None:
    new = [
        NewGeneration(
            id=uuid4(),
            kind=each.kind,
            provider=each.provider,
            model=each.model,
            params=params_of_ask(each),
            story_id=story.id,
            variant=each.variant,
            budget=story.budget,
        )
        for each in move.asks
    ]
    await add_generations(session, story.owner_id, new)


def params_of_ask(ask: ProductAsk) -> Params:
    """Return what is asked for in the engine's shape."""
    return read_params(Kind(ask.kind), dict(ask.params))


async def _write(session: AsyncSession, story: StoryRow, products: Products, move: NextMove) -> None:
    """Write where the story is, if that has changed; an active one is marked as looked at."""
    await record_uses(session, story, products)
    made = {**story.made, **made_of(parts_of(story.document, products))}
    ended = move.status not in ACTIVE_STORIES
    changed: dict[str, object] = {
        "status": str(move.status),
        "step": str(move.step),
        "reason": move.reason or None,
        "waiting_for": move.waiting_for or None,
        "made": made,
    }
    now = {
        "status": str(story.status),
        "step": story.step,
        "reason": story.reason,
        "waiting_for": story.waiting_for,
        "made": dict(story.made),
    }
    if changed != now:
        await update_story(session, story.id, **changed, ended_at=datetime.now(UTC) if ended else None)


async def _fail(run: Runtime, story: StoryRow, step: StoryStep, error: RushesError) -> None:
    log.warning("story %s failed: %s", story.id, error.message)
    found = error.faults if isinstance(error, Invalid) else ()
    faults = " ".join(f"{each.where}: {each.message}" for each in found)
    async with run.db.begin() as session:
        now = await get_story(session, story.owner_id, story.id, lock=True)
        if now.status in ACTIVE_STORIES:
            await update_story(
                session,
                story.id,
                status=str(StoryStatus.FAILED),
                step=str(step),
                reason=f"{error.message} {faults}".strip(),
                ended_at=datetime.now(UTC),
            )
