"""Reads the bytes of a finished take, by its signed address or as the page's own player does."""

import asyncio
from pathlib import Path

import httpx2
from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from rushes.errors import Damaged, ProviderChanged, RetryLater
from rushes.providers.bodies import write_body
from rushes.providers.http import MOST_HOPS, Client
from rushes.providers.links import way_to
from rushes.providers.video_contract import ProgressCallback

TRIES = 3
"""Reads of one address: connections to it are reset now and then."""
FTYP = slice(4, 8)
DONE = 200
FORBIDDEN = frozenset({401, 403, 404, 410})
"""What an address that has expired is answered with."""


class ExpiredError(Exception):
    """The address does not hold any more; there will be a newer one."""


async def read_address(client: Client, url: str, home: str, into: Path, progress: ProgressCallback) -> None:
    """Read a signed address of the page at `home`. No cookies go with it.

    Raises `ExpiredError`, `RetryLater` or `Damaged`; `ProviderChanged` where it must not lead (`_links.py`).
    """
    status: int | str = 0
    for attempt in range(1, TRIES + 1):
        try:
            status = await _read(client, httpx2.URL(url), httpx2.URL(home), into, progress)
        except httpx2.TransportError as error:
            status = type(error).__name__
        if status == DONE:
            return
        if status in FORBIDDEN:
            raise ExpiredError
        await asyncio.sleep(0.2 * attempt)
    raise RetryLater(f"The video could not be read from Flow ({status}).")


async def _read(
    client: Client, link: httpx2.URL, home: httpx2.URL, into: Path, progress: ProgressCallback
) -> int:
    """Read it once, hop by hop. Returns the status."""
    for _ in range(MOST_HOPS):
        way = await way_to(link, home, private=client.private_links)
        request = client.stream("GET", way.url, headers=way.headers, extensions=way.extensions)
        async with request as response:
            if response.has_redirect_location:
                link = link.join(response.headers["location"])
                continue
            if response.is_success:
                await write_body(response, into, progress)
                return DONE
            return response.status_code
    raise ProviderChanged(f"more than {MOST_HOPS} redirects", step="download")


async def read_source(context: BrowserContext, source: str, into: Path) -> None:
    """Read what the page's player plays, as the signed-in person. Raises `ExpiredError`, `RetryLater`."""
    try:
        response = await context.request.get(source)
        if response.status in FORBIDDEN:
            raise ExpiredError
        body = await response.body()
    except PlaywrightError as error:
        raise RetryLater("The video could not be read from Flow's page.") from error
    await asyncio.to_thread(into.write_bytes, body)


async def check(file: Path, size: int | None) -> None:
    """Raise `Damaged` for what is no MP4 at all, or shorter than Flow says it is."""
    head, length = await asyncio.to_thread(_head, file)
    if head[FTYP] != b"ftyp":
        raise Damaged("What Flow gave is no MP4.")
    if size is not None and length < size:
        raise Damaged(f"Flow gave {length} of {size} bytes.")


def _head(file: Path) -> tuple[bytes, int]:
    with file.open("rb") as opened:
        return opened.read(12), file.stat().st_size
