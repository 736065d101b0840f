"""The composer: the prompt written and read back, the credits, and the one click that may cost something."""

import re
import unicodedata
from dataclasses import dataclass

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from rushes.errors import ErrorType, ProviderChanged, RetryLater
from rushes.providers.video.flow.browser.finder import until
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.clean_up import close_overlays
from rushes.providers.video.flow.browser.pages.press import ACT_SECONDS, clear_of, point_at, press
from rushes.providers.video.flow.browser.pages.sign_in import SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab

MOST_TRIES = 3
SETTLE_SECONDS = 5.0
CLICK_SECONDS = 10.0
CLICKING = "performing click action"
"""Playwright's log of a click has this from the moment on in which the page may have felt it."""
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")


@dataclass(frozen=True)
class Credits:
    """What the page says of the balance. `warns`: it will not take this submit for want of credits."""

    balance: int | None
    warns: bool


async def clear(tab: Tab) -> None:
    """Take off frames and text of the shot before."""
    if (found := await tab.finder.look("composer.clear")) is not None:
        await press(tab, found.locator, step="composer.clear")
        await tab.finder.gone("frames.chip", seconds=SETTLE_SECONDS)
    for _ in range(MOST_TRIES):
        chip = await tab.finder.look("frames.chip")
        if chip is None:
            return
        await point_at(tab, chip.locator, step="frames.chip")
        await press(tab, "frames.remove", scope=chip.locator)
        await tab.finder.gone("frames.chip", seconds=SETTLE_SECONDS)
    raise ProviderChanged("The frames of the shot before cannot be taken off.", step="composer.clear")


async def write(tab: Tab, text: str) -> None:
    """Replace what is written. Inserted at once: typed keys would open menus (`@`) and lose others."""
    wanted = _same(text)
    for _ in range(MOST_TRIES):
        await press(tab, "composer.prompt")
        await tab.page.keyboard.press("ControlOrMeta+A")
        await tab.page.keyboard.press("Delete")
        await tab.page.keyboard.insert_text(text)

        async def reads() -> bool:
            return _same(await read(tab)) == wanted

        if await until(reads, SETTLE_SECONDS):
            return
        await close_overlays(tab)
    raise ProviderChanged("The prompt is not what was written.", step="composer.prompt")


async def read(tab: Tab) -> str:
    """What is written."""
    editor = await tab.finder.find("composer.prompt")
    # A line is a paragraph of its own there, and paragraphs are set apart by an empty line.
    text: str = await editor.evaluate(
        "editor => [...editor.children].map(line => line.textContent).join('\\n') || editor.textContent"
    )
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


async def appears(tab: Tab) -> str:
    """What is written, when something is. Raises `ProviderChanged` when nothing comes."""

    async def some() -> bool:
        return bool(await read(tab))

    if not await until(some, tab.config.find_seconds):
        raise ProviderChanged("The prompt does not come back.", step="tile.reuse")
    return await read(tab)


async def read_credits(tab: Tab) -> Credits:
    """The balance, from the account's menu."""
    warns = await tab.finder.look("composer.no_credits") is not None
    found = await tab.finder.look("account")
    if found is None:
        return Credits(None, warns)
    await press(tab, "account")
    shown = await tab.finder.first(["account.credits"], seconds=SETTLE_SECONDS)
    number = re.search(r"\d[\d.,\s\u00a0\u202f]*", await shown.locator.inner_text()) if shown else None
    await close_overlays(tab)
    return Credits(int(re.sub(r"\D", "", number.group())) if number else None, warns)


async def ready_to_submit(tab: Tab, account: str) -> Locator:
    """The button, enabled and free to be clicked. Raises what is in the way; nothing is submitted."""

    async def decided() -> bool:
        if await tab.finder.look("composer.no_credits") is not None:
            return True
        found = await tab.finder.look("composer.submit")
        return found is not None and await found.locator.is_enabled()

    if (obstacle := await SignIn(tab).obstacle()) is not None:
        raise ObstacleMet(obstacle, account)
    enabled = await until(decided, tab.config.find_seconds)
    if await tab.finder.look("composer.no_credits") is not None:
        raise RetryLater(
            "Flow says that the account has too few credits for this.", error_type=ErrorType.CREDITS
        )
    button = await tab.finder.find("composer.submit", seconds=0)
    if not enabled:
        raise ProviderChanged("The button stays disabled.", step="composer.submit")

    async def could_be_clicked(thing: Locator) -> None:
        await thing.click(trial=True, timeout=ACT_SECONDS * 1000)

    return await clear_of(tab, button, could_be_clicked, step="composer.submit")


async def click(button: Locator) -> None:
    """The click. Raises `ProviderChanged` when it never came to it, for what lay over the button.

    Else only `TimeoutError`: whether it was taken is then unknown.
    """
    try:
        await button.click(timeout=CLICK_SECONDS * 1000, no_wait_after=True)
    except PlaywrightTimeout as error:
        if CLICKING not in error.message:
            raise ProviderChanged("Something lies over the button.", step="composer.submit") from error
        raise TimeoutError("Whether the click was taken is unknown.") from error
    except PlaywrightError as error:
        raise TimeoutError(
            f"Whether the click was taken is unknown: {error.message.splitlines()[0]}"
        ) from error


def _same(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
