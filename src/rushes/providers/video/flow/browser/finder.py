"""Finds things on the page by the guide: alternatives in order, and remembers which one it was.

The first alternative that shows something wins; nothing within the time is `ProviderChanged` with the
element's name as step. Polls are short because the page announces nothing: its network never rests.
"""

import asyncio
import functools
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.guide import Alternative, Element, Guide

POLL_SECONDS = 0.05
ICONS = ":is(mat-icon, i, .google-symbols, .material-icons)"
"""What holds a ligature, in every generation."""


@dataclass(frozen=True)
class Found:
    """One thing that is there. `index` is the place of the alternative that matched, 0-based."""

    name: str
    locator: Locator
    alternative: Alternative
    index: int


Scope = Page | Locator


class Finder:
    """Finds by name. `matched` keeps which alternative was the last to match, by element."""

    def __init__(self, page: Page, guide: Guide, seconds: float) -> None:
        self.page = page
        self.guide = guide
        self.seconds = seconds
        self.matched: dict[str, Alternative] = {}

    async def find(
        self, name: str, *, seconds: float | None = None, scope: Scope | None = None, step: str | None = None
    ) -> Locator:
        """The thing, visible. Raises `ProviderChanged` when no alternative shows it in time."""
        found = await self.first([name], seconds=seconds, scope=scope)
        if found is None:
            known = self.guide.elements.get(name)
            raise ProviderChanged(
                f"Nothing on the page fits any of the {len(known.alternatives) if known else 0} ways in"
                f" which we know “{name}”.",
                step=step or name,
                hint="Run `rushes flow doctor`; a newer description of the page may be needed.",
            )
        return found.locator

    async def first(
        self, names: Iterable[str], *, seconds: float | None = None, scope: Scope | None = None
    ) -> Found | None:
        """Whichever of these shows itself first; None when none does in time."""
        wanted = list(names)
        deadline = time.monotonic() + (self.seconds if seconds is None else seconds)
        while True:
            for name in wanted:
                if (found := await self.look(name, scope=scope)) is not None:
                    return found
            if time.monotonic() >= deadline:
                return None
            await asyncio.sleep(POLL_SECONDS)

    async def look(self, name: str, *, scope: Scope | None = None) -> Found | None:
        """The thing if it shows itself right now; what this generation does not have never does."""
        element = self.guide.elements.get(name)
        if element is None:
            return None
        room = scope or await self._scope(element)
        for index, alternative in enumerate(element.alternatives):
            locator = self.locator(element, alternative, room)
            if await locator.count():
                self.matched[name] = alternative
                return Found(name, locator.first, alternative, index)
            if index == 0 and not await self._any_left(element, room):
                return None
        return None

    async def any(self, names: Iterable[str]) -> bool:
        """Whether any of these shows itself right now; one question to the page, wherever they are."""
        elements = [self.guide.elements[name] for name in names if name in self.guide.elements]
        return await self._count([(each, way) for each in elements for way in each.alternatives], self.page)

    async def _any_left(self, element: Element, room: Scope) -> bool:
        return await self._count([(element, way) for way in element.alternatives[1:]], room)

    async def _count(self, ways: list[tuple[Element, Alternative]], room: Scope) -> bool:
        locators = [self.locator(element, way, room) for element, way in ways]
        return bool(locators) and await functools.reduce(lambda a, b: a.or_(b), locators).count() > 0

    async def survey(self, name: str) -> list[int]:
        """How many visible things each alternative fits right now."""
        element = self.guide.elements[name]
        room = await self._scope(element)
        return [await self.locator(element, each, room).count() for each in element.alternatives]

    async def gone(self, name: str, *, seconds: float | None = None) -> bool:
        """Wait until it does not show itself any more."""
        return await until(lambda: self._not(name), self.seconds if seconds is None else seconds)

    def locator(self, element: Element, alternative: Alternative, room: Scope) -> Locator:
        """Everything visible that one alternative fits."""
        css = css_of(element.tag, alternative)
        if element.outside:
            css = f":is({css}){_not_inside(self.guide.elements[element.outside])}"
        found = room.locator(css)
        if alternative.text:
            found = found.filter(has_text=text_pattern(alternative.text))
        return found.filter(visible=True)

    async def _scope(self, element: Element) -> Scope:
        if element.within is None:
            return self.page
        found = await self.look(element.within)
        return found.locator if found else self.page

    async def _not(self, name: str) -> bool:
        return await self.look(name) is None


async def until(check: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Poll a check until it is true; False when it is not in time."""
    deadline = time.monotonic() + seconds
    while True:
        if await check():
            return True
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)


def css_of(tag: str, alternative: Alternative) -> str:
    """The CSS (with Playwright's additions) of an alternative; a text is filtered for afterwards."""
    if alternative.css:
        return alternative.css
    if alternative.icon:
        icons = ", ".join(f'{ICONS}:text-is("{each}")' for each in alternative.icon)
        return f":is({tag}):has({icons})"
    if alternative.label:
        labels = ", ".join(f'[aria-label="{_quoted(each)}" i]' for each in _forms(alternative.label))
        return f":is({tag}):is({labels})"
    return f":is({tag})"


def text_pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Exactly one of these texts, with or without a ligature before it."""
    either = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in _forms(texts))
    return re.compile(rf"^\s*(?:[a-z0-9_]+\s*)?(?:{either})\s*$")


def plain(text: str) -> str:
    """A text fit for comparing: composed (Vietnamese pages send both forms), spaces joined, small."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _forms(texts: Iterable[str]) -> list[str]:
    # The page's text cannot be normalised before it is compared, so ours is there in both forms.
    forms = [unicodedata.normalize(form, each) for each in texts for form in ("NFC", "NFD")]
    return list(dict.fromkeys(forms))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _not_inside(element: Element) -> str:
    return "".join(f":not({each.css} *)" for each in element.alternatives if each.css)
