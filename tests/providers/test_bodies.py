"""Answers and downloads are bounded in bytes as they unpack, also those of a service that means harm."""

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rushes.errors import ProviderChanged, RetryLater, RushesError
from rushes.providers import bodies
from rushes.providers.http import Api, Client, Trouble
from rushes.providers.links import LinkSettings
from rushes.providers.reading import number_in, read_json, retry_after
from tests.providers.kit import ignore


@dataclass
class Service:
    """A server that answers with what it is given."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b"{}"
    url: str = ""


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(told.status)
            for name, value in {"content-length": str(len(told.body)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()


def api(service: Service, most: int = 100_000) -> Api:
    client = Client(LinkSettings(), most)
    return Api(
        client,
        "The service",
        service.url,
        {},
        secret="secret-of-a-key",
        read=lambda answer: Trouble(answer.status_code, answer.text),
    )


def packed(size: int) -> bytes:
    return gzip.compress(b"x" * size)


async def test_an_answer_that_unpacks_to_too_much_is_not_read(service: Service):
    service.body, service.headers = packed(50_000_000), {"content-encoding": "gzip"}
    assert len(service.body) < 100_000
    with pytest.raises(ProviderChanged, match="more than"):
        await api(service).look("GET", "/", step="status")


async def test_a_create_with_such_an_answer_may_have_been_accepted(service: Service):
    service.body, service.headers = packed(50_000_000), {"content-encoding": "gzip"}
    with pytest.raises(ConnectionError):
        await api(service).create("/")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "zstd", "br", "x"])
async def test_what_nobody_asked_for_is_not_unpacked(service: Service, encoding: str):
    service.body, service.headers = packed(10), {"content-encoding": encoding}
    with pytest.raises(ProviderChanged, match="packed"):
        await api(service).look("GET", "/", step="status")


async def test_an_answer_that_is_packed_in_the_usual_way_is_read(service: Service):
    service.body, service.headers = gzip.compress(b'{"a": 1}'), {"content-encoding": "gzip"}
    answer = await api(service).look("GET", "/", step="status")
    assert answer.json() == {"a": 1}


async def test_an_error_that_talks_on_is_cut(service: Service):
    service.status, service.body = 503, b"busy " * 200_000
    with pytest.raises(RetryLater) as caught:
        await api(service).look("GET", "/", step="status")
    assert len(caught.value.message) < 600


async def test_a_download_is_capped_by_what_it_says_and_by_what_comes(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    into = tmp_path / "take.mp4"
    service.body, service.headers = packed(3_000_000), {"content-encoding": "gzip"}
    monkeypatch.setattr(bodies.write_body, "__defaults__", (2_000_000,))
    with pytest.raises(ProviderChanged, match="larger than"):
        await api(service).download(service.url, into, ignore)
    service.body, service.headers = b"short", {"content-length": "3000000"}
    with pytest.raises(ProviderChanged, match="larger than"):
        await api(service).download(service.url, into, ignore)
    assert not into.exists()


async def test_a_download_leaves_room_on_the_disk(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bodies, "RESERVE_BYTES", 2**62)
    with pytest.raises(OSError, match="No space left"):
        await api(service).download(service.url, tmp_path / "take.mp4", ignore)
    assert not (tmp_path / "take.mp4").exists()


async def test_a_download_that_only_trickles_ends(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bodies, "SLOW_SECONDS", -1.0)
    monkeypatch.setattr(bodies, "LEAST_BYTES_A_SECOND", 2**62)
    with pytest.raises(RushesError, match="slower"):
        await api(service).download(service.url, tmp_path / "take.mp4", ignore)


def test_json_that_is_nested_too_deep_is_none():
    with pytest.raises(ValueError):
        read_json(b"[" * 200_000)


@pytest.mark.parametrize("text", ["", "inf", "nan", "-1", "²", "9" * 400, "1e999", "x"])
def test_a_number_that_is_none_is_none(text: str):
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "inf"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
    ],
)
async def test_a_wait_in_a_header_is_read_or_there_is_none(
    service: Service, headers: dict[str, str], seconds: float | None
):
    service.headers = headers
    assert retry_after(await api(service).look("GET", "/", step="status")) == seconds
