"""What has been made for a story, found by the hashes of its inputs; as pure data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from rushes.platform.media.film.timeline import SIZES, Shape
from rushes.providers.picture_contract import Attribution, Candidate
from rushes.providers.script_contract import Draft
from rushes.providers.voice_contract import Word, WordTimes


class PartState(StrEnum):
    """The state of one part of a story.

    there    a product of its inputs is there
    missing  nothing was ever made for it
    stale    there was one, of other inputs
    making   it is being made
    waiting  it waits for somebody; the reason says whom
    failed   it cannot be made of these inputs
    """

    THERE = "there"
    MISSING = "missing"
    STALE = "stale"
    MAKING = "making"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Speech:
    """A piece of speech: its stored file, its length in seconds, its words."""

    key: str
    seconds: float
    words: tuple[Word, ...] = ()
    times: WordTimes = WordTimes.ESTIMATED


@dataclass(frozen=True)
class StoryPicture:
    """A stored picture or clip. `seconds` of a clip."""

    key: str
    media_type: str
    width: int
    height: int
    attribution: Attribution = field(default_factory=Attribution)
    seconds: float | None = None

    @property
    def is_clip(self) -> bool:
        """Whether it moves."""
        return self.media_type.startswith("video/")


@dataclass(frozen=True)
class SceneClip:
    """A scene video: its stored file and its length in seconds."""

    key: str
    seconds: float


@dataclass(frozen=True)
class ProductTrouble:
    """Why a product is not there yet: being made, waiting for somebody, or failed."""

    state: PartState
    reason: str = ""
    progress: float | None = None


@dataclass(frozen=True)
class VideoAbility:
    """What is known of a video provider's model: the lengths it makes (seconds), and what it starts from."""

    lengths: tuple[int, ...]
    takes_image: bool = True
    aspects: tuple[str, ...] = ()
    """The shapes it makes, as `9:16`; empty: any."""

    def aspect_for(self, shape: Shape) -> str:
        """Return the shape it makes that is nearest to the film's."""
        if not self.aspects or shape in self.aspects:
            return str(shape)
        wanted = _ratio(shape)
        return min(self.aspects, key=lambda each: abs(math.log(_ratio(each) / wanted)))


def _ratio(aspect: str) -> float:
    width, _, height = aspect.partition(":")
    try:
        return float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        return 1.0


@dataclass(frozen=True)
class Products:
    """Everything there is, by hash. `trouble` has what is not there though it was asked for.

    `uploads` are by storage key. `last` says of which inputs a part was made last, by the name of the part.
    `abilities` are those of the video providers named by the document, by `provider` or `provider/model`.
    `paid` says for scenes that are `auto`, by hash, whether a video is paid for.
    `choices` are pictures that were found for a search, best first; an empty one: nothing fits.
    """

    speech: Mapping[str, Speech] = field(default_factory=dict[str, Speech])
    pictures: Mapping[str, StoryPicture] = field(default_factory=dict[str, StoryPicture])
    choices: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict[str, tuple[Candidate, ...]])
    clips: Mapping[str, SceneClip] = field(default_factory=dict[str, SceneClip])
    films: Mapping[str, str] = field(default_factory=dict[str, str])
    scripts: Mapping[str, Draft] = field(default_factory=dict[str, Draft])
    uploads: Mapping[str, StoryPicture | Speech] = field(default_factory=dict[str, StoryPicture | Speech])
    trouble: Mapping[str, ProductTrouble] = field(default_factory=dict[str, ProductTrouble])
    last: Mapping[str, str] = field(default_factory=dict[str, str])
    abilities: Mapping[str, VideoAbility] = field(default_factory=dict[str, VideoAbility])
    paid: Mapping[str, bool] = field(default_factory=dict[str, bool])
    spent: Decimal = Decimal(0)

    def is_there(self, key: str) -> bool:
        """Return whether a product of this hash, or an upload of this key, is there."""
        return any(
            key in each
            for each in (
                self.scripts,
                self.speech,
                self.pictures,
                self.choices,
                self.clips,
                self.films,
                self.uploads,
            )
        )

    def ability(self, provider: str, model: str) -> VideoAbility | None:
        """Return what a video provider can do; None when it is not known."""
        return self.abilities.get(f"{provider}/{model}" if model else provider)


def frame_size(shape: Shape) -> tuple[int, int]:
    """Return width and height of the frame at 1080p, pixels."""
    return SIZES[shape]
