"""What a file in an upload is, by its name: an image, prompts, another archive, junk or something else.

Only a first look; `images.py` and `intake/prompts.py` look at the content.
"""

from enum import Enum
from pathlib import PurePosixPath

from rushes.intake.pairs import IMAGE_ENDINGS

_IMAGES = frozenset(IMAGE_ENDINGS)
PROMPTS_ENDINGS = (
    *(".txt", ".text", ".md", ".markdown", ".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson"),
    *(".yaml", ".yml", ".toml", ".xlsx", ".xls", ".rtf"),
)
"""What the name of a prompts file may end in, also of those that are refused for their form."""
_DOCUMENTS = frozenset(
    [".doc", ".docx", ".odt", ".pages", ".pdf", ".gdoc", ".html", ".htm", ".ods", ".numbers", ".pptx"]
)
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*")
_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
LONGEST_PATH = 1000
"""Characters of a name with its folders that are kept."""
START_BYTES = 16
"""How much of a file `starts_as_image` needs."""
_ARCHIVES = frozenset(
    [".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar", ".cab", ".iso"]
)
_JUNK = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"})
_READ_ME = ("readme", "license", "licence")


class FileKind(Enum):
    """What to do with a file."""

    IMAGE = "image"
    PROMPTS = "prompts"
    ARCHIVE = "archive"
    JUNK = "junk"
    OTHER = "other"


def kind_of(name: str, *, hidden_folders: bool = False) -> FileKind:
    """The kind of the file with this name or relative path.

    Image formats that are not accepted count as images, so that their owner is told and nothing is
    left out in silence. Junk is what systems add by themselves, and hidden files, also those in hidden
    folders unless `hidden_folders` says otherwise.
    """
    path = PurePosixPath(name)
    shown = path.parts[-1:] if hidden_folders else path.parts
    if any(part.startswith(".") for part in shown) or any(part.lower() in _JUNK for part in path.parts):
        return FileKind.JUNK
    ending = path.suffix.lower()
    if ending in _IMAGES:
        return FileKind.IMAGE
    if ending in PROMPTS_ENDINGS:
        return FileKind.OTHER if path.stem.lower() in _READ_ME else FileKind.PROMPTS
    return FileKind.ARCHIVE if ending in _ARCHIVES else FileKind.OTHER


def starts_as_image(start: bytes) -> bool:
    """Whether a file with these first bytes is an image, whatever its name says."""
    if start.startswith(_MAGIC) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return True
    return start[4:8] == b"ftyp" and start[8:12] in _BRANDS


def is_document(name: str) -> bool:
    """Whether a file is a document that prompts may be in, but of a form that is not read."""
    return PurePosixPath(name).suffix.lower() in _DOCUMENTS
