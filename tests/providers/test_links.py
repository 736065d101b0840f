"""Where the link to a result may lead: real servers, of which only those that may be asked are asked."""

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rushes.errors import ProviderChanged, RetryLater
from rushes.providers import links
from rushes.providers.http import Api, Client, Trouble
from rushes.providers.links import LinkSettings, is_public
from tests.providers.kit import ignore

CDN = "cdn.example.com"


@dataclass
class Site:
    """A server that answers every path with its bytes, or sends on, and notes who asked for what."""

    answers: dict[str, str] = field(default_factory=dict[str, str])
    """Where a path is sent on to."""
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Host and path."""
    url: str = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.headers["host"], self.path))
                to = site.answers.get(self.path)
                self.send_response(302 if to else 200)
                self.send_header("location", to) if to else None
                self.send_header("content-length", "0" if to else "5")
                self.end_headers()
                self.wfile.write(b"" if to else b"video")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
                """Nothing."""

        return Handler


def serve(site: Site, context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), site.handler())
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture
def home() -> Iterator[Site]:
    """The service itself."""
    site = Site()
    server = serve(site)
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of `cdn.example.com`, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CDN)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(CDN)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "cdn.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def cdn(certificate: Path) -> Iterator[Site]:
    """Where results are kept: https, by a name."""
    site = Site()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = serve(site, context)
    site.url = f"https://{CDN}:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()


def read(response: httpx2.Response) -> Trouble:
    return Trouble(response.status_code, response.text)


@pytest.fixture
async def api(home: Site, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client of a service, on no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    client = Client(LinkSettings())
    yield Api(client, "Acme", f"{home.url}/v1", {"authorization": "Key k"}, secret="k", read=read)
    await client.aclose()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The name service: addresses by name."""
    known: dict[str, str] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **more: Any) -> Any:
        if host in known:
            return real(known[host], *args, **more)
        if str(host).endswith(".example.com"):
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


async def test_a_link_to_the_service_itself_is_followed(api: Api, home: Site, tmp_path: Path):
    await api.download(f"{home.url}/a.mp4", tmp_path / "a.mp4", ignore)
    assert (tmp_path / "a.mp4").read_bytes() == b"video"


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:{port}/x",
        "https://localhost:{port}/x",
        "https://10.0.0.5/x",
        "https://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::1]:{port}/x",
        "https://[::ffff:127.0.0.1]:{port}/x",
        "https://2130706433:{port}/x",
        "https://inside.example.com:{port}/x",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("by_redirect", [False, True])
async def test_no_link_leads_into_a_private_network(
    api: Api, home: Site, names: dict[str, str], tmp_path: Path, link: str, by_redirect: bool
):
    names["inside.example.com"] = "127.0.0.1"
    link = link.format(port=httpx2.URL(home.url).port)
    if by_redirect:
        home.answers["/go"] = link
    with pytest.raises(ProviderChanged, match=r"not https|private address|is none") as refused:
        await api.download(f"{home.url}/go" if by_redirect else link, tmp_path / "a.mp4", ignore)
    assert refused.value.step == "download"
    assert [path for _, path in home.asked if path != "/go"] == []
    assert not (tmp_path / "a.mp4").exists()


async def test_a_public_link_is_fetched_from_the_address_that_was_looked_at(
    api: Api,
    cdn: Site,
    certificate: Path,
    names: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """The certificate is still that of the name, and a name that changes in between changes nothing."""
    names[CDN] = "127.0.0.1"

    def public_and_then_another(_: object) -> bool:
        names[CDN] = "127.0.0.99"
        return True

    monkeypatch.setattr(links, "is_public", public_and_then_another)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(api.client, "_transport", httpx2.AsyncHTTPTransport(verify=trusting))
    await api.download(f"{cdn.url}/b.mp4", tmp_path / "b.mp4", ignore)
    assert (tmp_path / "b.mp4").read_bytes() == b"video"
    assert cdn.asked == [(cdn.url.removeprefix("https://"), "/b.mp4")]
    names["other.example.com"] = "127.0.0.1"
    with pytest.raises(RetryLater):  # the certificate is another's
        await api.download(cdn.url.replace("cdn.", "other.") + "/c.mp4", tmp_path / "c.mp4", ignore)
    assert len(cdn.asked) == 1


async def test_a_name_that_is_not_known_is_tried_again(api: Api, names: dict[str, str], tmp_path: Path):
    assert names == {}
    with pytest.raises(RetryLater, match="cannot be found"):
        await api.download("https://nowhere.example.com/x", tmp_path / "a.mp4", ignore)


async def test_the_operator_may_allow_private_links(api: Api, home: Site, tmp_path: Path):
    api.client.private_links = True
    home.answers["/go"] = f"http://localhost:{httpx2.URL(home.url).port}/a.mp4"
    await api.download(f"{home.url}/go", tmp_path / "a.mp4", ignore)
    assert (tmp_path / "a.mp4").read_bytes() == b"video"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::ffff:10.0.0.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("192.168.1.1", False),
    ],
)
def test_addresses_are_public_or_not(address: str, public: bool):
    assert is_public(ip_address(address)) is public
