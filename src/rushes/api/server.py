"""The HTTP server around the API: uvicorn, told how to end streams that would otherwise never end."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from rushes.api.connections import BACKLOG, BoundedProtocol, QuietLoop, most_connections
from rushes.api.live import live_of
from rushes.settings import Settings

GRACE_SECONDS = 5
"""How long a stopping server waits for answers in progress (a large download is cut off then)."""


class Server(uvicorn.Server):
    """Uvicorn waits for open answers before it shuts the application down; event streams have no end."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.app = app
        self.on_started: Callable[[], None] | None = None
        """Called once, when requests are answered."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; from now on a want of descriptors fills no log."""
        asyncio.get_running_loop().set_exception_handler(QuietLoop())
        await super().startup(sockets)
        if self.started and self.on_started:
            self.on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, then everything else."""
        live_of(self.app).close()
        await super().shutdown(sockets)


def make_server(app: FastAPI, settings: Settings) -> Server:
    """A server on the address of the settings. `await serve()`, or `serve(sockets=[…])` on one of your own.

    It logs through the root logger, and one line a request only at DEBUG.
    """
    return Server(
        app,
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=settings.log_level == "DEBUG",
            lifespan="on",
            server_header=False,
            proxy_headers=False,  # `api.network` reads them, from proxies that are trusted
            timeout_graceful_shutdown=GRACE_SECONDS,
            http=BoundedProtocol,
            limit_concurrency=most_connections(),
            backlog=BACKLOG,
        ),
    )
