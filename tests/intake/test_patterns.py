"""Every pattern over outside text takes time in proportion to its length, whatever the text is."""

import importlib
import pkgutil
import re
import time
from typing import TypeGuard, TypeVar, cast

import pytest

import rushes.intake

SHORT, LONG = 2_000, 8_000
MOST_SECONDS = 1.0
"""A pattern that is linear takes milliseconds for such a text, also on a busy machine."""
PIECES = [
    "1",
    "a",
    " ",
    "\n",
    "-",
    "_",
    "*",
    "(",
    ".",
    "#",
    "a1",
    "1-",
    " -",
    "`",
    ":",
    "=",
    "|",
    "\t1",
    "12:34",
    "a b ",
    "<c ",
    '<c r="A1"><f>',
    ' r="',
]
ANCHORED = (r"\s*", r"(?P<indent>\s*")
"""Patterns that begin so look at the head of a line and are never searched for."""
MODULES = [module.name for module in pkgutil.iter_modules(rushes.intake.__path__, "rushes.intake.")]


TextT = TypeVar("TextT", str, bytes)
AnyPattern = re.Pattern[str] | re.Pattern[bytes]


def _patterns() -> dict[str, AnyPattern]:
    found: dict[str, AnyPattern] = {}
    for module in map(importlib.import_module, MODULES):
        for name, value in vars(module).items():
            several = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
            for i, each in enumerate(several):
                if isinstance(each, re.Pattern):
                    pattern = cast("AnyPattern", each)
                    found[f"{module.__name__.rpartition('.')[2]}.{name}[{i}]"] = pattern
    return found


PATTERNS = _patterns()


def _is_of_bytes(pattern: AnyPattern) -> TypeGuard[re.Pattern[bytes]]:
    return isinstance(pattern.pattern, bytes)


def _try(pattern: "re.Pattern[TextT]", text: TextT, anchored: bool) -> None:
    pattern.match(text)
    pattern.fullmatch(text)
    if not anchored:
        pattern.search(text)


def _seconds(pattern: AnyPattern, text: str) -> float:
    start = time.thread_time()
    if _is_of_bytes(pattern):
        _try(pattern, text.encode(), False)
    else:
        words = cast("re.Pattern[str]", pattern)
        _try(words, text, words.pattern.startswith(ANCHORED))
    return time.thread_time() - start


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_linear_on_what_would_make_it_go_back(name: str) -> None:
    for piece in PIECES:
        for end in ("", "\0", "x!"):
            short = _seconds(PATTERNS[name], piece * (SHORT // len(piece)) + end)
            long = _seconds(PATTERNS[name], piece * (LONG // len(piece)) + end)
            # Four times the text: sixteen times the time and more would be quadratic.
            assert long < MOST_SECONDS, (name, piece, end, short, long)
            assert long < 10 * short + 0.05, (name, piece, end, short, long)


def test_the_patterns_of_the_intake_are_all_here() -> None:
    assert len(PATTERNS) > 40
