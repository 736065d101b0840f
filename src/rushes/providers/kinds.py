"""What providers make; each kind has a room, a contract and a table of the catalogue."""

from enum import StrEnum


class Kind(StrEnum):
    """What a provider makes."""

    VIDEO = "video"
    VOICE = "voice"
    PICTURE = "picture"
    SCRIPT = "script"
