"""The grid: tiles newest first, read in one go, found again by what they are and not by their place.

The grid is virtual: tiles far down are not in the page, so nothing is ever counted over time.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from playwright.async_api import Locator
from pydantic import BaseModel, TypeAdapter

from rushes.errors import NotFound, ProviderChanged
from rushes.providers.video.flow.browser.finder import ICONS, plain
from rushes.providers.video.flow.browser.pages.grid import DRAWN
from rushes.providers.video.flow.browser.pages.press import point_at, press
from rushes.providers.video.flow.browser.pages.tab import Tab

Kind = Literal["queued", "running", "done", "failed", "image", "blank"]
HOVER_SECONDS = 8.0
MOST_TRIES = 3
PICTURE_QUALITY = 60

# All that is told of each tile. Positions are not kept: the grid moves.
_TILES = """([tiles, parts, icons]) => {
    const find = (tile, ways) => ways.map(css => tile.querySelector(css)).find(hit => hit) || null;
    const css = tiles.find(each => document.querySelector(each));
    if (!css) return [];
    return [...document.querySelectorAll(css)].map((tile, index) => {
        const words = node => {
            if (!node) return '';
            const copy = node.cloneNode(true);
            copy.querySelectorAll(icons).forEach(icon => icon.remove());
            return copy.textContent.trim();
        };
        const picture = find(tile, parts.video), image = find(tile, parts.image);
        const marked = tile.querySelector('[data-media-id]');
        const shown = picture || (image && (image.matches('img') ? image : image.querySelector('img')));
        return {
            index, css,
            pending: !!find(tile, parts.pending), queued: !!find(tile, parts.queued),
            failed: !!find(tile, parts.failed), video: !!picture, image: !!image,
            failure: words(find(tile, parts.failure)), title: words(find(tile, parts.title)),
            text: words(tile),
            source: (shown && (shown.getAttribute('src') || shown.getAttribute('poster'))) || '',
            media: (marked && marked.getAttribute('data-media-id')) || '',
        };
    });
}"""
_TO_THE_MIDDLE = f"tile => {{ tile.scrollIntoView({{block: 'center'}}); return {DRAWN}; }}"
_PARTS = ("pending", "queued", "failed", "failure", "video", "image", "title")


class _Shown(BaseModel):
    """One tile as the page tells it."""

    index: int
    css: str
    pending: bool
    queued: bool
    failed: bool
    video: bool
    image: bool
    failure: str
    title: str
    text: str
    source: str
    media: str


_SHOWN = TypeAdapter(list[_Shown])


@dataclass(frozen=True)
class Tile:
    """One tile. `key` tells it from the others for as long as it is what it is; `media` is Flow's id of what
    it shows, where that is to be seen.

    `percent` while it runs (0..100); `text` is what a failed one says; `source` its picture's address.
    """

    key: str
    kind: Kind
    text: str
    title: str
    percent: float | None
    source: str
    media: str | None
    place: tuple[str, int]


async def read(tab: Tab) -> list[Tile]:
    """The tiles, newest first."""
    shown = _SHOWN.validate_python(
        await tab.page.evaluate(
            _TILES, [_css(tab, "tile"), {each: _css(tab, f"tile.{each}") for each in _PARTS}, ICONS]
        )
    )
    counts: Counter[str] = Counter()
    tiles: list[Tile] = []
    # From the oldest on: what comes later is above, and must not change the keys below.
    for each in reversed(shown):
        tile = _tile(tab, each)
        counts[tile.key] += 1
        same = counts[tile.key]
        tiles.append(tile if same == 1 else replace(tile, key=f"{tile.key} ({same})"))
    return tiles[::-1]


async def again(tab: Tab, tile: Tile) -> Tile:
    """The same tile as it is now. Raises `NotFound` when it is not in the page any more."""
    found = next((each for each in await read(tab) if each.key == tile.key), None)
    if found is None:
        raise NotFound("The tile is not on the page any more.")
    return found


async def hover_source(tab: Tab, tile: Tile) -> str | None:
    """The address of its video, which the page shows only under a pointer; None when it does not."""
    here = await hover(tab, tile)
    found = await tab.finder.first(["tile.hover_video"], seconds=HOVER_SECONDS, scope=here)
    if found is None:
        return None
    source: str | None = await found.locator.evaluate("video => video.currentSrc || video.src || null")
    return source


async def picture(tab: Tab, tile: Tile) -> bytes:
    """What it shows, as a small JPEG."""
    here = await hover(tab, tile)
    return await here.screenshot(type="jpeg", quality=PICTURE_QUALITY, animations="disabled", scale="css")


async def reuse(tab: Tab, tile: Tile) -> None:
    """Click its “Reuse prompt”; the composer has its prompt and image then."""
    here = await hover(tab, tile)
    await press(tab, "tile.reuse", scope=here)


async def hover(tab: Tab, tile: Tile) -> Locator:
    """Move the pointer over a tile, wherever it is by now. Raises `NotFound`, `ProviderChanged`."""
    for _ in range(MOST_TRIES):
        css, index = (await again(tab, tile)).place
        here = tab.page.locator(css).nth(index)
        # To the middle: at the lower edge the composer lies over what is in view.
        await here.evaluate(_TO_THE_MIDDLE)
        if (await again(tab, tile)).place != (css, index):
            continue  # rows came and went where it scrolled
        # Away first: a pointer that is there already is no hover.
        await tab.page.mouse.move(1, 1)
        await point_at(tab, here, step="tile.hover")
        if (await again(tab, tile)).place == (css, index):
            return here
    raise ProviderChanged("The tile moves away under the pointer.", step="tile.hover")


def _css(tab: Tab, name: str) -> list[str]:
    return [each.css for each in tab.guide.elements[name].alternatives if each.css]


def _tile(tab: Tab, shown: _Shown) -> Tile:
    found = re.search(tab.guide.urls.media, shown.source)
    media = shown.media or (found.group("media") if found else None)
    percent = re.search(r"(\d{1,3})\s?%", shown.text)
    kind = _kind(shown)
    own = media or shown.source.split("?")[0] or plain(shown.failure or shown.text)[:200]
    return Tile(
        key=own or "blank",
        kind=kind,
        text=shown.failure if kind == "failed" else shown.text,
        title=shown.title,
        percent=float(percent.group(1)) if percent and kind == "running" else None,
        source=shown.source,
        media=media,
        place=(shown.css, shown.index),
    )


def _kind(shown: _Shown) -> Kind:
    if shown.failed:
        return "failed"
    if shown.queued:
        return "queued"
    if shown.pending:
        return "running"
    if shown.video:
        return "done"
    return "image" if shown.image else "blank"
