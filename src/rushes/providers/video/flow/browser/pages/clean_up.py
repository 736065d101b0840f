"""Puts aside what lies over the page: cookie bar, dialogs that only tell something, leftovers, agent mode.

Consent is never given for a person: a cookie bar is declined, and what asks for rights, terms or money is
raised. A dialog that only tells something is known by its place, not by its words: it has one button, and
nothing in it is to be read, ticked, filled in or paid.
"""

import re
from typing import Any

from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout
from pydantic import BaseModel

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.finder import ICONS, until
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.sign_in import SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab

IN_THE_WAY = (
    *("obstacle.captcha", "obstacle.upload_consent", "about.enter", "cookies", "dialog", "overlay"),
    *("agent.on", "agent.stop", "agent.panel"),
)
MOST_ROUNDS = 8
PATIENCE_SECONDS = 3.0
CLICK_SECONDS = 2.0
_BUTTONS = "button, [role=button], input[type=submit], input[type=button]"
_WITHOUT_SPACES = "\u0600"
"""From here on scripts join words, or their parts, without a space."""
_MONEY = re.compile(r"[$€£¥₩₫₹₽]\s?\d|\d\s?[$€£¥₩₫₹₽]|\b(?:USD|EUR|GBP|JPY|KRW|VND|IDR|INR)\b")
# What is in a dialog. A button is named by what is read on it; one with an icon alone counts as one.
_INSIDE = """(dialog, [icons, buttons]) => {
    const shown = each => each.getBoundingClientRect().width > 0;
    const all = css => [...dialog.querySelectorAll(css)].filter(shown);
    const read = each => {
        const copy = each.cloneNode(true);
        copy.querySelectorAll(icons).forEach(icon => icon.remove());
        return copy.textContent.trim();
    };
    return {
        buttons: all(buttons).map(read),
        fields: all('input:not([type=submit]):not([type=button]), select, textarea, [role=checkbox],'
            + ' [role=switch], [role=radio], [contenteditable=true], mat-checkbox').length,
        links: all('a[href]').length,
        text: read(dialog).slice(0, 4000),
    };
}"""


class Inside(BaseModel):
    """What is in a dialog: what is read on its buttons, how many fields and links, and its words."""

    buttons: list[str]
    fields: int
    links: int
    text: str

    def asks(self, tab: Tab) -> bool:
        """Whether it is more than a message: something to agree to, to choose, to fill in, or to pay."""
        consent = any(_speaks_of(each, self.text) for each in tab.guide.consent)
        price = tab.guide.radios.price
        priced = _MONEY.search(self.text) or (price and re.search(price, self.text, re.I))
        return bool(self.fields or consent or priced)


def _speaks_of(word: str, text: str) -> bool:
    """Whether a word begins anywhere in a text; scripts without spaces have no beginnings."""
    begins = r"(?<![^\W\d_])" if word < _WITHOUT_SPACES else ""
    return re.search(begins + re.escape(word), text, re.I) is not None


async def clean_up(tab: Tab, account: str) -> None:
    """Until nothing lies over the page. Raises `ObstacleMet` for what a person has to answer."""
    for _ in range(MOST_ROUNDS):
        if not await tab.finder.any(IN_THE_WAY) or not (await put_aside(tab) or await _agent(tab)):
            return
    if await tab.finder.look("dialog") is not None:
        raise ObstacleMet(Obstacle.FIRST_RUN, account)
    raise ProviderChanged("Something stays in front of the page.", step="clean_up")


async def put_aside(tab: Tab) -> bool:
    """Put aside one thing that lies over the page. False: nothing does, or it stays.

    Raises `ObstacleMet` for what a person has to answer.
    """
    if (obstacle := await SignIn(tab).obstacle()) is not None:
        raise ObstacleMet(obstacle, tab.name)
    # The last of them lies on top.
    return await _dialog(tab) or await _cookies(tab) or await _overlay(tab)


async def close_overlays(tab: Tab) -> None:
    """Escape until no menu or pane is open."""
    for _ in range(MOST_ROUNDS):
        if not await _overlay(tab):
            return


async def _cookies(tab: Tab) -> bool:
    if await tab.finder.look("cookies") is None:
        return False
    found = await tab.finder.first(["cookies.reject"], seconds=PATIENCE_SECONDS)
    if found is None or not await _clicked(found.locator):
        return False
    return await tab.finder.gone("cookies", seconds=PATIENCE_SECONDS)


async def _dialog(tab: Tab) -> bool:
    found = await tab.finder.look("dialog")
    if found is None:
        return False
    every = tab.page.locator(str(found.alternative.css)).filter(visible=True)
    before, dialog = await every.count(), every.last

    async def fewer() -> bool:
        return await every.count() < before

    closes = await _way_out(tab, dialog)
    if closes is None or not await _clicked(closes) or not await until(fewer, CLICK_SECONDS):
        await tab.page.keyboard.press("Escape")
    return True


async def _way_out(tab: Tab, dialog: Locator) -> Locator | None:
    """What closes a dialog; None: Escape is to be tried. Raises `ObstacleMet` when only its person may."""
    found: Any = await dialog.evaluate(_INSIDE, [ICONS, _BUTTONS])
    inside = Inside.model_validate(found)
    if inside.asks(tab):
        declines = await tab.finder.first(["dialog.decline"], seconds=0, scope=dialog)
        if declines is None:
            raise ObstacleMet(Obstacle.FIRST_RUN, tab.name)
        return declines.locator
    known = await tab.finder.first(["dialog.dismiss"], seconds=0, scope=dialog)
    if known is not None:
        return known.locator
    return dialog.locator(_BUTTONS).filter(visible=True).first if len(inside.buttons) == 1 else None


async def _clicked(thing: Locator) -> bool:
    """Whether a click on it was taken: something may lie over it, too."""
    try:
        await thing.click(timeout=CLICK_SECONDS * 1000)
    except PlaywrightTimeout:
        return False
    return True


async def _overlay(tab: Tab) -> bool:
    found = await tab.finder.look("overlay")
    if found is None:
        return False
    before = await _backdrops(tab)
    await tab.page.keyboard.press("Escape")

    async def fewer() -> bool:
        return await _backdrops(tab) < before

    return await until(fewer, PATIENCE_SECONDS)


async def _backdrops(tab: Tab) -> int:
    found = await tab.finder.look("overlay")
    return 0 if found is None else await tab.page.locator(str(found.alternative.css)).count()


async def _agent(tab: Tab) -> bool:
    stop = await tab.finder.look("agent.stop")
    found = stop or await tab.finder.look("agent.on") or await tab.finder.look("agent.close")
    if found is None:
        return False
    if not await _clicked(found.locator):
        return False
    return await tab.finder.gone(found.name, seconds=PATIENCE_SECONDS)
