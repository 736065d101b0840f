"""A small darkroom for make_images.py: pictures as fields of numbers, all with Pillow and a seed.

A field is one float a pixel. Light is added up in floats, and only the finished print is 8 bits, so
that skies do not band.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image, ImageFilter, ImageMath

from rushes.platform.media.pixels import resize

WIDTH, HEIGHT = 1080, 1920
SIZE = (WIDTH, HEIGHT)
Colour = tuple[float, float, float]
SMOOTH = Image.Resampling.BICUBIC


@dataclass(frozen=True)
class Field:
    """One float for each pixel, with arithmetic."""

    image: Image.Image

    def _with(self, other: "Field | float", work: Callable[[Any, Any, dict[str, Any]], Any]) -> "Field":
        operand = other.image if isinstance(other, Field) else float(other)
        return Field(ImageMath.lambda_eval(lambda v: work(v["a"], v["b"], v), a=self.image, b=operand))

    def __add__(self, other: "Field | float") -> "Field":
        return self._with(other, lambda a, b, _: a + b)

    def __sub__(self, other: "Field | float") -> "Field":
        return self._with(other, lambda a, b, _: a - b)

    def __mul__(self, other: "Field | float") -> "Field":
        return self._with(other, lambda a, b, _: a * b)

    def __truediv__(self, other: "Field | float") -> "Field":
        return self._with(other, lambda a, b, _: a / b)

    def __rsub__(self, other: float) -> "Field":
        return self * -1.0 + other

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self) -> "Field":
        return self._with(0.0, lambda a, _b, _: abs(a))

    def at_least(self, low: "Field | float") -> "Field":
        """The larger of the two, pixel by pixel."""
        return self._with(low, lambda a, b, v: v["max"](a, b))

    def at_most(self, high: "Field | float") -> "Field":
        """The smaller of the two, pixel by pixel."""
        return self._with(high, lambda a, b, v: v["min"](a, b))

    def power(self, exponent: float) -> "Field":
        """Of a field that is nowhere negative."""
        return self._with(exponent, lambda a, b, _: a**b)

    def exp(self) -> "Field":
        """e to the power of the field."""
        return self._with(math.e, lambda a, b, _: b**a)

    def unit(self) -> "Field":
        """Cut to 0..1."""
        return self.at_least(0.0).at_most(1.0)

    def step(self, low: float, high: float) -> "Field":
        """0 up to `low`, 1 from `high`, smooth in between."""
        t = ((self - low) / (high - low)).unit()
        return t * t * (3.0 - 2.0 * t)

    def blur(self, radius: float) -> "Field":
        """Softened by about `radius` pixels: shrunk and enlarged, as Pillow's blur knows no floats."""
        small = (max(2, round(self.image.width / radius)), max(2, round(self.image.height / radius)))
        # A second, half as small copy hides the grid of the first.
        once = resize(resize(self.image, small, Image.Resampling.HAMMING), self.image.size, SMOOTH)
        half = (max(2, round(small[0] * 1.37)), max(2, round(small[1] * 1.37)))
        return Field(resize(resize(once, half, Image.Resampling.HAMMING), self.image.size, SMOOTH))

    def flipped(self) -> "Field":
        """Upside down."""
        return Field(self.image.transpose(Image.Transpose.FLIP_TOP_BOTTOM))


def flat(value: float) -> Field:
    """The same everywhere."""
    return Field(Image.new("F", SIZE, value))


def across(values: Sequence[float]) -> Field:
    """One value a column."""
    return _line(values, (len(values), 1))


def down(values: Sequence[float]) -> Field:
    """One value a row."""
    return _line(values, (1, len(values)))


def _line(values: Sequence[float], size: tuple[int, int]) -> Field:
    return Field(resize(strip(values, size), SIZE, SMOOTH))


def strip(values: Sequence[float], size: tuple[int, int]) -> Image.Image:
    """Numbers as an image of floats, row by row."""
    return Image.frombytes("F", size, array("f", values).tobytes())


X = across([(column + 0.5) / WIDTH for column in range(WIDTH)])
Y = down([(row + 0.5) / HEIGHT for row in range(HEIGHT)])
"""Position, 0..1 from the left and from the top."""
ASPECT = HEIGHT / WIDTH


def noise(chance: Random, cells: tuple[float, float], octaves: int = 5, gain: float = 0.5) -> Field:
    """Clouds of numbers around 0 (about -1..1); `cells` across and down in the coarsest octave."""
    total, loud, norm = flat(0.0), 1.0, 0.0
    for octave in range(octaves):
        columns, rows = (max(2, round(count * 2**octave) + 1) for count in cells)
        columns, rows = min(columns, WIDTH), min(rows, HEIGHT)
        small = Image.frombytes("L", (columns, rows), chance.randbytes(columns * rows)).convert("F")
        total = total + (Field(resize(small, SIZE, SMOOTH)) - 127.5) * (loud / 74.0)
        norm += loud**2
        loud *= gain
    return total * (0.6 / math.sqrt(norm))


def ridge(chance: Random, cells: float, octaves: int, gain: float = 0.5) -> list[float]:
    """A line of fractal hills, one value a column, about -1..1."""
    line = [0.0] * WIDTH
    loud = 1.0
    for octave in range(octaves):
        count = min(WIDTH, round(cells * 2**octave) + 3)
        small = strip([chance.uniform(-1, 1) for _ in range(count)], (count, 1))
        values = resize(small, (WIDTH, 1), SMOOTH).tobytes()
        line = [have + loud * value for have, value in zip(line, memoryview(values).cast("f"), strict=True)]
        loud *= gain
    return line


def glow(x: float, y: float, radius: float, stretch: float = 1.0) -> Field:
    """A soft light at a point: 1 in the middle; `radius` as a share of the width; `stretch` widens it."""
    dx, dy = (X - x) * (1.0 / (radius * stretch)), (Y - y) * (ASPECT / radius)
    return ((dx * dx + dy * dy) * -1.0).exp()


@dataclass(frozen=True)
class Picture:
    """Red, green and blue light; 1 is a bright white, more is brighter than the print can show."""

    bands: tuple[Field, Field, Field]

    @classmethod
    def of(cls, colour: Colour) -> "Picture":
        """One colour all over."""
        return cls((flat(colour[0]), flat(colour[1]), flat(colour[2])))

    @classmethod
    def gradient(cls, position: Field, stops: Sequence[tuple[float, Colour]]) -> "Picture":
        """Colours along a field, smooth between the stops."""
        picture = cls.of(stops[0][1])
        for (low, _), (high, colour) in pairwise(stops):
            picture = picture.mix(colour, position.step(low, high))
        return picture

    def mix(self, other: "Colour | Picture", mask: Field) -> "Picture":
        """The other over this, as much as the mask says."""
        tops = other.bands if isinstance(other, Picture) else tuple(flat(value) for value in other)
        red, green, blue = (a + (b - a) * mask for a, b in zip(self.bands, tops, strict=True))
        return Picture((red, green, blue))

    def lit(self, colour: Colour, light: Field) -> "Picture":
        """With light of a colour added."""
        red, green, blue = (
            band + light * value if value else band for band, value in zip(self.bands, colour, strict=True)
        )
        return Picture((red, green, blue))

    def times(self, factor: Field | float) -> "Picture":
        """Darker or brighter."""
        red, green, blue = (band * factor for band in self.bands)
        return Picture((red, green, blue))

    def each(self, work: Callable[[Field], Field]) -> "Picture":
        """The same done to each band."""
        red, green, blue = (work(band) for band in self.bands)
        return Picture((red, green, blue))

    def luma(self) -> Field:
        """Brightness as eyes see it."""
        red, green, blue = self.bands
        return red * 0.21 + green * 0.72 + blue * 0.07


def below(line: list[float], softness: float = 1.2) -> Field:
    """1 under a line of heights (0..1 from the top, one a column), with an edge `softness` pixels soft."""
    return ((Y - across(line)) * (HEIGHT / softness) + 0.5).unit()


def between(colours: list[Colour], t: float) -> Colour:
    """The colour at `t` (0..1) along a row of colours."""
    place = min(max(t, 0.0), 1.0) * (len(colours) - 1)
    at = min(int(place), len(colours) - 2)
    red, green, blue = (a + (b - a) * (place - at) for a, b in zip(colours[at], colours[at + 1], strict=True))
    return red, green, blue


def drawn(image: Image.Image, blur: float = 0.0) -> Field:
    """An 8-bit drawing as a field 0..1."""
    soft = image.filter(ImageFilter.GaussianBlur(blur)) if blur else image
    return Field(soft.convert("F")) / 255.0


def moved_down(image: Image.Image, pixels: int) -> Image.Image:
    """The same, lower."""
    matrix = (1, 0, 0, 0, 1, -pixels)
    return image.transform(SIZE, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def stretched_down(band: Field) -> Field:
    """Smeared from top to bottom, as wet asphalt smears a light."""
    small = resize(band.image, (WIDTH // 3, HEIGHT // 90), Image.Resampling.BOX)
    return Field(resize(small, SIZE, Image.Resampling.BICUBIC))


def develop(picture: Picture, chance: Random, into: Path, *, quality: int = 88) -> None:
    """Print a picture as film would: bloom, a shoulder, cool shadows, warm lights, a vignette, grain."""
    bloom = (picture.luma() - 0.75).at_least(0.0)
    for radius, share in ((14.0, 0.16), (60.0, 0.14)):
        picture = picture.lit((1.0, 0.86, 0.7), bloom.blur(radius) * share)
    dx, dy = (X - 0.5) * 1.6, (Y - 0.5) * 1.6
    distance = dx * dx + dy * dy
    picture = picture.times(1.0 - (distance * distance).at_most(1.5) * 0.22)
    # The shoulder: bright light rolls off instead of clipping.
    picture = picture.each(lambda band: (1.0 - (band.at_least(0.0) * -1.55).exp()) * 1.16)
    light = picture.luma().unit()
    picture = picture.lit((-0.012, 0.002, 0.026), 1.0 - light).lit((0.022, 0.006, -0.024), light)
    specks = noise(chance, (WIDTH / 2.2, HEIGHT / 2.2), 1)
    grain = specks * (2.4 - 1.2 * light)
    bands = [(band.unit() * 255.0 + grain + 0.5).at_least(0.0).at_most(255.0) for band in picture.bands]
    printed = Image.merge("RGB", [band.image.convert("L") for band in bands])
    printed.save(into, "JPEG", quality=quality, optimize=True, progressive=True)
