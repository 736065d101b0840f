"""Stills for going on from a video: its very last frame, and a sheet of frames to scrub through."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from rushes.errors import Damaged
from rushes.platform.media.pictures import as_picture, write_picture
from rushes.platform.media.probe import open_video

QUALITY = 92
"""As high as normalised images: the last frame becomes another video's first."""
TAIL_SECONDS = 1.0
SHEET_COLUMNS = 5
SHEET_FRAMES = 20
SHEET_TILE = 320
"""Long side of one frame in a sheet, pixels."""


def write_last_frame(video: Path, into: Path) -> None:
    """Write the last frame as a JPEG in the video's own size. Blocking. Raises `Damaged`."""
    with open_video(video) as container:
        stream = _decoding(container)
        # To the key frame before the last second; without an index the whole video is decoded.
        if container.duration and container.duration > TAIL_SECONDS * av.time_base:
            container.seek(container.duration - int(TAIL_SECONDS * av.time_base), backward=True)
        last: VideoFrame | None = None
        for frame in container.decode(stream):
            last = frame
        if last is None:
            raise Damaged(f"{video.name} has no frame that can be shown.")
        picture = as_picture(last, max(last.width, last.height))
    write_picture(picture, into, "JPEG", quality=QUALITY, subsampling=0)


def write_sheet(video: Path, into: Path) -> None:
    """Write a JPEG grid of frames, evenly spaced over the video, row by row. Blocking. Raises `Damaged`."""
    with open_video(video) as container:
        tiles = list(_spaced(container))
    if not tiles:
        raise Damaged(f"{video.name} has no frame that can be shown.")
    width, height = tiles[0].size
    across = min(SHEET_COLUMNS, len(tiles))
    sheet = Image.new("RGB", (across * width, ceil(len(tiles) / across) * height))
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % across * width, number // across * height))
    write_picture(sheet, into, "JPEG", quality=84, optimize=True)


def _spaced(container: InputContainer) -> Iterator[Image.Image]:
    """At most `SHEET_FRAMES` frames; a short clip has fewer, and gives all it has."""
    seconds = (container.duration or 0) / av.time_base
    given = 0
    for frame in container.decode(_decoding(container)):
        due = given * seconds / SHEET_FRAMES
        if given < SHEET_FRAMES and frame.time >= due:
            given += 1
            yield as_picture(frame, SHEET_TILE)


def _decoding(container: InputContainer) -> VideoStream:
    """The video's frames, all of them: it was opened to be looked at without decoding any."""
    stream = container.streams.video[0]
    stream.codec_context.skip_frame = "DEFAULT"
    stream.thread_type = "AUTO"
    return stream
