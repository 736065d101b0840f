"""Which bytes belong to a row."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from rushes.engine.local_work_states import OPEN_WORK
from rushes.engine.states import ACTIVE_SUBMISSIONS, sql_list
from rushes.platform.db.engine import Database, Executor


@dataclass(frozen=True)
class StoredAsset:
    """An asset. Size in bytes, sha256 in hex."""

    key: str
    media_type: str
    sha256: str
    size_bytes: int


async def all_assets(db: Database, batch: int) -> AsyncGenerator[list[StoredAsset]]:
    """Every asset, in the order of keys, so many at a time and without a transaction in between."""
    last = ""
    while True:
        async with db.statement() as session:
            rows = await session.execute(
                text(
                    "SELECT key, media_type, sha256, size_bytes FROM assets WHERE key > :last"
                    " ORDER BY key LIMIT :batch"
                ),
                {"last": last, "batch": batch},
            )
            found = [StoredAsset(*row) for row in rows]
        if not found:
            return
        last = found[-1].key
        yield found


async def count(session: Executor) -> int:
    """Return how many assets there are."""
    return (await session.execute(text("SELECT count(*) FROM assets"))).scalar_one()


async def orphans(db: Database, keys: Sequence[str], batch: int) -> list[str]:
    """Those of the keys that no row knows, asked for so many at a time."""
    unknown: list[str] = []
    for start in range(0, len(keys), batch):
        async with db.statement() as session:
            unknown += await unknown_keys(session, keys[start : start + batch])
    return unknown


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
    """Return the keys of all assets of a job."""
    return list(
        (await session.execute(text("SELECT key FROM assets WHERE job_id = :id"), {"id": job_id})).scalars()
    )


async def active_ids(session: Executor) -> set[str]:
    """Submissions and local work whose files in the work folder are in use."""
    rows = await session.execute(
        text(
            f"SELECT id FROM submissions WHERE state IN {sql_list(ACTIVE_SUBMISSIONS)}"  # noqa: S608  # only our own constants are put in
            f" UNION ALL SELECT id FROM local_work WHERE status IN {sql_list(OPEN_WORK)}"
        )
    )
    return {str(each) for each in rows.scalars()}
