"""What an answer that is no success says: its words, its wait, and whether nothing was accepted for sure."""

from collections.abc import Mapping
from dataclasses import dataclass

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Trouble:
    """What an answer that is no success says. `reason` is the service's own word for it, for programs."""

    status: int
    message: str
    reason: str = ""
    after: float | None = None
    """Seconds to wait, if the service says."""


def is_not_accepted(trouble: Trouble, documented: Mapping[str, str]) -> bool:
    """Whether the service documents that nothing was accepted by a create with this answer."""
    status = str(trouble.status)
    return status in documented or any(f"{status} {word}" in documented for word in trouble.reason.split())
