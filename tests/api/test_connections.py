"""Connections that say nothing, or too slowly, or are too many, are closed; the others are served."""

import asyncio
import contextlib
import logging
import resource
from collections.abc import AsyncGenerator, Callable

import pytest
import uvicorn
from fastapi import FastAPI, Request
from tests.waiting import until

from rushes.api import connections
from rushes.api.connections import BoundedProtocol, QuietLoop, most_connections


@contextlib.asynccontextmanager
async def served(limit: int, header_seconds: float) -> AsyncGenerator[tuple[int, uvicorn.Server]]:
    """A server of one route on a port of its own."""
    app = FastAPI()

    @app.get("/")
    async def hello() -> str:
        return "hello"

    @app.post("/")
    async def echo(request: Request) -> str:
        return (await request.body()).decode()

    class Protocol(BoundedProtocol):
        pass

    Protocol.header_seconds = header_seconds
    config = uvicorn.Config(
        app, port=0, http=Protocol, limit_concurrency=limit, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())

    async def up() -> bool:
        return server.started

    await until(up)
    yield server.servers[0].sockets[0].getsockname()[1], server
    server.should_exit = True
    await running


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(100) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "])
async def test_headers_that_do_not_come_are_waited_for_a_while(said: bytes):
    async with served(100, header_seconds=0.3) as (port, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        assert await ended(reader)
        assert b"hello" in await ask(port)

        async def none_left() -> bool:
            return not server.server_state.connections

        await until(none_left)


async def test_so_are_those_of_a_second_request():
    async with served(100, header_seconds=0.3) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b'"hello"')
        writer.write(b"GET / HT")
        assert await ended(reader)


async def test_a_body_may_come_slowly():
    async with served(100, header_seconds=0.2) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nconnection: close\r\n\r\n")
        for _ in range(3):
            await asyncio.sleep(0.15)
            writer.write(b"x")
        assert b'"xxx"' in await reader.read()


async def test_one_connection_too_many_is_closed_and_the_first_are_kept():
    async with served(5, header_seconds=60) as (port, server):
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]

        async def all_there() -> bool:
            return len(server.server_state.connections) == 5

        await until(all_there)
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await ended(reader)
            writer.close()
        assert len(server.server_state.connections) == 5
        for _, writer in silent[:3]:
            writer.close()

        async def some_left() -> bool:
            return len(server.server_state.connections) <= 2

        await until(some_left)
        assert b"hello" in await ask(port)


def test_a_want_of_descriptors_is_told_once(caplog: pytest.LogCaptureFixture):
    loop = asyncio.new_event_loop()
    handler: Callable[..., None] = QuietLoop()
    failed = {
        "message": "socket.accept() out of system resource",
        "exception": OSError(24, "Too many open files"),
    }
    with caplog.at_level(logging.ERROR):
        for _ in range(1000):
            handler(loop, failed)
        handler(loop, {"message": "something else"})
    loop.close()
    assert [each.levelname for each in caplog.records] == ["ERROR", "ERROR"]
    assert "Too many open files" in caplog.text and "something else" in caplog.text


def test_as_many_connections_are_taken_as_there_are_descriptors(monkeypatch: pytest.MonkeyPatch):
    limits = (0, 0)

    def get(_what: int) -> tuple[int, int]:
        return limits

    def put(_what: int, _limits: tuple[int, int]) -> None:
        """Nothing: this process keeps its own."""

    monkeypatch.setattr(resource, "getrlimit", get)
    monkeypatch.setattr(resource, "setrlimit", put)
    for soft, hard, most in [(128, 128, 32), (1024, 4096, 4000), (1024, 2**20, 4000), (20, 64, 16)]:
        limits = soft, hard
        assert most_connections() == most
    assert connections.RESERVED < 128
