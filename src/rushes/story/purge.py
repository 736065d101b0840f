"""Deletes what is left of stories that their owners have deleted: rows and bytes. The ledger stays."""

import asyncio
import logging
import shutil
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.generations import delete_generations
from rushes.engine.heirs import hand_over
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound
from rushes.jobs.actions import delete_job
from rushes.story.uses import hand_over_shared, record_unrecorded

log = logging.getLogger(__name__)

AT_ONCE = 50
_DUE = text(
    "SELECT id, owner_id FROM stories WHERE deleted_at < now() - make_interval(secs => :undo)"
    " ORDER BY deleted_at LIMIT :most"
)
_COPY = text(
    """
    WITH RECURSIVE copies AS (
        SELECT id, deleted_at FROM stories WHERE copied_from = :story
        UNION SELECT s.id, s.deleted_at FROM stories s JOIN copies c ON s.copied_from = c.id
    )
    SELECT id FROM copies WHERE deleted_at IS NULL LIMIT 1
    """
)
_HAND_OVER = (
    text(
        "UPDATE story_shots SET story_id = :heir WHERE story_id = :story AND NOT EXISTS ("
        " SELECT 1 FROM story_shots own WHERE own.story_id = :heir"
        " AND own.input_hash = story_shots.input_hash)"
    ),
    text("UPDATE stories SET copied_from = :heir WHERE copied_from = :story AND id <> :heir"),
)
_JOBS = text("SELECT id FROM jobs WHERE owner_id = :owner AND kind = 'story' AND session_id = :story")
_ASSETS = text(
    """
    DELETE FROM assets WHERE owner_id = :owner AND (
        key IN (SELECT each.value FROM films f, jsonb_each_text(f.files) each WHERE f.story_id = :story)
        OR (:all AND key LIKE :prefix))
    RETURNING key
    """
)


async def purge_stories(run: Runtime) -> int:
    """Delete stories that were deleted longer ago than can be undone; return how many.

    What a copy or an equal story still uses becomes theirs.
    """
    async with run.db.statement() as session:
        due = (await session.execute(_DUE, {"undo": run.settings.undo_seconds, "most": AT_ONCE})).all()
    for row in due:
        await _purge(run, row.id, row.owner_id)
    return len(due)


async def _purge(run: Runtime, story_id: UUID, owner: UUID) -> None:
    await record_unrecorded(run, owner, story_id)
    async with run.db.begin() as session:
        heir = (await session.execute(_COPY, {"story": story_id})).scalar_one_or_none()
        if heir is not None:
            await _hand_over(session, story_id, heir)
        else:
            await hand_over_shared(session, owner, story_id)
        jobs = list((await session.execute(_JOBS, {"owner": owner, "story": str(story_id)})).scalars())
    for job_id in jobs:
        try:
            await delete_job(run, owner, job_id)
        except NotFound:
            log.info("the job %s of a deleted story is gone already", job_id)
    async with run.db.begin() as session:
        keys = await delete_generations(session, story_id)
        given = {"owner": owner, "story": story_id, "all": heir is None, "prefix": f"stories/{story_id}/%"}
        keys += (await session.execute(_ASSETS, given)).scalars()
        await session.execute(text("DELETE FROM stories WHERE id = :id"), {"id": story_id})
    await run.bucket.delete(*keys)
    folder = run.settings.cache_dir / "films" / str(story_id)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _hand_over(session: AsyncSession, story_id: UUID, heir: UUID) -> None:
    await hand_over(session, story_id, heir)
    given = {"story": story_id, "heir": heir}
    for statement in _HAND_OVER:
        await session.execute(statement, given)
