"""What stories use of what was made: recorded, so that nothing is deleted that another story needs."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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
_OTHERS = """
    SELECT DISTINCT ON (input_hash) input_hash, story_id FROM story_uses
    WHERE owner_id = :owner AND story_id <> :story ORDER BY input_hash, story_id
"""
_GENERATIONS = text(
    f"WITH others AS ({_OTHERS}) UPDATE generations g SET story_id = others.story_id FROM others"  # noqa: S608  # our own constant
    " WHERE g.story_id = :story AND g.input_hash = others.input_hash"
)
_JOBS = text(
    f"""
    WITH others AS ({_OTHERS}), used AS (
        SELECT DISTINCT ON (s.job_id) s.job_id, others.story_id FROM story_shots made
        JOIN others ON others.input_hash = made.input_hash JOIN shots s ON s.id = made.shot_id
        WHERE made.story_id = :story ORDER BY s.job_id, others.story_id
    )
    UPDATE jobs SET session_id = CAST(used.story_id AS text) FROM used
    WHERE jobs.id = used.job_id AND jobs.kind = 'story' AND jobs.session_id = CAST(:story AS text)
    """  # noqa: S608  # our own constant
)
_SHOTS = text(
    f"""
    WITH others AS ({_OTHERS})
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
    for statement in (_GENERATIONS, _JOBS, _SHOTS):
        await session.execute(statement, {"owner": owner, "story": story_id})
