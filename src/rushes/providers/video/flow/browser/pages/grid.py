"""Moves through the grid of a project, which has only the rows near those in view.

Where it ends is told by its size, never by nothing happening for a while: a machine that is busy draws late,
and a video further down that was paid for would count as never made.
"""

from playwright.async_api import Locator

from rushes.providers.video.flow.browser.finder import until
from rushes.providers.video.flow.browser.pages.tab import Tab

MORE_SECONDS = 1.0
"""How long a page may take to add rows when its last one is in view."""
DRAW_SECONDS = 10.0
"""How long the rows may take that have come into view."""
_STILL = 1
"""Pixels that are no way to go: places are fractions where the screen is scaled."""

# What scrolls: the grid of the description, or whatever is around a tile.
_BOX = """const box = start => {
    for (let each = start; each; each = each.parentElement)
        if (each.scrollHeight > each.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(each).overflowY))
            return each;
    return document.scrollingElement;
};"""
# The rows that come into view are there after two frames; a tab behind others may draw none.
DRAWN = """new Promise(drawn => {
    requestAnimationFrame(() => requestAnimationFrame(drawn));
    setTimeout(drawn, 300);
})"""
_WAY_LEFT = f"""start => {{
    {_BOX}
    const grid = box(start);
    return grid.scrollHeight - grid.clientHeight - grid.scrollTop;
}}"""
_DOWN = f"""(start, pixels) => {{
    {_BOX}
    box(start).scrollTop += pixels;
    return {DRAWN};
}}"""
_TO_THE_TOP = f"""start => {{
    {_BOX}
    const grid = box(start);
    if (grid.scrollTop) {{ grid.scrollTop = 0; return {DRAWN}; }}
}}"""
# Whether there are tiles down to the lower edge of what is in view, or to the end of the grid.
_FILLED = f"""(start, ways) => {{
    {_BOX}
    const grid = box(start);
    const edge = grid === document.scrollingElement ? innerHeight : grid.getBoundingClientRect().bottom;
    const end = edge + grid.scrollHeight - grid.clientHeight - grid.scrollTop;
    const css = ways.find(each => document.querySelector(each));
    const tiles = css ? [...document.querySelectorAll(css)].map(each => each.getBoundingClientRect()) : [];
    return tiles.some(each => Math.min(edge, end) - each.bottom < each.height);
}}"""


async def to_newest(tab: Tab) -> None:
    """Have the newest tiles in view: those that count, and what else is done may have scrolled away from.

    The tab comes to the front: one behind others draws a frame a second or none, and nothing in it is still.
    """
    await tab.page.bring_to_front()
    if (start := await _inside(tab)) is not None:
        await start.evaluate(_TO_THE_TOP)


async def scroll(tab: Tab, pixels: int) -> bool:
    """Move downwards, and wait until the rows there are drawn. False: it is at its end."""
    start = await _inside(tab)
    if start is None:
        return False

    async def more() -> bool:
        return float(await start.evaluate(_WAY_LEFT)) > _STILL

    async def filled() -> bool:
        ways = [each.css for each in tab.guide.elements["tile"].alternatives if each.css]
        return bool(await start.evaluate(_FILLED, ways))

    if not await until(more, MORE_SECONDS):
        return False
    await start.evaluate(_DOWN, pixels)
    await until(filled, DRAW_SECONDS)
    return True


async def _inside(tab: Tab) -> Locator | None:
    """Something in what scrolls; None where no tile is."""
    found = await tab.finder.first(["tiles.grid", "tile"], seconds=0)
    return None if found is None else found.locator
