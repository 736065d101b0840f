"""What stories have cost: their speech, pictures and scripts, and the takes of their scene videos."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Executor
from rushes.story.rows import StoryRow

_SPENT = text(
    """
    SELECT COALESCE(s.story_id, j.story) AS story_id,
           sum(COALESCE(s.cost, CASE WHEN s.ended_at IS NULL OR s.state = 'uncertain'
                                     THEN s.cost_estimate ELSE 0 END)) AS spent
    FROM submissions s
    LEFT JOIN (
        SELECT id, owner_id, CAST(session_id AS uuid) AS story FROM jobs
        WHERE kind = 'story' AND session_id = ANY(CAST(:sessions AS text[]))
    ) j ON j.id = s.job_id AND j.owner_id = s.owner_id
    WHERE s.owner_id = :owner AND s.state <> 'released'
      AND (s.story_id = ANY(CAST(:ids AS uuid[])) OR j.story IS NOT NULL)
    GROUP BY 1
    """
)


async def spent_on_each(session: Executor, rows: Sequence[StoryRow]) -> dict[UUID, Decimal]:
    """Return US dollars that each story has cost, with the estimates of what is not settled.

    All stories have the same owner.
    """
    if not rows:
        return {}
    ids = [each.id for each in rows]
    given = {"owner": rows[0].owner_id, "ids": ids, "sessions": [str(each) for each in ids]}
    found = await session.execute(_SPENT, given)
    spent = {each.story_id: each.spent for each in found}
    return {each: spent.get(each, Decimal(0)) for each in ids}


async def spent_on(session: Executor, story: StoryRow) -> Decimal:
    """Return US dollars that a story has cost, with the estimates of what is not settled."""
    return (await spent_on_each(session, [story]))[story.id]
