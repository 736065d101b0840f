"""What upscaling is: its choices, and the size that comes out."""

from enum import StrEnum
from fractions import Fraction

from pydantic import BaseModel, Field

LONG_SIDE, SHORT_SIDE = 3840, 2160
"""4K (UHD), pixels."""


class Target(StrEnum):
    """The size that a video is upscaled to."""

    UHD = "4k"


class Resolution(StrEnum):
    """Which copy of a video is wanted: as it was made (`original`, `720p`), or upscaled."""

    ORIGINAL = "original"
    P720 = "720p"
    UHD = "4k"


class Quality(StrEnum):
    """How much time goes into keeping the picture."""

    FAST = "fast"
    BALANCED = "balanced"
    HIGH = "high"


class Codec(StrEnum):
    """How it is coded. H.264 plays everywhere; the others are smaller."""

    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"


class Recipe(BaseModel, frozen=True):
    """How videos are upscaled. Two requests with the same recipe share the work."""

    quality: Quality = Field(
        Quality.BALANCED, description="`fast`, `balanced` or `high`: time against likeness and size."
    )
    codec: Codec = Field(Codec.H264, description="H.264 plays everywhere; H.265 and AV1 are smaller.")
    enhance: bool = Field(False, description="Also take out noise and banding, and sharpen a little.")
    hardware: bool = Field(
        False, description="Code on the graphics card where there is one that can; otherwise as usual."
    )

    def words(self) -> str:
        """The recipe as people say it: `balanced, H.265, enhanced`."""
        names = {Codec.H264: "H.264", Codec.H265: "H.265", Codec.AV1: "AV1"}
        told = [self.quality.value, names[self.codec]]
        return ", ".join([*told, *["enhanced"] * self.enhance, *["on the graphics card"] * self.hardware])


def fit_4k(width: int, height: int, pixel_aspect: Fraction = Fraction(1)) -> tuple[int, int]:
    """The largest even size of square pixels inside 4K in the clip's own orientation, its aspect kept.

    16:9 fills 3840x2160, 9:16 fills 2160x3840, a square has 2160x2160.
    """
    shown = Fraction(width) * pixel_aspect
    long, short = (LONG_SIDE, SHORT_SIDE) if shown >= height else (SHORT_SIDE, LONG_SIDE)
    scale = min(long / shown, Fraction(short, height))
    return 2 * round(shown * scale / 2), 2 * round(height * scale / 2)
