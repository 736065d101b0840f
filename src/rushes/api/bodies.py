"""Keeps what clients send within limits while it is read, and sees to it that they hear of a refusal.

A server that closes a connection on which it has not read everything resets it, and the client loses the
answer that was just sent. So after an early answer a little more is read (and dropped) before the close.
"""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rushes.settings import MIB

BODY_LIMIT = "rushes.body_limit"
SMALL_BODY = MIB
"""Bytes that any request may have; routes that take uploads raise the limit."""
LINGER_SECONDS = 2.0
LINGER_BYTES = 16 * MIB


def allow_body(request: Request, limit: int) -> None:
    """Let this request have a body of `limit` bytes."""
    request.scope[BODY_LIMIT] = limit


class Bodies:
    """ASGI middleware; see the module docstring."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a limited body."""
        if scope["type"] == "http":
            scope[BODY_LIMIT] = SMALL_BODY
            body = _Body(scope, receive, send)
            await self.app(scope, body.receive, body.send)
        else:
            await self.app(scope, receive, send)


class _Body:
    """One request's body."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        self._declared = int(declared) if declared.isdecimal() else 0
        self._unread = bool(self._declared) or "transfer-encoding" in headers
        self._seen = 0
        self._scope, self._receive, self._send = scope, receive, send

    async def receive(self) -> Message:
        """The next piece. Raises when there is more than may be."""
        limit = int(self._scope[BODY_LIMIT])
        if max(self._declared, self._seen) > limit:
            raise _too_large(max(self._declared, self._seen), limit)
        message = await self._next()
        if self._seen > limit:
            raise _too_large(self._seen, limit)
        return message

    async def _next(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        """Pass the answer on; before its end, read on for a little while if the body was not read."""
        if message["type"] == "http.response.start" and self._unread:
            MutableHeaders(scope=message)["Connection"] = "close"
        if message["type"] == "http.response.body" and self._unread and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        most = self._seen + LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while self._unread and self._seen < most:
                    await self._next()


def _too_large(size: int, limit: int) -> HTTPException:
    # Not a `TooLarge`: the framework, when it reads the body, lets only its own errors through.
    return HTTPException(413, f"The request has {size:,} bytes or more; the most here is {limit:,}.")
