"""Which bytes belong to a row."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from rushes.db.engine import Executor


async def unknown_keys(session: Executor, keys: Sequence[str]) -> set[str]:
    """Those of the keys that no row knows."""
    rows = await session.execute(
        text(
            "SELECT k FROM unnest(CAST(:keys AS text[])) AS k"
            " WHERE NOT EXISTS (SELECT 1 FROM assets WHERE key = k)"
        ),
        {"keys": list(keys)},
    )
    return set(rows.scalars())


async def keys_of_job(session: Executor, job_id: UUID) -> list[str]:
    """Every key of a job."""
    return list(
        (await session.execute(text("SELECT key FROM assets WHERE job_id = :id"), {"id": job_id})).scalars()
    )


async def active_submission_ids(session: Executor) -> set[str]:
    """Submissions whose work folders are in use."""
    rows = await session.execute(
        text("SELECT id FROM submissions WHERE state IN ('claimed', 'submitting', 'submitted')")
    )
    return {str(submission_id) for submission_id in rows.scalars()}


async def installation(session: Executor) -> str:
    """What tells this installation from every other one; as old as its table of copies."""
    row = await session.execute(text("SELECT obj_description('copies'::regclass)"))
    return row.scalar_one()
