"""Draws the frames of a take: a picture seen through a camera's path, with vignette and grain.

Frames are drawn as the three planes the encoder wants (half the bytes of RGB, no conversion a
frame), and grain is an addition modulo 256, which Pillow does in a tenth of a millisecond. That is
what keeps drawing cheaper than encoding; bench/animatic.py holds it to that.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageFilter

from rushes.platform.media.camera import Box, Path
from rushes.platform.media.pixels import lookup, resize

BLACK = 16
"""Luma of black in limited range; planes are kept without it until the grain adds it back."""
GRAIN_SIGMA = 2.1
GRAIN_MOST = 11
GRAIN_MARGIN = 160
VIGNETTE_DEPTH = 0.30
FOR_LUMA = Image.Resampling.BICUBIC
"""Places a detail within 0.01 pixel whatever the fraction; bilinear errs by 0.07, Hamming by 0.2, which
is seen as a tremble in a slow pan."""
FOR_CHROMA = Image.Resampling.BILINEAR


@dataclass(frozen=True)
class Planes:
    """A picture in BT.709: luma from 0 (black) to 219, chroma at half size around 128."""

    luma: Image.Image
    blue: Image.Image
    red: Image.Image


@dataclass(frozen=True)
class Grade:
    """A slight look of its own for each take: gains around 1."""

    warmth: float = 1.0
    light: float = 1.0

    @classmethod
    def of(cls, seed: int) -> "Grade":
        """The look that belongs to a seed."""
        chance = Random(f"grade {seed}")
        return cls(warmth=chance.uniform(0.95, 1.05), light=chance.uniform(0.94, 1.06))


def to_planes(picture: Image.Image, grade: Grade) -> Planes:
    """Convert once; every frame is then cut from the planes."""
    gains = (grade.light * grade.warmth, grade.light, grade.light / grade.warmth)
    weights = (0.2126, 0.7152, 0.0722)
    luma = [219 / 255 * weight for weight in weights]
    blue = [224 / 255 * (float(band == 2) - weight) / 1.8556 for band, weight in enumerate(weights)]
    red = [224 / 255 * (float(band == 0) - weight) / 1.5748 for band, weight in enumerate(weights)]
    rows = [[value * gain for value, gain in zip(row, gains, strict=True)] for row in (luma, blue, red)]
    matrix = (*rows[0], 0.0, *rows[1], 128.0, *rows[2], 128.0)
    plain = picture if picture.mode == "RGB" else picture.convert("RGB")
    y, cb, cr = plain.convert("RGB", matrix).split()
    half = (max(1, picture.width // 2), max(1, picture.height // 2))
    box = Image.Resampling.BOX
    return Planes(y, resize(cb, half, box), resize(cr, half, box))


def draw_frames(
    planes: Planes, path: Path, *, size: tuple[int, int], frames: int, seed: int
) -> Iterator[bytes]:
    """Raw yuv420p frames of `size` (even numbers). Computes as it is iterated: do so in a thread."""
    width, height = size
    half = (width // 2, height // 2)
    vignette = _vignette(size)
    brightest = Image.new("L", size, 255 - BLACK - GRAIN_MOST)
    grain = _grain(size)
    chance = Random(f"grain {seed}")
    scale_x = planes.blue.width / planes.luma.width
    scale_y = planes.blue.height / planes.luma.height
    for number in range(frames):
        view = path(number / max(1, frames - 1))
        luma = resize(planes.luma, size, FOR_LUMA, _edges(view, planes.luma.size))
        # White with a bright grade, or at a sharp edge, may be more than white: grain would wrap it to black.
        luma = ImageChops.multiply(ImageChops.darker(luma, brightest), vignette)
        x, y = chance.randrange(GRAIN_MARGIN), chance.randrange(GRAIN_MARGIN)
        luma = ImageChops.add_modulo(luma, grain.crop((x, y, x + width, y + height)))
        small = Box(view.left * scale_x, view.top * scale_y, view.width * scale_x, view.height * scale_y)
        edges = _edges(small, planes.blue.size)
        chroma = (resize(plane, half, FOR_CHROMA, edges) for plane in (planes.blue, planes.red))
        yield b"".join(plane.tobytes() for plane in (luma, *chroma))


def _edges(box: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The box as Pillow wants it; rounding errors must not reach outside the picture."""
    return (max(0.0, box.left), max(0.0, box.top), min(size[0], box.right), min(size[1], box.bottom))


@cache
def _vignette(size: tuple[int, int]) -> Image.Image:
    """How much light each pixel keeps, 255 for all: worked out small, since it is smooth."""
    width, height = (max(2, side // 16) for side in size)
    keep = bytearray()
    for y in range(height):
        for x in range(width):
            across = 2 * (x + 0.5) / width - 1
            down = 2 * (y + 0.5) / height - 1
            # 1 in the corners; the middle of the picture is left alone.
            distance = math.hypot(across, down) / math.sqrt(2)
            keep.append(round(255 * (1 - VIGNETTE_DEPTH * distance**3)))
    small = Image.frombytes("L", (width, height), bytes(keep))
    return resize(small, size, Image.Resampling.BICUBIC)


@cache
def _grain(size: tuple[int, int]) -> Image.Image:
    """Noise to be added modulo 256, black included: more than a frame, so that each gets another part."""
    width, height = (side + GRAIN_MARGIN for side in size)
    noise = Image.frombytes("L", (width, height), Random("grain").randbytes(width * height))
    # A little softness makes specks of noise into grain of film; the table sets its strength.
    soft = noise.filter(ImageFilter.GaussianBlur(0.6))
    sigma = _spread(soft)
    table = [
        (BLACK + max(-GRAIN_MOST, min(GRAIN_MOST, round((value - 127.5) / sigma * GRAIN_SIGMA)))) % 256
        for value in range(256)
    ]
    return lookup(soft, table)


def _spread(noise: Image.Image) -> float:
    """Standard deviation of a one-band picture."""
    counts = noise.histogram()
    total = sum(counts)
    mean = sum(value * count for value, count in enumerate(counts)) / total
    return math.sqrt(sum(count * (value - mean) ** 2 for value, count in enumerate(counts)) / total)
