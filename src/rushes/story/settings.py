"""The settings of a story: who writes, who speaks, where pictures come from, and what the film looks like."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)

from rushes.platform.media.film.timeline import CaptionStyle, ClipFit, TransitionKind
from rushes.platform.requests import storable

CARD = "card"
"""The source of pictures that needs no key and no network."""
GENERATED = "generated"
"""The source of pictures that has them made by `PictureSettings.generated`."""
STILL = "still"
"""The source of scenes that are pictures under a moving camera."""
AUTO = "auto"
"""The source of scenes that pays for videos while the budget lasts, and shows stills elsewhere."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
OwnOptions = Annotated[dict[str, JsonValue], AfterValidator(storable), Field(max_length=50)]
StoredKey = Annotated[str, StringConstraints(max_length=300)]


class DocumentPart(BaseModel):
    """Base of all parts of a document: nothing unknown, nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Review(StrEnum):
    """After which step a run stops for a person to look."""

    NONE = "none"
    SCRIPT = "script"
    PICTURES = "pictures"
    ALL = "all"


class ScriptSettings(DocumentPart):
    """Who writes the script where there is none. No provider: chosen by what can be used."""

    provider: Name = ""
    model: Name = ""
    options: OwnOptions = {}


class Rewrite(DocumentPart):
    """A change of the whole script that is asked for and not made yet: the next run makes it.

    `language`: translate into it; else improve as the `instruction` says.
    """

    instruction: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)] = ""
    language: Annotated[str, StringConstraints(max_length=35)] = ""


class VoiceSettings(DocumentPart):
    """Who speaks. Empty: chosen by the language."""

    provider: Name = ""
    voice: Annotated[str, StringConstraints(max_length=300)] = ""
    model: Name = ""
    speed: float = Field(default=1.0, ge=0.5, le=2.0, description="1 is as usual.")
    options: OwnOptions = {}


class Pronunciation(DocumentPart):
    """A word, and how it is spelled for the voice. Captions show the word."""

    written: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    spoken: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class PictureSettings(DocumentPart):
    """Where pictures come from: sources in the order in which they are asked, and who generates them."""

    sources: tuple[Name, ...] = Field(default=(CARD,), min_length=1, max_length=12)
    generated: Name = Field(
        default="", description="The provider that generates, for the source `generated`."
    )
    model: Name = ""
    options: OwnOptions = {}
    suffix: Line = Field(default="", description="Added to every visual prompt: the style of the film.")


class SceneSettings(DocumentPart):
    """What a scene is: `still`, `auto`, or the id of a video provider."""

    source: Name = STILL
    provider: Name = Field(default="", description="For `auto`: the video provider; empty: chosen.")
    model: Name = ""
    options: OwnOptions = {}
    fit: ClipFit = ClipFit.TRIM


class MusicKind(StrEnum):
    """What plays under the voice."""

    OFF = "off"
    BED = "bed"
    """Synthesised by Rushes."""
    FILE = "file"


class Music(DocumentPart):
    """Music under the film. `key`: the stored file of an upload."""

    kind: MusicKind = MusicKind.BED
    key: StoredKey = ""
    gain_db: float = Field(default=-8.0, ge=-60, le=12)
    duck_db: float = Field(default=12.0, ge=0, le=40)
    seed: int = Field(default=0, ge=0, lt=2**31)

    @model_validator(mode="after")
    def _has_file(self) -> Self:
        if self.kind is MusicKind.FILE and not self.key:
            raise ValueError("Music of a file needs the file: upload it first")
        return self


class Captions(DocumentPart):
    """How captions look; see `CaptionLook` of the timeline."""

    style: CaptionStyle = CaptionStyle.HIGHLIGHT
    position: float = Field(default=0.8, ge=0, le=1)
    size: float = Field(default=1.0, ge=0.5, le=2)
    colour: Colour = "#ffffff"
    highlight: Colour = "#ffd84d"
    outline: Colour = "#101010"
    box: Colour = "#000000"


class Watermark(DocumentPart):
    """A picture over the whole film. `key`: the stored file; `x`, `y`, `width`: shares of the frame."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    x: float = Field(default=0.82, ge=0, le=1)
    y: float = Field(default=0.04, ge=0, le=1)
    width: float = Field(default=0.14, gt=0, le=1)
    opacity: float = Field(default=0.8, gt=0, le=1)


class Look(DocumentPart):
    """What the film looks like besides its pictures."""

    captions: Captions = Captions()
    titles: bool = Field(default=True, description="Whether the sections' on-screen text is shown.")
    title_place: Literal["top", "lower_third"] = Field(default="top", description="Where it is shown.")
    colour: Colour = Field(default="#ffffff", description="Of titles and cards.")
    background: Colour = Field(default="#12151c", description="Of cards.")
    accent: Colour = "#ffd84d"
    watermark: Watermark | None = None


class TransitionSettings(DocumentPart):
    """How one scene becomes the next."""

    kind: TransitionKind = TransitionKind.CROSS_FADE
    seconds: float = Field(default=0.5, ge=0, le=3)


class FilmCard(DocumentPart):
    """A card before or after the film."""

    title: Line = ""
    text: Annotated[str, StringConstraints(max_length=2000)] = ""
    seconds: float = Field(default=2.5, ge=0.5, le=30)
