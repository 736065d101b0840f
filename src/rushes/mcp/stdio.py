"""Serves the tools over standard input and output, for a program that starts `rushes mcp` itself."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import Context

from rushes.mcp.client import RushesApi, over_http
from rushes.mcp.server import make_server


async def serve(url: str, token: str | None) -> None:
    """Answer on standard output until standard input ends. `url` is the server that does the work."""

    @asynccontextmanager
    async def connect(_: Context[Any, Any]) -> AsyncGenerator[RushesApi]:
        async with over_http(url, token) as api:
            yield api

    await make_server(connect).run_stdio_async()
