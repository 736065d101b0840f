"""Still pictures of videos: the thumbnail of one take."""

import threading
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL import Image, ImageStat

from rushes.errors import Damaged
from rushes.platform.media.facts import Probe
from rushes.platform.media.probe import SAFELY

THUMBNAIL_SIDE = 480
THUMBNAIL_AT = 1 / 3
THUMBNAIL_JPEG = {"quality": 84, "optimize": True}
LEAST_SPREAD = 4.0
"""A frame whose luma spreads less than this is a blank (a fade, a flash): another is looked for."""
KEY_FRAMES_TRIED = 4
GREY = (64, 64, 64)
UNTAGGED = 2
TAGGED_601 = (5, 6)
"""What a stream's matrix tag says (ISO/IEC 23091-2): nothing, or one of the two names of BT.601."""

_kept = threading.local()


def thumbnail_of(container: InputContainer, video: Path, long_side: int = THUMBNAIL_SIDE) -> Image.Image:
    """The picture, of a video that is open: a key frame a third into it, another if it is blank."""
    picture: Image.Image | None = None
    stream = container.streams.video[0]
    stream.codec_context.skip_frame = "NONKEY"
    # Threads would each decode a key frame before the first one is handed out.
    stream.codec_context.thread_count = 1
    _seek(container, int((container.duration or 0) * THUMBNAIL_AT))
    for tried, frame in enumerate(container.decode(stream), 1):
        candidate = as_picture(frame, long_side)
        picture = picture or candidate
        if _spread(candidate) >= LEAST_SPREAD:
            picture = candidate
            break
        if tried == KEY_FRAMES_TRIED:
            break
    if picture is None:
        raise Damaged(f"{video.name} has no frame that can be shown.")
    return picture


def thumbnail_or_stand_in(container: InputContainer, video: Path, facts: Probe) -> Image.Image:
    """Return the picture of a take, whatever it takes: a paid take is not damaged for want of one.

    Where the edit list hides every key frame, frames are shown that players leave out. Where nothing here can
    decode the take, its picture is grey. Raises `Damaged` when it can be decoded and holds no frame at all.
    """
    try:
        return thumbnail_of(container, video)
    except (Damaged, FFmpegError, ValueError):
        pass
    try:
        with av.open(str(video), options={**SAFELY, "ignore_editlist": "1"}) as anew:
            frame = next(anew.decode(anew.streams.video[0]))
            return as_picture(frame, THUMBNAIL_SIDE)
    except (StopIteration, InvalidDataError) as error:
        raise Damaged(f"{video.name} has no frame that can be shown.") from error
    except (FFmpegError, ValueError, MemoryError):  # no decoder for it here, or a shape that cannot be scaled
        shrink = min(1.0, THUMBNAIL_SIDE / max(facts.width, facts.height))
        size = (max(2, round(facts.width * shrink)), max(2, round(facts.height * shrink)))
        return Image.new("RGB", size, GREY)


def _seek(container: InputContainer, at: int) -> None:
    """Go to the first key frame from `at` (microseconds) on, or the last one before it."""
    try:
        container.seek(at, backward=False)
    except FFmpegError:
        container.seek(at, backward=True)


def as_picture(frame: VideoFrame, long_side: int) -> Image.Image:
    """The frame as RGB, `long_side` pixels at most, in the colours its tags (or else its size) call for."""
    shrink = min(1.0, long_side / max(frame.width, frame.height))
    size = (max(2, round(frame.width * shrink)), max(2, round(frame.height * shrink)))
    untagged_and_small = frame.colorspace == UNTAGGED and min(frame.width, frame.height) < 720
    small = _scaler().reformat(
        frame,
        *size,
        format="rgb24",
        src_colorspace=(
            Colorspace.ITU601 if frame.colorspace in TAGGED_601 or untagged_and_small else Colorspace.ITU709
        ),
        dst_color_range=ColorRange.JPEG,
        interpolation="AREA",
    )
    plane = small.planes[0]
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)


def _scaler() -> VideoReformatter:
    """This thread's own. It keeps its tables for the next frame of the same shape, and they take longer to
    make than a small frame to scale.
    """
    if not hasattr(_kept, "scaler"):
        _kept.scaler = VideoReformatter()
    return _kept.scaler


def _spread(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.convert("L")).stddev[0]


def write_picture(picture: Image.Image, into: Path, kind: str, **options: int) -> None:
    """Write beside and rename: the name never shows half a picture. Not synced: it can be made again."""
    part = into.with_name(into.name + ".part")
    try:
        picture.save(part, kind, **options)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
