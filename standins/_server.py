"""What every stand-in needs: a free port of its own, and the ways in which a real connection breaks."""

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"
START_SECONDS = 30.0
LINGER_NONE = struct.pack("ii", 1, 0)


class BreakableProtocol(H11Protocol):
    """Lets an answer reach the connection it is on (`request.state.transport`), so that it can be broken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the connection on to the requests that come over it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _config(app: FastAPI, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=HOST,
        port=port,
        http=BreakableProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


class Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serve_app(app: FastAPI) -> Generator[str]:
    """Serve on a free loopback port in a thread of its own. Gives the address, without a slash at the end."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        server = Server(_config(app, 0))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            if not server.ready.wait(START_SECONDS):
                raise TimeoutError("the stand-in did not start")
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def serve_forever(app: FastAPI, port: int) -> None:
    """Serve until Ctrl-C, for a person to try."""
    uvicorn.Server(_config(app, port)).run()


async def reset(request: Request) -> Response:
    """Break the connection: the client sees "connection reset" instead of an answer."""
    transport: asyncio.Transport = request.state.transport
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
    transport.abort()
    await asyncio.sleep(0.01)  # the server has to notice, or it would log an answer that never came
    return Response()


def cut_short(request: Request, data: bytes, media_type: str, *, at: float = 0.5) -> Response:
    """Announce all of `data`, send the part `at` of it, and hang up."""

    async def part() -> AsyncIterator[bytes]:
        yield data[: int(len(data) * at)]
        request.state.transport.close()
        await asyncio.sleep(0.01)

    return StreamingResponse(part(), media_type=media_type, headers={"content-length": str(len(data))})
