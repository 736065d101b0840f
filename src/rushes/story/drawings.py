"""Pictures that a film draws of words: titles over a section, cards, credits. What they are, as data."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from rushes.story.hashes import digest


class DrawingKind(StrEnum):
    """What is drawn."""

    TITLE = "title"
    """A few words on a transparent ground, as wide as the frame's safe area."""
    CARD = "card"
    """A whole frame: a title, and smaller text below."""


@dataclass(frozen=True)
class Drawing:
    """One picture to draw; sizes in pixels."""

    kind: DrawingKind
    title: str
    text: str
    width: int
    height: int
    colour: str
    background: str
    accent: str
    language: str

    @property
    def name(self) -> str:
        """The name of its file: the same words give the same file."""
        return f"drawn/{digest(asdict(self))}.png"
