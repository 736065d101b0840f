"""Draws the pictures that a film makes of words: titles on a transparent ground, and cards. Blocking."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from rushes.platform.media.text import clean, font_for, wrap
from rushes.story.drawings import Drawing, DrawingKind

SAFE = 0.84
"""Share of the width that words may take."""
TITLE_SIZE = 0.062
"""Of the shorter side, as the others."""
TITLE_LINES = 3
HEADING_SIZES = (0.095, 0.08, 0.066, 0.054)
BODY_SIZES = (0.042, 0.036, 0.03, 0.025, 0.021)
LEADING = 1.3
TALLEST = 0.4
"""Share of a card's height that either of its texts may take."""
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "yi", "ps", "sd"})


def draw(drawing: Drawing, into: Path) -> None:
    """Draw it into a PNG file."""
    picture = _title(drawing) if drawing.kind is DrawingKind.TITLE else _card(drawing)
    picture.save(into, "PNG", compress_level=3)


def _title(drawing: Drawing) -> Image.Image:
    side = min(drawing.width, drawing.height)
    text, room = clean(drawing.title), round(drawing.width * SAFE)
    font = font_for(text, round(side * TITLE_SIZE), weight=700)
    lines = wrap(text, font, room, max_lines=TITLE_LINES)
    leading = round(font.size * LEADING)
    margin = round(font.size * 0.6)
    size = (drawing.width, leading * max(1, len(lines)) + 2 * margin)
    shadow = Image.new("RGBA", size, (0, 0, 0, 0))
    _write(ImageDraw.Draw(shadow), lines, font, (size[0], margin), leading, (0, 0, 0, 230), drawing)
    shadow = shadow.filter(ImageFilter.GaussianBlur(font.size / 9))
    # Twice: one soft shadow alone is too weak on bright pictures.
    picture = Image.alpha_composite(shadow, shadow)
    _write(ImageDraw.Draw(picture), lines, font, (size[0], margin), leading, drawing.colour, drawing)
    return picture


def _card(drawing: Drawing) -> Image.Image:
    width, height = drawing.width, drawing.height
    picture = Image.new("RGB", (width, height), drawing.background)
    side, room, most = min(width, height), round(width * SAFE), round(height * TALLEST)
    heading, body = clean(drawing.title), [clean(each) for each in drawing.text.splitlines() if clean(each)]
    blocks: list[tuple[list[str], ImageFont.FreeTypeFont]] = []
    if heading:
        blocks.append(_fitting([heading], [round(side * each) for each in HEADING_SIZES], room, most, 700))
    if body:
        blocks.append(_fitting(body, [round(side * each) for each in BODY_SIZES], room, most, 400))
    heights = [len(lines) * round(font.size * LEADING) for lines, font in blocks]
    gap = round(side * 0.05)
    top = (height - sum(heights) - gap * max(0, len(blocks) - 1)) // 2
    canvas = ImageDraw.Draw(picture)
    rule = max(3, side // 180)
    canvas.rectangle(
        (width // 2 - side // 14, top - gap, width // 2 + side // 14, top - gap + rule), fill=drawing.accent
    )
    for (lines, font), tall in zip(blocks, heights, strict=True):
        leading = round(font.size * LEADING)
        _write(canvas, lines, font, (width, top), leading, drawing.colour, drawing)
        top += tall + gap
    return picture


def _fitting(
    paragraphs: list[str], sizes: list[int], room: int, most: int, weight: int
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The lines in the largest type in which all of them fit; the smallest cuts them short if it must."""
    text = " ".join(paragraphs)
    for size in sizes:
        font = font_for(text, size, weight=weight)
        lines_left = max(1, most // round(size * LEADING))
        lines = [line for each in paragraphs for line in wrap(each, font, room, max_lines=lines_left)]
        if len(lines) <= lines_left or size == sizes[-1]:
            return lines[:lines_left], font
    raise AssertionError("there is always a size")


def _write(
    canvas: ImageDraw.ImageDraw,
    lines: list[str],
    font: ImageFont.FreeTypeFont,
    place: tuple[int, int],
    leading: int,
    colour: str | tuple[int, int, int, int],
    drawing: Drawing,
) -> None:
    """Write lines, each in the middle of `place[0]` pixels, from `place[1]` down."""
    direction = "rtl" if drawing.language.split("-")[0].lower() in RIGHT_TO_LEFT else None
    for number, line in enumerate(lines):
        middle = (place[0] / 2, place[1] + number * leading)
        canvas.text(middle, line, font=font, fill=colour, anchor="ma", direction=direction)
