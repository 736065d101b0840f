"""What lies over a thing that is to be clicked, as a person would name it."""

from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator

from rushes.providers.video.flow.browser.pages.tab import Tab

LONGEST = 80
# A thing is covered when another one, in which it is not and which is not in it, is hit in its middle.
_COVER = """thing => {
    thing.scrollIntoView({block: 'nearest', inline: 'nearest'});
    const box = thing.getBoundingClientRect();
    if (!box.width || !box.height) return null;
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!hit || thing.contains(hit) || hit.contains(thing)) return null;
    const own = hit.closest('[role=dialog], dialog, [role=region], [role=menu]') || hit;
    const words = (own.innerText || own.getAttribute('aria-label') || '').trim();
    return [own.tagName.toLowerCase() + [...own.classList].slice(0, 1).map(each => '.' + each), words];
}"""
_OVER = ("obstacle.captcha", "obstacle.upload_consent", "dialog", "cookies", "agent.panel", "overlay")


async def cover_of(thing: Locator) -> str | None:
    """What is hit in place of a thing: its element and first words; None: the thing itself is."""
    try:
        found: Any = await thing.evaluate(_COVER, timeout=1000)
    except PlaywrightError:
        return None  # it is not there any more; whoever clicks it sees that
    return None if found is None else _named(str(found[0]), str(found[1]))


async def over_the_page(tab: Tab) -> str | None:
    """What lies over the page as far as it is known; None: nothing does."""
    for name in _OVER:
        found = await tab.finder.look(name)
        if found is not None:
            return _named(name, await found.locator.inner_text())
    return None


def _named(what: str, words: str) -> str:
    said = " ".join(words.split())
    short = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    return f"{what} “{short}”" if short else what
