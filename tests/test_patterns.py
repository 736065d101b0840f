"""Every regular expression of Rushes takes a time in proportion to what it reads, whatever that is.

Names, prompts and answers are other people's: a pattern that takes the square of their length stands still
for seconds over a text of some thousand characters. The prompt readers' patterns are tried with them.
"""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

import rushes

SHORT, LONG = 1_000, 4_000
"""Characters: more than a name has, and four times that."""
MOST_GROWTH = 10.0
"""Linear growth gives 4, the square gives 16."""
SLOW_SECONDS = 0.001
"""What takes less for the long text grows by nothing that matters."""
GENERAL = (
    "0",
    "a",
    "A",
    " ",
    "\t",
    "\n",
    "-",
    "_",
    ".",
    ",",
    ":",
    "/",
    "\\",
    "'",
    '"',
    "<",
    "&",
    "=",
    "%",
    "a ",
)
ENDS = ("", "\0", "\n")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for found in pkgutil.walk_packages(rushes.__path__, "rushes."):
        if found.name.startswith("rushes.intake.") or "migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            several = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
            for place, each in enumerate(several):
                if isinstance(each, re.Pattern):
                    found_one = cast("re.Pattern[Any]", each)
                    if isinstance(found_one.pattern, str):
                        yield f"{found.name}.{name}[{place}]", found_one


def pieces(pattern: str) -> Iterator[str]:
    """What to say over and over: what the pattern itself asks for, and what many patterns ask for."""
    yield from GENERAL
    plain = re.sub(r"\\[AbBdDsSwWZ]|\(\?[a-zA-Z:=!<]*|[\[\](){}|?*+^$.]", " ", pattern)
    words = [word for word in re.split(r"\s+", plain.replace("\\", "")) if word]
    yield from words[:15]
    yield from (f"{word} " for word in words[:5])
    yield from (f"{word}0" for word in words[:5])


def texts(pattern: str, size: int) -> Iterator[str]:
    for piece in dict.fromkeys(pieces(pattern)):
        for end in ENDS:
            yield piece * (size // len(piece)) + end


def seconds(pattern: re.Pattern[str], text: str, rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for _match in pattern.finditer(text):
            pass
        best = min(best, time.process_time() - began)
    return best


FOUND = dict(patterns())


def test_there_are_patterns_to_try():
    assert len(FOUND) > 40


@pytest.mark.parametrize("name", FOUND)
def test_a_pattern_takes_time_in_proportion_to_its_text(name: str):
    pattern = FOUND[name]
    for short, long in zip(texts(pattern.pattern, SHORT), texts(pattern.pattern, LONG), strict=True):
        took = seconds(pattern, long, 1)
        if took < SLOW_SECONDS:
            continue
        before, took = seconds(pattern, short, 3), seconds(pattern, long, 2)
        assert took < MOST_GROWTH * max(before, SLOW_SECONDS / 16), (short[:40], before, took)


def test_a_pattern_that_takes_the_square_is_found():
    bad = re.compile(r"(\d+)x")
    short, long = "0" * SHORT, "0" * LONG
    assert seconds(bad, long, 2) >= MOST_GROWTH * seconds(bad, short, 3)
