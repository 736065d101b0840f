"""Timelines for editing programs, opened again and compared with the film."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from tests.platform.media.film.making import (
    FPS,
    fade,
    picture,
    pictures,
    sound_of,
    speech,
    still,
    timeline,
    times,
    voice,
    words,
)

from rushes.platform.media.film.exports import ExportedMedia, ExportForm, write_export
from rushes.platform.media.film.render import render
from rushes.platform.media.film.scene_files import render_scenes, render_stems
from rushes.platform.media.film.timeline import (
    CaptionLook,
    CaptionStyle,
    CaptionWord,
    MusicTrack,
    Overlay,
    Scene,
    Timeline,
    Transition,
    TransitionKind,
)

otio: Any = import_module("opentimelineio")
"""It has no types."""
MEDIA = ExportedMedia(
    ["media/scene 01.mp4", "media/scene 02.mp4", "media/szene-03 ä.mp4"],
    {"voice": "sound/voice.wav", "music": "sound/music.wav"},
)


@pytest.fixture
def film(tmp_path: Path) -> Timeline:
    image = still(picture(tmp_path / "a.png"))
    scenes = [
        Scene("a", 40, image),
        Scene("b", 50, image, fade(10)),
        Scene("c", 30, image, Transition(TransitionKind.WIPE, 8)),
    ]
    return timeline(scenes, words=words("Some words for it"))


def written(film: Timeline, form: ExportForm, folder: Path) -> Path:
    into = folder / f"film.{form}"
    write_export(film, form, into, name="Rice & water", media=MEDIA)
    return into


def clips_of(track: Any) -> list[tuple[float, float]]:
    """Where each clip begins in its file, and how many frames it has."""
    return [
        (each.source_range.start_time.value, each.source_range.duration.value)
        for each in track
        if isinstance(each, otio.schema.Clip)
    ]


def transitions_of(track: Any) -> list[tuple[float, float]]:
    return [
        (each.in_offset.value, each.out_offset.value)
        for each in track
        if isinstance(each, otio.schema.Transition)
    ]


@pytest.mark.parametrize("form", [ExportForm.OTIO, ExportForm.XMEML])
def test_opentimelineio_reads_back_clips_handles_and_transitions(
    form: ExportForm, film: Timeline, tmp_path: Path
):
    read: Any = otio.adapters.read_from_file(
        str(written(film, form, tmp_path)), "otio_json" if form is ExportForm.OTIO else "fcp_xml"
    )
    assert isinstance(read, otio.schema.Timeline)
    assert read.name == "Rice & water"
    (video,) = read.video_tracks()
    assert clips_of(video) == [(0, 40), (5, 50), (4, 30)]
    assert transitions_of(video) == [(5, 5), (4, 4)]
    assert [clip.media_reference.target_url for clip in video if isinstance(clip, otio.schema.Clip)] == [
        "media/scene%2001.mp4",
        "media/scene%2002.mp4",
        "media/szene-03%20%C3%A4.mp4",
    ]
    assert video.duration().rate == FPS
    assert len(read.audio_tracks()) == 2
    assert all(clips_of(track) == [(0, 120)] for track in read.audio_tracks())


@pytest.mark.parametrize("fps", [24, 25, 30])
def test_an_edl_has_the_films_rate(fps: int, film: Timeline, tmp_path: Path):
    path = written(replace(film, fps=fps), ExportForm.EDL, tmp_path)
    read: Any = otio.adapters.read_from_file(str(path), "cmx_3600", rate=fps)
    (video,) = read.video_tracks()
    # The event of a dissolve begins with the dissolve, half of it before the cut.
    assert [frames for _, frames in clips_of(video)] == [35, 51, 34]
    assert video.duration().value == 120
    assert len(transitions_of(video)) == 2


def seconds(value: str) -> float:
    above, _, below = value.removesuffix("s").partition("/")
    return float(above) / float(below or 1)


def test_fcpxml_keeps_transitions_handles_and_relative_paths(film: Timeline, tmp_path: Path):
    content = written(film, ExportForm.FCPXML, tmp_path).read_text()
    root = Xml.fromstring(content)
    assert root.get("version") == "1.11"
    assert "<!DOCTYPE fcpxml>" in content
    sources = [each.get("src") for each in root.iter("media-rep")]
    assert sources[0] == "media/scene%2001.mp4"
    assert len(sources) == 5
    (spine,) = root.iter("spine")
    parts = [
        (
            each.tag,
            round(seconds(each.get("offset", "")) * FPS),
            round(seconds(each.get("duration", "")) * FPS),
        )
        for each in spine
    ]
    assert parts == [
        ("asset-clip", 0, 40),
        ("transition", 35, 10),
        ("asset-clip", 40, 50),
        ("transition", 86, 8),
        ("asset-clip", 90, 30),
    ]
    starts = [round(seconds(each.get("start", "")) * FPS) for each in spine.findall("asset-clip")]
    assert starts == [0, 5, 4]
    lanes = [each.get("lane") for each in spine.findall("asset-clip/asset-clip")]
    assert lanes == ["-1", "-2"]
    named = {each.get("id") for each in root.iter("asset")} | {each.get("id") for each in root.iter("format")}
    assert all(each.get("ref") in named for each in root.iter("asset-clip"))
    assert [each.get("name") for each in spine.findall("transition")] == ["Cross Dissolve", "Wipe"]


def test_every_scene_needs_a_file(film: Timeline, tmp_path: Path):
    with pytest.raises(ValueError, match="3 scenes"):
        write_export(film, ExportForm.OTIO, tmp_path / "a", name="a", media=ExportedMedia(["one.mp4"]))


async def test_scene_files_have_their_handles_and_no_captions(film: Timeline, tmp_path: Path):
    mark = Overlay(picture(tmp_path / "mark.png", seed=9), 0, 120)
    made = await render_scenes(replace(film, overlays=(mark,)), pieces=tmp_path / "pieces")
    assert [(scene.handle, scene.frames) for scene in made] == [(0, 45), (5, 59), (4, 34)]
    for scene in made:
        assert len(times(scene.path)) == scene.frames
    before = [scene.path.stat().st_mtime_ns for scene in made]
    again = await render_scenes(replace(film, words=()), pieces=tmp_path / "pieces")
    assert [scene.path.stat().st_mtime_ns for scene in again] == before
    assert pictures(made[0].path)[0].size == (film.width, film.height)


async def test_scene_files_take_what_the_film_has_rendered(film: Timeline, tmp_path: Path):
    pieces, plain = tmp_path / "pieces", replace(film, captions=CaptionLook(style=CaptionStyle.OFF))
    whole = await render(plain, tmp_path / "film.mp4", pieces=pieces)
    made = await render_scenes(plain, pieces=pieces)
    assert [(scene.handle, scene.frames, scene.reused) for scene in made] == [
        (0, 45, 35),
        (5, 59, 41),
        (4, 34, 26),
    ]
    for scene, first in zip(made, plain.bounds, strict=False):
        assert len(times(scene.path)) == scene.frames
        seen, at = pictures(scene.path), scene.handle + 10
        assert seen[at].tobytes() == pictures(whole.path)[first + 10].tobytes()
    # Where words are over the picture, the scene is drawn again without them.
    captioned = replace(film, words=(CaptionWord("rice", 2, 12),))
    await render(captioned, tmp_path / "words.mp4", pieces=tmp_path / "words")
    again = await render_scenes(captioned, pieces=tmp_path / "words")
    assert [scene.reused for scene in again] == [0, 41, 26]


async def test_stems_are_as_long_as_the_film(film: Timeline, tmp_path: Path):
    spoken = await speech(tmp_path / "voice.wav", 2)
    stems = await render_stems(replace(film, voice=(voice(spoken),), music=MusicTrack()), tmp_path / "stems")
    assert sorted(path.name for path in stems.files) == ["music.wav", "voice.wav"]
    assert sorted(path.name for path in (tmp_path / "stems").iterdir()) == ["music.wav", "voice.wav"]
    assert [len(sound_of(path)) for path in stems.files] == [4 * 48_000] * 2
