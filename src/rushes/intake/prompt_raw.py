"""What all readers of prompts files share: the bytes as text, and a prompt as it was found.

A reader returns prompts as they stand in the file, numbered or not; `intake/prompts.py` checks them.
"""

import codecs
import re
from dataclasses import dataclass, field

from rushes.errors import Fault

MAX_NUMBER = 99_999
"""The largest number a prompt or an image may have; a larger one is a date, an id or a typing slip."""

MAX_ITEMS = 50_000
"""A file of more lines, rows or items is not one that a person means; reading it would take long."""

_MAX_DIGITS = 18
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Prompt:
    """One prompt of a prompts file. `line` is the line or row it starts at, counted from 1."""

    number: int
    text: str
    negative_prompt: str | None
    line: int


@dataclass(frozen=True)
class RawPrompt:
    """A prompt as found. `number` is None where the file gives none: the order numbers it."""

    number: int | None
    text: str
    negative_prompt: str | None
    line: int


@dataclass
class Findings:
    """What a reader found: prompts, and what was wrong on the way. `name` is the file's, for messages.

    `number_hint` is what else to do about a number that is wrong, where the form of the file allows it.
    """

    name: str
    number_hint: str = ""
    prompts: list[RawPrompt] = field(default_factory=list[RawPrompt])
    faults: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])

    def fault(self, message: str, code: str, line: int | None = None) -> None:
        """Note something that stops the job."""
        self.faults.append(Fault(self._where(line), message, code))

    def warn(self, message: str, code: str, line: int | None = None) -> None:
        """Note something the user should look at."""
        self.warnings.append(Fault(self._where(line), message, code))

    def _where(self, line: int | None) -> str:
        return self.name if line is None else f"{self.name}:{line}"


def to_number(digits: str) -> int:
    """The number a run of digits says. One too long to be meant comes out larger than MAX_NUMBER."""
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits)
    digits = digits.lstrip("0") or "0"
    return sign * (int(digits) if len(digits) <= _MAX_DIGITS else 10**_MAX_DIGITS)


def decode(data: bytes, found: Findings) -> str | None:
    """The text of a file with every line ended by a newline character, or None after noting a fault.

    UTF-8, UTF-16 and UTF-32 by their mark; UTF-16 without one when its zero bytes show it; else UTF-8;
    else Windows-1252, with a warning.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _try(data[len(mark) :], encoding)
            if text is None:
                found.fault(
                    f"The file says it is {encoding[:6].upper().rstrip('-')} but is damaged. "
                    "Save it again as UTF-8.",
                    "encoding",
                )
                return None
            break
    else:
        text = _decode_unmarked(data, found)
    if text is None or _CONTROL.search(text):
        found.fault(
            "This is not a text file. Give prompts as text, CSV, JSON, Markdown or XLSX.", "not_prompts"
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_unmarked(data: bytes, found: Findings) -> str | None:
    if b"\0" in data:
        # Text has no zero bytes unless it is UTF-16; the right byte order gives the more plain ASCII.
        texts = [t for e in ("utf-16-le", "utf-16-be") if (t := _try(data, e)) and "\0" not in t]
        return max(texts, key=_ascii_share, default=None)
    text = _try(data, "utf-8")
    if text is None and (text := _try(data, "cp1252")) is not None:
        found.warn(
            "The file is not UTF-8 and was read as Windows-1252. Check accented letters, "
            "or save it as UTF-8.",
            "encoding_guessed",
        )
    return text


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _ascii_share(text: str) -> float:
    return sum(c.isascii() for c in text) / len(text)
