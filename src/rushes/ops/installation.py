"""Who this installation is, and whose turn in its bucket it was last."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Database, Executor

log = logging.getLogger(__name__)

FIRST_TURN = "0"
"""Before any was written."""
_MARK_LOCK = "hashtextextended('mark of the bucket', 0)"
_READ = text("SELECT id, bucket_turns FROM installation")


@dataclass(frozen=True)
class Identity:
    """Who this is, and the turns that the bucket's mark may name."""

    id: UUID
    turns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first line of the mark in a bucket."""
        return f"installation {self.id}"

    @property
    def marks(self) -> set[str]:
        """What the mark in the bucket says when it is this one's."""
        return {f"{self.name} {turn}" for turn in self.turns}


async def identity(db: Database) -> Identity:
    """Return what tells this installation from every other one, in a transaction of its own.

    A row that was lost is made anew, with a new id: nothing that was stored under the old one is taken for
    this installation's until its owner says so (`rushes storage adopt`).
    """
    async with db.begin() as session:
        row = (await session.execute(_READ)).one_or_none()
        if row is None:
            await session.execute(text("INSERT INTO installation DEFAULT VALUES ON CONFLICT DO NOTHING"))
            row = (await session.execute(_READ)).one()
            log.warning(
                "the row that names this installation was lost; its name is %s now. Files that belong to"
                " nothing are left alone in its bucket until you run `rushes storage adopt`.",
                row.id,
            )
    return Identity(row.id, tuple(row.bucket_turns) or (FIRST_TURN,))


async def set_turns(session: Executor, turns: Sequence[str]) -> None:
    """Know these turns, and no others."""
    await session.execute(text("UPDATE installation SET bucket_turns = :turns"), {"turns": list(turns)})


async def try_lock_mark(session: Executor) -> bool:
    """Be the only one at the mark until the transaction ends; False: another one is."""
    row = await session.execute(text(f"SELECT pg_try_advisory_xact_lock({_MARK_LOCK})"))
    return bool(row.scalar())


async def lock_mark(session: Executor) -> None:
    """Wait to be the only one at the mark until the transaction ends."""
    await session.execute(text(f"SELECT pg_advisory_xact_lock({_MARK_LOCK})"))
