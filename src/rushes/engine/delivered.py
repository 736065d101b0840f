"""Compares a delivered file with what was asked for: length, shape and resolution.

A provider may bill one thing and deliver another. Such a take is kept, since it is paid for; the difference
is told on it and counted, and its owner decides.
"""

import math
import re
from typing import Literal

from pydantic import BaseModel, Field

from rushes.platform.media.facts import Probe
from rushes.providers.video_contract import ShotInput, VideoOptions

LENGTH_SECONDS = 0.5
"""How much longer or shorter a take may be: encoders add a frame, and some round to their own grid."""
SHAPE_SHARE, SIZE_SHARE = 0.05, 0.1
"""How much shape and size may differ, as a share: sizes are multiples of 16 or 32 in many models."""
_NAMED_SIZES = {"2k": 1440, "4k": 2160}
_WIDE = 16 / 9


class Difference(BaseModel):
    """One thing in which a take is not as it was asked for."""

    what: Literal["length", "shape", "resolution"]
    asked: str = Field(description='As the option says it: "4 s", "9:16", "720p".')
    delivered: str = Field(description='As the file is: "8 s", "1280x720".')


def differences(options: VideoOptions, shot: ShotInput, facts: Probe) -> list[Difference]:
    """Return in what a file differs from what its options ask for; empty where it is as asked.

    An edit or a continuation has the length and size of its source, and is not compared.
    """
    if shot.source is not None:
        return []
    size = f"{facts.width}x{facts.height}"
    found: list[Difference] = []
    asked = float(options.duration_seconds)
    if asked > 0 and abs(facts.duration_seconds - asked) > LENGTH_SECONDS:
        found.append(
            Difference(what="length", asked=f"{asked:g} s", delivered=f"{facts.duration_seconds:.3g} s")
        )
    shape = _shape(options.aspect_ratio)
    if shape is not None and _differ(facts.width / facts.height, shape, SHAPE_SHARE):
        found.append(Difference(what="shape", asked=options.aspect_ratio, delivered=size))
    height = _height(options.promised_resolution)
    if height is not None and all(_differ(each, height, SIZE_SHARE) for each in _heights(facts)):
        found.append(Difference(what="resolution", asked=options.resolution, delivered=size))
    return found


def as_json(found: list[Difference]) -> list[dict[str, str]] | None:
    """The differences as the take's row keeps them; None where there are none."""
    return [each.model_dump() for each in found] or None


def _differ(value: float, wanted: float, share: float) -> bool:
    return abs(value - wanted) > wanted * share


def _heights(facts: Probe) -> tuple[float, float]:
    """How high it counts as: by its shorter side, and by its area, which some models keep in every shape."""
    return min(facts.width, facts.height), math.sqrt(facts.width * facts.height / _WIDE)


def _shape(aspect_ratio: str) -> float | None:
    found = re.fullmatch(r"(\d{1,4}):(\d{1,4})", aspect_ratio)
    return int(found[1]) / int(found[2]) if found and int(found[1]) and int(found[2]) else None


def _height(resolution: str | None) -> int | None:
    if resolution is None:
        return None
    found = re.fullmatch(r"(\d{3,4})p", resolution.casefold())
    return int(found[1]) if found else _NAMED_SIZES.get(resolution.casefold())
