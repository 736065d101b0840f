"""The API over real HTTP, and a worker, in the loop of the test that asks."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rushes.api.app import create_app
from rushes.api.server import Server, make_server
from rushes.engine.runtime import Runtime
from rushes.settings import Settings
from rushes.worker import run_worker


@dataclass(frozen=True)
class Served:
    """A server that answers. `run` is its runtime, for a look behind the scenes."""

    url: str
    run: Runtime
    server: Server


@asynccontextmanager
async def serve(settings: Settings, *, with_worker: bool = True) -> AsyncGenerator[Served]:
    """Serve the API over real HTTP on a free port, in the loop of the test."""
    app = create_app(settings, with_worker=with_worker)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = make_server(app, settings)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                if task.done():
                    task.result()
                await asyncio.sleep(0.01)
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.run, server)
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def working(run: Runtime) -> AsyncGenerator[asyncio.Task[None]]:
    """Run a worker meanwhile; it is cancelled at the end, however that comes."""
    task = asyncio.create_task(run_worker(run))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
