"""A tile's download menu: which sizes the account is offered, and saving one.

A size that is larger than what was generated is made by Flow first, which takes minutes, and may be refused.
"""

import asyncio
import contextlib
import re
from pathlib import Path

from playwright.async_api import Download, Locator, Response
from playwright.async_api import Error as PlaywrightError

from rushes.errors import ErrorType, ProviderChanged, Rejected
from rushes.providers.video.flow.browser.finder import ICONS, until
from rushes.providers.video.flow.browser.pages import tiles
from rushes.providers.video.flow.browser.pages.clean_up import close_overlays
from rushes.providers.video.flow.browser.pages.press import point_at, press
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.pages.tiles import Tile
from rushes.providers.video.flow.browser.wire import read_reply

MENU_SECONDS = 8.0
MOST_TRIES = 3
BAD_STATUS = 400
_TEXTS = """(all, icons) => all.map(each => {
    const copy = each.cloneNode(true);
    copy.querySelectorAll(icons).forEach(icon => icon.remove());
    return copy.textContent.trim();
})"""


async def download(tab: Tab, tile: Tile, resolution: str, into: Path, seconds: float) -> None:
    """Save a tile by its menu. Raises `Rejected` for a size that the account cannot have."""
    entry = await _entry(tab, tile, resolution)
    if not await entry.is_enabled():
        raise not_offered(resolution)
    refusal = _Refusal(tab)
    coming = asyncio.create_task(tab.page.wait_for_event("download", timeout=seconds * 1000))
    try:
        await press(tab, entry, step="menu.sizes")
        await asyncio.wait((coming, refusal.heard), return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            raise not_offered(resolution)
        saved: Download = await coming
        await saved.save_as(into)
    finally:
        refusal.stop()
        coming.cancel()
        with contextlib.suppress(asyncio.CancelledError, PlaywrightError):
            await coming
    await close_overlays(tab)


async def offered(tab: Tab, tile: Tile | None, resolution: str) -> bool | None:
    """Whether the account is offered a size: by a finished tile's menu, else by its plan; None: unknown."""
    if tile is not None:
        try:
            return await (await _entry(tab, tile, resolution)).is_enabled()
        except ProviderChanged:
            return None
        finally:
            await close_overlays(tab)
    plans = tab.guide.plans
    needed = plans.sizes.get(resolution)
    shown = await tab.finder.look("account")
    words = (await shown.locator.inner_text()).upper().split() if shown and needed else []
    plan = next((each for each in plans.known if each in words), None)
    return None if plan is None or needed is None else plan in needed


def not_offered(resolution: str) -> Rejected:
    """The error for a size that an account cannot have."""
    return Rejected(
        f"Flow does not offer {resolution} to this account.",
        error_type=ErrorType.BAD_INPUT,
        hint="Choose a smaller resolution, or a Flow sign-in whose plan has this one.",
    )


async def _entry(tab: Tab, tile: Tile, resolution: str) -> Locator:
    """The menu's entry for a size; the menu is open then."""
    patterns = tab.guide.downloads[resolution]
    for _ in range(MOST_TRIES):
        here = await tiles.hover(tab, tile)
        await press(tab, "tile.menu", scope=here)
        await point_at(tab, "menu.download")
        found = await tab.finder.first(["menu.sizes"], seconds=MENU_SECONDS)
        every = tab.page.locator(str(found.alternative.css if found else "none")).filter(visible=True)

        async def entry(every: Locator = every) -> bool:
            return await _place(every, patterns) is not None

        if await until(entry, MENU_SECONDS / MOST_TRIES):
            return every.nth(await _place(every, patterns) or 0)
        await close_overlays(tab)
    raise ProviderChanged(f"The menu has no entry for {resolution}.", step="menu.sizes")


async def _place(every: Locator, patterns: tuple[str, ...]) -> int | None:
    texts: list[str] = await every.evaluate_all(_TEXTS, ICONS)
    for index, text in enumerate(texts):
        if any(re.search(pattern, text) for pattern in patterns):
            return index
    return None


class _Refusal:
    """The server's no to a request for a larger size; `heard` ends with it."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._ids = tab.guide.rpc.get("upscale", ())
        self._replies: set[asyncio.Task[None]] = set()
        self.heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        tab.page.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        asked = response.url + (response.request.post_data or "")
        if any(each in asked for each in self._ids):
            task = asyncio.create_task(self._read(response))
            self._replies.add(task)
            task.add_done_callback(self._replies.discard)

    async def _read(self, response: Response) -> None:
        with contextlib.suppress(PlaywrightError, UnicodeDecodeError):
            told = read_reply(await response.text())
            refused = response.status >= BAD_STATUS or any(each.code is not None for each in told)
            if refused and not self.heard.done():
                self.heard.set_result(None)

    def stop(self) -> None:
        """Listen no more."""
        self._tab.page.remove_listener("response", self._hear)
        self.heard.cancel()
        for task in self._replies:
            task.cancel()
