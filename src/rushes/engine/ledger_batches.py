"""The steps that every submission of a worker goes through, done for many of them at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from rushes.engine.ledger import Work, take_over
from rushes.engine.reply_rows import Reply, WrittenReply, mark_sent, write_replies
from rushes.engine.takes import FinishedTake, KeptTake, complete_takes
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
        self.sent: Together[UUID, bool] = Together(self._sent, spoiled=ONE_IS_WRONG)
        self.accepted: Together[Reply, WrittenReply | None] = Together(self._replies, spoiled=ONE_IS_WRONG)
        self.declined: Together[Reply, WrittenReply | None] = Together(self._replies, spoiled=ONE_IS_WRONG)
        self.complete: Together[FinishedTake, KeptTake] = Together(self._complete, spoiled=ONE_IS_WRONG)

    async def _take_over(self, submission_ids: Sequence[UUID]) -> Sequence[Work | None]:
        async with self._db.statement() as session:
            return await take_over(session, submission_ids, self._worker)

    async def _sent(self, submission_ids: Sequence[UUID]) -> Sequence[bool]:
        async with self._db.statement() as session:
            return await mark_sent(session, submission_ids, self._worker)

    async def _replies(self, replies: Sequence[Reply]) -> Sequence[WrittenReply | None]:
        async with self._db.statement() as session:
            return await write_replies(session, replies, self._worker)

    async def _complete(self, takes: Sequence[FinishedTake]) -> Sequence[KeptTake]:
        async with self._db.statement() as session:
            return await complete_takes(session, takes, self._worker)
