"""A film as a timeline that editing programs open: OpenTimelineIO, Premiere's and Resolve's XML, EDL, FCPXML.

What they refer to are the scenes with their handles (`scene_files.py`) and the stems, by paths relative to
the timeline's file, so that a folder with all of them can be moved as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rushes.platform.media.film.fcpxml import fcpxml
from rushes.platform.media.film.layout import Layout, lay_out
from rushes.platform.media.film.timeline import Timeline, TransitionKind


class ExportForm(StrEnum):
    """The forms a timeline is written in; each value is the file's ending."""

    OTIO = "otio"
    XMEML = "xml"
    EDL = "edl"
    FCPXML = "fcpxml"


@dataclass(frozen=True)
class ExportedMedia:
    """Where the files are, relative to the timeline's: one for each scene, and stems by name, in order."""

    scenes: Sequence[str]
    stems: Mapping[str, str] = field(default_factory=dict[str, str])


def write_export(
    timeline: Timeline, form: ExportForm, into: Path, *, name: str, media: ExportedMedia
) -> None:
    """Write a film's timeline. Raises `ValueError` when `media` has another number of scenes than the film.

    An EDL has one track of pictures and knows dissolves only: every transition becomes one.
    """
    layout = lay_out(timeline, name, media.scenes, media.stems)
    match form:
        case ExportForm.FCPXML:
            content = fcpxml(layout)
        case ExportForm.OTIO:
            content = _adapter("otio_json", _otio(layout, sound=True))
        case ExportForm.XMEML:
            content = _adapter("fcp_xml", _otio(layout, sound=True))
        case ExportForm.EDL:
            content = _adapter("cmx_3600", _otio(layout, sound=False), rate=float(layout.fps))
    part = into.with_name(into.name + ".part")
    part.write_text(content, encoding="utf-8")
    part.replace(into)


def _adapter(name: str, timeline: Any, **options: float) -> str:
    written = _opentimelineio().adapters.write_to_string(timeline, name, **options)
    assert isinstance(written, str)
    return written


def _opentimelineio() -> Any:
    """The library, on first use: few films are exported. It has no types."""
    return import_module("opentimelineio")


def _otio(layout: Layout, *, sound: bool) -> Any:
    otio = _opentimelineio()

    def time(frames: int) -> Any:
        return otio.opentime.RationalTime(frames, layout.fps)

    def span(start: int, frames: int) -> Any:
        return otio.opentime.TimeRange(time(start), time(frames))

    def clip(name: str, path: str, start: int, frames: int, there: int) -> Any:
        reference = otio.schema.ExternalReference(target_url=quote(path), available_range=span(0, there))
        reference.name = Path(path).stem
        return otio.schema.Clip(name, media_reference=reference, source_range=span(start, frames))

    timeline = otio.schema.Timeline(layout.name, global_start_time=time(0))
    pictures = otio.schema.Track("Pictures", kind=otio.schema.TrackKind.Video)
    for number, scene in enumerate(layout.scenes, 1):
        if scene.half:
            transition = otio.schema.Transition(
                name=scene.transition.replace("_", " "),
                transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve
                if scene.transition == TransitionKind.CROSS_FADE or not sound
                else otio.schema.TransitionTypes.Custom,
                in_offset=time(scene.half),
                out_offset=time(scene.half),
                metadata={"rushes": {"transition": scene.transition}},
            )
            pictures.append(transition)
        made = clip(scene.name, scene.path, scene.start, scene.frames, scene.there)
        # A reel of an EDL has a name of eight characters at most, and no spaces in it.
        made.metadata["cmx_3600"] = {"reel": f"SCENE{number:03}"}
        pictures.append(made)
    timeline.tracks.append(pictures)
    for name, path in layout.stems.items() if sound else ():
        track = otio.schema.Track(name, kind=otio.schema.TrackKind.Audio)
        track.append(clip(name, path, 0, layout.frames, layout.frames))
        timeline.tracks.append(track)
    return timeline
