"""Whether each setting is what was asked for, by what the page shows: row, caption of the trigger, or price.

What cannot be read back is not as asked: a row that is not recognised is one that nobody has set, and what
the page makes then is billed all the same. So each setting needs one sign at least, and none against it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.finder import ICONS
from rushes.providers.video.flow.browser.guide import Radios
from rushes.providers.video.flow.browser.pages.options import Option, value_of
from rushes.providers.video.flow.browser.pages.tab import Tab

SAID = ("aspect", "resolution", "duration", "count")
"""Settings that the trigger's caption tells."""
_SEPARATORS = re.compile(r"[·•・|,\n\r\t]")
LONGEST_CAPTION = 200
"""Characters of a caption that are read."""
_CAPTION = """(trigger, icons) => {
    const copy = trigger.cloneNode(true);
    const ligatures = [...copy.querySelectorAll(icons)].map(icon => {
        const text = icon.textContent.trim();
        icon.replaceWith(' · ');
        return text;
    });
    return [copy.innerText || copy.textContent, ligatures];
}"""


async def read_caption(tab: Tab) -> dict[str, str]:
    """Return what the settings' trigger says is set, without what it does not tell clearly."""
    trigger = await tab.finder.find("composer.settings")
    found: Any = await trigger.evaluate(_CAPTION, ICONS)
    return understood(tab.guide.radios, str(found[0]), found[1])


def understood(radios: Radios, caption: str, icons: Sequence[str]) -> dict[str, str]:
    """The settings that a caption tells, by its icons, by its parts, else by its single words."""
    parts = [each.strip() for each in _SEPARATORS.split(caption[:LONGEST_CAPTION])]
    ways = (
        [Option(text="", icons=(icon,)) for icon in icons],
        [Option(text=part) for part in parts if part],
        [Option(text=word) for part in parts for word in part.split()],
    )
    said: dict[str, str] = {}
    for row in SAID:
        for options in ways:
            values = {value for each in options if (value := value_of(radios, row, each)) is not None}
            if len(values) == 1:
                said[row] = values.pop()
            if values or row in said:
                break  # two values are no sign
    return said


def confirm(
    wanted: Mapping[str, str],
    shown: Mapping[str, str | None],
    said: Mapping[str, str],
    *,
    price: int | None,
    prices: Mapping[tuple[str, str], int],
    no_choice: frozenset[str],
) -> None:
    """Raise `ProviderChanged`, with the setting as its step, unless every setting is what was asked for.

    `shown` are the chosen options of the rows, `said` what the caption tells, `price` the page's own;
    `prices` is what the catalogue says it costs by resolution and duration. `no_choice` are settings of which
    the page offers none, and in which the model has only what was asked for.
    """
    signed: dict[str, str] = {}
    for row, value in wanted.items():
        for sign in (shown.get(row), said.get(row)):
            if sign is not None and sign != value:
                raise ProviderChanged(f"It shows {sign} after {value} was set.", step=f"settings.{row}")
            if sign is not None:
                signed[row] = value
    for row, value in wanted.items():
        if row in signed or (row in no_choice and shown.get(row) is None):
            continue
        if not _priced_as(row, value, signed, price, prices):
            raise ProviderChanged(
                f"Nothing on the page confirms that {row} is {value}.", step=f"settings.{row}"
            )


def _priced_as(
    row: str,
    value: str,
    signed: Mapping[str, str],
    price: int | None,
    prices: Mapping[tuple[str, str], int],
) -> bool:
    """Whether the price can only be that of the value which was asked for."""
    places = {"resolution": 0, "duration": 1}
    if row not in places or price is None:
        return False
    known = [(places[each], signed[each]) for each in places if each in signed]
    fits = [key for key in prices if all(key[place] == each for place, each in known)]
    several = len({key[places[row]] for key in fits}) > 1
    priced = {key[places[row]] for key in fits if prices[key] == price}
    return several and priced == {value}
