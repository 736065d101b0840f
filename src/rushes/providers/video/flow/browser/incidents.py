"""What the page showed when a step failed: screenshot, HTML without secrets, and its last calls, in a folder.

The folders are for people (and bug reports); nothing reads them back. Together they stay under a size: the
oldest go first.
"""

import asyncio
import json
import logging
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from rushes.providers.video.flow.browser.redact import redact, without_query

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
MOST_HTML = 5_000_000


async def keep_incident(
    folder: Path,
    step: str,
    page: Page,
    *,
    reason: str,
    calls: Iterable[str] = (),
    secrets: Iterable[str] = (),
    most_bytes: int,
) -> Path | None:
    """Write one incident down. None when there was nothing left to look at.

    It comes after a failure and must not make another one: a page that cannot be photographed is described by
    what is there.
    """
    at = datetime.now(UTC)
    here = folder / f"{at:%Y%m%d-%H%M%S-%f}-{re.sub(r'[^a-z0-9_.-]+', '-', step.lower())[:60]}"
    hidden = list(secrets)
    picture, html = await photograph(page)
    notes = {
        "step": step,
        "reason": redact(reason, hidden),
        "at": at.isoformat(),
        "url": redact(without_query(page.url), hidden),
        "calls": [redact(each, hidden) for each in calls],
    }
    try:
        await asyncio.to_thread(_write, here, notes, picture, redact(html, hidden) if html else None)
        await asyncio.to_thread(trim, folder, most_bytes)
    except OSError as error:
        log.warning("An incident of %s could not be kept: %s", step, error)
        return None
    return here


async def photograph(page: Page) -> tuple[bytes | None, str | None]:
    """Picture and HTML of a page, as far as it gives them. The HTML has secrets in it."""
    picture = html = None
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            html = (await page.content())[:MOST_HTML]
            picture = await page.screenshot(animations="disabled", timeout=LOOK_SECONDS * 1000)
    except (TimeoutError, PlaywrightError) as error:
        log.info("The page could not be photographed: %s", error)
    return picture, html


def _write(here: Path, notes: Mapping[str, object], picture: bytes | None, html: str | None) -> None:
    here.mkdir(parents=True, mode=0o700)
    (here / "incident.json").write_text(json.dumps(notes, indent=2, ensure_ascii=False), encoding="utf-8")
    if picture is not None:
        (here / "page.png").write_bytes(picture)
    if html is not None:
        (here / "page.html").write_text(html, encoding="utf-8")


def trim(folder: Path, most_bytes: int) -> None:
    """Delete the oldest incidents, and the doctor's reports, until all together are small enough.

    The newest always stays.
    """
    incidents = sorted(folder.iterdir(), key=lambda each: each.name.removeprefix("doctor-"))
    sizes = [
        sum(file.stat().st_size for file in (each, *each.rglob("*")) if file.is_file()) for each in incidents
    ]
    total = sum(sizes)
    for incident, size in zip(incidents[:-1], sizes, strict=False):
        if total <= most_bytes:
            return
        if incident.is_dir():
            shutil.rmtree(incident, ignore_errors=True)
        else:
            incident.unlink(missing_ok=True)
        total -= size
