"""Server-sent events: the JSON of each, from a whole body, and counted while a body arrives."""

from collections.abc import Callable, Iterator
from typing import Any

from rushes.providers.reading import read_json

MOST_LINE = 1_000_000
"""Bytes of an event that are waited for when only its progress is looked at."""


def events(body: bytes) -> Iterator[Any]:
    """Yield the JSON of each event of a body; what is none (`[DONE]`, a comment, half a line) is left out."""
    for line in body.splitlines():
        if (found := _event(line)) is not None:
            yield found


class Arriving:
    """Hears a body in pieces, and reports how many characters of the answer are there."""

    def __init__(self, text_in: Callable[[Any], str], report: Callable[[int], None]) -> None:
        self._text_in = text_in
        self._report = report
        self._rest = b""
        self._characters = 0

    def __call__(self, piece: bytes) -> None:
        """Count what a piece adds. What it holds is looked at again, and judged, when all is there."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._rest = self._rest[:MOST_LINE]
        before = self._characters
        for line in lines:
            if (found := _event(line.rstrip(b"\r"))) is not None:
                self._characters += len(self._text_in(found))
        if self._characters > before:
            self._report(self._characters)


def _event(line: bytes) -> Any:
    if not line.startswith(b"data:"):
        return None
    try:
        return read_json(line[5:])
    except ValueError:
        return None
