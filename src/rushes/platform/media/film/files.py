"""What the plan of a film has to know of its files: their sha256, and the facts of its clips.

Each file is read once, and again only when its size or time of change is another one. Blocking file work.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
from av.error import FFmpegError

from rushes.errors import Damaged
from rushes.platform.media.probe import SAFELY, shape_of


@dataclass(frozen=True)
class ClipFacts:
    """A clip as it is shown: seconds of picture, pixels after turning and squaring, whether it has sound."""

    seconds: float
    width: int
    height: int
    has_sound: bool


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hex. Raises `FileNotFoundError`."""
    return _sha256(path, *_state(path))


def clip_facts(path: Path) -> ClipFacts:
    """Return what a clip is. Raises `Damaged` when it is not a video, `FileNotFoundError` without a file."""
    return _facts(path, *_state(path))


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=4096)
def _sha256(path: Path, *_state: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=4096)
def _facts(path: Path, *_state: int) -> ClipFacts:
    shape = shape_of(path)
    try:
        with av.open(str(path), options=SAFELY) as container:
            stream = container.streams.video[0]
            if stream.duration and stream.time_base:
                seconds = float(stream.duration * stream.time_base)
            elif container.duration:
                seconds = container.duration / av.time_base
            else:
                raise Damaged(f"{path.name} does not say how long it is.")
            sound = bool(container.streams.audio)
    except (FFmpegError, IndexError) as error:
        raise Damaged(f"{path.name} is not a video that can be read.") from error
    return ClipFacts(seconds, round(shape.width * shape.pixel_aspect), shape.height, sound)
