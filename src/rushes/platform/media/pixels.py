"""Two Pillow calls with a full type: Pillow's own mention numpy, which is not installed."""

from collections.abc import Sequence

from PIL import Image

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels; fractions count."""


def resize(
    image: Image.Image, size: tuple[int, int], filter_: Image.Resampling, box: Edges | None = None
) -> Image.Image:
    """The part `box` of an image (all of it for None), resampled to `size`."""
    return image.resize(size, filter_, box)  # pyright: ignore[reportUnknownMemberType]


def lookup(image: Image.Image, table: Sequence[int]) -> Image.Image:
    """Every value replaced by its entry in `table`, which has 256 entries for each band."""
    return image.point(table)  # pyright: ignore[reportUnknownMemberType]
