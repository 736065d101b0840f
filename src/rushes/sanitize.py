"""Cleans text that comes from outside, once, where it enters: characters and length.

A provider's words, a file's name or a header may hold NUL (which the database refuses), halves of surrogate
pairs (which no encoding takes), control characters and ESC (which drive a terminal), and marks that turn
the direction of text around (which show something else than what is there).
"""

import re
from typing import Any, cast

MOST_CHARACTERS = 4000
"""Of a message. What is longer is an answer's body, not a sentence."""
UNSHOWN = "\ufffd"

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\u0085]")
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return text fit for a row, a log and a terminal: line breaks and tabs stay, at most `most` characters.

    Every other control character, every mark of direction and half of a surrogate pair becomes U+FFFD.
    """
    if len(text) > most:
        text = text[: most - 1] + "…"
    return _UNSAFE.sub(UNSHOWN, _LINE_ENDS.sub("\n", text))


_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Return JSON of which every text fits into a row and a terminal; marks of direction, which a text in
    Arabic or Hebrew needs, stay. Control characters and halves of surrogate pairs become U+FFFD."""
    if isinstance(value, str):
        return _UNSTORABLE.sub(UNSHOWN, value)
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [storable(each) for each in cast("list[Any]", value)]
    return value


def clean_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return the same in one line: a line break becomes a space, so that nobody forges a line of a log."""
    return clean_text(text, most).replace("\n", " ").replace("\t", " ")
