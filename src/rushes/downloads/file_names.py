"""Names of files that are taken home, made from a template: `{job}/{number:03d}_{take}_{slug}.mp4`.

A template is text from outside: it can name these fields and how wide a number is, and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter

from rushes.errors import Fault, Invalid
from rushes.platform.names import safe_filename

DEFAULT_NAMES = "{job}/{number:03d}_{take}_{slug}.mp4"
SUFFIX = ".mp4"
_MOST_FOLDERS = 5
_WIDTH = re.compile(r"0?[1-9]?d?")


@dataclass(frozen=True)
class Named:
    """What a template can tell of a take."""

    job: str
    number: int
    take: int
    slug: str
    provider: str
    model: str
    seed: int
    resolution: str
    """Width x height, pixels."""
    date: str
    """The day it was made, `2026-03-14`."""
    id: str
    """The start of the video's id."""
    image: str = ""
    """The name of the image it starts from, without its ending; `slug` where there is none."""


NUMBERS = ("number", "take", "seed")
FIELDS = tuple(Named.__dataclass_fields__)


def check_names(template: str, where: str) -> str:
    """The template, if it is one. Raises `Invalid` that names `where` it stands and what is wrong."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise _bad(where, f"{error}. A brace itself is written twice.") from None
    for _, name, width, conversion in parts:
        if name is None:
            continue
        if name not in FIELDS or conversion:
            raise _bad(where, f"There is no {{{name}}}. There are: {', '.join(FIELDS)}.")
        if width and (name not in NUMBERS or not _WIDTH.fullmatch(width)):
            raise _bad(where, f"{{{name}:{width}}}: numbers take a width of one digit, like {{number:03d}}.")
    if not any(name for _, name, _, _ in parts):
        raise _bad(where, "Without a field like {number} all files would have one name.")
    if template.count("/") > _MOST_FOLDERS:
        raise _bad(where, f"There may be {_MOST_FOLDERS} folders at most.")
    return template


def _bad(where: str, message: str) -> Invalid:
    return Invalid(f"{where}: {message}", [Fault(where, message, "bad_template")])


def path_of(template: str, named: Named) -> str:
    """The path of a take, safe on every system: what a field holds can make no folder and leave none."""
    folders: list[str] = []
    for part in template.split("/"):
        filled = part.format(**vars(named))
        if filled.strip(" ."):
            folders.append(filled)
    *above, name = folders or [named.slug]
    name = safe_filename(name.removesuffix(SUFFIX)) + SUFFIX
    return "/".join([*(safe_filename(each) for each in above), name])


def last_part(template: str) -> str:
    """The file's own name in a template."""
    return template.rpartition("/")[2] or DEFAULT_NAMES.rpartition("/")[2]


def unique_paths(paths: Sequence[str]) -> list[str]:
    """Later ones of the same name get a number; case does not tell names apart everywhere."""
    seen: set[str] = set()
    unique: list[str] = []
    for path in paths:
        stem, number, free = path.removesuffix(SUFFIX), 1, path
        while free.casefold() in seen:
            number += 1
            free = f"{stem}_{number}{SUFFIX}"
        seen.add(free.casefold())
        unique.append(free)
    return unique
