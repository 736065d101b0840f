"""Tells those who listen that something may have changed: one look at the database for all of them.

Nobody listening, nobody looks. A listener reads its own events from its own place, so that a slow one
holds nothing up and a reconnecting one misses nothing; it holds no connection while it waits.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from rushes.engine import events
from rushes.engine.events import Cursor, EventRow
from rushes.engine.runtime import Runtime

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
AWAY_SECONDS = 2.0
"""How long to wait before looking again when the database did not answer."""
PAGE = 500
STILL_SECONDS = 15.0
"""How often it is looked whether who listens still may."""


class Live:
    """The one who looks. `turn` counts the times at which something may have changed."""

    def __init__(self, run: Runtime) -> None:
        self.run = run
        self.closed = False
        self.turn = 0
        self._changed = asyncio.Condition()
        self._listeners = 0
        self._looker: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream: the server is about to stop."""
        self.closed = True
        self._closing.set()

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Look for as long as somebody is in here."""
        self._listeners += 1
        if self._looker is None:
            self._looker = asyncio.create_task(self._look())
        try:
            yield
        finally:
            self._listeners -= 1
            if not self._listeners and self._looker:
                self._looker.cancel()
                self._looker = None

    async def wait(self, seen: int) -> None:
        """Return when something may have changed since the turn `seen`, or at the close."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.turn != seen or self.closed)

    async def _look(self) -> None:
        last: Cursor | None = None
        while not self.closed:
            pause = LOOK_SECONDS
            try:
                async with self.run.db.statement() as session:
                    newest = await events.now(session)
            except (SQLAlchemyError, OSError) as error:
                log.warning("cannot look for events: %s", error)
                newest, pause = last, AWAY_SECONDS
            if newest != last:
                last = newest
                await self._tell()
            await self._rest(pause)
        await self._tell()

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not past the close."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _tell(self) -> None:
        async with self._changed:
            self.turn += 1
            self._changed.notify_all()

    async def events(
        self,
        owner: UUID,
        cursor: Cursor,
        job_id: UUID | None = None,
        still: Callable[[], Awaitable[bool]] | None = None,
    ) -> AsyncIterator[EventRow]:
        """Every event of an owner (or of one job) behind the cursor, as it comes; ends at the close.

        `still` is asked again and again whether who listens still may; the stream ends when not.
        """
        looked = monotonic()
        async with self.listening():
            while not self.closed:
                seen = self.turn
                if still is not None and monotonic() - looked >= STILL_SECONDS:
                    try:
                        if not await still():
                            return
                    except (SQLAlchemyError, OSError) as error:
                        log.warning("cannot look who listens: %s", error)
                        await self._rest(AWAY_SECONDS)
                        continue
                    looked = monotonic()
                try:
                    async with self.run.db.statement() as session:
                        rows = await events.events_after(session, owner, cursor, job_id=job_id, limit=PAGE)
                except (SQLAlchemyError, OSError) as error:
                    log.warning("cannot read events: %s", error)
                    await self._rest(AWAY_SECONDS)
                    continue
                for row in rows:
                    cursor = row.cursor
                    yield row
                if len(rows) < PAGE:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.wait(seen), STILL_SECONDS if still else None)


def live_of(app: FastAPI) -> Live:
    """The application's `Live`; there while it is up."""
    live: Live = app.state.live
    return live
