"""Fetches the images that a batch names by link, as if they had been uploaded.

Whoever may make jobs may name any address, so links lead to public ones only (`providers.links`), over https,
at every redirect; each image has the size and the time of an upload.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import httpx2

from rushes.api.forms import BatchIn
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, ProviderChanged, RetryLater
from rushes.jobs.upload import new_work_folder
from rushes.platform.names import printable
from rushes.providers.links import way_to

SECONDS = 60.0
"""For one image, from the first redirect to the last byte."""
REDIRECTS = 5
AT_ONCE = 4
_NAME_LENGTH = 100
_OK = 200
_NOWHERE = httpx2.URL("https://rushes.invalid")
"""No link is trusted for leading to where a key belongs."""


class _LinkError(Exception):
    """Why an image cannot be had, for the person who gave the link."""


@asynccontextmanager
async def with_linked_images(run: Runtime, given: BatchIn) -> AsyncGenerator[BatchIn]:
    """The batch with what its pairs link to among its images; the files are there until this is left.

    Raises `Invalid` with a fault for each link that gives no image of allowed size.
    """
    if not given.links or given.pairs is None:
        yield given
        return
    if isinstance(given.images, Path):
        raise Invalid(
            "A ZIP and links do not go together.",
            [Fault("images_folder", "Send the images as files (`images`), or link to all of them.", "both")],
        )
    folder = await asyncio.to_thread(new_work_folder, run)
    try:
        fetched = await _fetch_all(run, given.links, folder)
        pairs = [
            replace(pair, image=fetched[url][0]) if (url := given.links.get(place)) else pair
            for place, pair in enumerate(given.pairs)
        ]
        yield replace(given, images=[*(given.images or ()), *fetched.values()], pairs=pairs)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _fetch_all(run: Runtime, links: dict[int, str], folder: Path) -> dict[str, tuple[str, Path]]:
    """Return name and file of each link; several pairs may have the same."""
    urls = list(dict.fromkeys(links.values()))
    gate = asyncio.Semaphore(AT_ONCE)
    limit = run.settings.max_image_bytes
    private = run.settings.private_links

    async with httpx2.AsyncClient(timeout=SECONDS, trust_env=True) as client:

        async def fetch(number: int, url: str) -> tuple[str, Path] | _LinkError:
            file = folder / f"{number}.image"
            async with gate:
                try:
                    async with asyncio.timeout(SECONDS):
                        name = await _fetch(client, url, file, limit, private=private)
                except _LinkError as error:
                    return error
                except (httpx2.HTTPError, RetryLater):
                    return _LinkError("The server cannot be reached.")
                except TimeoutError:
                    return _LinkError(f"The image did not arrive within {SECONDS:.0f} seconds.")
            return f"{number} {name}", file

        results = await asyncio.gather(*(fetch(number, url) for number, url in enumerate(urls, start=1)))
    found = {url: each for url, each in zip(urls, results, strict=True) if not isinstance(each, _LinkError)}
    faults = [
        Fault(f"pairs[{place}].image_url", str(each), "not_fetched")
        for url, each in zip(urls, results, strict=True)
        if isinstance(each, _LinkError)
        for place in _places(links, url)
    ]
    if faults:
        raise Invalid(f"{len(faults)} of the linked images cannot be fetched.", faults)
    return found


def _places(links: dict[int, str], url: str) -> Sequence[int]:
    return [place for place, each in links.items() if each == url]


async def _fetch(client: httpx2.AsyncClient, link: str, file: Path, limit: int, *, private: bool) -> str:
    """Write the image into a file; return a name for it. Raises `_LinkError`, and as the client does."""
    url = _parsed(link)
    for _ in range(REDIRECTS + 1):
        try:
            way = await way_to(url, _NOWHERE, private=private)
        except ProviderChanged:
            raise _LinkError("Only https links to public addresses are fetched.") from None
        async with client.stream(
            "GET", way.url, headers=way.headers, extensions=way.extensions, follow_redirects=False
        ) as answer:
            if answer.is_redirect:
                url = url.join(answer.headers.get("location", ""))
                continue
            if answer.status_code != _OK:
                raise _LinkError(f"The server answers with status {answer.status_code}.")
            await _save(answer, file, limit)
            return _name_of(url)
    raise _LinkError(f"It redirects more than {REDIRECTS} times.")


def _parsed(link: str) -> httpx2.URL:
    try:
        url = httpx2.URL(link)
    except httpx2.InvalidURL:
        raise _LinkError("This is not a link.") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise _LinkError("Give an https link, without a user name in it.")
    return url


async def _save(answer: httpx2.Response, file: Path, limit: int) -> None:
    size = 0
    with file.open("wb") as target:
        async for piece in answer.aiter_bytes():
            size += len(piece)
            if size > limit:
                raise _LinkError(f"The image has more than {limit:,} bytes, the most there may be.")
            await asyncio.to_thread(target.write, piece)


def _name_of(url: httpx2.URL) -> str:
    """What people will call the image: the last part of its path."""
    last = unquote(url.path.rstrip("/").rpartition("/")[2])
    return printable(last)[-_NAME_LENGTH:].replace("/", "_").strip() or "image"
