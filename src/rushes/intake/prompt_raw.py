"""What all readers of prompts files share: a prompt as it was found, and what was wrong on the way.

A reader returns prompts as they stand in the file, numbered or not; `intake/prompts.py` checks them.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rushes.errors import Fault

MAX_NUMBER = 99_999
"""The largest number a prompt or an image may have; a larger one is a date, an id or a typing slip."""

MAX_ITEMS = 50_000
"""A file of more lines, rows or items is not one that a person means; reading it would take long."""

_MAX_DIGITS = 18
_LONGEST_ENDING = 9


class Reading(StrEnum):
    """How prompts without numbers are told apart in a text."""

    LINES = "lines"
    PARAGRAPHS = "paragraphs"
    LIST = "list"
    HEADINGS = "headings"
    RULES = "rules"
    FENCES = "fences"
    FIELDS = "fields"


@dataclass(frozen=True)
class Prompt:
    """One prompt of a prompts file. `line` is the line or row it starts at, counted from 1.

    `image` is the name of its image, where the file gives one. `counted` is set when the file gives no
    number and the prompt was numbered in order.
    """

    number: int
    text: str
    negative_prompt: str | None
    line: int
    image: str | None = None
    counted: bool = False


@dataclass(frozen=True)
class RawPrompt:
    """A prompt as found. `number` is None where the file gives none: the order numbers it."""

    number: int | None
    text: str
    negative_prompt: str | None
    line: int
    image: str | None = None


@dataclass
class Findings:
    """What a reader found: prompts, and what was wrong on the way. `name` is the file's, for messages.

    `number_hint` is what else to do about a number that is wrong, where the form of the file allows it.
    `images` are the names of the images, if they are known, and `reading` the way to read the file, if one
    was asked for; `readings` are the ways that were as likely, with the number of prompts of each.
    `formulas` are the cells (row, column from 0) whose value the workbook does not have.
    """

    name: str
    number_hint: str = ""
    images: Sequence[str] | None = None
    reading: Reading | None = None
    readings: dict[Reading, int] = field(default_factory=dict[Reading, int])
    formulas: frozenset[tuple[int, int]] = frozenset()
    prompts: list[RawPrompt] = field(default_factory=list[RawPrompt])
    faults: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])
    _stems: frozenset[str] | None = None

    def fault(self, message: str, code: str, line: int | None = None) -> None:
        """Note something that stops the job."""
        self.faults.append(Fault(self._where(line), message, code))

    def warn(self, message: str, code: str, line: int | None = None) -> None:
        """Note something the user should look at."""
        self.warnings.append(Fault(self._where(line), message, code))

    def warn_once(self, message: str, code: str, line: int | None = None) -> None:
        """Note something that may hold for many prompts, for the first of them."""
        if not any(fault.code == code for fault in self.warnings):
            self.warn(message, code, line)

    @property
    def expected(self) -> int | None:
        """How many prompts there should be: as many as images, if there are any."""
        return len(self.images) if self.images else None

    def is_image(self, name: str) -> bool:
        """Whether one of the images has this name, with or without its ending."""
        if self._stems is None:
            stems = (stem(each) for each in self.images or ())
            self._stems = frozenset(stems)
        return stem(name) in self._stems

    def from_zero(self, start: int) -> None:
        """Number the prompts from `start` on from 1 when they count 0, 1, 2 … without a gap;
        with a warning."""
        numbers = sorted(p.number if p.number is not None else -1 for p in self.prompts[start:])
        if len(numbers) > 1 and numbers == list(range(len(numbers))):
            self.prompts[start:] = [replace(p, number=(p.number or 0) + 1) for p in self.prompts[start:]]
            self.warn("The prompts count from 0, so 1 was added to each number.", "counted_from_zero")

    def _where(self, line: int | None) -> str:
        return self.name if line is None else f"{self.name}:{line}"


def stem(name: str) -> str:
    """A file name without folders and ending, as people compare names: in small letters, composed."""
    base = name.strip().replace("\\", "/").rpartition("/")[2]
    head, dot, ending = base.rpartition(".")
    base = head if dot and head and len(ending) <= _LONGEST_ENDING and not ending.isdigit() else base
    return unicodedata.normalize("NFC", base).casefold()


def to_number(digits: str) -> int:
    """The number a run of digits says. One too long to be meant comes out larger than MAX_NUMBER."""
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits)
    digits = digits.lstrip("0") or "0"
    return sign * (int(digits) if len(digits) <= _MAX_DIGITS else 10**_MAX_DIGITS)
