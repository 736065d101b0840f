"""The three steps that every submission of a worker goes through, done for many of them at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from rushes.engine.ledger import Work, record_submitted, take_over
from rushes.engine.takes import FinishedTake, Kept, complete_takes
from rushes.platform.batching import Together
from rushes.platform.db.engine import Database

ONE_IS_WRONG = (DataError, IntegrityError, ProgrammingError)
"""What a statement fails with because of a single row in it (a remote id with a NUL, say)."""


class Ledger:
    """The ledger as one worker writes it. Every step is committed before it answers."""

    def __init__(self, db: Database, worker: str) -> None:
        self._db = db
        self._worker = worker
        self.take_over: Together[UUID, Work | None] = Together(self._take_over, spoiled=ONE_IS_WRONG)
        self.submitted: Together[tuple[UUID, str], bool] = Together(self._submitted, spoiled=ONE_IS_WRONG)
        self.complete: Together[FinishedTake, Kept] = Together(self._complete, spoiled=ONE_IS_WRONG)

    async def _take_over(self, submission_ids: Sequence[UUID]) -> Sequence[Work | None]:
        async with self._db.statement() as session:
            return await take_over(session, submission_ids, self._worker)

    async def _submitted(self, remote_ids: Sequence[tuple[UUID, str]]) -> Sequence[bool]:
        async with self._db.statement() as session:
            return await record_submitted(session, remote_ids, self._worker)

    async def _complete(self, takes: Sequence[FinishedTake]) -> Sequence[Kept]:
        async with self._db.statement() as session:
            return await complete_takes(session, takes, self._worker)
