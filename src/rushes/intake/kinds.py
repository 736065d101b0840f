"""What a file in an upload is, by its name: an image, prompts, another archive, junk or something else.

Only a first look; `images.py` and `intake/prompts.py` look at the content.
"""

from enum import Enum
from pathlib import PurePosixPath

_IMAGES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".avif",
        ".heic",
        ".heif",
        ".gif",
        ".bmp",
        ".tif",
        ".tiff",
        ".svg",
    ]
)
_PROMPTS = frozenset([".txt", ".md", ".markdown", ".csv", ".tsv", ".json", ".xlsx", ".xls", ".rtf"])
_ARCHIVES = frozenset(
    [".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar", ".cab", ".iso"]
)
_JUNK = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"})
_READ_ME = ("readme", "license", "licence")


class Kind(Enum):
    """What to do with a file."""

    IMAGE = "image"
    PROMPTS = "prompts"
    ARCHIVE = "archive"
    JUNK = "junk"
    OTHER = "other"


def kind_of(name: str) -> Kind:
    """The kind of the file with this name or relative path.

    Image formats that are not accepted count as images, so that their owner is told and nothing is
    left out in silence. Junk is what systems add by themselves, and hidden files.
    """
    path = PurePosixPath(name)
    if any(part.startswith(".") or part.lower() in _JUNK for part in path.parts):
        return Kind.JUNK
    ending = path.suffix.lower()
    if ending in _IMAGES:
        return Kind.IMAGE
    if ending in _PROMPTS:
        return Kind.OTHER if path.stem.lower() in _READ_ME else Kind.PROMPTS
    return Kind.ARCHIVE if ending in _ARCHIVES else Kind.OTHER
