"""Serves the tools over streamable HTTP inside the API's own process.

Each request stands alone (no sessions), so any of several API servers may answer it. Tools call the API in
this process as their caller: with its `Authorization` and from its address, never with its cookies.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.server.mcpserver import Context
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

from rushes.mcp.client import SECONDS, RushesApi
from rushes.mcp.server import make_server

FORWARDED = ("authorization", "rushes-space", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")


class HttpServer:
    """Answers requests to `/mcp` between `open` and `close`, which are called by one task."""

    def __init__(self, api: ASGIApp, public_url: str | None) -> None:
        self._api = api
        self._public_url = public_url
        # The API's own guard checks where a request comes from, before it gets here.
        security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server = make_server(self._connect)
        server.streamable_http_app(stateless_http=True, transport_security=security)
        self._manager: StreamableHTTPSessionManager = server.session_manager
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="mcp")

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._ready.wait()
        await self._manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what is being answered."""
        self._stop.set()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        # A task of its own: what opens the manager has to close it, and it is opened by the first request.
        async with self._manager.run():
            self._ready.set()
            await self._stop.wait()

    @asynccontextmanager
    async def _connect(self, ctx: Context[Any, Any]) -> AsyncGenerator[RushesApi]:
        given = ctx.headers or {}
        host = given.get("host", "127.0.0.1")
        scheme = given.get("x-forwarded-proto", "http")
        headers = {name: value for name in FORWARDED if (value := given.get(name))}
        caller = getattr(ctx.request_context.request, "client", None)
        address = ("127.0.0.1", 0) if caller is None else (str(caller.host), int(caller.port))
        transport = httpx2.ASGITransport(app=self._api, client=address)
        async with httpx2.AsyncClient(
            transport=transport, base_url=f"http://{host}", headers=headers, timeout=SECONDS
        ) as http:
            yield RushesApi(http, (self._public_url or f"{scheme}://{host}").rstrip("/"))
