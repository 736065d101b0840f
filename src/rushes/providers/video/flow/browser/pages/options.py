"""The options in the settings as they are shown: read in one go, told apart by icon, word or number.

Which row an option stands in is not looked at: rows have names in every language, and no two share an option.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from rushes.providers.video.flow.browser.finder import ICONS, plain
from rushes.providers.video.flow.browser.guide import Choice, Radios
from rushes.providers.video.flow.browser.pages.tab import Tab

LONGEST = 40
"""Characters of an option that are read: it is a word or two."""
# Text without the ligatures of icons; the ligatures beside it.
_OPTIONS = """([css, icons, checked]) => [...document.querySelectorAll(css)].map((each, index) => {
    const ligatures = [...each.querySelectorAll(icons)].map(icon => icon.textContent.trim());
    const copy = each.cloneNode(true);
    copy.querySelectorAll(icons).forEach(icon => icon.remove());
    const box = each.getBoundingClientRect();
    return {
        index, icons: ligatures, text: copy.textContent.trim(), shown: box.width > 0 && box.height > 0,
        checked: checked.some(one => !!each.closest(one)),
        disabled: each.disabled === true || each.getAttribute('aria-disabled') === 'true',
    };
})"""


class Option(BaseModel):
    """One radio as it is shown. `index` is its place among those that its css fits."""

    index: int = 0
    icons: tuple[str, ...] = ()
    text: str
    shown: bool = True
    checked: bool = False
    disabled: bool = False


_MANY = TypeAdapter(list[Option])


async def read_options(tab: Tab) -> tuple[str, list[Option]]:
    """All options that are shown now, and the css that finds them; none while the settings are closed."""
    radios = tab.guide.radios
    for css in radios.css:
        found: Any = await tab.page.evaluate(_OPTIONS, [css, ICONS, list(radios.checked)])
        if shown := [each for each in _MANY.validate_python(found) if each.shown]:
            return css, shown
    return radios.css[0], []


def value_of(radios: Radios, row: str, option: Option) -> str | None:
    """Which value of a row an option is; None when it belongs to another row."""
    if row in ("duration", "count"):
        found = re.search(getattr(radios, row), option.text.strip()[:LONGEST], re.I)
        number = next(filter(None, found.groups()), None) if found else None
        return str(int(number)) if number else None  # digits of any script
    choices: Mapping[str, Choice] = getattr(radios, row)
    return next((value for value, choice in choices.items() if _fits(option, choice)), None)


def _fits(option: Option, choice: Choice) -> bool:
    return bool(set(option.icons) & set(choice.icon)) or plain(option.text) in map(plain, choice.text)
