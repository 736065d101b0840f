"""The card of a shot without an image: its prompt, set like a title, on a dark ground with some light."""

from colorsys import hls_to_rgb
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from rushes.platform.media.camera import Box, CameraField
from rushes.platform.media.pixels import resize
from rushes.platform.media.stage import WORKING_SCALE, Stage
from rushes.platform.media.text import ELLIPSIS, clean, font_for, wrap

TEXT_WIDTH = 0.64
"""Share of the width the words may take: whatever the move, they stay in the frame."""
TEXT_HEIGHT = 0.56
LEADING = 1.38
SIZES = (0.078, 0.066, 0.056, 0.047, 0.040, 0.034)
"""Type sizes as a share of the shorter side: the largest in which the words fit is taken."""


def card_stage(prompt: str, size: tuple[int, int], *, seed: int) -> Stage:
    """A picture of the prompt, for a frame of `size`. The seed picks its colour."""
    canvas_size = (round(size[0] * WORKING_SCALE), round(size[1] * WORKING_SCALE))
    chance = Random(f"card {seed}")
    picture = _ground(canvas_size, chance)
    _set(picture, clean(prompt))
    middle = (canvas_size[0] / 2, canvas_size[1] / 2)
    return Stage(picture, CameraField(*canvas_size, Box(0.0, 0.0, *map(float, canvas_size)), middle))


def _ground(size: tuple[int, int], chance: Random) -> Image.Image:
    """A dark gradient with two soft lights of neighbouring colours."""
    hue = chance.random()
    # Drawn small and enlarged: a light this soft has no detail.
    small = (max(8, size[0] // 16), max(8, size[1] // 16))
    ground = Image.new("RGB", small, _colour(hue, 0.085, 0.4))
    for turn, light in ((0.0, 0.42), (chance.choice((-0.1, 0.1)), 0.34)):
        glow = Image.new("L", small)
        x, y = chance.uniform(0.05, 0.95) * small[0], chance.choice((0.1, 0.9)) * small[1]
        radius = max(small) * chance.uniform(0.28, 0.42)
        ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=200)
        glow = glow.filter(ImageFilter.GaussianBlur(max(small) / 5))
        ground.paste(Image.new("RGB", small, _colour(hue + turn, light, 0.5)), mask=glow)
    return resize(ground, size, Image.Resampling.BICUBIC)


def _colour(hue: float, light: float, strength: float) -> tuple[int, int, int]:
    red, green, blue = hls_to_rgb(hue % 1.0, light, strength)
    return round(red * 255), round(green * 255), round(blue * 255)


def _set(picture: Image.Image, text: str) -> None:
    width, height = picture.size
    room = round(width * TEXT_WIDTH)
    font, lines = _fit(text, room, round(height * TEXT_HEIGHT), min(width, height))
    size = round(font.size)
    leading = round(size * LEADING)
    draw = ImageDraw.Draw(picture)
    left = (width - room) // 2
    top = (height - leading * len(lines)) // 2
    rule = max(2, size // 14)
    draw.rectangle((left, top - size, left + size * 2, top - size + rule), fill=(255, 255, 255))
    for number, line in enumerate(lines):
        draw.text((left, top + number * leading), line, font=font, fill=(240, 240, 236))


def _fit(text: str, width: int, height: int, side: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest type in which the words fit; the smallest cuts them short if it must."""
    for share in SIZES:
        font = font_for(text, round(side * share), weight=500)
        most = max(1, int(height / (font.size * LEADING)))
        lines = wrap(text, font, width, max_lines=most)
        if not lines or not lines[-1].endswith(ELLIPSIS) or share == SIZES[-1]:
            return font, lines
    raise AssertionError("SIZES is never empty")
