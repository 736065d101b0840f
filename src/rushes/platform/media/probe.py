"""Tells whether a file is a whole video, and what is in it.

Runs for every take that arrives, thousands of times, so nothing is decoded: the container's tables
and the sizes of its boxes say what is needed in about a millisecond.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError
from av.stream import Disposition

from rushes.errors import Damaged
from rushes.platform.media.facts import MP4, FrameShape, Probe

CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,ogg,asf"
"""What a take may come in. No pictures, and no playlists, which would have FFmpeg open other files."""
SAFELY = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
STILLS = frozenset({"mjpeg", "png", "gif", "webp", "bmp", "tiff", "apng", "jpegxl", "jpeg2000"})
"""Codecs of pictures. Motion JPEG has many of them in a row."""
LEAST_PICTURES = 4
ISO_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp"})


def probe(path: Path) -> Probe:
    """Look into a video without decoding it. Raises `Damaged` when it is not a whole video.

    Blocking file work: call it with `asyncio.to_thread`. A missing file is the caller's
    `FileNotFoundError`.
    """
    with open_whole(path) as container:
        return describe(path, container)


@contextmanager
def open_whole(path: Path) -> Generator[InputContainer]:
    """A video that is whole as far as its boxes tell, opened for reading. Raises `Damaged`."""
    size = path.stat().st_size
    if size == 0:
        raise Damaged(f"{path.name} is empty.")
    _check_boxes(path, size)
    with open_video(path) as container:
        yield container


@contextmanager
def open_video(path: Path) -> Generator[InputContainer]:
    """A video opened for reading; whatever FFmpeg cannot read in it raises `Damaged`."""
    try:
        # FFmpeg decodes the first frames to guess what the tables already say; skipping takes the
        # look at an 8 s take from 25 ms to 2.5 ms.
        with av.open(str(path), options={**SAFELY, "skip_frame": "all"}) as container:
            streams = container.streams.video
            if not streams or streams[0].disposition & Disposition.attached_pic:
                raise Damaged(f"{path.name} has no video in it.")
            yield container
    except ArgumentError as error:  # how FFmpeg answers for a format that is not on the list
        raise Damaged(f"{path.name} is a picture, or no video that can be read.") from error
    except FFmpegError as error:
        raise Damaged(f"{path.name} is not a video that can be read: {error.strerror}.") from error


def shape_of(path: Path) -> FrameShape:
    """How a clip is shown. Decodes a frame: how it is turned stands nowhere else. Raises `Damaged`.

    Blocking file work: call it with `asyncio.to_thread`.
    """
    try:
        with av.open(str(path), options=SAFELY) as container:
            frame = next(container.decode(container.streams.video[0]))
            aspect = container.streams.video[0].codec_context.sample_aspect_ratio or Fraction(1)
    except (FFmpegError, StopIteration) as error:
        raise Damaged(f"{path.name} has no frame that can be shown.") from error
    if frame.rotation % 180:
        return FrameShape(frame.height, frame.width, 1 / aspect)
    return FrameShape(frame.width, frame.height, aspect)


def describe(path: Path, container: InputContainer) -> Probe:
    """What is in an open video."""
    stream = container.streams.video[0]
    codec = stream.codec_context
    # Fragmented MP4 and WebM keep no count; their packets are counted, still without decoding.
    frames = stream.frames or sum(1 for packet in container.demux(stream) if packet.size)
    if frames == 0 or not codec.width or not codec.height:
        raise Damaged(f"{path.name} has a video track without a single frame.")
    if frames == 1 or (codec.name in STILLS and frames < LEAST_PICTURES):
        raise Damaged(f"{path.name} is a picture, not a video.")
    rate = stream.average_rate or stream.guessed_rate
    fps = float(rate) if rate else 0.0
    if container.duration:
        duration = container.duration / av.time_base
    elif fps:
        duration = frames / fps
    else:
        raise Damaged(f"{path.name} does not say how long it is.")
    audio = container.streams.audio
    return Probe(
        duration_seconds=duration,
        width=codec.width,
        height=codec.height,
        fps=fps,
        frames=frames,
        video_codec=codec.name,
        audio_codec=audio[0].codec_context.name if audio else None,
        size=path.stat().st_size,
        container=_container(container),
    )


def _container(container: InputContainer) -> str:
    """What it is in: `mp4` also for its relatives, but not for QuickTime, which browsers may refuse."""
    name = container.format.name
    if name.startswith("mov"):
        return MP4 if container.metadata.get("major_brand", "qt  ").strip() != "qt" else "quicktime"
    return name.partition(",")[0]


def _check_boxes(path: Path, size: int) -> None:
    """Raise `Damaged` when an MP4 or QuickTime file ends before its boxes do, or has no index.

    FFmpeg reads a file whose index comes first without complaint, however short it was cut: only
    the declared sizes tell. Other containers are left to FFmpeg.
    """
    with path.open("rb") as file:
        names: set[bytes] = set()
        for name, end in _boxes(file, size):
            if not names and name not in ISO_FIRST_BOXES:
                return
            names.add(name)
            if end > size:
                raise Damaged(
                    f"{path.name} was cut short: it has {size} bytes and should have at least {end}."
                )
    if b"moov" not in names:
        raise Damaged(f"{path.name} was cut short: its index (moov) is missing.")


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Name and end of each top-level box. A header that is itself cut off ends beyond the file."""
    start = 0
    while start < size:
        file.seek(start)
        head = file.read(16)
        length, name, header = int.from_bytes(head[:4]), head[4:8], 8
        if length == 1:
            length, header = int.from_bytes(head[8:16]), 16
        elif length == 0:
            length = size - start  # the last box: it reaches to the end of the file
        end = start + max(length, header)
        yield name, end
        start = end
