"""What a page needs to play a film before it is rendered: what its timeline is built from, and captions."""

from typing import Any

from pydantic import BaseModel, Field

from rushes.platform.media.film.timeline import ClipFit, OwnSound, Shape
from rushes.platform.media.moves import CameraMove


class PreviewWord(BaseModel):
    """A word of the narration; seconds from the start of its section."""

    text: str
    start: float
    end: float
    ends_sentence: bool


class PreviewPiece(BaseModel):
    """Something that is seen in a section: a still under a camera, or a clip. `name` is its file's."""

    name: str
    still: bool
    share: float
    provider: str
    move: CameraMove | None = Field(description="Of a still.")
    seed: int
    pace: float
    start_seconds: float
    fit: ClipFit
    own_sound: OwnSound
    chosen: dict[str, Any] | None = Field(
        description="It as an entry of the section's `pictures`; none for a scene video."
    )


class PreviewSection(BaseModel):
    """A section as it is played. `spoken_seconds`: where its speech ends, from its start; 0 if silent."""

    section_id: str
    spoken_seconds: float
    estimated: bool = Field(description="Whether its speech is not there yet, and its length is a guess.")
    words: list[PreviewWord]
    speech: list[float] = Field(description="When each piece of its speech begins, and ends, in turn.")
    pieces: list[PreviewPiece] = Field(description="Empty while its pictures are not there yet.")
    title: str | None = Field(description="The file of its on-screen text, drawn; none without one.")


class PreviewCard(BaseModel):
    """A card before or after the sections: `intro`, `outro` or `credits`."""

    id: str
    seconds: float
    name: str


class PreviewBit(BaseModel):
    """A part of a caption's line: a word, nearly always. `start` and `end` are frames of the film."""

    text: str
    start: int
    end: int
    space: bool


class PreviewCaption(BaseModel):
    """A caption, as the film breaks it into lines; frames of the film, `end` excluded."""

    start: int
    end: int
    lines: list[list[PreviewBit]]


class PreviewFace(BaseModel):
    """The type that captions are set in. `line`: a line's height as a share of the em."""

    family: str
    line: float
    url: str


class PreviewSound(BaseModel):
    """The sounds of a preview as addresses; they change when the sound does."""

    voice: str
    music: str | None = Field(description="As loud as the voice: the gain and the ducking are the player's.")


class PreviewView(BaseModel):
    """A film as a page plays it. What is not made yet is estimated, and says so."""

    version: int
    hash: str = Field(description="Of the timeline; empty while it is not complete.")
    shape: Shape
    width: int
    height: int
    fps: int
    frames: int
    cards: list[PreviewCard]
    sections: list[PreviewSection]
    bounds: list[list[int]] = Field(description="First and last frame of each section, end excluded.")
    captions: list[PreviewCaption]
    face: PreviewFace | None = Field(description="None where the font of the language is not installed.")
    watermark: str | None
    sound: PreviewSound


class CameraPath(BaseModel):
    """How the camera moves over a still. `boxes`: left, top, width, height as shares of the picture that
    the proxy shows, at equal steps from the first frame to the last."""

    boxes: list[list[float]]
