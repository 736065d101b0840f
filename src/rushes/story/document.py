"""What a person decides about a film: one document, of which every change is a new version.

Nothing in it says what has been made: products are found by a hash of their inputs (`hashes.py`), so that
undoing an edit finds the old ones again.
"""

import secrets
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from rushes.platform.media.film.timeline import FilmCodec, OwnSound, Shape
from rushes.platform.media.moves import CameraMove
from rushes.providers.picture_contract import Attribution, Candidate
from rushes.providers.script_contract import MOST_SECTION_CHARS, MOST_SECTIONS
from rushes.story.settings import (
    DocumentPart,
    FilmCard,
    Line,
    Look,
    Music,
    Name,
    OwnOptions,
    PictureSettings,
    Pronunciation,
    Review,
    Rewrite,
    SceneSettings,
    ScriptSettings,
    StoredKey,
    TransitionSettings,
    VoiceSettings,
)

FPS = 30
MOST_PICTURES = 20
"""Per section."""

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
SectionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{4,32}$")]
Variant = Annotated[int, Field(ge=0, le=10_000)]


class UploadedPicture(DocumentPart):
    """A picture that a person has uploaded: its stored file."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    media_type: Annotated[str, StringConstraints(pattern=r"^(image|video)/[a-z0-9.+-]{1,40}$")]
    width: int = Field(ge=1, le=100_000)
    height: int = Field(ge=1, le=100_000)
    name: Line = ""
    attribution: Attribution = Attribution()


class GeneratedPicture(DocumentPart):
    """A picture that a provider makes of a prompt; `variant` asks for another one of the same."""

    provider: Name
    model: Name = ""
    prompt: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    options: OwnOptions = Field(default_factory=dict)
    variant: Variant = 0


class SectionPicture(DocumentPart):
    """One picture of a section: exactly one of its three origins, and its share of the section's time."""

    upload: UploadedPicture | None = None
    found: Candidate | None = None
    generated: GeneratedPicture | None = None
    share: float = Field(default=1.0, gt=0, le=1000)
    move: CameraMove | None = None
    start_seconds: float = Field(default=0.0, ge=0, le=86_400, description="Where a clip begins.")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(each is not None for each in (self.upload, self.found, self.generated)) != 1:
            raise ValueError("A picture is an upload, a found one or a generated one: exactly one of them")
        return self


class Variants(DocumentPart):
    """How often another one was asked for, of the same inputs."""

    speech: Variant = 0
    picture: Variant = 0
    scene: Variant = 0


def new_section_id() -> str:
    """Return an id for a new section, which it keeps for ever."""
    return secrets.token_hex(4)


class Section(DocumentPart):
    """One section: what is said, and what is seen meanwhile."""

    id: SectionId = Field(default_factory=new_section_id)
    heading: Line = ""
    narration: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_SECTION_CHARS)] = ""
    on_screen: Line = ""
    visual_prompt: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    keywords: tuple[Name, ...] = Field(default=(), max_length=20)
    locked: bool = Field(default=False, description="Whether improvements leave it as it is.")
    muted: bool = Field(default=False, description="Whether its narration is shown but not spoken.")
    voice: VoiceSettings | None = Field(default=None, description="Its own voice instead of the film's.")
    pictures: tuple[SectionPicture, ...] = Field(
        default=(), max_length=MOST_PICTURES, description="Chosen pictures; none: chosen automatically."
    )
    move: CameraMove | None = Field(
        default=None, description="The camera's move; none: by prompt and chance."
    )
    scene: SceneSettings | None = Field(default=None, description="Its own kind of scene.")
    transition: TransitionSettings | None = Field(default=None, description="The join with the one before.")
    pause_after: float = Field(default=0.45, ge=0, le=60, description="Seconds of silence after it.")
    seconds: float | None = Field(
        default=None, gt=0, le=600, description="Its length where nothing is spoken; the least it lasts."
    )
    own_sound: OwnSound = OwnSound.OFF
    recording: StoredKey = Field(
        default="", description="The stored file of a recording, instead of a voice."
    )
    variants: Variants = Variants()


class StoryDocument(DocumentPart):
    """The whole story as a person has decided it."""

    title: Line = ""
    text: Annotated[str, StringConstraints(max_length=200_000)] = Field(
        default="", description="The topic, the notes or the finished text that it is made of."
    )
    language: Language = "en"
    audience: Line = ""
    tone: Line = ""
    style: Line = ""
    target_seconds: float = Field(default=60.0, ge=5, le=3600)
    shape: Shape = Shape.PORTRAIT
    fps: int = Field(default=FPS, ge=24, le=60)
    codec: FilmCodec = FilmCodec.H264
    script: ScriptSettings = ScriptSettings()
    voice: VoiceSettings = VoiceSettings()
    pronunciations: tuple[Pronunciation, ...] = Field(default=(), max_length=200)
    pictures: PictureSettings = PictureSettings()
    scenes: SceneSettings = SceneSettings()
    music: Music = Music()
    look: Look = Look()
    transition: TransitionSettings = TransitionSettings()
    intro: FilmCard | None = None
    outro: FilmCard | None = None
    credits: bool = Field(default=False, description="Whether a card with the credits ends the film.")
    lufs: float = Field(default=-14.0, ge=-40, le=-5)
    true_peak: float = Field(default=-1.0, ge=-10, le=0)
    budget: Decimal | None = Field(default=None, ge=0, max_digits=12, decimal_places=6)
    review: Review = Review.NONE
    sections: tuple[Section, ...] = Field(default=(), max_length=MOST_SECTIONS)
    written_from: Annotated[str, StringConstraints(max_length=64)] = Field(
        default="", description="The hash of what the script was written from; empty for a person's own."
    )
    rewrite: Rewrite | None = Field(default=None, description="A translation or improvement to be made.")
    is_outline: bool = Field(default=False, description="Whether the script is a skeleton to be filled in.")

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [each.id for each in self.sections]
        if len(ids) != len(set(ids)):
            raise ValueError("Two sections have the same id")
        return self

    def section(self, section_id: str) -> Section | None:
        """Return the section of that id, if there is one."""
        return next((each for each in self.sections if each.id == section_id), None)
