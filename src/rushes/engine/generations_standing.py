"""Finds what stands for a generation that is asked for: one of the same inputs, there or being made.

Two who ask for the same at once, two stories of the same text, pay once: the second joins the first.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.generations_shapes import NewGeneration
from rushes.engine.states import SubmissionState, VideoStatus

_LOCK_OWNER = text("SELECT pg_advisory_xact_lock(hashtextextended('generations:' || :owner, 0))")
_STANDING = text(
    f"""
    SELECT DISTINCT ON (g.input_hash) g.input_hash, g.id,
           g.ended_at IS NOT NULL AND g.status <> '{VideoStatus.COMPLETED}' AS ended_badly
    FROM generations g LEFT JOIN submissions s ON s.id = g.submission_id
    WHERE g.owner_id = :owner AND g.input_hash = ANY(:hashes)
      AND (g.status = '{VideoStatus.COMPLETED}' OR g.ended_at IS NULL
           OR s.state IN ('{SubmissionState.SUBMITTING}', '{SubmissionState.SUBMITTED}'))
    ORDER BY g.input_hash, g.status = '{VideoStatus.COMPLETED}' DESC, g.ended_at IS NULL DESC,
             g.created_at DESC, g.id
    """  # noqa: S608  # only our own constants are put in
)
_KEEP = text("UPDATE generations SET expires_at = NULL WHERE id = ANY(:ids) AND expires_at IS NOT NULL")
_ADOPT = text("UPDATE generations SET story_id = :story WHERE id = :id")


async def standing(
    session: AsyncSession, owner: UUID, new: Mapping[str, NewGeneration]
) -> Sequence[Row[Any]]:
    """Return those that stand for new ones, given by the hash of their inputs, which nobody else can add now.

    A cancelled or failed one (`ended_badly`) is among them while its paid call is still out: it becomes the
    new one's story's own, to be resumed. What is asked for without an end of its time is kept without one.
    """
    await session.execute(_LOCK_OWNER, {"owner": str(owner)})
    # A statement of its own: what the one before has added while this one waited for the lock is seen.
    rows = (await session.execute(_STANDING, {"owner": owner, "hashes": list(new)})).all()
    kept = [each.id for each in rows if new[each.input_hash].expires_at is None]
    await session.execute(_KEEP, {"ids": kept})
    for each in rows:
        if each.ended_badly:
            await session.execute(_ADOPT, {"id": each.id, "story": new[each.input_hash].story_id})
    return rows
