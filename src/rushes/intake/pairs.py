"""What a match of images with prompts is, and the names of images: how they end, how they sort."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rushes.errors import Fault
from rushes.intake.prompt_raw import Prompt

_DIGITS = re.compile(r"([0-9]+)")
_LONGEST_KEY = 1000
IMAGE_ENDINGS = (
    *(
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".pjpeg",
        ".pjp",
        ".jpg_large",
        ".mpo",
        ".png",
        ".apng",
        ".webp",
        ".avif",
    ),
    *(".heic", ".heif", ".hif", ".heics", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".svg"),
)
"""What the name of an image may end in, also of those that are refused for their format."""


class Pairing(StrEnum):
    """A way to pair images with prompts."""

    NUMBER = "number"
    ORDER = "order"
    DATE = "date"
    NAME = "name"
    ALL = "all"


PAIRED_HOW = {
    Pairing.NUMBER: "by the numbers in their names",
    Pairing.ORDER: "in the order given",
    Pairing.DATE: "in order of date",
    Pairing.NAME: "in order of name",
    Pairing.ALL: "every image with the one prompt, or the one image with every prompt",
}


@dataclass(frozen=True)
class Pair:
    """One number, with the image and the prompt that have it; one of the two may be missing."""

    number: int
    image: str | None
    prompt: Prompt | None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What this shot alone is asked with: options of the provider that differ from the job's."""


@dataclass(frozen=True)
class MatchReport:
    """The whole match: every number in order, what is left over, what is wrong, what to look at.

    `unmatched_images` and `unmatched_prompts` are what cannot run as it is. `paired_by` is the way it was
    paired (None: by hand, or not at all), `offers` are the other ways there are.
    """

    pairs: tuple[Pair, ...]
    unmatched_images: tuple[str, ...]
    unmatched_prompts: tuple[Prompt, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    paired_by: Pairing | None = Pairing.NUMBER
    offers: tuple[Pairing, ...] = ()


def is_image_name(text: str) -> bool:
    """Whether a text is the name (or the path, or the address) of an image."""
    text = text.strip()
    if not 4 < len(text) <= 300 or "\n" in text:
        return False
    return text.partition("?")[0].lower().endswith(IMAGE_ENDINGS)


def natural_key(filename: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A sort key that puts `2.png` before `10.png`, whatever the case of the letters."""
    parts = _DIGITS.split(unicodedata.normalize("NFC", filename[:_LONGEST_KEY]).casefold())
    # Digits are compared by length, then text: any number of them, with no limit of `int`.
    key = tuple(
        (0, len(part.lstrip("0")), part.lstrip("0")) if i % 2 else (1, 0, part)
        for i, part in enumerate(parts)
        if part
    )
    return key, filename
