"""Asks another server through its API, and turns its refusals into the errors that commands know."""

import contextlib
import json
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from pydantic import TypeAdapter, ValidationError

from rushes.cli._login import Login
from rushes.errors import (
    Actor,
    Conflict,
    ErrorType,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    RushesError,
    SignInNeeded,
    SystemFault,
    TooLarge,
    TooManyRequests,
)

LONGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer that is read whole; files are streamed."""
LONGEST_URL = 2000
CHUNK = 1024 * 1024
_Shape = TypeVar("_Shape")
_KINDS: dict[int, type[RushesError]] = {
    401: SignInNeeded,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
}


class NeedsYou(RushesError):
    """The server says that its user has to act first."""

    code = "action_needed"
    http_status = 409
    actor: ClassVar[Actor] = Actor.USER


def clean_url(given: str) -> str:
    """Return the address of a server without what is not part of it. Raises `Invalid`."""
    given = given.strip()
    if "://" not in given:
        given = f"http://{given}" if _is_near(given) else f"https://{given}"
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(given) > LONGEST_URL:
        raise Invalid(
            "This is not the address of a server.",
            [Fault("URL", "Write it like https://studio.example.org.", "bad_url")],
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Invalid(
            "The address has more than a server.",
            [Fault("URL", "Leave out user, password, `?` and `#`.", "bad_url")],
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    where = host if port is None else f"{host}:{port}"
    return f"{parts.scheme}://{where}{parts.path.rstrip('/')}"


def _is_near(given: str) -> bool:
    """Whether an address without a scheme is on this machine, where there is no TLS as a rule."""
    return given.partition("/")[0].rpartition(":")[0] in ("localhost", "127.0.0.1", "[::1]")


def in_the_clear(url: str) -> bool:
    """Return whether a secret would cross a network unencrypted."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "http" and host not in ("localhost", "::1") and not host.startswith("127.")


class RemoteServer:
    """One server. The token goes to it alone: no redirect is followed."""

    def __init__(self, url: str, token: str | None = None, *, space: UUID | None = None) -> None:
        self.url = url
        headers = {"accept": "application/json", "user-agent": "rushes-cli"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        else:
            # A cookie counts only for what comes from a page of the server's own.
            split = urlsplit(url)
            headers["origin"] = f"{split.scheme}://{split.netloc}"
        if space:
            headers["rushes-space"] = str(space)
        self._client = httpx2.Client(
            follow_redirects=False, headers=headers, timeout=httpx2.Timeout(120.0, connect=20.0)
        )

    @classmethod
    def of(cls, login: Login) -> "RemoteServer":
        """Return the server of a login."""
        return cls(login.url, login.token)

    def ask(self, method: str, path: str, shape: type[_Shape] | None = None, **more: Any) -> Any:
        """Return the answer, read as `shape` if one is given. Raises what the server refuses with.

        `more` is what the HTTP client takes: `params`, `json`, `files`, `data`.
        """
        with self.opened(method, path, **more) as answer:
            body = _whole(answer)
        if answer.status_code == 204 or not body:
            return None
        try:
            return json.loads(body) if shape is None else TypeAdapter(shape).validate_json(body)
        except (ValueError, ValidationError) as error:
            raise self._strange() from error

    def get(self, path: str, shape: type[_Shape], **params: Any) -> _Shape:
        """Return what a GET answers with, read as `shape`."""
        given = {name: value for name, value in params.items() if value is not None}
        return cast("_Shape", self.ask("GET", path, shape, params=given))

    @contextlib.contextmanager
    def opened(self, method: str, path: str, **more: Any) -> Generator[httpx2.Response]:
        """The answer while its body is read. Raises what the server refuses with."""
        try:
            with self._client.stream(method, f"{self.url}{path}", **more) as answer:
                if answer.is_success:
                    yield answer
                    return
                raise self._refusal(answer, _whole(answer))
        except httpx2.HTTPError as error:
            raise SystemFault(
                f"{self.url} does not answer ({type(error).__name__}).",
                error_type=ErrorType.NETWORK,
                hint="Is it running, and is the address right? `rushes logout` works on this machine again.",
            ) from error

    def _refusal(self, answer: httpx2.Response, body: bytes) -> RushesError:
        try:
            told = json.loads(body)
            detail, hint = str(told["detail"]), told.get("hint")
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._strange(answer.status_code)
        status = answer.status_code
        if told.get("actor") == Actor.USER:
            return NeedsYou(detail, hint=hint)
        if status == 422:
            faults = [
                Fault(str(each["where"]), str(each["message"]), str(each["code"]))
                for each in told.get("errors", [])
            ]
            return Invalid(detail, faults, hint=hint)
        if status == 429:
            return TooManyRequests(detail, after=_seconds(answer.headers), hint=hint)
        if status == 401:
            return SignInNeeded(detail, hint=f"Sign in again: rushes login {self.url}")
        kind = _KINDS.get(status)
        return (
            kind(detail, hint=hint) if kind else SystemFault(detail, error_type=ErrorType.OUTAGE, hint=hint)
        )

    def _strange(self, status: int | None = None) -> RushesError:
        what = "does not answer as Rushes does" + (f" (status {status})" if status else "")
        return SystemFault(
            f"{self.url} {what}.",
            error_type=ErrorType.PROVIDER_CHANGED,
            hint="Is it a Rushes server, of a version close to this one?",
        )

    def read_file(self, path: str, to: Path) -> None:
        """Write a file, continuing what broke off. The bytes are in `to` when all of them are there."""
        part = to.with_name(to.name + ".part")
        there = part.stat().st_size if part.exists() else 0
        headers = {"range": f"bytes={there}-"} if there else {}
        with self.opened("GET", path, headers=headers) as answer:
            goes_on = answer.status_code == 206
            with part.open("ab" if goes_on else "wb") as stream:
                for chunk in answer.iter_raw(CHUNK):
                    stream.write(chunk)
        part.replace(to)


def _whole(answer: httpx2.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in answer.iter_bytes(CHUNK):
        size += len(chunk)
        if size > LONGEST_ANSWER:
            raise SystemFault("The server's answer is too long.", error_type=ErrorType.OUTAGE)
        parts.append(chunk)
    return b"".join(parts)


def _seconds(headers: Mapping[str, str]) -> float:
    try:
        return float(headers.get("retry-after", "1"))
    except ValueError:
        return 1.0


def find_by_start(given: str, found: Iterable[tuple[UUID, str]], thing: str, hint: str) -> UUID:
    """Return the one whose id begins so, or whose name it is. Raises `NotFound`, `Invalid` if several fit."""
    wanted = given.strip().lower()
    fitting = [
        (identifier, name)
        for identifier, name in found
        if str(identifier).startswith(wanted) or name.strip().lower() == wanted
    ]
    if not fitting:
        raise NotFound(f"There is no {thing} {given!r}.", hint=hint)
    if len(fitting) > 1:
        faults = [Fault(str(identifier), name[:80], "ambiguous") for identifier, name in fitting[:5]]
        raise Invalid(f"{given!r} fits more than one {thing}:", faults, hint="Give more of the id.")
    return fitting[0][0]
