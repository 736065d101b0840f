"""Cuts a film into pieces that are rendered apart and kept by a hash of everything that decides their bytes.

A piece is the body of one scene (what no transition covers) or one transition. A piece whose hash is the name
of a file in the cache is not rendered again: a changed scene costs its own pieces, and a render that was
killed continues with those that are missing.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from rushes.errors import Fault, Invalid
from rushes.platform.media.film.files import sha256_of
from rushes.platform.media.film.timeline import Overlay, Scene, Timeline, Transition, TransitionKind

RECIPE = 2
"""Raised whenever the same inputs would give other bytes: older pieces are then not found any more."""


@dataclass(frozen=True)
class ScenePart:
    """Frames of one scene that a piece shows; `first` counts from the first the scene has a picture for."""

    scene: int
    first: int
    frames: int


@dataclass(frozen=True)
class FilmPiece:
    """`frames` frames of the film from `first` on: one part, or two under a transition.

    Of a transition that is shown in part only, the parts still reach from its start; `skipped` frames of
    them are left out.
    """

    first: int
    frames: int
    parts: tuple[ScenePart, ...]
    transition: Transition | None = None
    skipped: int = 0


def check_timeline(timeline: Timeline) -> None:
    """Raise `Invalid`, naming every fault, when a film cannot be made of a timeline."""
    faults = [Fault(name, message, "bad_timeline") for name, message in _faults(timeline)]
    if faults:
        raise Invalid(faults[0].message, faults)


def _faults(timeline: Timeline) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not timeline.scenes:
        found.append(("scenes", "A film needs at least one scene."))
    if not 1 <= timeline.fps <= 60:
        found.append(("fps", "A film has 1 to 60 frames per second."))
    if min(timeline.width, timeline.height) < 16 or timeline.width % 2 or timeline.height % 2:
        found.append(("size", "Width and height are even numbers of at least 16 pixels."))
    for place, scene in enumerate(timeline.scenes):
        name = f"scenes[{place}]"
        before, after = halves(timeline.scenes, place)
        if scene.frames < 1:
            found.append((name, f"Scene {place + 1} has no frames."))
        elif before + after > scene.frames:
            found.append((name, f"The transitions of scene {place + 1} are longer than the scene."))
        if overlap(scene) % 2 or scene.transition.frames < 0:
            found.append((name, f"The transition before scene {place + 1} is not an even number of frames."))
    return found


def overlap(scene: Scene) -> int:
    """How many frames the transition before a scene is long; 0 for a cut."""
    return 0 if scene.transition.kind is TransitionKind.CUT else scene.transition.frames


def halves(scenes: Sequence[Scene], place: int) -> tuple[int, int]:
    """The frames of a scene's transitions that lie inside it and, as many again, beyond it: before and after.

    The first scene has none before and the last none after, whatever they say.
    """
    before = overlap(scenes[place]) // 2 if place else 0
    after = overlap(scenes[place + 1]) // 2 if place + 1 < len(scenes) else 0
    return before, after


def shown_frames(scenes: Sequence[Scene], place: int) -> int:
    """How many frames a scene needs pictures for: its own, and its halves of the transitions beyond them."""
    return scenes[place].frames + sum(halves(scenes, place))


def cut_pieces(timeline: Timeline, span: tuple[int, int] | None = None) -> list[FilmPiece]:
    """Return the pieces of a film, or of the frames from `span[0]` up to but without `span[1]`."""
    start, end = span or (0, timeline.frames)
    cut: list[FilmPiece] = []
    for place, (scene, first) in enumerate(zip(timeline.scenes, timeline.bounds, strict=False)):
        before, after = halves(timeline.scenes, place)
        if before:
            kept = max(start - (first - before), 0), min(end - (first - before), 2 * before)
            if kept[0] < kept[1]:
                previous = shown_frames(timeline.scenes, place - 1) - 2 * before
                parts = (ScenePart(place - 1, previous, kept[1]), ScenePart(place, 0, kept[1]))
                cut.append(
                    FilmPiece(first - before + kept[0], kept[1] - kept[0], parts, scene.transition, kept[0])
                )
        body = max(start, first + before), min(end, first + scene.frames - after)
        if body[0] < body[1]:
            part = ScenePart(place, body[0] - first + before, body[1] - body[0])
            cut.append(FilmPiece(body[0], body[1] - body[0], (part,)))
    return cut


def overlays_of(timeline: Timeline, piece: FilmPiece) -> list[Overlay]:
    """The overlays seen in a piece, in the order they are drawn; `start` counts from its first frame."""
    every = [
        (overlay, first + overlay.start)
        for scene, first in zip(timeline.scenes, timeline.bounds, strict=False)
        for overlay in scene.overlays
    ]
    every += [(overlay, overlay.start) for overlay in timeline.overlays]
    return [
        replace(overlay, start=start - piece.first)
        for overlay, start in every
        if start < piece.first + piece.frames and start + overlay.frames > piece.first
    ]


def piece_hash(timeline: Timeline, piece: FilmPiece, *, codec_args: Sequence[str], captions: str) -> str:
    """The name of a piece: a sha256 over all that decides its bytes. `captions` is its ASS document, or "".

    Files count by what is in them, not by where they are; nor does it matter where in the film the piece is.
    Blocking file work.
    """
    sources = [
        {
            **{key: value for key, value in asdict(scene.source).items() if key not in ("path", "own_sound")},
            "kind": type(scene.source).__name__,
            "file": sha256_of(scene.source.path),
            "shown": shown_frames(timeline.scenes, part.scene),
            "first": part.first,
            "frames": part.frames,
        }
        for part in piece.parts
        for scene in (timeline.scenes[part.scene],)
    ]
    overlays = [
        {**asdict(overlay), "path": sha256_of(overlay.path)} for overlay in overlays_of(timeline, piece)
    ]
    decides = {
        "recipe": RECIPE,
        "size": (timeline.width, timeline.height, timeline.fps),
        "sources": sources,
        "transition": asdict(piece.transition) if piece.transition else None,
        "skipped": piece.skipped,
        "frames": piece.frames,
        "overlays": overlays,
        "captions": captions,
        "codec": list(codec_args),
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
