"""How long requests take, by method, route and status."""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNMATCHED = "unmatched"
"""Instead of a path that is none of ours: anybody can ask for any."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMetrics:
    """The numbers of a process's HTTP."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.duration = Histogram(
            "rushes_http_request_duration_seconds",
            "Seconds until an answer began.",
            ("method", "route", "status"),
            registry=self.registry,
            buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )
        self.bytes = Counter("rushes_http_sent_bytes", "Bytes sent in answers.", registry=self.registry)


class Measured:
    """ASGI middleware that measures what it passes on."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = str(scope["method"])
                labels = (
                    method if method in METHODS else "other",
                    str(getattr(scope.get("route"), "path", UNMATCHED)),
                    str(message["status"]),
                )
                self.metrics.duration.labels(*labels).observe(time.perf_counter() - began)
            elif body := message.get("body"):
                self.metrics.bytes.inc(len(body))
            await send(message)

        await self.app(scope, receive, counted)
