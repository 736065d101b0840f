"""The settings of the composer: set in the order in which they depend on each other, and read back.

The page makes its rows anew after each choice and remembers what was chosen last, so nothing is taken for
granted: options are looked for again each time, and what is not chosen in the end is an error.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator

from rushes.errors import Invalid, ProviderChanged
from rushes.providers.video.flow.browser.finder import ICONS, plain, until
from rushes.providers.video.flow.browser.pages.clean_up import put_aside
from rushes.providers.video.flow.browser.pages.confirm import confirm, read_caption
from rushes.providers.video.flow.browser.pages.cover import cover_of
from rushes.providers.video.flow.browser.pages.options import Option, read_options, value_of
from rushes.providers.video.flow.browser.pages.press import press
from rushes.providers.video.flow.browser.pages.tab import Tab

SETTLE_SECONDS = 5.0
CLICK_SECONDS = 3.0
"""An option is there when it is clicked; one that is not has gone where its row was made anew."""
MOST_TRIES = 4


@dataclass(frozen=True)
class Wanted:
    """What is to be set. `kind` is `frames` or `ingredients`; `model` an id of the guide's `[models]`.

    `resolution` and `duration` (seconds) are None where it does not matter which. `prices` is what the
    catalogue says all of it costs in credits, by resolution and duration; `fixed` are settings in which the
    model has only one value, by the catalogue.
    """

    model: str
    aspect: str
    count: int
    kind: str
    resolution: str | None = None
    duration: int | None = None
    mode: str = "video"
    prices: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Chosen:
    """What the page says is set. None: it offers no choice there. `price` is in credits, when it is shown."""

    mode: str | None = None
    kind: str | None = None
    model: str | None = None
    aspect: str | None = None
    resolution: str | None = None
    duration: str | None = None
    count: str | None = None
    price: int | None = None


class SettingsPane:
    """The pane behind the composer's settings trigger."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self._css = tab.guide.radios.css[0]

    async def set(self, wanted: Wanted) -> Chosen:
        """Set all of it; return what the page shows afterwards. Raises `Invalid` for what it does not offer,
        `ProviderChanged` when it does not take it, or when nothing shows that it has (`confirm.py`)."""
        await self.open()
        for row, value in _rows(wanted):
            if row == "model":
                await self._model(wanted.model)
            elif value is not None:
                await self._choose(row, value)
        await self.open()
        shown = {row: await self._read(row) for row in _ROWS}
        chosen = replace(Chosen(), **shown, price=await self._price())
        # A row that is not recognised may be any.
        missing = frozenset[str]() if await self._unknown() else _MAY_BE_MISSING
        await self.close()
        confirm(
            {row: value for row, value in _rows(wanted) if value is not None},
            shown,
            await read_caption(self.tab),
            price=chosen.price,
            prices=wanted.prices,
            no_choice=missing & wanted.fixed,
        )
        return chosen

    async def choose_frames(self) -> None:
        """Have start and end frame shown, of whatever is made next."""
        for row, value in (("mode", "video"), ("kind", "frames")):
            await self._choose(row, value)
        await self.close()

    async def open(self) -> None:
        """Open the pane, if it is not; its trigger is a toggle."""
        for _ in range(MOST_TRIES):
            if await self.options():
                return
            await press(self.tab, "composer.settings")
            if await until(self._open, SETTLE_SECONDS):
                return
            await self.tab.page.keyboard.press("Escape")
        raise ProviderChanged("The settings do not open.", step="settings.pane")

    async def close(self) -> None:
        """Close it and what lies on it."""
        for _ in range(MOST_TRIES):
            if not await self._open() and await self.tab.finder.look("overlay") is None:
                return
            await self.tab.page.keyboard.press("Escape")
            await until(self._shut, SETTLE_SECONDS / 5)
        raise ProviderChanged("The settings do not close.", step="settings.pane")

    async def options(self) -> list[Option]:
        """All options that are shown now."""
        self._css, shown = await read_options(self.tab)
        return shown

    async def _open(self) -> bool:
        return bool(await self.options())

    async def _shut(self) -> bool:
        return not await self._open()

    async def _choose(self, row: str, value: str) -> None:
        deadline, tries = time.monotonic() + self.tab.config.find_seconds, 0
        while True:
            tries += 1
            await self.open()
            offered = [each for each in await self.options() if self.value_of(row, each) is not None]
            option = next((each for each in offered if self.value_of(row, each) == value), None)
            if option is not None and option.checked:
                return
            if option is not None and not option.disabled:
                await self._click(option)
                if await until(lambda: self._is_checked(row, value), CLICK_SECONDS):
                    return
            elif not offered and row in _MAY_BE_MISSING and await self._settled(row):
                return
            if time.monotonic() < deadline or tries < MOST_TRIES:
                continue
            if option is None and offered and row in _MAY_BE_MISSING and not await self._unknown():
                there = ", ".join(str(self.value_of(row, each)) for each in offered)
                raise Invalid(f"Flow offers no {row} {value} here; there are: {there}.")
            raise ProviderChanged(f"{value} cannot be chosen.", step=f"settings.{row}")

    async def _unknown(self) -> bool:
        """Whether an option is shown of which the guide does not know what it is: one of ours, renamed?"""
        rows = [row for row in _ROWS if row != "model"]
        return any(all(self.value_of(row, each) is None for row in rows) for each in await self.options())

    async def _click(self, option: Option) -> None:
        radio = self.tab.page.locator(self._css).nth(option.index)
        if await cover_of(radio) is not None and await put_aside(self.tab):
            return  # the pane may have gone with it
        try:
            await radio.click(timeout=CLICK_SECONDS * 1000)
        except PlaywrightError:
            # The rows are made anew at times; what was meant to be clicked is looked for again.
            if self.tab.page.is_closed():
                raise

    async def _settled(self, row: str) -> bool:
        """Whether a row stays away: rows come back a moment after they are made anew."""

        async def there() -> bool:
            return any(self.value_of(row, each) is not None for each in await self.options())

        return not await until(there, 1.0)

    async def _is_checked(self, row: str, value: str) -> bool:
        return await self._read(row) == value

    async def _read(self, row: str) -> str | None:
        if row == "model":
            return await self._shown_model()
        values = [self.value_of(row, each) for each in await self.options() if each.checked]
        return next((value for value in values if value is not None), None)

    def value_of(self, row: str, option: Option) -> str | None:
        """Which value of a row an option is; None when it belongs to another row."""
        return value_of(self.tab.guide.radios, row, option)

    async def _model(self, model: str) -> None:
        names = [plain(each) for each in self.tab.guide.models.get(model, ())]
        if not names:
            raise Invalid(f"Flow's page has no model {model}.")
        for _ in range(MOST_TRIES):
            await self.open()
            if await self._shown_model() == model:
                return
            await press(self.tab, "settings.model")
            entry = await self._entry(names)
            await press(self.tab, entry, step="settings.models")
            if await until(lambda: self._shows_model(model), SETTLE_SECONDS):
                return
            await self.tab.page.keyboard.press("Escape")
        raise ProviderChanged(f"{names[0]} cannot be chosen.", step="settings.model")

    async def _entry(self, names: list[str]) -> Locator:
        found = await self.tab.finder.first(["settings.models"])
        if found is None:
            raise ProviderChanged("The list of models does not open.", step="settings.models")
        every = self.tab.page.locator(str(found.alternative.css)).filter(visible=True)
        offered = [plain(text) for text in await every.evaluate_all(_TEXTS, ICONS)]
        for index, text in enumerate(offered):
            if text in names:
                return every.nth(index)
        what = f"Flow offers no model “{names[0]}” to this account; there are: {', '.join(offered)}."
        known = {plain(name) for model in self.tab.guide.models.values() for name in model}
        if set(offered) <= known:
            raise Invalid(what)
        raise ProviderChanged(f"{what} One of them may be it, renamed.", step="settings.models")

    async def _shown_model(self) -> str | None:
        found = await self.tab.finder.look("settings.model")
        if found is None:
            return None
        text = plain((await found.locator.evaluate_all(_TEXTS, ICONS))[0])
        known = self.tab.guide.models.items()
        return next((model for model, names in known if text in map(plain, names)), text)

    async def _shows_model(self, model: str) -> bool:
        return await self._shown_model() == model

    async def _price(self) -> int | None:
        pattern = self.tab.guide.radios.price
        found = await self.tab.finder.look("settings.pane")
        text = await found.locator.inner_text() if found and pattern else ""
        price = re.search(pattern, text) if pattern else None
        return int(price.group(1)) if price else None


_ROWS = ("mode", "kind", "model", "aspect", "resolution", "duration", "count")
_MAY_BE_MISSING = frozenset({"resolution", "duration"})
"""Rows that some models do not have."""
_TEXTS = """(all, icons) => all.map(each => {
    const copy = each.cloneNode(true);
    copy.querySelectorAll(icons).forEach(icon => icon.remove());
    return (copy.querySelector('.label') || copy).textContent;
})"""


def _rows(wanted: Wanted) -> list[tuple[str, str | None]]:
    values = vars(wanted)
    return [(row, None if values[row] is None else str(values[row])) for row in _ROWS]
