"""The plain facts every form of export is written from: what lies where, in frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rushes.platform.media.film.pieces import halves, shown_frames
from rushes.platform.media.film.timeline import Timeline


@dataclass(frozen=True)
class LaidScene:
    """A scene as a clip of its file: `start` is where it begins in the file, which has `there` frames.

    `half` is half of the transition before it, frames; 0 for a cut.
    """

    name: str
    path: str
    first: int
    start: int
    frames: int
    there: int
    half: int
    transition: str


@dataclass(frozen=True)
class Layout:
    """A film as an editing program sees it."""

    name: str
    fps: int
    width: int
    height: int
    frames: int
    scenes: tuple[LaidScene, ...]
    stems: Mapping[str, str]


def lay_out(timeline: Timeline, name: str, scenes: Sequence[str], stems: Mapping[str, str]) -> Layout:
    """Return where everything lies. Raises `ValueError` when a scene has no file."""
    if len(scenes) != len(timeline.scenes):
        raise ValueError(f"{len(timeline.scenes)} scenes need as many files, not {len(scenes)}.")
    laid: list[LaidScene] = []
    for place, (scene, first, path) in enumerate(zip(timeline.scenes, timeline.bounds, scenes, strict=False)):
        before, _ = halves(timeline.scenes, place)
        there = shown_frames(timeline.scenes, place)
        laid.append(
            LaidScene(
                f"Scene {place + 1}", path, first, before, scene.frames, there, before, scene.transition.kind
            )
        )
    return Layout(
        name, timeline.fps, timeline.width, timeline.height, timeline.frames, tuple(laid), dict(stems)
    )
