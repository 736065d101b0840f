"""Nothing of a paid request leaves before it is marked as sent; what failed before that was not sent."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from pydantic import HttpUrl

from rushes.errors import ErrorType, RetryLater
from rushes.providers.registry import AnyProvider, provider_classes
from rushes.providers.sending import Sending
from rushes.providers.video.compatible import Compatible, CompatibleOptions, CompatibleSettings
from rushes.providers.video.omni import Omni, OmniOptions, OmniSettings
from rushes.providers.video_contract import Call, Credential, ShotInput, VideoOptions


@dataclass
class Wire:
    """A server that notes the bytes that came, and hangs up."""

    url: str = ""
    came: bytearray = field(default_factory=bytearray)
    connections: int = 0


@pytest.fixture
async def wire() -> AsyncGenerator[Wire]:
    wire = Wire()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.connections += 1
        wire.came += await reader.read(65536)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield wire


@contextlib.asynccontextmanager
async def provider_at(name: str, url: str) -> AsyncGenerator[tuple[AnyProvider, Call[VideoOptions]]]:
    """A provider on plain HTTP, and one through Google's SDK, each with a call."""
    provider: AnyProvider
    if name == "omni":
        provider, options = Omni(OmniSettings(base_url=HttpUrl(url))), OmniOptions()
        model = provider.models.models[0].id
    else:
        provider, options = Compatible(CompatibleSettings()), CompatibleOptions()
        model = "named"
    key = Credential(uuid4(), "mine", "a-secret-key", {"base_url": f"{url}/v1"} if name != "omni" else {})
    shot = ShotInput("A lighthouse", None, None, model, (1,))
    try:
        yield provider, Call(str(uuid4()), shot, options, key)
    finally:
        await provider.close()


async def send(provider: AnyProvider, call: Call[VideoOptions], sending: Sending) -> None:
    with sending.open():
        await provider.submit(call)


@pytest.mark.parametrize("name", ["compatible", "omni"])
async def test_no_byte_leaves_when_it_is_not_to_be_sent_any_more(name: str, wire: Wire):
    class CancelledByOwnerError(Exception):
        pass

    async def mark() -> None:
        assert not wire.came, "it was sent before it was marked"
        raise CancelledByOwnerError

    sending = Sending(mark)
    async with provider_at(name, wire.url) as (provider, call):
        with pytest.raises(Exception):  # noqa: B017  # the SDK may wrap it
            await send(provider, call, sending)
    assert isinstance(sending.failed, CancelledByOwnerError)
    assert (sending.begun, bytes(wire.came)) == (False, b"")


@pytest.mark.parametrize("name", ["compatible", "omni"])
async def test_what_is_cut_off_after_its_first_byte_may_have_been_accepted(name: str, wire: Wire):
    marked: list[bytes] = []

    async def mark() -> None:
        marked.append(bytes(wire.came))

    sending = Sending(mark)
    async with provider_at(name, wire.url) as (provider, call):
        with pytest.raises(ConnectionError):
            await send(provider, call, sending)
    assert marked == [b""], "marked once, before anything came"
    assert wire.came


@pytest.mark.parametrize("name", ["compatible", "omni"])
async def test_what_cannot_be_connected_is_not_marked_and_is_tried_again(name: str, wire: Wire):
    async def mark() -> None:
        raise AssertionError("nothing can be sent")

    sending = Sending(mark)
    async with provider_at(name, "http://127.0.0.1:9") as (provider, call):
        with pytest.raises(RetryLater) as caught:
            await send(provider, call, sending)
    assert (caught.value.error_type, sending.begun, sending.failed) == (ErrorType.NETWORK, False, None)


async def test_a_secure_connection_that_fails_was_not_sent(wire: Wire):
    """The server takes the connection and breaks off the handshake: no request was ever sent."""

    async def mark() -> None:
        raise AssertionError("nothing can be sent")

    sending = Sending(mark)
    async with provider_at("compatible", wire.url.replace("http:", "https:")) as (provider, call):
        with pytest.raises(RetryLater):
            await send(provider, call, sending)
    assert (wire.connections, sending.begun) == (1, False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error": {"type": "service_unavailable_error", "code": "server_is_overloaded"}}', RetryLater),
        (b'{"error": {"type": "server_error", "message": "It broke."}}', ConnectionError),
    ],
)
async def test_an_answer_that_is_documented_as_not_accepted_is_a_refusal(
    body: bytes, expected: type[Exception]
):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        length = str(len(body)).encode()
        writer.write(b"HTTP/1.1 503 Busy\r\ncontent-length: " + length + b"\r\n\r\n" + body)
        await writer.drain()
        await reader.read()  # what is not read when a connection is closed resets it
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with provider_at("compatible", url) as (provider, call):
            with pytest.raises(expected) as caught:
                await provider.submit(call)
    assert getattr(caught.value, "error_type", None) in (None, ErrorType.OUTAGE)


def test_every_answer_that_is_no_doubt_has_its_source():
    for each in provider_classes().values():
        for answer, source in each.not_accepted.items():
            assert answer.split()[0].isdigit(), each.id
            assert source.startswith("https://"), each.id


def test_every_provider_says_when_it_sends():
    assert {each.id for each in provider_classes().values() if not each.reports_first_byte} == set()
