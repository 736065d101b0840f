"""What providers on plain HTTP share: a paid create is sent once, looks may be repeated, a key stays at home.

What comes back from a create decides whether money may have moved (see `base.py`):

    no byte was sent          not accepted: RetryLater
    3xx, 4xx                  not accepted: who acts next is told by the status
    documented as that        not accepted: RetryLater (`not_accepted` of the provider, with its source)
    5xx, time-out, cut off    nobody knows: ConnectionError, which leaves the submission uncertain
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError

from rushes.errors import ActionNeeded, ErrorType, Expired, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.providers.bodies import ANSWER_BYTES, UnboundedAnswerError, read_answer, write_body
from rushes.providers.links import LinkSettings, way_to
from rushes.providers.sending import current, unpaid
from rushes.providers.trouble import NOTHING, is_content_refusal, is_not_accepted
from rushes.providers.trouble import Trouble as Trouble
from rushes.providers.video_contract import Credential, ProgressCallback
from rushes.redaction import remember_secret, safe_text

NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
MOST_HOPS = 5
UNCLEAR = frozenset({408, 409, 425})
"""Statuses below 500 after which a create may have been accepted all the same."""
GONE = frozenset({404, 410})
AGAIN = frozenset({408, 425, 429})
"""Statuses below 500 after which the same look may be repeated."""

ShapeT = TypeVar("ShapeT", bound=BaseModel)


class Client(httpx2.AsyncClient):
    """Follows no redirect and repeats nothing. An upload may take a while; silence may not.

    An answer that is not streamed has at most `most_bytes`, unpacked.
    """

    def __init__(self, settings: LinkSettings, most_bytes: int = ANSWER_BYTES) -> None:
        super().__init__(
            follow_redirects=False,
            headers={"accept-encoding": "gzip"},
            timeout=httpx2.Timeout(120.0, connect=20.0),
            # Many servers hang up on a connection that was idle for 5 s. A create that is sent in that moment
            # is a create whose answer is lost.
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.0),
        )
        self.private_links = settings.private_links
        self.most_bytes = most_bytes

    async def send(self, request: httpx2.Request, *, stream: bool = False, **given: Any) -> httpx2.Response:
        """Send a request; the first byte of one that may cost money is reported (see `sending.py`).

        The extension `heard` is a function that is given each piece of the answer as it arrives.
        Raises `UnboundedAnswerError` for an answer beyond every bound.
        """
        if (sending := current()) is not None:
            request.extensions = {**request.extensions, "trace": sending.trace}
        response = await super().send(request, stream=True, **given)
        heard: Any = request.extensions.get("heard")
        return response if stream else await read_answer(response, self.most_bytes, heard)


def unsent(error: httpx2.TransportError) -> bool:
    """Return whether a paid request failed before its first byte went out."""
    sending = current()
    return isinstance(error, NOT_SENT) or (sending is not None and not sending.begun)


class _FollowsLinks(Protocol):
    @property
    def settings(self) -> LinkSettings: ...
    @property
    def most_answer_bytes(self) -> int: ...


class Connected:
    """A provider with connections of its own, which report the first byte of a paid request."""

    reports_first_byte: ClassVar[bool] = True

    most_answer_bytes: ClassVar[int] = ANSWER_BYTES
    """Of one answer. A provider whose answers hold videos needs more."""

    @cached_property
    def client(self: _FollowsLinks) -> Client:
        """The connections. Made when first used: reading the certificates takes 0.1 s and 3 MiB."""
        return Client(self.settings, self.most_answer_bytes)

    async def close(self) -> None:
        """Close them, if any were made."""
        if "client" in vars(self):
            await self.client.aclose()


def needed(credential: Credential | None) -> Credential:
    """The credential the engine gives with each call. Raises `ActionNeeded` when there is none."""
    if credential is None:
        raise ActionNeeded("This provider needs a key.", hint="Add one, then retry.")
    return credential


def base_url(text: str) -> str:
    """An address somebody typed, without the slash at its end. Raises `ActionNeeded` if it is none."""
    try:
        url = httpx2.URL(text.strip())
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise ActionNeeded(
            "The base URL of this key is not an address such as https://example.com/v1.",
            hint="Correct it in the key's settings.",
        )
    return str(url).rstrip("/")


def parse(response: httpx2.Response, shape: type[ShapeT], *, step: str) -> ShapeT:
    """The answer as `shape`. Raises `ProviderChanged`."""
    return parse_body(response.content, shape, step=step)


def parse_body(body: str | bytes, shape: type[ShapeT], *, step: str) -> ShapeT:
    """A body as `shape`. Raises `ProviderChanged` with the places that differ, not what is there."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        places = ", ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'body'} ({fault['type']})" for fault in faults
        )
        raise ProviderChanged(f"the answer is not understood: {places}", step=step) from None


class Api:
    """One service, at one address, with one key. The key's headers go to that address and nowhere else.

    `read` tells what an error answer says; `refine` names the errors the service has of its own;
    `not_accepted` has those after which nothing was accepted (`VideoProvider.not_accepted`).
    """

    def __init__(
        self,
        client: Client,
        title: str,
        base: str,
        headers: Mapping[str, str],
        *,
        secret: str,
        read: Callable[[httpx2.Response], Trouble],
        refine: Callable[[Trouble], RushesError | None] = lambda trouble: None,
        not_accepted: Mapping[str, str] = NOTHING,
    ) -> None:
        self.client = client
        self.title = title
        self.base = base
        self._headers = headers
        self._secret = secret
        self._read = read
        self._refine = refine
        self._not_accepted = not_accepted

    async def create(self, path: str, **request: Any) -> httpx2.Response:
        """The one call that may cost money, sent once. Raises as the module docstring says."""
        try:
            response = await self._send("POST", path, **request)
        except httpx2.TransportError as error:
            if unsent(error):
                raise self._unreachable() from None
            raise ConnectionError(
                f"{self.title} broke off ({type(error).__name__}); it may have accepted this."
            ) from None
        if response.is_success:
            return response
        trouble = self._trouble(response)
        raise self._refine(trouble) or self._refusal(trouble)

    async def look(
        self,
        method: str,
        path: str,
        *,
        step: str,
        expect: Callable[[Trouble], bool] = lambda trouble: False,
        **request: Any,
    ) -> httpx2.Response:
        """A call that may be repeated. Raises `RetryLater`, `ActionNeeded` or `ProviderChanged`.

        An error answer that is `expect`ed is given back: there are services that tell results so.
        """
        try:
            with unpaid():
                response = await self._send(method, path, **request)
        except UnboundedAnswerError as error:
            raise ProviderChanged(f"{self.title} gave {error}", step=step) from None
        except httpx2.TransportError:
            raise self._unreachable() from None
        if response.is_success or expect(self._read(response)):
            return response
        raise self._look_error(response, step)

    async def download(
        self, url: str, into: Path, progress: ProgressCallback, most: int | None = None
    ) -> None:
        """Write what is at `url` to a file (of `most` bytes). Elsewhere, also behind a redirect, the key is
        not shown. Where a link may lead at all is in `_links.py`.
        """
        try:
            link, home = httpx2.URL(url), httpx2.URL(self.base)
            for _ in range(MOST_HOPS):
                way = await way_to(link, home, private=self.client.private_links)
                headers = {**way.headers, **(self._headers if self.is_home(link) else {})}
                request = self.client.stream("GET", way.url, headers=headers, extensions=way.extensions)
                async with request as response:
                    if response.has_redirect_location:
                        link = link.join(response.headers["location"])
                        continue
                    if not response.is_success:
                        answer = await read_answer(response, ANSWER_BYTES)
                        raise self._look_error(answer, "download")
                    await write_body(response, into, progress, *([most] if most else []))
                    return
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL):
            raise ProviderChanged("the link to the video is none", step="download") from None
        except UnboundedAnswerError as error:
            raise ProviderChanged(f"{self.title} gave {error}", step="download") from None
        except httpx2.TransportError:
            raise self._unreachable() from None
        raise ProviderChanged(f"more than {MOST_HOPS} redirects", step="download")

    def is_home(self, there: httpx2.URL) -> bool:
        """Whether a link leads to this service itself."""
        home = httpx2.URL(self.base)
        return (home.scheme, home.host, _port(home)) == (there.scheme, there.host, _port(there))

    async def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        headers = {**self._headers, **request.pop("headers", {})}
        return await self.client.request(method, f"{self.base}{path}", headers=headers, **request)

    def _trouble(self, response: httpx2.Response) -> Trouble:
        trouble = self._read(response)
        remember_secret(self._secret)  # some services quote the key they do not take
        return Trouble(trouble.status, safe_text(trouble.message, 500), trouble.reason, trouble.after)

    def _unreachable(self) -> RetryLater:
        return RetryLater(f"{self.title} cannot be reached.", error_type=ErrorType.NETWORK)

    def _refusal(self, trouble: Trouble) -> Exception:
        said = f"{self.title}: {trouble.message}"
        if is_not_accepted(trouble, self._not_accepted):
            return RetryLater(said, error_type=ErrorType.OUTAGE, after=trouble.after)
        match trouble.status:
            case status if status >= 500 or status in UNCLEAR:
                return ConnectionError(f"{said} ({trouble.status}); it may have accepted this all the same.")
            case 429:
                return RetryLater(said, error_type=ErrorType.RATE_LIMITED, after=trouble.after)
            case 403 if is_content_refusal(trouble):
                return Rejected(said, hint="Say it in other words, or use another image.")
            case 401 | 403:
                unclear = trouble.status == 403
                return ActionNeeded(said, hint="Look at the key and what it may do.", unclear=unclear)
            case 402:
                return ActionNeeded(said, error_type=ErrorType.CREDITS, hint="Top up there, then retry.")
            case status if status < 400:
                return ActionNeeded(
                    f"{self.title} has moved: it answers with a redirect.",
                    hint="Correct the base URL of the key.",
                )
            case _:
                return Rejected(said, error_type=ErrorType.BAD_INPUT)

    def _look_error(self, response: httpx2.Response, step: str) -> RushesError:
        trouble = self._trouble(response)
        if trouble.status >= 500 or trouble.status in AGAIN:
            return RetryLater(
                f"{self.title}: {trouble.message}", error_type=ErrorType.NETWORK, after=trouble.after
            )
        error = self._refine(trouble)
        if error is None and trouble.status in {401, 402, 403}:
            error = self._refusal(trouble)
        if isinstance(error, ActionNeeded):
            return error
        changed = Expired if trouble.status in GONE else ProviderChanged
        return changed(f"{self.title} answered {trouble.status}: {trouble.message}", step=step)


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
