"""A server that receives webhooks and other messages, well or badly, and keeps what it was sent.

POST /ok            204
POST /status/{n}    that status; with ?after=s a Retry-After
POST /flaky         503 the first time that a message comes, then 204
POST /hang          no answer before `let_answer`
POST /slow-body     200, and a body that never ends, one byte a second
POST /endless       200, and a body without an end, as fast as it goes
POST /redirect      302 to /secret on loopback
POST /echo          400, and the request's headers and body as the answer
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from standins._server import serve_app

CHUNK = b"x" * 65_536


@dataclass(frozen=True)
class ReceivedPost:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class ReceiverStandIn:
    """What it got, in order. `url` is where it listens."""

    url: str = ""
    got: list[ReceivedPost] = field(default_factory=list[ReceivedPost])
    let_answer: threading.Event = field(default_factory=threading.Event)
    sent_bytes: int = 0

    def types(self, path: str = "/ok") -> list[str]:
        """The types of the messages that came to a path."""
        return [each.said["type"] for each in self.got if each.path == path]


@contextmanager
def receiving() -> Generator[ReceiverStandIn]:
    """Serve a receiver on a free loopback port."""
    state = ReceiverStandIn()
    with serve_app(receiver_app(state)) as url:
        state.url = url
        try:
            yield state
        finally:
            state.let_answer.set()


def receiver_app(state: ReceiverStandIn) -> FastAPI:
    """Return the server."""
    app = FastAPI(openapi_url=None)

    async def keep(request: Request) -> ReceivedPost:
        post = ReceivedPost(request.url.path, dict(request.headers), await request.body())
        state.got.append(post)
        return post

    @app.api_route("/ok", methods=["POST", "PUT"], status_code=204)
    @app.post("/secret", status_code=204)
    async def ok(request: Request) -> Response:
        await keep(request)
        return Response(status_code=204)

    @app.post("/status/{status}")
    async def status(request: Request, status: int, after: str | None = None) -> Response:
        await keep(request)
        return Response("as asked", status, headers={"retry-after": after} if after else None)

    @app.post("/flaky")
    async def flaky(request: Request) -> Response:
        post = await keep(request)
        again = sum(each.path == post.path and each.id == post.id for each in state.got) > 1
        return Response(status_code=204 if again else 503)

    @app.post("/hang")
    async def hang(request: Request) -> Response:
        await keep(request)
        await asyncio.to_thread(state.let_answer.wait)
        return Response(status_code=204)

    @app.post("/slow-body")
    async def slow_body(request: Request) -> Response:
        await keep(request)

        async def drops() -> AsyncIterator[bytes]:
            while not state.let_answer.is_set():
                yield b"."
                await asyncio.sleep(1)

        return StreamingResponse(drops())

    @app.post("/endless")
    async def endless(request: Request) -> Response:
        await keep(request)

        async def flood() -> AsyncIterator[bytes]:
            while not (state.let_answer.is_set() or await request.is_disconnected()):
                yield CHUNK
                state.sent_bytes += len(CHUNK)

        return StreamingResponse(flood())

    @app.post("/redirect")
    async def redirect(request: Request) -> Response:
        await keep(request)
        return Response(status_code=302, headers={"location": f"{state.url}/secret"})

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        post = await keep(request)
        return Response(f"\x1b[31m{post.headers} {post.body.decode()}\x00", 400)

    return app
