"""Measures a still picture: `python -m rushes.platform.media.still FILE FORM` prints its width and height.

Pictures come from strangers, so they are decoded in a child process, whole: one that is cut off says so only
then.
"""

import sys
from pathlib import Path

from PIL import Image

from rushes.errors import Damaged
from rushes.platform.media.child import run_child

MOST_PIXELS = 100_000_000


async def size_of_still(file: Path, form: str) -> tuple[int, int]:
    """Return width and height in pixels. `form`: JPEG, PNG or WEBP. Raises `Damaged`."""
    lines: list[str] = []
    ended = await run_child(
        [sys.executable, "-m", "rushes.platform.media.still", str(file), form], on_line=lines.append
    )
    if ended.code != 0 or not lines:
        raise Damaged(f"The picture is not a whole {form}: {ended.last_line}")
    width, height = lines[-1].split()
    return int(width), int(height)


def measure(file: Path, form: str) -> tuple[int, int]:
    """Decode it whole and return its size. Raises what Pillow raises, `ValueError` for too many pixels."""
    with Image.open(file, formats=[form]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise ValueError(f"it has {width} × {height} pixels, which is too many")
        picture.load()
    return width, height


def main() -> None:
    """Print the size, or the reason why there is none and end with 1."""
    try:
        width, height = measure(Path(sys.argv[1]), sys.argv[2])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        sys.exit(f"{error}")
    print(width, height)


if __name__ == "__main__":
    main()
