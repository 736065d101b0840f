"""What a Flow submission is called: the name of its upload, and the remote id that is kept of it.

<Flow project>/<slot>,<slot>…     a slot a take: a medium's id, or "!" and the text with which it failed
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from rushes.errors import ProviderChanged

FAILED = "!"
MOST_IN_FLIGHT = 5
"""Takes that Flow makes at the same time for one account; it refuses more."""


@dataclass(frozen=True)
class Remote:
    """A remote id, taken apart. `slots` has one entry for each take."""

    project: str
    slots: tuple[str, ...]

    @classmethod
    def parse(cls, remote_id: str) -> "Remote":
        """Raises `ProviderChanged` for one that we never wrote."""
        project, slash, slots = remote_id.partition("/")
        if not (project and slash and slots):
            raise ProviderChanged("the remote id is none of Flow's", step="remote_id")
        return cls(project, tuple(slots.split(",")))

    def __str__(self) -> str:
        return f"{self.project}/{','.join(self.slots)}"

    @property
    def media(self) -> tuple[str, ...]:
        """The ids of what was accepted."""
        return tuple(each for each in self.slots if not each.startswith(FAILED))


def failed(text: str) -> str:
    """The slot of a take that failed before its id was known. Nothing was charged for it."""
    return FAILED + quote(text[:300], safe="")


def failure_of(slot: str) -> str | None:
    """The text of a slot that failed; None for one that was accepted."""
    return unquote(slot[1:]) if slot.startswith(FAILED) else None


def upload_name(key: str, image: Path, place: int = 0) -> str:
    """Unique for ever: by the first one's a submission is found again after a crash."""
    which = f"-{place + 1}" if place else ""
    return f"rushes-{key.replace('-', '')[:12]}{which}{image.suffix.lower() or '.png'}"


def media_of(remote_ids: Iterable[str]) -> frozenset[str]:
    """The media of several remote ids."""
    return frozenset(medium for each in remote_ids for medium in Remote.parse(each).media)
