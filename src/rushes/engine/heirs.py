"""Gives what was made for a story that is deleted to other stories that use it too. No state changes."""

from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Executor

_GENERATIONS = text("UPDATE generations SET story_id = :heir WHERE story_id = :story")
_JOBS = text(
    "UPDATE jobs SET session_id = CAST(:heir AS text)"
    " WHERE kind = 'story' AND session_id = CAST(:story AS text)"
)

OTHER_USES = """
    SELECT DISTINCT ON (input_hash) input_hash, story_id FROM story_uses
    WHERE owner_id = :owner AND story_id <> :story ORDER BY input_hash, story_id
"""
"""By hash: another story of an owner that uses it."""
_USED_GENERATIONS = text(
    f"WITH others AS ({OTHER_USES}) UPDATE generations g SET story_id = others.story_id FROM others"  # noqa: S608  # our own constant
    " WHERE g.story_id = :story AND g.input_hash = others.input_hash"
)
_USED_JOBS = text(
    f"""
    WITH others AS ({OTHER_USES}), used AS (
        SELECT DISTINCT ON (s.job_id) s.job_id, others.story_id FROM story_shots made
        JOIN others ON others.input_hash = made.input_hash JOIN shots s ON s.id = made.shot_id
        WHERE made.story_id = :story ORDER BY s.job_id, others.story_id
    )
    UPDATE jobs SET session_id = CAST(used.story_id AS text) FROM used
    WHERE jobs.id = used.job_id AND jobs.kind = 'story' AND jobs.session_id = CAST(:story AS text)
    """  # noqa: S608  # our own constant
)


async def hand_over(session: Executor, story_id: UUID, heir: UUID) -> None:
    """Make the generations of a story, and the jobs of its scenes, those of another one."""
    await session.execute(_GENERATIONS, {"story": story_id, "heir": heir})
    await session.execute(_JOBS, {"story": str(story_id), "heir": str(heir)})


async def hand_over_used(session: Executor, owner: UUID, story_id: UUID) -> None:
    """Make the generations of a story that others use, and the jobs with scenes that they use, theirs."""
    for statement in (_USED_GENERATIONS, _USED_JOBS):
        await session.execute(statement, {"owner": owner, "story": story_id})
