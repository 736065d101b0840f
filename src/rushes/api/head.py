"""Answers HEAD wherever GET is answered: the same headers, and an end where the body would begin."""

from collections.abc import Iterable

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD_ONLY = "rushes.head_only"


class _NoBodyError(OSError):
    """Ends an answer whose body nobody asked for, as one ends whose client has left."""


class Head:
    """ASGI middleware; see the module docstring. A stream that never ends is not begun."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; of the answer to HEAD, only the head."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        begun = False
        asked = {**scope, "method": "GET", HEAD_ONLY: True}

        async def send_head(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                raise _NoBodyError

        try:
            await self.app(asked, receive, send_head)
        except Exception:
            # Whatever ends it after the head has been sent is the end that was asked for.
            if not begun:
                raise


def is_head(request: Request) -> bool:
    """Return whether only the head of the answer will be sent, so that no file need be opened for it."""
    return HEAD_ONLY in request.scope


def allowed_methods(routes: Iterable[BaseRoute], path: str) -> str:
    """Return the methods that are possible at a path, for the header `Allow`."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, APIRoute) and route.path_regex.match(path):
            found |= route.methods or set()
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))
