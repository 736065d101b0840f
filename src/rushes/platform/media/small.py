"""Small variants of stored pictures, for pages: made once, kept in a folder that may be emptied any time."""

import io
import os
from pathlib import Path

from PIL import Image

WIDTHS = (120, 240, 480, 960, 1600)
"""Pixels. A few, so that pages cannot fill the disk by asking for every number there is."""
_QUALITY = 82


def nearest_width(width: int) -> int:
    """The smallest width that is kept and shows no less than was asked for."""
    return next((each for each in WIDTHS if each >= width), WIDTHS[-1])


def small_file(cache: Path, sha256: str, width: int) -> Path:
    """Where the variant of a picture is, or will be."""
    return cache / "pictures" / sha256[:2] / f"{sha256}-{width}.jpg"


def write_small(data: bytes, into: Path, width: int) -> None:
    """Write a JPEG at most `width` pixels wide; a narrower picture keeps its size. Blocking."""
    with Image.open(io.BytesIO(data)) as opened:
        opened.draft("RGB", (2 * width, 2 * opened.height * width // opened.width))
        picture = opened.convert("RGB")
    picture.thumbnail((width, picture.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    into.parent.mkdir(parents=True, exist_ok=True)
    # Several may be making the same one: each writes its own, and the last is as good as the first.
    part = into.with_name(f"{into.name}.{os.getpid()}.{id(data)}.part")
    try:
        picture.save(part, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
