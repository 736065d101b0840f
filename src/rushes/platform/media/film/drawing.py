"""Draws the frames of a still under a moving camera, as raw yuv420p for FFmpeg.

The animatic's camera and stage; FFmpeg's scaler, through PyAV and in whole numbers (`resampling.py`), instead
of Pillow's: a third of the CPU, which is what lets a film cost no more than one FFmpeg command of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image, ImageOps

from rushes.platform.media.camera import Box, plan
from rushes.platform.media.camera import Path as CameraPath
from rushes.platform.media.film.resampling import MARGIN, span_for
from rushes.platform.media.film.timeline import StillFit, StillSource
from rushes.platform.media.frame import BLACK, Grade, to_planes
from rushes.platform.media.pixels import lookup, resize
from rushes.platform.media.stage import blur_stage, crop_stage, open_picture

_LIMITED = [min(255, value + BLACK) for value in range(256)]
FOR_LUMA, FOR_CHROMA = Interpolation.BICUBIC, Interpolation.BILINEAR
"""Less than bicubic is seen as a tremble of a slow move, in luma."""
LARGER = 1.14
NEAR_ONE = 0.035
"""Where pixels of the source and of the frame are nearly of one size, whole numbers reach no fraction between
them: such views are taken from a copy of the picture that is `LARGER`."""


@dataclass(frozen=True)
class Plane:
    """One plane of a picture with its border repeated `MARGIN` pixels outward."""

    padded: Image.Image
    width: int
    height: int


@dataclass(frozen=True)
class Sizes:
    """A plane and its larger copy, which not every move needs."""

    plain: Plane

    @cached_property
    def larger(self) -> Plane:
        """The plane, `LARGER`."""
        width, height = self.plain.width, self.plain.height
        plane = self.plain.padded.crop((MARGIN, MARGIN, MARGIN + width, MARGIN + height))
        size = (round(width * LARGER), round(height * LARGER))
        return _padded(resize(plane, size, Image.Resampling.LANCZOS))


@dataclass(frozen=True)
class Drawn:
    """A still that is ready to be drawn: its three planes, and the way of the camera over all its frames."""

    planes: tuple[Sizes, Sizes, Sizes]
    path: CameraPath
    frames: int


def prepare(source: StillSource, size: tuple[int, int], frames: int, fps: int) -> Drawn:
    """Open a still for a frame of `size` that shows it for `frames` frames. Raises `Invalid`."""
    on_stage = blur_stage if source.fit is StillFit.BLUR else crop_stage
    stage = on_stage(open_picture(source.path), size)
    path = plan(source.move, stage.room, seed=source.seed, pace=source.pace, seconds=frames / fps)
    planes = to_planes(stage.picture, Grade())
    del stage
    luma = lookup(planes.luma, _LIMITED)
    luma, blue, red = (Sizes(_padded(each)) for each in (luma, planes.blue, planes.red))
    return Drawn((luma, blue, red), path, frames)


def draw(still: Drawn, size: tuple[int, int], numbers: Sequence[int]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The planes of the frames `numbers` of a still. Computes as it is iterated: do so in a thread."""
    scalers = [VideoReformatter() for _ in still.planes]
    luma = still.planes[0].plain
    for number in numbers:
        view = still.path(number / max(1, still.frames - 1))
        made: list[bytes] = []
        for place, (plane, scaler) in enumerate(zip(still.planes, scalers, strict=True)):
            if place == 0:
                made.append(_seen(plane, view, size, scaler, FOR_LUMA))
                continue
            across, down = plane.plain.width / luma.width, plane.plain.height / luma.height
            # Chroma belongs at the left of its two pixels of luma (H.264's usual place), not between them.
            left = view.left * across - 0.25 * view.width * across / (size[0] // 2)
            half = Box(left, view.top * down, view.width * across, view.height * down)
            made.append(_seen(plane, half, (size[0] // 2, size[1] // 2), scaler, FOR_CHROMA))
        yield made[0], made[1], made[2]


def _padded(plane: Image.Image) -> Plane:
    padded = ImageOps.expand(plane, MARGIN)
    width, height = plane.size
    # Border pixels outward: columns first, then rows, so that the corners are there too.
    for at, edge in ((0, MARGIN), (MARGIN + width, MARGIN + width - 1)):
        column = padded.crop((edge, 0, edge + 1, padded.height))
        padded.paste(resize(column, (MARGIN, padded.height), Image.Resampling.NEAREST), (at, 0))
    for at, edge in ((0, MARGIN), (MARGIN + height, MARGIN + height - 1)):
        row = padded.crop((0, edge, padded.width, edge + 1))
        padded.paste(resize(row, (padded.width, MARGIN), Image.Resampling.NEAREST), (0, at))
    return Plane(padded, width, height)


def _seen(
    plane: Sizes, view: Box, size: tuple[int, int], scaler: VideoReformatter, interpolation: Interpolation
) -> bytes:
    """The part `view` of a plane as `size` pixels."""
    source, seen = plane.plain, view
    if abs(view.width / size[0] - 1.0) < NEAR_ONE:
        source = plane.larger
        by_x, by_y = source.width / plane.plain.width, source.height / plane.plain.height
        seen = Box(view.left * by_x, view.top * by_y, view.width * by_x, view.height * by_y)
    across = span_for(seen.left, seen.width, size[0])
    down = span_for(seen.top, seen.height, size[1])
    frame = VideoFrame(across.taken, down.taken, "gray")
    into = frame.planes[0]
    left, top = across.first + MARGIN, down.first + MARGIN
    # As wide as the frame's rows are in memory: the bytes then go over in one piece.
    cut = source.padded.crop((left, top, left + into.line_size, top + down.taken))
    into.update(cut.tobytes())
    made = scaler.reformat(frame, across.made, down.made, interpolation=interpolation, threads=1)
    rows = made.planes[0]
    # Pillow takes anything with a buffer and does not copy it; its own types name two kinds of these only.
    buffer = cast(bytes, rows)
    whole = Image.frombuffer("L", (across.made, down.made), buffer, "raw", "L", rows.line_size, 1)
    box = (across.skipped, down.skipped, across.skipped + size[0], down.skipped + size[1])
    return whole.crop(box).tobytes()
