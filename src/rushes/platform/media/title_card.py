"""A typeset card: a title, perhaps a line below it, on a calm ground. Same words and seed, same card."""

import re
from collections.abc import Sequence
from colorsys import hls_to_rgb
from dataclasses import dataclass
from random import Random
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from rushes.platform.media.text import ELLIPSIS, clean
from rushes.platform.media.typeface import drawable, right_to_left, runs, script_of, typeface

Palette = Literal["auto", "dark", "light"]
Rgb = tuple[int, int, int]
MARGIN = 0.11
"""Of the shorter side, left free at all edges: players and phones cover more than a tenth of it nowhere."""
CAPTIONS = 0.22
"""Of the height, left free at the bottom for captions."""
SIZES = (0.105, 0.09, 0.078, 0.067, 0.058, 0.05, 0.043, 0.036)
"""Type sizes as a share of the shorter side: the largest in which the words fit is taken."""
LEADING = 1.34
MOST_LINES = 7
INK_DARK: Rgb = (24, 26, 32)
INK_LIGHT: Rgb = (247, 246, 242)
LEAST_CONTRAST = 4.5
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_NO_START = "、。，．・：；？！）」』】〕］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々％,.!?;:)]}”’ะาำๅๆ"


@dataclass(frozen=True)
class TitleCard:
    """What stands on a card. `language` is a BCP 47 tag, or empty."""

    title: str
    below: str = ""
    language: str = ""
    palette: Palette = "auto"
    seed: int = 0


def draw_card(card: TitleCard, size: tuple[int, int]) -> Image.Image:
    """Return the card as a picture of `size` in pixels."""
    title, below = drawable(clean(card.title)), drawable(clean(card.below))
    chance = Random(f"title card {title} {below} {card.seed}")
    dark = card.palette == "dark" or (card.palette == "auto" and chance.random() < 0.7)
    ground, accent = _ground(size, chance, dark=dark)
    ink = INK_LIGHT if dark else INK_DARK
    _typeset(ground, title, below, card.language, ink, accent)
    return ground


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1 to 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: Rgb) -> float:
    shares = [each / 255 for each in colour]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ground(size: tuple[int, int], chance: Random, *, dark: bool) -> tuple[Image.Image, Rgb]:
    """A gradient between two neighbouring colours with one soft light; and a colour that goes with it."""
    hue, turn = chance.random(), chance.choice((-1, 1)) * chance.uniform(0.04, 0.11)
    lights = (0.10, 0.24) if dark else (0.93, 0.82)
    strength = chance.uniform(0.35, 0.5)
    first, second = _colour(hue, lights[0], strength), _colour(hue + turn, lights[1], strength)
    # Drawn small and enlarged: a ground this soft has no detail.
    small = (max(16, size[0] // 8), max(16, size[1] // 8))
    side = max(small) * 2
    slope = Image.linear_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    slope = slope.rotate(chance.choice((25, 35, -25, -35, 145, -145)), Image.Resampling.BICUBIC)
    left, top = (side - small[0]) // 2, (side - small[1]) // 2
    ground = Image.composite(
        Image.new("RGB", small, second),
        Image.new("RGB", small, first),
        slope.crop((left, top, left + small[0], top + small[1])),
    )
    glow = Image.new("L", small)
    x, y = chance.choice((0.08, 0.92)) * small[0], chance.choice((0.06, 0.94)) * small[1]
    radius = max(small) * chance.uniform(0.3, 0.4)
    ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=120)
    glow = glow.filter(ImageFilter.GaussianBlur(max(small) / 6))
    ground.paste(Image.new("RGB", small, _colour(hue - turn, 0.33 if dark else 0.97, strength)), mask=glow)
    ground = ground.resize(size, Image.Resampling.BICUBIC)
    return _grained(ground, chance), _colour(hue + 0.5 * turn, 0.62 if dark else 0.42, 0.6)


def _grained(ground: Image.Image, chance: Random) -> Image.Image:
    """A grain too fine to be seen: without it a video codec makes bands of a gradient."""
    tile = Image.frombytes("L", (128, 128), bytes(chance.randrange(126, 131) for _ in range(128 * 128)))
    grain = Image.new("L", ground.size)
    for x in range(0, ground.width, tile.width):
        for y in range(0, ground.height, tile.height):
            grain.paste(tile, (x, y))
    return ImageChops.add(ground, Image.merge("RGB", (grain,) * 3), offset=-128)


def _colour(hue: float, light: float, strength: float) -> Rgb:
    red, green, blue = hls_to_rgb(hue % 1.0, light, strength)
    return round(red * 255), round(green * 255), round(blue * 255)


class _Setter:
    """Text in one script at one size: measured and drawn, each character in a font that has it."""

    def __init__(self, script: str, size: int, weight: int) -> None:
        self.script, self.size, self.weight = script, size, weight
        self._fonts: dict[str, ImageFont.FreeTypeFont] = {}
        self._widths: dict[str, float] = {}

    def _font(self, face: str) -> ImageFont.FreeTypeFont:
        if face not in self._fonts:
            self._fonts[face] = typeface(face, self.size, weight=self.weight)
        return self._fonts[face]

    def width(self, text: str) -> float:
        """Return how wide it is, in pixels."""
        if text not in self._widths:
            pieces = runs(text, self.script)
            self._widths[text] = sum(self._font(face).getlength(piece) for piece, face in pieces)
        return self._widths[text]

    def draw(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, ink: Rgb) -> None:
        """Draw it; `at` is the left end of its base line."""
        x, y = at
        pieces = list(runs(text, self.script))
        for piece, face in reversed(pieces) if right_to_left(text) else pieces:
            draw.text((x, y), piece, font=self._font(face), fill=ink, anchor="ls")
            x += self._font(face).getlength(piece)


def _typeset(picture: Image.Image, title: str, below: str, language: str, ink: Rgb, accent: Rgb) -> None:
    width, height = picture.size
    side = min(width, height)
    margin = round(side * MARGIN)
    room = (width - 2 * margin, round(height * (1 - CAPTIONS)) - 2 * margin)
    script = script_of(title + below, language)
    setter, lesser, lines, small = _fit(title, below, script, room, side)
    leading, small_leading = setter.size * LEADING, lesser.size * LEADING
    tall = leading * len(lines) + (small_leading * (len(small) + 0.6) if small else 0)
    top = margin + max(0.0, (room[1] - tall) / 2)
    draw = ImageDraw.Draw(picture)
    backward = right_to_left(title or below)
    rule = max(3, setter.size // 11)
    long = setter.size * 1.5
    x = width - margin - long if backward else margin
    draw.rectangle((x, top - setter.size * 0.62, x + long, top - setter.size * 0.62 + rule), fill=accent)
    y = top + setter.size * 0.98
    for number, (line, kind, step) in enumerate(
        [*((each, setter, leading) for each in lines), *((each, lesser, small_leading) for each in small)]
    ):
        if number == len(lines):
            y += small_leading * 0.2
        x = width - margin - kind.width(line) if backward else margin
        kind.draw(draw, (x, y), line, ink)
        y += step


def _fit(
    title: str, below: str, script: str, room: tuple[int, int], side: int
) -> tuple[_Setter, _Setter, list[str], list[str]]:
    """The largest type in which the words fit, with their lines; the smallest cuts them short if it must."""
    for share in SIZES:
        setter = _Setter(script, round(side * share), 700)
        lesser = _Setter(script, round(side * share * 0.52), 400)
        lines, small = _lines(title, setter, room[0]), _lines(below, lesser, room[0])
        tall = setter.size * LEADING * len(lines) + lesser.size * LEADING * (len(small) + 1)
        if len(lines) <= MOST_LINES and tall <= room[1]:
            return setter, lesser, lines, small
        if share == SIZES[-1]:
            return setter, lesser, _cut(lines, setter, room[0], MOST_LINES), _cut(small, lesser, room[0], 2)
    raise AssertionError("SIZES is never empty")


def _lines(text: str, setter: _Setter, width: float) -> list[str]:
    """The fewest lines that fit, about equally long."""
    if not text:
        return []
    units = _units(text)
    lines = _greedy(units, setter, width)
    if len(lines) == 1:
        return lines
    low, high = width / len(lines), width
    for _ in range(7):
        middle = (low + high) / 2
        if len(tried := _greedy(units, setter, middle)) <= len(lines):
            lines, high = tried, middle
        else:
            low = middle
    return lines


def _units(text: str) -> list[str]:
    """Pieces that a line may be broken between: words with their blank, phrases where there are no blanks."""
    pieces: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        pieces += _phrases(word) if _UNSPACED.search(word) else [word]
    return pieces


def _phrases(word: str) -> list[str]:
    found: list[str] = []
    for char in word:
        mark = bool(re.match(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a]", char))
        joins = found and (char in _NO_START or mark or (char.isascii() and found[-1][-1:].isascii()))
        if joins or char.isspace():
            found[-1] += char
        else:
            found.append(char)
    return found


def _greedy(units: Sequence[str], setter: _Setter, width: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for unit in units:
        rest = unit
        if line and used + setter.width(unit.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        while not line and len(rest) > 1 and setter.width(rest.rstrip()) > width:
            cut = max(1, int(len(rest) * width / setter.width(rest)))
            while cut > 1 and setter.width(rest[:cut]) > width:
                cut -= 1
            lines.append(rest[:cut])
            rest = rest[cut:]
        line += rest
        used += setter.width(rest)
    return [*lines, line.rstrip()] if line.strip() else lines


def _cut(lines: list[str], setter: _Setter, width: float, most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and setter.width(last + ELLIPSIS) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(" ,.;:") + ELLIPSIS]
