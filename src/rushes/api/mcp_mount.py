"""`/mcp`: the tools for agents. What they need is loaded at the first request: 24 MiB that most never use."""

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rushes.api.bodies import BODY_LIMIT
from rushes.settings import MIB, Settings

if TYPE_CHECKING:
    from rushes.mcp.http import HttpServer

MOST_BYTES = 4 * MIB
"""Of a request: the most that the protocol's library takes."""


class McpEndpoint:
    """An ASGI application for one path."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._server: HttpServer | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of an agent's client."""
        scope[BODY_LIMIT] = MOST_BYTES
        async with self._loading:
            if self._server is None:
                module = await asyncio.to_thread(import_module, "rushes.mcp.http")
                self._server = cast("HttpServer", module.HttpServer(self._app, self._settings.public_url))
        await self._server.answer(scope, receive, send)

    async def close(self) -> None:
        """End it with the server."""
        if self._server is not None:
            await self._server.close()


def mount_mcp(app: FastAPI, settings: Settings) -> McpEndpoint:
    """Answer at `/mcp`. Call it before the page is mounted, and close what it returns at the end."""
    endpoint = McpEndpoint(app, settings)
    # No GET: without sessions there is no stream to listen to, and the protocol lets a server say so by 405.
    app.router.routes.append(Route("/mcp", endpoint, methods=["POST"], include_in_schema=False))
    return endpoint
