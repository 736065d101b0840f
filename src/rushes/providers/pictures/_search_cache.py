"""Answers of searches, kept for a while: services ask for it, and nobody waits twice for the same search.

In memory, bounded in number and in time. Pixabay's 24 hours hold for as long as the process lives; after a
restart a search is asked once more.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from rushes.providers.picture_contract import Candidate, PictureQuery

MOST_SEARCHES = 500
HOUR = 3600.0
DAY = 24 * HOUR


class SearchCache:
    """Searches by what was asked, the latest used stay. Whose key it was does not matter to the answer."""

    def __init__(self, seconds: float = DAY, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._found: OrderedDict[tuple[object, ...], tuple[float, tuple[Candidate, ...]]] = OrderedDict()
        self._lock = Lock()

    def get(self, query: PictureQuery) -> tuple[Candidate, ...] | None:
        """Return what was found for this query, if that is known and not too old."""
        with self._lock:
            found = self._found.get(_key(query))
            if found is None or found[0] < self._clock():
                self._found.pop(_key(query), None)
                return None
            self._found.move_to_end(_key(query))
            return found[1]

    def put(self, query: PictureQuery, found: tuple[Candidate, ...]) -> None:
        """Keep what was found."""
        with self._lock:
            self._found[_key(query)] = (self._clock() + self._seconds, found)
            while len(self._found) > MOST_SEARCHES:
                self._found.popitem(last=False)


def _key(query: PictureQuery) -> tuple[object, ...]:
    text = " ".join(query.text.lower().split())
    return text, shape_of(query.width, query.height), query.form, query.language, query.count, query.page


def shape_of(width: int, height: int) -> str:
    """Return `landscape`, `portrait` or `square`."""
    if abs(width - height) * 10 <= max(width, height):
        return "square"
    return "landscape" if width > height else "portrait"
