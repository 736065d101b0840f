"""The one way in which something on the page is clicked or pointed at, but for the click that submits.

What comes up late (a dialog, a cookie bar) may cover any thing at any moment: it is put aside at once, and
the thing is looked for again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.finder import POLL_SECONDS
from rushes.providers.video.flow.browser.logs import AUTOMATION
from rushes.providers.video.flow.browser.pages.clean_up import put_aside
from rushes.providers.video.flow.browser.pages.cover import cover_of
from rushes.providers.video.flow.browser.pages.tab import Tab

ACT_SECONDS = 5.0
MOST_TRIES = 4

What = str | Locator | Callable[[], Awaitable[Locator]]
"""An element of the description, a thing that was found, or a function that finds it."""


async def press(tab: Tab, what: What, *, scope: Locator | None = None, step: str = "click") -> None:
    """Click it, whatever comes to lie over it. Errors are those of `clear_of`."""

    async def click(thing: Locator) -> None:
        await thing.click(timeout=ACT_SECONDS * 1000, no_wait_after=True)

    await clear_of(tab, what, click, scope=scope, step=step)


async def point_at(tab: Tab, what: What, *, scope: Locator | None = None, step: str = "hover") -> None:
    """Move the pointer over it, whatever comes to lie over it. Errors are those of `clear_of`."""

    async def hover(thing: Locator) -> None:
        await thing.hover(timeout=ACT_SECONDS * 1000)

    await clear_of(tab, what, hover, scope=scope, step=step)


async def clear_of(
    tab: Tab,
    what: What,
    act: Callable[[Locator], Awaitable[None]],
    *,
    scope: Locator | None = None,
    step: str,
) -> Locator:
    """Act on a thing once nothing lies over it; return it.

    Raises `ObstacleMet` for what a person has to answer, `ProviderChanged` that names what stays in the way.
    """
    step = what if isinstance(what, str) else step
    deadline, tries, over = time.monotonic() + tab.config.find_seconds, 0, None
    while tries < MOST_TRIES or time.monotonic() < deadline:
        tries += 1
        thing = await _find(tab, what, scope)
        over = await cover_of(thing)
        if over is not None and await put_aside(tab):
            continue
        try:
            await act(thing)
        except PlaywrightTimeout as error:
            AUTOMATION.info("%s: %s", step, error.message)
            if tab.page.is_closed():
                raise
            over = await cover_of(thing)
            await asyncio.sleep(POLL_SECONDS)
        else:
            return thing
    why = f"It is covered by {over}." if over else "It takes no click."
    raise ProviderChanged(why, step=step)


async def _find(tab: Tab, what: What, scope: Locator | None) -> Locator:
    if isinstance(what, str):
        return await tab.finder.find(what, scope=scope)
    return what if isinstance(what, Locator) else await what()
