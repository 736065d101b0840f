"""Builds the timeline of a film from a document and its products: whole frames, by one running sum. Pure.

Files are named by what they are found by (`speech/<hash>.wav`), so that the same inputs give the same
timeline. `BuiltFilm` says besides where the bytes of each file are stored, and what is still to be drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import TypeAdapter

from rushes.platform.media.film.timeline import (
    CaptionLook,
    CaptionWord,
    Loudness,
    MusicTrack,
    Overlay,
    Scene,
    StillSource,
    Timeline,
    Transition,
    TransitionKind,
    VoicePiece,
)
from rushes.platform.media.moves import CameraMove
from rushes.story.credits import credits_text
from rushes.story.document import Section, StoryDocument
from rushes.story.drawings import Drawing, DrawingKind
from rushes.story.hashes import digest
from rushes.story.inputs import every_section
from rushes.story.pieces import SeenPiece, pieces_of
from rushes.story.products import Products, frame_size
from rushes.story.settings import CARD, FilmCard, MusicKind, TransitionSettings
from rushes.story.timing import SectionTiming, timings

TITLE_SECONDS = 3.5
INNER = TransitionSettings(seconds=0.4)
"""Between two pictures of one section."""
CREDITS_SECONDS = 4.0
TITLE_PLACES = {"top": 0.1, "lower_third": 0.42}
"""Where a title begins, share of the frame's height; a lower third lies above the captions."""


@dataclass(frozen=True)
class BuiltFilm:
    """A timeline, where the bytes of its files are stored (by their names), and what is to be drawn."""

    timeline: Timeline
    files: dict[str, str]
    drawings: dict[str, Drawing]
    sections: tuple[tuple[str, int, int], ...] = ()
    """Each section's id, and the frames at which it begins and ends."""

    @property
    def hash(self) -> str:
        """What the film of it is found by."""
        return digest(as_json(self.timeline))


@dataclass
class _Maker:
    """What is gathered while a timeline is built."""

    document: StoryDocument
    files: dict[str, str] = field(default_factory=dict[str, str])
    drawings: dict[str, Drawing] = field(default_factory=dict[str, Drawing])
    scenes: list[Scene] = field(default_factory=list[Scene])
    voice: list[VoicePiece] = field(default_factory=list[VoicePiece])
    words: list[CaptionWord] = field(default_factory=list[CaptionWord])
    sections: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    seconds: float = 0.0

    @property
    def at(self) -> int:
        """The frame reached so far."""
        return self.frame(self.seconds)

    def frame(self, seconds: float) -> int:
        """The frame nearest to a time."""
        return round(seconds * self.document.fps)

    def file(self, folder: str, name: str, key: str, ending: str) -> Path:
        """The name of a stored file in the timeline."""
        logical = f"{folder}/{name}{ending}"
        self.files[logical] = key
        return Path(logical)

    def draw(self, kind: DrawingKind, title: str, text: str = "") -> Path:
        """The name of a picture to be drawn."""
        drawing = drawing_of(self.document, kind, title, text)
        self.drawings[drawing.name] = drawing
        return Path(drawing.name)


def drawing_of(document: StoryDocument, kind: DrawingKind, title: str, text: str = "") -> Drawing:
    """Return words as a picture to be drawn in the colours of the film."""
    look, (width, height) = document.look, frame_size(document.shape)
    colours = look.colour, look.background, look.accent
    return Drawing(kind, title, text, width, height, *colours, document.language)


def build(document: StoryDocument, products: Products) -> BuiltFilm | None:
    """Return the timeline of a document; None while something of it is not there."""
    timed = timings(document, products)
    if timed is None or not timed:
        return None
    maker = _Maker(document)
    if document.intro is not None:
        _card(maker, "intro", document.intro)
    for section, timing in zip(every_section(document), timed, strict=True):
        found = pieces_of(document, section, timing.seconds, products)
        if found is None:
            return None
        _section(maker, section, timing, found)
    if document.outro is not None:
        _card(maker, "outro", document.outro)
    lines = credits_text(document, products) if document.credits else ""
    if lines:
        _card(maker, "credits", FilmCard(title="", text=lines[:2000], seconds=CREDITS_SECONDS))
    return BuiltFilm(_timeline(maker, products), maker.files, maker.drawings, tuple(maker.sections))


def _timeline(maker: _Maker, products: Products) -> Timeline:
    document, (width, height) = maker.document, frame_size(maker.document.shape)
    return Timeline(
        width=width,
        height=height,
        fps=document.fps,
        scenes=_joined(maker.scenes),
        language=document.language,
        voice=tuple(maker.voice),
        music=_music(maker),
        words=tuple(maker.words),
        captions=CaptionLook(**document.look.captions.model_dump()),
        overlays=_watermark(maker, products),
        loudness=Loudness(document.lufs, document.true_peak),
        codec=document.codec,
    )


def _section(maker: _Maker, section: Section, timing: SectionTiming, found: Sequence[SeenPiece]) -> None:
    first = maker.at
    for piece in timing.speech:
        name = maker.file("speech", _stem(piece.hash), piece.key, ".wav")
        maker.voice.append(VoicePiece(name, maker.frame(maker.seconds + piece.start)))
    for word in timing.words:
        start = maker.frame(maker.seconds + word.start)
        end = max(start + 1, maker.frame(maker.seconds + word.end))
        maker.words.append(CaptionWord(word.text, start, end, word.ends_sentence))
    maker.seconds += timing.seconds
    frames = maker.at - first
    join = section.transition or maker.document.transition
    bounds = _shares([each.share for each in found], frames)
    title = _title(maker, section, found, frames)
    for number, (piece, begin, end) in enumerate(zip(found, bounds, bounds[1:], strict=False)):
        transition = _wanted(maker, join if number == 0 else INNER)
        file = maker.file(piece.folder, _stem(piece.hash), piece.key, piece.ending)
        scene_id = section.id if number == 0 else f"{section.id}-{number + 1}"
        overlays = title if number == 0 else ()
        maker.scenes.append(Scene(scene_id, end - begin, piece.source(file), transition, overlays))
    maker.sections.append((section.id, first, maker.at))


def _shares(shares: Sequence[float], frames: int) -> list[int]:
    """The bounds of parts of `frames` by their shares: whole frames, at least one each."""
    whole, passed, bounds = sum(shares), 0.0, [0]
    for number, share in enumerate(shares, start=1):
        passed += share
        least, most = bounds[-1] + 1, frames - (len(shares) - number)
        bounds.append(min(max(round(frames * passed / whole), least), max(least, most)))
    return bounds


def _title(maker: _Maker, section: Section, found: Sequence[SeenPiece], frames: int) -> tuple[Overlay, ...]:
    """The section's on-screen text; its card already shows it."""
    if not maker.document.look.titles or not section.on_screen or found[0].provider == CARD:
        return ()
    shown = min(frames, round(TITLE_SECONDS * maker.document.fps))
    path = maker.draw(DrawingKind.TITLE, section.on_screen)
    return (Overlay(path, 0, shown, x=0.0, y=TITLE_PLACES[maker.document.look.title_place], width=1.0),)


def _card(maker: _Maker, name: str, card: FilmCard) -> None:
    first = maker.at
    maker.seconds += card.seconds
    path = maker.draw(DrawingKind.CARD, card.title, card.text)
    join = _wanted(maker, maker.document.transition)
    maker.scenes.append(Scene(name, maker.at - first, StillSource(path, CameraMove.STATIC), join))


def _wanted(maker: _Maker, join: TransitionSettings) -> Transition:
    frames = round(join.seconds * maker.document.fps) // 2 * 2
    if join.kind is TransitionKind.CUT or frames == 0:
        return Transition()
    return Transition(join.kind, frames)


def _joined(scenes: Iterable[Scene]) -> tuple[Scene, ...]:
    """The scenes with joins that fit: even, and not longer than half of either scene; the first has none."""
    found: list[Scene] = []
    for scene in scenes:
        room = min(scene.frames, found[-1].frames) // 4 * 2 if found else 0
        frames = min(scene.transition.frames, room)
        join = Transition(scene.transition.kind, frames) if frames else Transition()
        found.append(Scene(scene.id, scene.frames, scene.source, join, scene.overlays))
    return tuple(found)


def music_of(document: StoryDocument) -> MusicTrack | None:
    """Return the music of a film; its path is the name of its file."""
    music = document.music
    if music.kind is MusicKind.OFF:
        return None
    path = None
    if music.kind is MusicKind.FILE:
        path = Path(f"music/{_stem(music.key)}{PurePosixPath(music.key).suffix}")
    return MusicTrack(path, music.gain_db, music.duck_db, music.seed)


def _music(maker: _Maker) -> MusicTrack | None:
    found = music_of(maker.document)
    if found is not None and found.path is not None:
        maker.files[found.path.as_posix()] = maker.document.music.key
    return found


def _watermark(maker: _Maker, products: Products) -> tuple[Overlay, ...]:
    mark = maker.document.look.watermark
    if mark is None:
        return ()
    path = maker.file("overlays", _stem(mark.key), mark.key, PurePosixPath(mark.key).suffix)
    return (Overlay(path, 0, maker.at, mark.x, mark.y, mark.width, mark.opacity, fade_frames=0),)


def _stem(key: str) -> str:
    """What a file is called: its hash, or one of its storage key."""
    return key if key.isalnum() else digest(key)


@cache
def _adapter() -> TypeAdapter[Timeline]:
    return TypeAdapter(Timeline)


def as_json(timeline: Timeline) -> dict[str, Any]:
    """Return a timeline as JSON values; `from_json` reads them."""
    return _adapter().dump_python(timeline, mode="json")


def from_json(value: object) -> Timeline:
    """Return the timeline that `as_json` wrote. Raises `ValidationError`."""
    return _adapter().validate_python(value)
