"""Start and end frame: an uploaded image put into its slot through the picker, and seen to be there.

A slot that stays empty would make a video from the text alone, and bill it: so only the chip is believed.
"""

import re
import time
from pathlib import Path

from playwright.async_api import Locator

from rushes.errors import ErrorType, ProviderChanged, RetryLater
from rushes.providers.video.flow.browser.finder import plain, until
from rushes.providers.video.flow.browser.pages.clean_up import close_overlays
from rushes.providers.video.flow.browser.pages.press import press
from rushes.providers.video.flow.browser.pages.tab import Tab

BIND_SECONDS = 60.0
SEARCH_SECONDS = 2.5
SETTLE_SECONDS = 8.0

_CHIPS = """all => all.map(each => {
    const image = each.querySelector('img');
    return [each.getAttribute('aria-busy') === 'true', !!image && !!image.getAttribute('src'),
            each.getAttribute('aria-label') || (image && image.alt) || ''];
})"""


async def bind(tab: Tab, slot: str, name: str, chips: int) -> None:
    """Bind the upload `name` to a slot, so that `chips` frames are bound.

    A fresh upload is found only after a while, so the picker is opened again until it is.
    """
    deadline = time.monotonic() + BIND_SECONDS
    while True:
        if await _attach(tab, slot, name):
            if await until(lambda: _bound(tab, chips), SETTLE_SECONDS):
                break
            raise ProviderChanged("The frame is not in its slot.", step="frames.chip")
        await close_overlays(tab)
        if time.monotonic() >= deadline:
            raise RetryLater(
                "Flow does not find the image that was just uploaded.", error_type=ErrorType.NETWORK
            )
    label = (await chips_of(tab))[chips - 1]
    stem = plain(Path(name).stem)
    if re.search(r"\.(?:png|jpe?g|webp)\b", label, re.I) and stem not in plain(label):
        raise ProviderChanged(f"Another image is in the slot: {label}.", step="frames.chip")


async def chips_of(tab: Tab) -> list[str]:
    """The labels of the frames that are bound and loaded."""
    found = await tab.finder.look("frames.chip")
    if found is None:
        return []
    every = tab.page.locator(str(found.alternative.css)).filter(visible=True)
    shown: list[tuple[bool, bool, str]] = await every.evaluate_all(_CHIPS)
    return [label for busy, image, label in shown if image and not busy]


async def name_of_chip(tab: Tab) -> str | None:
    """The file name that the first chip tells; None without a chip."""
    await until(lambda: _bound(tab, 1), SEARCH_SECONDS)
    labels = await chips_of(tab)
    found = re.search(r"[\w.-]+\.(?:png|jpe?g|webp)\b", labels[0], re.I) if labels else None
    return found.group() if found else None


async def _bound(tab: Tab, chips: int) -> bool:
    return len(await chips_of(tab)) >= chips


async def _attach(tab: Tab, slot: str, name: str) -> bool:
    """Open the picker, search, take. False when it does not know the upload yet."""
    before = len(await chips_of(tab))
    await press(tab, slot)
    await tab.finder.find("picker")
    search = await tab.finder.first(["picker.search"], seconds=SEARCH_SECONDS)
    if search is not None:
        await search.locator.fill(Path(name).stem)
    option = await _option(tab, name)
    if option is None:
        return False
    await press(tab, option, step="picker.options")

    async def taken() -> bool:
        return await tab.finder.look("picker") is None or len(await chips_of(tab)) > before

    # Most accounts attach and close at the click; some want a button.
    if not await until(taken, SEARCH_SECONDS / 2):
        confirm = await tab.finder.first(["picker.confirm"], seconds=SETTLE_SECONDS)
        if confirm is not None and await confirm.locator.is_enabled():
            await press(tab, confirm.locator, step="picker.confirm")
        await until(taken, SETTLE_SECONDS)
    await close_overlays(tab)
    return True


async def _option(tab: Tab, name: str) -> Locator | None:
    stem = re.compile(re.escape(Path(name).stem), re.I)
    deadline = time.monotonic() + SEARCH_SECONDS
    while time.monotonic() < deadline:
        found = await tab.finder.first(["picker.options"], seconds=deadline - time.monotonic())
        if found is None:
            return None
        every = tab.page.locator(str(found.alternative.css)).filter(has_text=stem, visible=True)
        if await until(lambda every=every: _some(every), 0.2):
            return every.first
    return None


async def _some(locator: Locator) -> bool:
    return await locator.count() > 0
