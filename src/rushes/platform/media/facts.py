"""What is known of a video file: plain data, for those who need no decoder."""

from dataclasses import dataclass
from fractions import Fraction

MP4 = "mp4"


@dataclass(frozen=True)
class Probe:
    """What is in a video file. Width and height in pixels, size in bytes."""

    duration_seconds: float
    width: int
    height: int
    fps: float
    frames: int
    video_codec: str
    audio_codec: str | None
    size: int
    container: str = MP4
    """`mp4`, or FFmpeg's name of another container."""


@dataclass(frozen=True)
class FrameShape:
    """How a clip is shown: its pixels after turning, and how much wider than high each is."""

    width: int
    height: int
    pixel_aspect: Fraction
