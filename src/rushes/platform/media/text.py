"""Text in pictures: a font that covers the words, and lines that fit.

Noto Sans comes with the install (Latin, Greek, Cyrillic, Vietnamese, Devanagari). Words in another
script are set in a font of the machine when it has one; otherwise in boxes, but never in an error.
"""

import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path

import fontpkg_noto_sans
from PIL import Image, ImageDraw, ImageFont

NOTO_SANS = Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf"
MACHINE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Medium.ttc",
    "PingFang.ttc",
    "msyh.ttc",
    "Arial Unicode.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "segoeui.ttf",
    "DejaVuSans.ttf",
)
"""Asked for by name, in this order, for scripts that Noto Sans does not have."""
NEVER_A_CHARACTER = "\U0010ffff"
ELLIPSIS = "…"


def clean(text: str) -> str:
    """One line of printable text: control characters and line breaks become single spaces."""
    kept = "".join(" " if unicodedata.category(char).startswith("C") else char for char in text)
    return " ".join(kept.split())


def font_for(text: str, size: int, *, weight: int = 400) -> ImageFont.FreeTypeFont:
    """The first font that has every character of `text`, else the one that misses fewest.

    `size` in pixels; `weight` 100..900 where the font can vary.
    """
    characters = frozenset(char for char in text if not char.isspace())
    own = _own_font(size, weight)
    best, fewest = own, _missing(own, characters)
    for name in MACHINE_FONTS:
        if fewest == 0:
            break
        font = _machine_font(name, size)
        if font is not None and (missing := _missing(font, characters)) < fewest:
            best, fewest = font, missing
    return best


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int, *, max_lines: int) -> list[str]:
    """Break `text` into at most `max_lines` lines of at most `width` pixels; "…" marks a cut.

    Breaks between words; a word wider than a line (or a script without spaces) breaks anywhere.
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while font.getlength(line) > width and len(line) > 1:
            fits = _fitting(line, font, width)
            lines.append(line[:fits])
            line = line[fits:]
    if line:
        lines.append(line)
    if len(lines) <= max_lines:
        return lines
    last = lines[max_lines - 1]
    while last and font.getlength(last + ELLIPSIS) > width:
        last = last[:-1]
    return [*lines[: max_lines - 1], last.rstrip(" ,.;:") + ELLIPSIS]


def _fitting(word: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """How many leading characters of `word` fit; at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(word[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low


@cache
def _bytes() -> bytes:
    return NOTO_SANS.read_bytes()


def _own_font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    # A new object each time: a varied FreeType face must not be shared between threads.
    font = ImageFont.truetype(BytesIO(_bytes()), size)
    font.set_variation_by_axes([weight, 100])
    return font


def _machine_font(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _missing(font: ImageFont.FreeTypeFont, characters: frozenset[str]) -> int:
    box = _drawn(font, NEVER_A_CHARACTER)
    return sum(1 for char in characters if _drawn(font, char) == box)


def _drawn(font: ImageFont.FreeTypeFont, char: str) -> bytes:
    paper = Image.new("1", (int(font.size) * 2, int(font.size) * 2))
    ImageDraw.Draw(paper).text((font.size / 2, font.size / 4), char, font=font, fill=1)
    return paper.tobytes()
