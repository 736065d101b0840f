"""What an answer that is no success says: its words, its wait, and whether nothing was accepted for sure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

NOTHING: Mapping[str, str] = {}
CONTENT = re.compile(
    r"moderation|content[ _-]?(policy|filter|violat)|(prompt|image|input|request|content)\b[^.]{0,60}"
    r"\b(flagged|blocked|violat|prohibited|not allowed|disallowed|unsafe|sensitive)|nsfw|"
    r"safety (system|filter|polic)",
    re.IGNORECASE,
)
ACCOUNT = re.compile(
    r"\b(api[ _-]?key|account|organi[sz]ation|project|billing|subscription|plan|user|token|credential)s?\b",
    re.IGNORECASE,
)


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


def is_content_refusal(trouble: Trouble) -> bool:
    """Whether it says that a prompt or an image is not wanted, and nothing of a key or an account."""
    said = f"{trouble.reason} {trouble.message}"
    return bool(CONTENT.search(said)) and not ACCOUNT.search(said)
