"""Gives what was made for a story that is deleted to a copy of it, which uses it too. No state changes."""

from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Executor

_GENERATIONS = text("UPDATE generations SET story_id = :heir WHERE story_id = :story")
_JOBS = text(
    "UPDATE jobs SET session_id = CAST(:heir AS text)"
    " WHERE kind = 'story' AND session_id = CAST(:story AS text)"
)


async def hand_over(session: Executor, story_id: UUID, heir: UUID) -> None:
    """Make the generations of a story, and the jobs of its scenes, those of another one."""
    await session.execute(_GENERATIONS, {"story": story_id, "heir": heir})
    await session.execute(_JOBS, {"story": str(story_id), "heir": str(heir)})
