"""Answers of searches, kept for a while: services ask for it, and nobody waits twice for the same search.

In memory, bounded in number, size and time. Pixabay's 24 hours hold for as long as the process lives; after a
restart a search is asked once more.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock

import httpx2

MOST_SEARCHES = 300
MOST_BYTES = 512 * 1024
"""Of an answer that is kept; a larger one is asked for again."""
DAY = 24 * 3600.0
SECRETS = frozenset({"key"})
"""Parameters that are no part of what is asked."""

Asked = tuple[str, tuple[tuple[str, str], ...]]


class SearchCache:
    """Answers by what was asked, the latest used stay. Whose key it was does not matter to the answer."""

    def __init__(self, seconds: float = DAY, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._found: OrderedDict[Asked, tuple[float, httpx2.Response]] = OrderedDict()
        self._lock = Lock()

    def get(self, path: str, params: Mapping[str, str]) -> httpx2.Response | None:
        """Return the answer to this search, if it is known and not too old."""
        asked = _asked(path, params)
        with self._lock:
            found = self._found.get(asked)
            if found is None or found[0] < self._clock():
                self._found.pop(asked, None)
                return None
            self._found.move_to_end(asked)
            return found[1]

    def put(self, path: str, params: Mapping[str, str], response: httpx2.Response) -> None:
        """Keep an answer."""
        if len(response.content) > MOST_BYTES:
            return
        kept = httpx2.Response(response.status_code, content=response.content)
        with self._lock:
            self._found[_asked(path, params)] = (self._clock() + self._seconds, kept)
            while len(self._found) > MOST_SEARCHES:
                self._found.popitem(last=False)


def _asked(path: str, params: Mapping[str, str]) -> Asked:
    told = sorted((name, value) for name, value in params.items() if name not in SECRETS)
    return path, tuple(told)


def shape_of(width: int, height: int) -> str:
    """Return `landscape`, `portrait` or `square`."""
    if abs(width - height) * 10 <= max(width, height):
        return "square"
    return "landscape" if width > height else "portrait"
