"""Serves `/metrics` on a port of its own, for an API server and for a worker."""

import asyncio
import contextlib
import logging
import secrets
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rushes.api.metrics.requests import RequestMetrics
from rushes.api.metrics.rows import RowMetrics
from rushes.engine.runtime import Runtime

log = logging.getLogger(__name__)


@asynccontextmanager
async def metrics_beside(run: Runtime, requests: RequestMetrics | None = None) -> AsyncGenerator[int | None]:
    """Serve metrics meanwhile, if a port is set; yields that port. A port that is taken is logged."""
    port = run.settings.metrics_port
    if port is None:
        yield None
        return
    try:
        listener = _listen(run.settings.host, port)
    except OSError as error:
        log.error("metrics are not served: %s:%d cannot be listened on: %s", run.settings.host, port, error)
        yield None
        return
    config = uvicorn.Config(
        metrics_app(run, requests), log_config=None, access_log=False, lifespan="off", server_header=False
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="metrics")
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the process's own server, or to the worker."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. uvicorn itself would end the process where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def metrics_app(run: Runtime, requests: RequestMetrics | None) -> Starlette:
    """The application behind the port: `/metrics`, and nothing else."""
    registry = CollectorRegistry()
    rows = RowMetrics(run)
    registry.register(rows)
    ProcessCollector(registry=registry)
    token = run.settings.metrics_token

    async def metrics(request: Request) -> Response:
        sent = request.headers.get("authorization", "")
        if token is not None and not secrets.compare_digest(
            sent.encode(), f"Bearer {token.get_secret_value()}".encode()
        ):
            return PlainTextResponse("The token is missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"})
        await rows.refresh()
        text = generate_latest(registry)
        if requests is not None:
            text += generate_latest(requests.registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", metrics)])
