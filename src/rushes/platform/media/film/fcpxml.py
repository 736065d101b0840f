"""FCPXML 1.11 for Final Cut Pro and Resolve, written by hand: the adapter there is loses transitions."""

from pathlib import PurePosixPath
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from rushes.platform.media.film.layout import LaidScene, Layout
from rushes.platform.media.film.timeline import TransitionKind

NAMES = {
    TransitionKind.CROSS_FADE: "Cross Dissolve",
    TransitionKind.DIP_BLACK: "Fade To Color",
    TransitionKind.DIP_WHITE: "Fade To Color",
    TransitionKind.WIPE: "Wipe",
    TransitionKind.SLIDE: "Slide",
    TransitionKind.ZOOM: "Zoom",
}
"""What Final Cut Pro calls them."""
ROLES = {"voice": "dialogue", "music": "music", "own": "effects"}


def fcpxml(layout: Layout) -> str:
    """Return a film as an FCPXML document. Sound is connected below the first scene, a lane for each stem."""
    root = Xml.Element("fcpxml", version="1.11")
    resources = Xml.SubElement(root, "resources")
    shape = {"width": str(layout.width), "height": str(layout.height), "frameDuration": _time(1, layout)}
    Xml.SubElement(resources, "format", {"id": "r1", "name": "FFVideoFormatRateUndefined", **shape})
    for number, scene in enumerate(layout.scenes):
        _asset(
            resources, f"v{number + 1}", scene.path, scene.there, layout, {"hasVideo": "1", "format": "r1"}
        )
    for name, path in layout.stems.items():
        heard = {"hasAudio": "1", "audioSources": "1", "audioChannels": "2", "audioRate": "48000"}
        _asset(resources, f"a-{name}", path, layout.frames, layout, heard)
    event = Xml.SubElement(Xml.SubElement(root, "library"), "event", name=layout.name)
    project = Xml.SubElement(event, "project", name=layout.name)
    duration = _time(layout.frames, layout)
    sequence = Xml.SubElement(
        project,
        "sequence",
        format="r1",
        duration=duration,
        tcStart="0s",
        tcFormat="NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = Xml.SubElement(sequence, "spine")
    for number, scene in enumerate(layout.scenes):
        if scene.half:
            Xml.SubElement(
                spine,
                "transition",
                name=NAMES[TransitionKind(scene.transition)],
                offset=_time(scene.first - scene.half, layout),
                duration=_time(2 * scene.half, layout),
            )
        clip = _clip(spine, f"v{number + 1}", scene, layout)
        if number == 0:
            _connect_sound(clip, scene, layout)
    Xml.indent(root)
    body = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def _asset(
    resources: Xml.Element, asset_id: str, path: str, frames: int, layout: Layout, other: dict[str, str]
) -> None:
    about = {"id": asset_id, "name": PurePosixPath(path).stem, "start": "0s"}
    asset = Xml.SubElement(resources, "asset", {**about, "duration": _time(frames, layout), **other})
    Xml.SubElement(asset, "media-rep", kind="original-media", src=quote(path))


def _clip(spine: Xml.Element, asset: str, scene: LaidScene, layout: Layout) -> Xml.Element:
    return Xml.SubElement(
        spine,
        "asset-clip",
        ref=asset,
        name=scene.name,
        offset=_time(scene.first, layout),
        start=_time(scene.start, layout),
        duration=_time(scene.frames, layout),
        format="r1",
    )


def _connect_sound(clip: Xml.Element, first: LaidScene, layout: Layout) -> None:
    for lane, name in enumerate(layout.stems, 1):
        Xml.SubElement(
            clip,
            "asset-clip",
            ref=f"a-{name}",
            name=name,
            lane=str(-lane),
            # In the time of the clip it is connected to.
            offset=_time(first.start, layout),
            duration=_time(layout.frames, layout),
            audioRole=ROLES.get(name, "dialogue"),
        )


def _time(frames: int, layout: Layout) -> str:
    """A time as FCPXML writes it: a fraction of a second, whole frames."""
    return "0s" if frames == 0 else f"{frames * 100}/{layout.fps * 100}s"
