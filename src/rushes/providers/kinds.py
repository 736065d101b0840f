"""What providers make; each kind has a room, a contract and a table of the catalogue."""

from enum import StrEnum


class Kind(StrEnum):
    """What a provider makes. Pictures and scripts become kinds with their first provider."""

    VIDEO = "video"
    VOICE = "voice"
