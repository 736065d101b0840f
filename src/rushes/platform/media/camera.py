"""Where the camera looks at each instant: pure maths, so that smoothness can be proved without a frame.

A move is a path of boxes (the part of a picture that fills the frame), of the frame's shape and always
inside the picture, with sub-pixel positions and no sudden change of speed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from rushes.platform.media.moves import CameraMove

RAMP = 0.35
"""Share of a move spent speeding up, and again slowing down."""


@dataclass(frozen=True)
class Box:
    """A part of a picture, in its pixels; fractions count."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge, pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The bottom edge, pixels."""
        return self.top + self.height


@dataclass(frozen=True)
class CameraField:
    """The picture a camera moves in.

    `frame` is the largest box of the frame's shape around what the picture is about; `focus` is the
    point (in the picture's pixels) a push goes toward.
    """

    width: float
    height: float
    frame: Box
    focus: tuple[float, float]


Path = Callable[[float], Box]
"""Time 0..1 to the box seen then."""


def ease(t: float) -> float:
    """0..1 to 0..1: rests at both ends, a steady middle, no jolt in between."""
    if t > 0.5:
        return 1.0 - ease(1.0 - t)
    # The integral of a speed that rises as a raised cosine, then stays.
    speeding_up = t / 2 - RAMP / math.tau * math.sin(math.pi * t / RAMP)
    return (speeding_up if t < RAMP else t - RAMP / 2) / (1.0 - RAMP)


def plan(move: CameraMove, room: CameraField, *, seed: int, pace: float = 1.0, seconds: float = 4.0) -> Path:
    """The path of one take. The same arguments give the same path; another seed another take of the move."""
    chance = Random(f"path {seed} {move}")
    strength = pace * chance.uniform(0.7, 1.3)
    match move:
        case CameraMove.PUSH_IN:
            return _line(*_push(room, strength, chance))
        case CameraMove.PULL_OUT:
            near, far = reversed(_push(room, strength, chance))
            return _line(near, far)
        case CameraMove.PAN_LEFT | CameraMove.PAN_RIGHT:
            return _slide(room, chance, strength, (-1 if move is CameraMove.PAN_LEFT else 1, 0))
        case CameraMove.TILT_UP | CameraMove.TILT_DOWN:
            return _slide(room, chance, strength, (0, -1 if move is CameraMove.TILT_UP else 1))
        case CameraMove.ORBIT:
            return _orbit(room, chance, strength)
        case CameraMove.HANDHELD:
            return _handheld(room, chance, strength, seconds)
        case CameraMove.STATIC:
            still = _box(
                room, chance.uniform(1.0, 1.1), chance.uniform(-0.04, 0.04), chance.uniform(-0.04, 0.04)
            )
            return _line(still, still)


def _box(room: CameraField, zoom: float, dx: float = 0.0, dy: float = 0.0) -> Box:
    """The frame made `zoom` times tighter and moved by a share of its size, kept inside the picture."""
    frame = room.frame
    width, height = frame.width / zoom, frame.height / zoom
    left = frame.left + (frame.width - width) / 2 + dx * frame.width
    top = frame.top + (frame.height - height) / 2 + dy * frame.height
    return _inside(room, Box(left, top, width, height))


def _inside(room: CameraField, box: Box) -> Box:
    left = min(max(box.left, 0.0), room.width - box.width)
    top = min(max(box.top, 0.0), room.height - box.height)
    return Box(left, top, box.width, box.height)


def _line(start: Box, end: Box) -> Path:
    """From one box to another. Both are inside the picture, hence so is everything between them."""

    def at(t: float) -> Box:
        e = ease(t)
        mixed = (a + (b - a) * e for a, b in zip(_sides(start), _sides(end), strict=True))
        return Box(*mixed)

    return at


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.width, box.height


def _push(room: CameraField, strength: float, chance: Random) -> tuple[Box, Box]:
    frame = room.frame
    toward_x = (room.focus[0] - frame.left) / frame.width - 0.5
    toward_y = (room.focus[1] - frame.top) / frame.height - 0.5
    zoom = 1.0 + 0.17 * strength
    # As far toward the focus as the tighter frame can go without leaving the wide one.
    reach = (1.0 - 1.0 / zoom) / 2
    dx = min(max(toward_x * 0.5 + chance.uniform(-0.08, 0.08), -reach), reach)
    dy = min(max(toward_y * 0.5 + chance.uniform(-0.06, 0.06), -reach), reach)
    return _box(room, 1.0 + chance.uniform(0.0, 0.05)), _box(room, zoom, dx, dy)


def _slide(room: CameraField, chance: Random, strength: float, way: tuple[int, int]) -> Path:
    zoom = 1.0 + 0.15 * min(strength, 1.3)
    middle = _box(room, zoom, chance.uniform(-0.02, 0.02), chance.uniform(-0.02, 0.02))
    spare = room.width - middle.width if way[0] else room.height - middle.height
    size = middle.width if way[0] else middle.height
    travel = min(spare, size * 0.22 * strength)

    def ends(at: float) -> tuple[float, float]:
        # The middle of the travel stays on the subject unless the picture ends before.
        first = min(max(at - travel / 2, 0.0), spare - travel)
        return (first, first + travel) if sum(way) > 0 else (first + travel, first)

    if way[0]:
        first, last = ends(middle.left)
        start, end = (Box(left, middle.top, middle.width, middle.height) for left in (first, last))
    else:
        first, last = ends(middle.top)
        start, end = (Box(middle.left, top, middle.width, middle.height) for top in (first, last))
    return _line(start, end)


def _orbit(room: CameraField, chance: Random, strength: float) -> Path:
    """An arc around the subject: across, nearer and lower in the middle than at the ends."""
    side = chance.choice((-1, 1))
    reach = 0.06 * min(strength, 1.3)
    wide = 1.0 / (1.0 - 2.0 * reach)
    lift = chance.uniform(0.5, 1.0) * reach * 0.4

    def at(t: float) -> Box:
        angle = (ease(t) - 0.5) * math.pi
        return _box(
            room, wide + 0.07 * math.cos(angle), side * reach * math.sin(angle), lift * math.cos(angle)
        )

    return at


def _handheld(room: CameraField, chance: Random, strength: float, seconds: float) -> Path:
    """Breathing and small corrections: a few slow sines, never a shake of a single frame."""
    reach = 0.022 * min(strength, 1.3)
    zoom = 1.0 / (1.0 - 2.0 * reach) + 0.01
    waves = [
        [
            (hertz * chance.uniform(0.8, 1.2), chance.uniform(0, math.tau), weight)
            for hertz, weight in ((0.23, 0.55), (0.61, 0.3), (1.3, 0.15))
        ]
        for _ in range(2)
    ]

    def at(t: float) -> Box:
        dx, dy = (
            reach
            * sum(weight * math.sin(math.tau * hertz * t * seconds + phase) for hertz, phase, weight in axis)
            for axis in waves
        )
        return _box(room, zoom, dx, dy)

    return at
