"""What a film is made of: one timeline in whole frames, as pure data. Page, captions and render read it.

Scene k is seen from frame b[k] to b[k+1], where b is the running sum of `Scene.frames`: the clock of the
narration, which a transition never moves. A transition of n frames lies over a join, half before and half
after, and both scenes have the pictures for it (handles). Everything that is heard or written is placed by
frames too.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rushes.platform.media.moves import CameraMove


class Shape(StrEnum):
    """The shape of the frame."""

    PORTRAIT = "9:16"
    LANDSCAPE = "16:9"
    SQUARE = "1:1"
    TALL = "4:5"


SIZES: dict[Shape, tuple[int, int]] = {
    Shape.PORTRAIT: (1080, 1920),
    Shape.LANDSCAPE: (1920, 1080),
    Shape.SQUARE: (1080, 1080),
    Shape.TALL: (1080, 1350),
}
"""Width and height at 1080p, pixels."""


class TransitionKind(StrEnum):
    """How one scene becomes the next."""

    CUT = "cut"
    CROSS_FADE = "cross_fade"
    DIP_BLACK = "dip_black"
    DIP_WHITE = "dip_white"
    WIPE = "wipe"
    SLIDE = "slide"
    ZOOM = "zoom"


@dataclass(frozen=True)
class Transition:
    """What lies over a join: `frames` long, even; 0 for a cut."""

    kind: TransitionKind = TransitionKind.CUT
    frames: int = 0


class ClipFit(StrEnum):
    """How a clip is made as long as its scene: cut off, its last frame held, or its pace changed by ≤ 8 %."""

    TRIM = "trim"
    HOLD = "hold"
    SPEED = "speed"


class OwnSound(StrEnum):
    """What becomes of the sound a clip brings."""

    OFF = "off"
    DUCK = "duck"
    KEEP = "keep"


class StillFit(StrEnum):
    """How a picture of another shape fills the frame: cut to its subject, or whole on a blurred copy."""

    CROP = "crop"
    BLUR = "blur"


@dataclass(frozen=True)
class StillSource:
    """A picture under a camera that moves. `seed` chooses the path of the move, `pace` how far it goes."""

    path: Path
    move: CameraMove = CameraMove.PUSH_IN
    seed: int = 0
    pace: float = 1.0
    fit: StillFit = StillFit.CROP


@dataclass(frozen=True)
class ClipSource:
    """A clip, from `start_seconds` on, never looped.

    What is too long is cut off; what is too short has its last frame held. With `ClipFit.SPEED` it is first
    made up to 8 % faster or slower.
    """

    path: Path
    start_seconds: float = 0.0
    fit: ClipFit = ClipFit.TRIM
    own_sound: OwnSound = OwnSound.OFF


@dataclass(frozen=True)
class Overlay:
    """A PNG with transparency over a part of a scene or the film, faded in and out.

    `start` and `frames` are frames of what it lies in; `x` and `y`, its left upper corner, are shares of the
    frame, and so is `width`.
    """

    path: Path
    start: int
    frames: int
    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    opacity: float = 1.0
    fade_frames: int = 8


@dataclass(frozen=True)
class Scene:
    """What is seen for `frames` frames. `transition` is the join with the scene before; the first has none.

    `id` names it in progress and in the cache of pieces. Several pictures of one section are several scenes.
    """

    id: str
    frames: int
    source: StillSource | ClipSource
    transition: Transition = field(default_factory=Transition)
    overlays: tuple[Overlay, ...] = ()


@dataclass(frozen=True)
class VoicePiece:
    """Speech in a WAV file, heard from frame `start` on."""

    path: Path
    start: int


@dataclass(frozen=True)
class MusicTrack:
    """Music under the film, looped with a cross-fade of 2 s and faded out at the end.

    `path` None: the bed that Rushes synthesises. It is made as loud as the voice, then `gain_db` is added;
    `duck_db`: how much quieter it becomes under speech.
    """

    path: Path | None = None
    gain_db: float = -8.0
    duck_db: float = 12.0
    seed: int = 0


@dataclass(frozen=True)
class CaptionWord:
    """A word as it is shown, and the frames at which it begins and ends, from the start of the film."""

    text: str
    start: int
    end: int
    ends_sentence: bool = False


class CaptionStyle(StrEnum):
    """How captions look."""

    OFF = "off"
    CLEAN = "clean"
    BOXED = "boxed"
    HIGHLIGHT = "highlight"
    ONE_WORD = "one_word"


@dataclass(frozen=True)
class CaptionLook:
    """Style, place and colours of captions. Colours are `#rrggbb`; `position` is 0 (top) to 1 (bottom) of the
    safe area; `size` 1 is as usual."""

    style: CaptionStyle = CaptionStyle.HIGHLIGHT
    position: float = 0.8
    size: float = 1.0
    colour: str = "#ffffff"
    highlight: str = "#ffd84d"
    outline: str = "#101010"
    box: str = "#000000"


@dataclass(frozen=True)
class Loudness:
    """The loudness of the whole film: integrated LUFS, and the true peak it stays below, dBTP."""

    lufs: float = -14.0
    true_peak: float = -1.0


class FilmCodec(StrEnum):
    """The video codec of the finished file."""

    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"


@dataclass(frozen=True)
class Timeline:
    """The whole film. `language` is a BCP 47 tag: it decides fonts and line breaks of captions."""

    width: int
    height: int
    fps: int
    scenes: tuple[Scene, ...]
    language: str = "en"
    voice: tuple[VoicePiece, ...] = ()
    music: MusicTrack | None = None
    words: tuple[CaptionWord, ...] = ()
    captions: CaptionLook = field(default_factory=CaptionLook)
    overlays: tuple[Overlay, ...] = ()
    loudness: Loudness = field(default_factory=Loudness)
    codec: FilmCodec = FilmCodec.H264

    @property
    def bounds(self) -> tuple[int, ...]:
        """The frame at which each scene begins, and the end: one more than there are scenes."""
        found = [0]
        for scene in self.scenes:
            found.append(found[-1] + scene.frames)
        return tuple(found)

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return sum(scene.frames for scene in self.scenes)

    @property
    def seconds(self) -> float:
        """How long the film is."""
        return self.frames / self.fps
