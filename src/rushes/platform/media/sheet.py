"""The contact sheet: pictures of many takes on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from rushes.platform.media.pictures import write_picture
from rushes.platform.media.text import clean, font_for, wrap

PAPER = (24, 25, 28)
INK = (226, 226, 222)
FAINT = (138, 140, 146)


@dataclass(frozen=True)
class SheetTile:
    """One picture of a contact sheet and the words under it."""

    picture: Path
    label: str


def contact_sheet(
    tiles: Sequence[SheetTile],
    into: Path,
    *,
    title: str,
    columns: int | None = None,
    tile_long_side: int = 420,
) -> None:
    """Write a PNG of all tiles in an even grid, a title above, a label under each.

    `columns` defaults to a grid about as wide as a page. Blocking: call it with `asyncio.to_thread`.
    Raises `ValueError` without tiles.
    """
    if not tiles:
        raise ValueError("A contact sheet needs at least one tile.")
    box = _cell(tiles, tile_long_side)
    gap = round(tile_long_side * 0.055)
    margin = gap * 2
    across = columns or _columns(len(tiles), box)
    down = -(-len(tiles) // across)
    small, large = max(13, tile_long_side // 26), max(18, tile_long_side // 15)
    label_height = round(small * 3.3)
    head = round(large * 2.4)
    size = (
        2 * margin + across * box[0] + (across - 1) * gap,
        margin + head + down * (box[1] + label_height) + (down - 1) * gap + margin,
    )
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    _title(draw, clean(title), len(tiles), (margin, margin), size[0] - 2 * margin, large)
    for number, tile in enumerate(tiles):
        left = margin + number % across * (box[0] + gap)
        top = margin + head + number // across * (box[1] + label_height + gap)
        with Image.open(tile.picture) as image:
            shown = ImageOps.contain(image.convert("RGB"), box, Image.Resampling.LANCZOS)
        sheet.paste(shown, (left + (box[0] - shown.width) // 2, top + (box[1] - shown.height) // 2))
        label = clean(tile.label)
        font = font_for(label, small)
        for line_number, line in enumerate(wrap(label, font, box[0], max_lines=2)):
            at = (left, top + box[1] + small * 0.55 + line_number * small * 1.3)
            draw.text(at, line, font=font, fill=INK if line_number == 0 else FAINT)
    write_picture(sheet, into, "PNG", optimize=True)


def _cell(tiles: Sequence[SheetTile], long_side: int) -> tuple[int, int]:
    """One size for all tiles: that of the first picture's shape."""
    with Image.open(tiles[0].picture) as image:
        width, height = image.size
    shrink = long_side / max(width, height)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _columns(count: int, box: tuple[int, int]) -> int:
    """Columns for a sheet a little wider than it is high."""
    return min(range(1, count + 1), key=lambda across: abs(_shape(count, across, box) - 1.4))


def _shape(count: int, across: int, box: tuple[int, int]) -> float:
    # An unfilled last row counts against a grid.
    down = -(-count // across)
    empty = across * down - count
    return across * box[0] / (down * (box[1] + 60)) + 0.25 * empty


def _title(
    draw: ImageDraw.ImageDraw, title: str, count: int, at: tuple[int, int], width: int, size: int
) -> None:
    font = font_for(title, size, weight=600)
    tally = f"{count} video" + ("s" if count != 1 else "")
    small = font_for(tally, round(size * 0.62))
    room = width - round(small.getlength(tally)) - size
    for line in wrap(title, font, max(size, room), max_lines=1):
        draw.text(at, line, font=font, fill=INK)
    draw.text((at[0] + width, at[1] + size * 1.05), tally, font=small, fill=FAINT, anchor="rs")
