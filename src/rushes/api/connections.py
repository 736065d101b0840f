"""Connections are bounded: in number, and in the time that a request's headers may take to come.

A client that opens connections and says nothing costs a descriptor each; without descriptors nobody is
served, and the database cannot be reached either.
"""

import asyncio
import logging
import resource
import time
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

HEADER_SECONDS = 20.0
"""For the whole of a request's headers. A body may take longer: an upload on a slow line."""
RESERVED = 96
"""Descriptors for everything else: the database, files, other programs."""
LEAST = 16
MOST = 4000
WANTED_DESCRIPTORS = 8192
QUIET_SECONDS = 60.0
BACKLOG = 128
"""Connections that are accepted in one go; after an accept that fails asyncio tries as many more."""


def most_connections() -> int:
    """Return how many connections may be open at once, after raising the limit of descriptors to the most
    that this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, WANTED_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, max(LEAST, soft - RESERVED))


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; one connection too many is closed, and so is one that is too slow."""

    header_seconds = HEADER_SECONDS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # as uvicorn's own
        """Take the connection, or close it when there are too many."""
        super().connection_made(transport)
        if self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency:
            transport.abort()
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on; the time for headers runs until they are whole."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request: what has come of it already is on the clock."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        super().connection_lost(exc)
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _watch(self) -> None:
        waiting = self.conn.their_state is h11.IDLE
        if waiting and self._late is None:
            self._late = self.loop.call_later(self.header_seconds, self._close_late)
        elif not waiting and self._late is not None:
            self._late.cancel()
            self._late = None

    def _close_late(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()


class QuietLoop:
    """An event loop's handler of errors that tells of a want of descriptors once a minute, not each time."""

    def __init__(self) -> None:
        self._told = -QUIET_SECONDS

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of an error; of one more failed accept only when the last was told a while ago."""
        if context.get("message") != "socket.accept() out of system resource":
            loop.default_exception_handler(context)
            return
        if time.monotonic() - self._told >= QUIET_SECONDS:
            self._told = time.monotonic()
            log.error(
                "no connection can be accepted: %s. Raise the limit of open files (ulimit -n), or look who"
                " opens so many connections.",
                context.get("exception"),
            )
