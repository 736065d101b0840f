"""What stories use of what was made: recorded, so that nothing is deleted that another story needs."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.heirs import OTHER_USES, hand_over_used
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, NotFound
from rushes.platform.db.engine import Executor
from rushes.story.load import load_products, scene_shots, wanted_hashes
from rushes.story.products import Products
from rushes.story.rows import StoryRow, get_story

_ADD = text(
    "INSERT INTO story_uses (story_id, input_hash, owner_id)"
    " SELECT :story, hash, :owner FROM unnest(CAST(:hashes AS text[])) AS hash ON CONFLICT DO NOTHING"
)
_UNRECORDED = text(
    "SELECT id FROM stories s WHERE owner_id = :owner AND id <> :but AND deleted_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM story_uses u WHERE u.story_id = s.id)"
)
_SHOTS = text(
    f"""
    WITH others AS ({OTHER_USES})
    UPDATE story_shots made SET story_id = others.story_id FROM others
    WHERE made.story_id = :story AND made.input_hash = others.input_hash AND NOT EXISTS (
        SELECT 1 FROM story_shots own
        WHERE own.story_id = others.story_id AND own.input_hash = made.input_hash)
    """  # noqa: S608  # our own constant
)


async def record_uses(session: Executor, story: StoryRow, products: Products) -> None:
    """Record what the document of a story needs, beside what it has needed before."""
    hashes = {*wanted_hashes(story, products), *(each.hash for each in scene_shots(story, products))}
    given = {"story": story.id, "owner": story.owner_id, "hashes": sorted(hashes)}
    await session.execute(_ADD, given)


async def record_unrecorded(run: Runtime, owner: UUID, but: UUID) -> None:
    """Record what an owner's other stories use of which nothing is recorded yet."""
    async with run.db.statement() as session:
        found = list((await session.execute(_UNRECORDED, {"owner": owner, "but": but})).scalars())
    for each in found:
        try:
            async with run.db.begin() as session:
                story = await get_story(session, owner, each)
                await record_uses(session, story, await load_products(run, session, story))
        except (NotFound, Conflict):
            continue  # deleted meanwhile, or of another version of Rushes


async def hand_over_shared(session: AsyncSession, owner: UUID, story_id: UUID) -> None:
    """Make what was made for a story, and others use, theirs."""
    await hand_over_used(session, owner, story_id)
    await session.execute(_SHOTS, {"owner": owner, "story": story_id})
