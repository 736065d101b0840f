"""Which bytes belong to a row."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Database, Executor


@dataclass(frozen=True)
class Stored:
    """An asset. Size in bytes, sha256 in hex."""

    key: str
    media_type: str
    sha256: str
    size_bytes: int


async def all_assets(db: Database, batch: int) -> AsyncGenerator[list[Stored]]:
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
            found = [Stored(*row) for row in rows]
        if not found:
            return
        last = found[-1].key
        yield found


async def count(session: Executor) -> int:
    """How many assets there are."""
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
    """Every key of a job."""
    return list(
        (await session.execute(text("SELECT key FROM assets WHERE job_id = :id"), {"id": job_id})).scalars()
    )


async def active_ids(session: Executor) -> set[str]:
    """Submissions and upscales whose files in the work folder are in use."""
    rows = await session.execute(
        text(
            "SELECT id FROM submissions WHERE state IN ('claimed', 'submitting', 'submitted')"
            " UNION ALL SELECT id FROM upscales WHERE status = 'running'"
        )
    )
    return {str(each) for each in rows.scalars()}


FIRST_TURN = "0"
"""Before any was written."""


@dataclass(frozen=True)
class Installation:
    """Who this is, and the turns of which the bucket's mark may tell."""

    id: str
    turns: tuple[str, ...]

    @property
    def marks(self) -> set[str]:
        """What the mark in the bucket says when it is this one's."""
        return {f"{self.id} {turn}" for turn in self.turns}


async def installation(session: Executor) -> Installation:
    """What tells this installation from every other one; as old as its table of copies."""
    row = await session.execute(text("SELECT obj_description('copies_to_make'::regclass)"))
    kind, name, *turns = row.scalar_one().split()
    return Installation(f"{kind} {name}", tuple(turns) or (FIRST_TURN,))


async def set_turns(session: Executor, name: str, turns: Sequence[str]) -> None:
    """Know these turns, and no others."""
    words = " ".join((name, *turns))
    if not words.replace("-", "").replace(" ", "").isalnum():  # a comment takes no parameters
        raise ValueError(f"not the name of an installation: {words!r}")
    await session.execute(text(f"COMMENT ON INDEX copies_to_make IS '{words}'"))


_MARK_LOCK = "hashtextextended('mark of the bucket', 0)"


async def try_lock_mark(session: Executor) -> bool:
    """Be the only one at the mark until the transaction ends; False: another one is."""
    row = await session.execute(text(f"SELECT pg_try_advisory_xact_lock({_MARK_LOCK})"))
    return bool(row.scalar())


async def lock_mark(session: Executor) -> None:
    """The same, with patience."""
    await session.execute(text(f"SELECT pg_advisory_xact_lock({_MARK_LOCK})"))
