"""Tells those who listen what has changed: one reader and one encoding for all of them.

Nobody listening, nobody looks. What the reader finds is kept for a while (the tail), and each listener copies
its part of it from its own place, so that a slow one delays nobody. One that begins before the tail, after a
lost connection, reads the database until it has reached it; it uses no connection while it waits.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from rushes.api.event_tail import EventTail
from rushes.engine import events
from rushes.engine.events import Cursor, EventRow
from rushes.engine.runtime import Runtime

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
AWAY_SECONDS = 2.0
"""How long to wait before looking again when the database did not answer."""
PAGE = 500
PING_SECONDS = 15.0
"""A silent stream says that it lives this often, so that nothing on the way closes it."""
STILL_SECONDS = 15.0
"""How often it is looked whether who listens still may."""
_AWAY = (SQLAlchemyError, OSError)


@dataclass(frozen=True)
class StreamPart:
    """The next part of a stream: encoded events of a listener; none, where there was nothing for long.

    `ended`: the job it is about was deleted.
    """

    content: bytes = b""
    ended: bool = False


class Live:
    """The one who looks, and the tail of what it has found."""

    def __init__(self, run: Runtime, encode: Callable[[EventRow], bytes]) -> None:
        self.run = run
        self.closed = False
        self._encode = encode
        self._tail: EventTail | None = None
        """None: nobody listens, or the reader has not begun."""
        self._changed = asyncio.Condition()
        self._listeners = 0
        self._reader: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream: the server is about to stop."""
        self.closed = True
        self._closing.set()

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Look for as long as somebody is in here."""
        self._listeners += 1
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        try:
            yield
        finally:
            self._listeners -= 1
            if not self._listeners and self._reader:
                self._reader.cancel()
                self._reader = self._tail = None

    async def _read(self) -> None:
        last: Cursor | None = None
        while not self.closed:
            pause = LOOK_SECONDS
            try:
                async with self.run.db.statement() as session:
                    newest = await events.now(session)
                if self._tail is None:
                    self._tail = EventTail(newest, self._encode)
                    await self._tell()
                elif newest != last:
                    await self._extend(self._tail)
                last = newest
            except _AWAY as error:
                log.warning("cannot read events: %s", error)
                pause = AWAY_SECONDS
            await self._rest(pause)
        await self._tell()

    async def _extend(self, tail: EventTail) -> None:
        """Read everything that is new, page by page."""
        while True:
            async with self.run.db.statement() as session:
                rows = await events.events_after(session, None, tail.head, limit=PAGE)
            if rows:
                tail.extend(rows)
                await self._tell()
            if len(rows) < PAGE:
                return

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not past the close."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _grown(self, seen: int) -> bool:
        """Wait until the tail has more than `seen`, or the close. False: nothing came for a while."""
        async with self._changed:
            try:
                async with asyncio.timeout(min(PING_SECONDS, STILL_SECONDS)):
                    await self._changed.wait_for(lambda: self.closed or self._end > seen)
            except TimeoutError:
                return False
        return True

    @property
    def _end(self) -> int:
        return -1 if self._tail is None else self._tail.end

    async def parts(
        self,
        owner: UUID,
        cursor: Cursor,
        job_id: UUID | None = None,
        still: Callable[[], Awaitable[bool]] | None = None,
    ) -> AsyncGenerator[StreamPart]:
        """Every event of an owner (or of one job) behind the cursor, as it comes; ends at the close.

        `still` is asked again and again whether who listens still may; the stream ends when not.
        """
        looked = monotonic()
        async with self.listening():
            while not self.closed:
                if still is not None and monotonic() - looked >= STILL_SECONDS:
                    may = await self._may(still)
                    if may is None:
                        await self._rest(AWAY_SECONDS)
                        continue
                    if not may:
                        return
                    looked = monotonic()
                tail = self._tail
                place = tail.place_behind(cursor) if tail is not None else None
                if tail is None or place is None:
                    floor = tail.floor if tail is not None else None
                    rows = await self._missed(owner, cursor, job_id)
                    if rows is None:
                        yield StreamPart()
                        await self._rest(AWAY_SECONDS)
                        continue
                    if rows:
                        cursor = rows[-1].cursor
                        yield self._part(rows, job_id)
                    if len(rows) == PAGE:
                        continue
                    if floor is not None:  # all that is not behind it has been read now
                        cursor = max(cursor, floor)
                    else:
                        await self._grown(-1)
                    continue
                if place == tail.end:
                    if not await self._grown(place):
                        yield StreamPart()
                    continue
                cursor = tail.head
                content, ended = tail.content(owner, job_id, place)
                if content:
                    yield StreamPart(content, ended)

    async def _may(self, still: Callable[[], Awaitable[bool]]) -> bool | None:
        """Return whether who listens still may; None when the database is away."""
        try:
            return await still()
        except _AWAY as error:
            log.warning("cannot look who listens: %s", error)
            return None

    def _part(self, rows: Sequence[EventRow], job_id: UUID | None) -> StreamPart:
        ended = job_id is not None and any(row.is_end_of_job for row in rows)
        return StreamPart(b"".join(map(self._encode, rows)), ended)

    async def _missed(self, owner: UUID, cursor: Cursor, job_id: UUID | None) -> list[EventRow] | None:
        """Return a page of events from the database; None when it is away."""
        try:
            async with self.run.db.statement() as session:
                return await events.events_after(session, owner, cursor, job_id=job_id, limit=PAGE)
        except _AWAY as error:
            log.warning("cannot read events: %s", error)
            return None


def live_of(app: FastAPI) -> Live:
    """The application's `Live`; there while it is up."""
    live: Live = app.state.live
    return live
