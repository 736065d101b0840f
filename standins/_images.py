"""Pictures and clips that the stand-ins give out: small, real, told apart by their colour."""

import hashlib
from functools import cache
from io import BytesIO
from typing import Literal

from PIL import Image

Form = Literal["JPEG", "PNG", "WEBP"]
MOST_SIDE = 160
"""Of a picture that is given out, whatever size is named: what is looked at is its shape and its colour."""


def colour_of(name: str) -> tuple[int, int, int]:
    """Return the colour of everything that is made for a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return digest[0], digest[1], digest[2]


@cache
def picture(name: str, width: int, height: int, form: Form = "JPEG") -> bytes:
    """Return a picture in the shape of these sides."""
    factor = min(1.0, MOST_SIDE / max(width, height))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    buffer = BytesIO()
    Image.new("RGB", size, colour_of(name)).save(buffer, form)
    return buffer.getvalue()
