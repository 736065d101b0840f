"""Posts to addresses that people give: bounded in time and bytes, no redirects, to public addresses only.

The rule of `providers/links.py` holds at each attempt: the connection goes to an address that was looked at.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx2

from rushes import __version__
from rushes.errors import Fault, Invalid
from rushes.providers.links import LinkRequest, pinned
from rushes.redaction import safe_text
from rushes.settings import Settings

SHOWN_BYTES = 1024
"""Of an answer: so much is read, and kept in the log of deliveries."""
BODY_SECONDS = 2.0
"""An answer's body may take so long; its status counts in any case."""
LONGEST_RETRY_AFTER = 86_400.0
MOST_URL = 2000
HINT = "RUSHES_DELIVER_PRIVATE=true permits private addresses and plain HTTP."


@dataclass(frozen=True)
class PostResult:
    """What an attempt met. `status` is None where no answer came; `words` then says why."""

    status: int | None
    words: str
    milliseconds: int
    retry_after: float | None = None
    refused: bool = False
    """The address may not be posted to, and will not be later either."""

    @property
    def delivered(self) -> bool:
        """Whether it was accepted: any 2xx."""
        return self.status is not None and 200 <= self.status < 300  # the class of statuses


def checked_url(settings: Settings, given: str, where: str = "url") -> httpx2.URL:
    """Return an address that messages may be posted to. Raises `Invalid`."""
    wrong: str | None = None
    try:
        url = httpx2.URL(given.strip())
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL()
    schemes = ("https", "http") if settings.deliver_private else ("https",)
    if not url.host or url.scheme not in schemes or len(given) > MOST_URL:
        wrong = f"It has to be an address that begins with {' or '.join(f'{each}://' for each in schemes)}."
    elif url.userinfo:
        wrong = "It must not hold a user name or password."
    if wrong is not None:
        raise Invalid("The address cannot be used.", [Fault(where, wrong, "bad_url")], hint=HINT)
    return url


async def check_reachable(settings: Settings, url: httpx2.URL) -> None:
    """Raise `Invalid` for a name that leads to private addresses now. One that is not found is no fault."""
    if settings.deliver_private:
        return
    with contextlib.suppress(OSError):
        if await pinned(url) is None:
            fault = Fault("url", f"{url.host} leads to a private address.", "private_address")
            raise Invalid("The address cannot be used.", [fault], hint=HINT)


async def post(settings: Settings, address: str, body: bytes, headers: dict[str, str]) -> PostResult:
    """Post once, and return what came of it. Raises nothing that the other side could cause."""
    attempt = _Attempt()
    try:
        url = checked_url(settings, address)
        async with asyncio.timeout(settings.deliver_timeout_seconds):
            way = LinkRequest(url) if settings.deliver_private else await pinned(url)
            if way is None:
                return attempt.refused(f"{url.host} leads to a private address. {HINT}")
            return await _post(attempt, way, body, headers)
    except Invalid as error:
        return attempt.refused(error.faults[0].message)
    except TimeoutError:
        return attempt.unanswered(f"No answer within {settings.deliver_timeout_seconds:g} seconds.")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        return attempt.unanswered(f"Not reached: {error or type(error).__name__}")


class _Attempt:
    """Makes the result of an attempt that began now."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def _took(self) -> int:
        return round((time.monotonic() - self._began) * 1000)

    def refused(self, words: str) -> PostResult:
        return PostResult(None, safe_text(words, SHOWN_BYTES), self._took(), refused=True)

    def unanswered(self, words: str) -> PostResult:
        return PostResult(None, safe_text(words, SHOWN_BYTES), self._took())

    def answered(self, response: httpx2.Response, body: bytes) -> PostResult:
        words = safe_text(body[:SHOWN_BYTES].decode("utf-8", "replace"), SHOWN_BYTES)
        return PostResult(response.status_code, words, self._took(), retry_after(response.headers))


async def _post(attempt: _Attempt, way: LinkRequest, body: bytes, headers: dict[str, str]) -> PostResult:
    # The environment's proxy is the operator's, as for providers; nothing of ~/.netrc.
    async with httpx2.AsyncClient(follow_redirects=False, timeout=httpx2.Timeout(None)) as client:
        request = client.build_request(
            "POST",
            way.url,
            content=body,
            headers={
                "content-type": "application/json",
                "user-agent": f"Rushes/{__version__}",
                "accept-encoding": "identity",
                **headers,
                **way.headers,
            },
            extensions=way.extensions,
        )
        response = await client.send(request, stream=True, auth=None)
        read = bytearray()
        try:
            with contextlib.suppress(TimeoutError, httpx2.HTTPError):
                async with asyncio.timeout(BODY_SECONDS):
                    async for piece in response.aiter_raw():
                        read += piece[:SHOWN_BYTES]
                        if len(read) >= SHOWN_BYTES:
                            break
        finally:
            await response.aclose()
        return attempt.answered(response, bytes(read))


def retry_after(headers: httpx2.Headers) -> float | None:
    """Return the seconds that an answer asks to wait, a day at most; None where it names none."""
    given = headers.get("retry-after", "").strip()
    if not given:
        return None
    try:
        seconds = (
            float(given) if given.isdecimal() else parsedate_to_datetime(given).timestamp() - time.time()
        )
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
