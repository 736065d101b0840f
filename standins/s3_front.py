"""An S3 service: moto's server for the storing, and a front that checks every signature.

moto believes whatever it is sent. The front works the signature out again with botocore's own signer, of
headers and of links, and looks at the clock; what does not hold is refused as S3 refuses it. And it breaks
answers when told to, as networks and services do.
"""

import asyncio
import hashlib
import hmac
import importlib
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
from fastapi import FastAPI, Request, Response

from standins._server import cut_short, reset, serve_app

# Both come without types.
_auth: Any = importlib.import_module("botocore.auth")
_awsrequest: Any = importlib.import_module("botocore.awsrequest")
_credentials: Any = importlib.import_module("botocore.credentials")
_moto: Any = importlib.import_module("moto.server")

ACCESS_KEY, SECRET_KEY = "AKIASTANDIN", "a secret for tests alone"
MOST_SKEW = timedelta(minutes=15)
LONGEST_LINK = 7 * 24 * 3600
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/s3/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)
_HOP = ("connection", "transfer-encoding", "content-length", "date", "server")


class Fault(StrEnum):
    """How an answer breaks."""

    INTERNAL = "internal"
    SLOW_DOWN = "slow_down"
    SILENT = "silent"
    RESET = "reset"
    CUT = "cut"
    WRONG_BYTES = "wrong_bytes"
    SLOW = "slow"


@dataclass
class Rule:
    """The next `times` requests with this method and a path like this break like that."""

    fault: Fault
    method: str
    path: str
    times: int


@dataclass
class S3Front:
    """A service that answers at `url`. `seen` has the method, the path and the status of every request."""

    moto_url: str
    url: str = ""
    seen: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])
    rules: list[Rule] = field(default_factory=list[Rule])
    refused: list[str] = field(default_factory=list[str])

    def break_next(self, fault: Fault, method: str, path: str = "", times: int = 1) -> None:
        """Break requests to come; `path` is a regular expression found in it."""
        self.rules.append(Rule(fault, method, path, times))

    def mend(self) -> None:
        """Break nothing any more."""
        self.rules.clear()

    def make_bucket(self, name: str) -> None:
        """A bucket that is there before anybody asks."""
        self._behind("PUT", name)

    def keys(self, bucket: str) -> set[str]:
        """What is in a bucket."""
        listed = self._behind("GET", f"{bucket}?list-type=2&max-keys=1000")
        return set(re.findall(r"<Key>([^<]+)</Key>", listed.text))

    def read(self, bucket: str, key: str) -> bytes:
        """The bytes of a key."""
        return self._behind("GET", f"{bucket}/{key}").content

    def write(self, bucket: str, key: str, data: bytes) -> None:
        """Put other bytes there, behind everybody's back."""
        self._behind("PUT", f"{bucket}/{key}", data)

    def remove(self, bucket: str, key: str) -> None:
        """Lose a key."""
        self._behind("DELETE", f"{bucket}/{key}")

    def _behind(self, method: str, path: str, data: bytes = b"") -> httpx.Response:
        """Ask moto itself; it wants to see a signature and does not look at it."""
        signed = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/us-east-1/s3/aws4_request, Signature=0"
        headers = {"authorization": signed}
        url = f"{self.moto_url}/{path}"
        return httpx.request(method, url, content=data, headers=headers, timeout=30).raise_for_status()

    def count(self, method: str, path: str) -> int:
        """How many requests were answered with a success."""
        return sum(m == method and re.search(path, p) is not None and s < 300 for m, p, s in self.seen)

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets."""
        for rule in self.rules:
            if rule.times > 0 and rule.method in (method, "*") and re.search(rule.path, path):
                rule.times -= 1
                return rule.fault
        return None


@contextmanager
def serve_s3(*buckets: str) -> Generator[S3Front]:
    """Serve on a free port, with these buckets."""
    moto = _moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    front = S3Front(f"http://{host}:{port}")
    httpx.post(f"{front.moto_url}/moto-api/reset", timeout=30)
    for bucket in buckets:
        front.make_bucket(bucket)
    try:
        with serve_app(make_app(front)) as url:
            front.url = url
            yield front
    finally:
        moto.stop()


def make_app(front: S3Front) -> FastAPI:
    """The front itself."""
    app = FastAPI(openapi_url=None)
    local = threading.local()

    def client() -> httpx.AsyncClient:
        if not hasattr(local, "client"):
            local.client = httpx.AsyncClient(base_url=front.moto_url, timeout=60)
        return local.client

    @app.api_route("/{path:path}", methods=["GET", "PUT", "POST", "DELETE", "HEAD"])
    async def answer(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        body = await request.body()
        path = request.url.path
        try:
            _verify(request, body)
        except Refused as refusal:
            front.refused.append(f"{request.method} {path}: {refusal}")
            front.seen.append((request.method, path, 403))
            return _error(403, str(refusal), "What was sent is not signed as it should be.")
        fault = front.take_fault(request.method, path)
        broken = await _break_before(request, fault)
        if broken is not None:
            front.seen.append((request.method, path, broken.status_code))
            return broken
        if fault is Fault.WRONG_BYTES and request.method == "PUT":
            body = _spoil(body)
        raw = request.scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
        headers = {k: v for k, v in request.headers.items() if k not in (*_HOP, "host")}
        got = await client().request(request.method, raw, headers=headers, content=body)
        front.seen.append((request.method, path, got.status_code))
        data = got.content
        if fault is Fault.WRONG_BYTES:
            data = _spoil(data)
        if fault is Fault.CUT:
            return cut_short(request, data, "application/octet-stream")
        kept = {k: v for k, v in got.headers.items() if k not in _HOP}
        if request.method == "HEAD":
            kept["content-length"] = got.headers.get("content-length", "0")
        return Response(data, got.status_code, kept)

    return app


async def _break_before(request: Request, fault: Fault | None) -> Response | None:
    match fault:
        case Fault.INTERNAL:
            return _error(500, "InternalError", "We encountered an internal error. Please try again.")
        case Fault.SLOW_DOWN:
            return _error(503, "SlowDown", "Please reduce your request rate.")
        case Fault.RESET:
            return await reset(request)
        case Fault.SILENT:
            await asyncio.sleep(60)
            return _error(500, "InternalError", "Too late.")
        case Fault.SLOW:
            await asyncio.sleep(0.3)
            return None
        case _:
            return None


def _spoil(data: bytes) -> bytes:
    """The same length, another last byte."""
    return data[:-1] + bytes([data[-1] ^ 0xFF]) if data else data


def _error(status: int, code: str, message: str) -> Response:
    said = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{said}', status, media_type="application/xml")


class Refused(Exception):
    """S3's own word for it."""


def _verify(request: Request, body: bytes) -> None:
    """Raise `Refused` when the signature, the clock or the body does not hold."""
    if "x-amz-signature" in {name.lower() for name in request.query_params}:
        _verify_link(request)
        return
    match = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        raise Refused("AccessDenied")
    access_key, _, region, signed, signature = match.groups()
    stamp = request.headers.get("x-amz-date", "")
    if abs(datetime.now(UTC) - _time(stamp)) > MOST_SKEW:
        raise Refused("RequestTimeTooSkewed")
    claimed = request.headers.get("x-amz-content-sha256", "")
    if claimed != "UNSIGNED-PAYLOAD" and claimed != hashlib.sha256(body).hexdigest():
        raise Refused("XAmzContentSHA256Mismatch")
    signer = _auth.S3SigV4Auth(_keys(access_key), "s3", region)
    _compare(signer, request, _url(request, request.url.query), signed.split(";"), stamp, signature)


def _verify_link(request: Request) -> None:
    asked = dict(request.query_params)
    signature = asked.pop("X-Amz-Signature")
    access_key, _, region, *_ = asked["X-Amz-Credential"].split("/")
    begun, lasts = _time(asked["X-Amz-Date"]), int(asked["X-Amz-Expires"])
    if not 1 <= lasts <= LONGEST_LINK:
        raise Refused("AuthorizationQueryParametersError")
    if datetime.now(UTC) > begun + timedelta(seconds=lasts):
        raise Refused("AccessDenied: Request has expired")
    query = urlencode([(k, v) for k, v in parse_qsl(request.url.query) if k != "X-Amz-Signature"])
    signer = _auth.S3SigV4QueryAuth(_keys(access_key), "s3", region, expires=lasts)
    headers = asked["X-Amz-SignedHeaders"].split(";")
    _compare(signer, request, _url(request, query), headers, asked["X-Amz-Date"], signature)


def _compare(signer: Any, request: Request, url: str, signed: list[str], stamp: str, given: str) -> None:
    headers = {name: request.headers.get(name, "") for name in signed}
    again = _awsrequest.AWSRequest(method=request.method, url=url, headers=headers)
    again.context["timestamp"] = stamp
    right = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    if not hmac.compare_digest(right, given):
        raise Refused("SignatureDoesNotMatch")


def _keys(access_key: str) -> Any:
    if access_key != ACCESS_KEY:
        raise Refused("InvalidAccessKeyId")
    return _credentials.Credentials(ACCESS_KEY, SECRET_KEY)


def _url(request: Request, query: str) -> str:
    parts = urlsplit(str(request.url))
    return urlunsplit((parts.scheme, parts.netloc, request.scope["raw_path"].decode(), query, ""))


def _time(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("AccessDenied") from None
