"""Still pictures of videos: the thumbnail of one take, and the contact sheet of many."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL import Image, ImageDraw, ImageOps, ImageStat

from rushes.errors import Damaged
from rushes.media.probe import open_video
from rushes.media.text import clean, font_for, wrap

THUMBNAIL_SIDE = 480
THUMBNAIL_AT = 1 / 3
THUMBNAIL_JPEG = {"quality": 84, "optimize": True}
LEAST_SPREAD = 4.0
"""A frame whose luma spreads less than this is a blank (a fade, a flash): another is looked for."""
KEY_FRAMES_TRIED = 4
UNTAGGED = 2
TAGGED_601 = (5, 6)
"""What a stream's matrix tag says (ISO/IEC 23091-2): nothing, or one of the two names of BT.601."""

_kept = threading.local()

PAPER = (24, 25, 28)
INK = (226, 226, 222)
FAINT = (138, 140, 146)


@dataclass(frozen=True)
class Tile:
    """One picture of a contact sheet and the words under it."""

    picture: Path
    label: str


def write_thumbnail(video: Path, into: Path, *, long_side: int = THUMBNAIL_SIDE) -> None:
    """Write a JPEG of a good frame of a video; `long_side` in pixels.

    Blocking: call it with `asyncio.to_thread`. Raises `Damaged` when no frame can be decoded.
    """
    with open_video(video) as container:
        write_picture(thumbnail_of(container, video, long_side), into, "JPEG", **THUMBNAIL_JPEG)


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


def contact_sheet(
    tiles: Sequence[Tile],
    into: Path,
    *,
    title: str,
    columns: int | None = None,
    tile_long_side: int = 420,
) -> None:
    """Write a PNG of all tiles in an even grid, a title above, a label under each.

    `columns` defaults to a grid about as wide as a page. Blocking: call it with `asyncio.to_thread`.
    Raises `ValueError` without tiles.
    """
    if not tiles:
        raise ValueError("A contact sheet needs at least one tile.")
    box = _cell(tiles, tile_long_side)
    gap = round(tile_long_side * 0.055)
    margin = gap * 2
    across = columns or _columns(len(tiles), box)
    down = -(-len(tiles) // across)
    small, large = max(13, tile_long_side // 26), max(18, tile_long_side // 15)
    label_height = round(small * 3.3)
    head = round(large * 2.4)
    size = (
        2 * margin + across * box[0] + (across - 1) * gap,
        margin + head + down * (box[1] + label_height) + (down - 1) * gap + margin,
    )
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    _title(draw, clean(title), len(tiles), (margin, margin), size[0] - 2 * margin, large)
    for number, tile in enumerate(tiles):
        left = margin + number % across * (box[0] + gap)
        top = margin + head + number // across * (box[1] + label_height + gap)
        with Image.open(tile.picture) as image:
            shown = ImageOps.contain(image.convert("RGB"), box, Image.Resampling.LANCZOS)
        sheet.paste(shown, (left + (box[0] - shown.width) // 2, top + (box[1] - shown.height) // 2))
        label = clean(tile.label)
        font = font_for(label, small)
        for line_number, line in enumerate(wrap(label, font, box[0], max_lines=2)):
            at = (left, top + box[1] + small * 0.55 + line_number * small * 1.3)
            draw.text(at, line, font=font, fill=INK if line_number == 0 else FAINT)
    write_picture(sheet, into, "PNG", optimize=True)


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


def _cell(tiles: Sequence[Tile], long_side: int) -> tuple[int, int]:
    """One size for all tiles: that of the first picture's shape."""
    with Image.open(tiles[0].picture) as image:
        width, height = image.size
    shrink = long_side / max(width, height)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _columns(count: int, box: tuple[int, int]) -> int:
    """Columns for a sheet a little wider than it is high."""
    return min(range(1, count + 1), key=lambda across: abs(_shape(count, across, box) - 1.4))


def _shape(count: int, across: int, box: tuple[int, int]) -> float:
    # An unfilled last row counts against a grid.
    down = -(-count // across)
    empty = across * down - count
    return across * box[0] / (down * (box[1] + 60)) + 0.25 * empty


def _title(
    draw: ImageDraw.ImageDraw, title: str, count: int, at: tuple[int, int], width: int, size: int
) -> None:
    font = font_for(title, size, weight=600)
    tally = f"{count} video" + ("s" if count != 1 else "")
    small = font_for(tally, round(size * 0.62))
    room = width - round(small.getlength(tally)) - size
    for line in wrap(title, font, max(size, room), max_lines=1):
        draw.text(at, line, font=font, fill=INK)
    draw.text((at[0] + width, at[1] + size * 1.05), tally, font=small, fill=FAINT, anchor="rs")


def write_picture(picture: Image.Image, into: Path, kind: str, **options: int) -> None:
    """Write beside and rename: the name never shows half a picture. Not synced: it can be made again."""
    part = into.with_name(into.name + ".part")
    try:
        picture.save(part, kind, **options)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
