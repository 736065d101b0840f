"""Knows whether a paid request has begun: nothing may be charged before its first byte goes out.

The engine opens a `Sending` around `submit`. Every HTTP request that a provider makes with `http.Client`
meanwhile, but for looks, reports its first byte here through the client's trace hooks; what is no HTTP
request (a click on a page) awaits `Call.confirm`, which is the same. A kill before that moment costs nothing,
and what is raised before it was certainly not sent.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_FIRST_BYTE = "send_request_headers.started"
_CONNECT = b"CONNECT"


class Sending:
    """One paid call. `mark` is awaited once, before its first byte; what it raises keeps the byte from going.

    `begun` is true from then on; `failed` is what `mark` raised instead.
    """

    def __init__(self, mark: Callable[[], Awaitable[None]]) -> None:
        self._mark = mark
        self.begun = False
        self.failed: Exception | None = None

    async def confirm(self) -> None:
        """Await right before the act that may cost money. Raises when that is not to be done any more."""
        if self.begun:
            return
        try:
            await self._mark()
        except Exception as error:
            self.failed = error  # a library in between may wrap it
            raise
        self.begun = True

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Confirm at the first byte of a request. A proxy's CONNECT is none: the request comes after it."""
        if event.endswith(_FIRST_BYTE) and getattr(info.get("request"), "method", b"") != _CONNECT:
            await self.confirm()

    @contextmanager
    def open(self) -> Generator[None]:
        """Count the requests that are made meanwhile."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


_current: ContextVar[Sending | None] = ContextVar("paid call", default=None)


def current() -> Sending | None:
    """Return the paid call that is under way in this context."""
    return _current.get()


@contextmanager
def unpaid() -> Generator[None]:
    """Requests that are made meanwhile cost nothing (a token, a look, an upload)."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)
