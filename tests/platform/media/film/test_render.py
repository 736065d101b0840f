"""A film of pieces: exact frames, whole joins, nothing rendered twice."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat
from tests.platform.media.clips import encoders_at_work
from tests.platform.media.film.making import (
    FPS,
    SIZE,
    counting_clip,
    fade,
    lumas,
    number_of,
    picture,
    pictures,
    plain,
    still,
    timeline,
    times,
    words,
)

from rushes.platform.media.ffmpeg import ffmpeg_exe, run_ffmpeg
from rushes.platform.media.film.captions import ass_document, captions_of
from rushes.platform.media.film.drawing import draw, prepare
from rushes.platform.media.film.fonts import fontconfig_file
from rushes.platform.media.film.graph import codec_args
from rushes.platform.media.film.pieces import halves, shown_frames
from rushes.platform.media.film.render import frame_at, render
from rushes.platform.media.film.timeline import (
    ClipSource,
    FilmCodec,
    Overlay,
    Scene,
    StillSource,
    Timeline,
    Transition,
    TransitionKind,
)
from rushes.platform.media.moves import CameraMove


@pytest.fixture
def film(tmp_path: Path) -> Timeline:
    """Four scenes, 3 s, with three kinds of transition and captions."""
    images = [picture(tmp_path / f"{number}.png", seed=number) for number in range(4)]
    joins = [
        Transition(),
        fade(8),
        Transition(TransitionKind.CUT),
        Transition(TransitionKind.WIPE, 6),
    ]
    lengths = (23, 27, 19, 21)
    scenes = [
        Scene(f"s{number}", frames, still(image, seed=number), join)
        for number, (image, join, frames) in enumerate(zip(images, joins, lengths, strict=True))
    ]
    return timeline(scenes, words=words("A film of four scenes. It has captions."))


def kept(cache: Path) -> dict[str, tuple[int, int]]:
    """The pieces that are there, by name, with what changes when one is made again."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in cache.glob("*.mp4")}


def difference(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]


async def test_a_film_has_exactly_its_frames_evenly_spaced_and_sound_as_long(film: Timeline, tmp_path: Path):
    seen: list[float] = []
    made = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces", progress=seen.append)
    stamps = times(made.path)
    assert made.frames == len(stamps) == film.frames == 90
    assert stamps == [number * stamps[1] for number in range(90)]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) > made.pieces
    with av.open(str(made.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, video.pix_fmt) == (*SIZE, "yuv420p")
        assert video.average_rate == FPS
        for stream in (video, audio):
            assert stream.duration is not None
            assert stream.time_base is not None
            assert float(stream.duration * stream.time_base) == pytest.approx(3.0, abs=1 / 48_000)
            assert (stream.start_time or 0) == 0


async def test_no_frame_is_black_or_drawn_twice(film: Timeline, tmp_path: Path):
    quiet = replace(film, words=())
    made = await render(quiet, tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    dark = min(ImageStat.Stat(frame).mean[0] for frame in pictures(made.path))
    assert dark > 40
    for place, scene in enumerate(film.scenes):
        assert isinstance(scene.source, StillSource)
        frames = shown_frames(film.scenes, place)
        drawn = list(draw(prepare(scene.source, SIZE, frames, FPS), SIZE, range(frames)))
        assert all(one != other for one, other in pairwise(drawn))


async def test_clips_run_through_every_join_without_a_gap_or_a_repeat(tmp_path: Path):
    clip = await counting_clip(tmp_path / "clip.mp4", frames=90)
    scenes = [
        Scene("a", 40, ClipSource(clip)),
        Scene("b", 30, ClipSource(clip, start_seconds=1.0), Transition(TransitionKind.WIPE, 8)),
    ]
    made = await render(timeline(scenes), tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    read = [number_of(luma) for luma in lumas(made.path)]
    # Scene b's own frames begin 4 frames earlier, under the transition.
    assert read[:36] == [number % 30 for number in range(36)]
    assert read[44:] == [(30 + number) % 30 for number in range(8, 34)]


async def test_a_changed_scene_renders_its_own_pieces_only(film: Timeline, tmp_path: Path):
    cache = tmp_path / "pieces"
    first = await render(film, tmp_path / "film.mp4", pieces=cache)
    assert (first.pieces, first.rendered) == (6, 6)
    before = kept(cache)
    assert (await render(film, tmp_path / "again.mp4", pieces=cache)).rendered == 0
    other = replace(film.scenes[3], source=still(plain(tmp_path / "other.png", "navy")))
    changed = await render(
        replace(film, scenes=(*film.scenes[:3], other)), tmp_path / "changed.mp4", pieces=cache
    )
    assert changed.rendered == 2
    assert before.items() <= kept(cache).items()
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "film.mp4").read_bytes()


PROGRAM = """
import asyncio, pickle, sys
from pathlib import Path
from rushes.platform.media.film.render import render
film = pickle.loads(Path(sys.argv[1]).read_bytes())
asyncio.run(render(film, Path(sys.argv[2]), pieces=Path(sys.argv[3])))
"""


async def test_a_render_that_was_killed_continues_with_the_missing_pieces(film: Timeline, tmp_path: Path):
    import pickle  # noqa: PLC0415  # for this test's child only

    cache, saved = tmp_path / "pieces", tmp_path / "film.pickle"
    saved.write_bytes(pickle.dumps(film))
    command = [sys.executable, "-c", PROGRAM, str(saved), str(tmp_path / "film.mp4"), str(cache)]
    child = subprocess.Popen(command)
    while len(kept(cache)) < 2 and child.poll() is None:
        await asyncio.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    there = kept(cache)
    assert 2 <= len(there) < 6
    assert not (tmp_path / "film.mp4").exists()
    made = await render(film, tmp_path / "film.mp4", pieces=cache)
    assert made.rendered == 6 - len(there)
    assert there.items() <= kept(cache).items()
    assert len(times(made.path)) == film.frames


async def test_a_cancelled_render_leaves_no_process_and_whole_pieces_only(film: Timeline, tmp_path: Path):
    cache = tmp_path / "pieces"
    task = asyncio.create_task(render(film, tmp_path / "film.mp4", pieces=cache))
    while not kept(cache):
        await asyncio.sleep(0.02)
        assert not task.done()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert encoders_at_work(cache) == []
    assert list(cache.glob("work-*")) == []
    assert list(cache.rglob("*.part")) == []
    assert not (tmp_path / "film.mp4").exists()


async def test_a_film_of_pieces_looks_as_one_ffmpeg_command_draws_it(film: Timeline, tmp_path: Path):
    made = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    reference = tmp_path / "reference.mp4"
    await one_pass(film, reference, tmp_path)
    args = ["-v", "info", "-i", str(made.path), "-i", str(reference), "-lavfi", "ssim", "-f", "null", "-"]
    told = subprocess.run([ffmpeg_exe(), *args], capture_output=True, text=True, check=True).stderr
    assert float(told.rpartition("All:")[2].split()[0]) >= 0.99


async def one_pass(film: Timeline, into: Path, folder: Path) -> None:
    """The same film by one command: each scene's frames, xfade where they overlap, captions over all."""
    inputs: list[str] = []
    graph: list[str] = []
    names: list[str] = []
    size = (film.width, film.height)
    for place, scene in enumerate(film.scenes):
        assert isinstance(scene.source, StillSource)
        frames = shown_frames(film.scenes, place)
        raw = folder / f"{place}.yuv"
        raw.write_bytes(
            b"".join(
                b"".join(planes)
                for planes in draw(prepare(scene.source, size, frames, FPS), size, range(frames))
            )
        )
        inputs += [
            "-f",
            "rawvideo",
            "-color_range",
            "tv",
            "-colorspace",
            "bt709",
            "-s",
            f"{size[0]}x{size[1]}",
            "-r",
            str(FPS),
            "-i",
            str(raw),
        ]
        before, after = halves(film.scenes, place)
        graph.append(f"[{place}:v]split=3[x{place}][y{place}][z{place}]")
        if before:
            cut = f"trim=end_frame={2 * before},setpts=PTS-STARTPTS"
            kind = {"cross_fade": "fade", "wipe": "wipeleft"}[scene.transition.kind]
            graph.append(f"[x{place}]{cut}[in{place}]")
            graph.append(
                f"[out{place - 1}][in{place}]xfade=transition={kind}:duration={2 * before / FPS}:offset=0,"
                f"format=yuv420p[j{place}]"
            )
            names.append(f"[j{place}]")
        else:
            graph.append(f"[x{place}]nullsink")
        graph.append(
            f"[y{place}]trim=start_frame={2 * before}:end_frame={frames - 2 * after},"
            f"setpts=PTS-STARTPTS[b{place}]"
        )
        names.append(f"[b{place}]")
        end = f"trim=start_frame={frames - 2 * after},setpts=PTS-STARTPTS[out{place}]"
        graph.append(f"[z{place}]{end}" if after else f"[z{place}]nullsink")
    tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    ass = folder / "whole.ass"
    ass.write_text(ass_document(film, captions_of(film)))
    graph.append(f"{''.join(names)}concat=n={len(names)},ass={ass},{tags}[v]")
    args = [*inputs, "-filter_complex", ";".join(graph), "-map", "[v]", *codec_args(FilmCodec.H264, FPS)]
    fonts = {"FONTCONFIG_FILE": str(fontconfig_file(folder / "fonts"))}
    await run_ffmpeg([*args, "-f", "mp4"], into=into, environment=fonts)


async def test_one_frame_is_the_frame_of_the_film(film: Timeline, tmp_path: Path):
    made = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    frames = pictures(made.path)
    for number in (0, 22, 40, 71, 89):
        await frame_at(film, number, tmp_path / "one.png", pieces=tmp_path / "pieces")
        with Image.open(tmp_path / "one.png") as one:
            off = [difference(one.convert("L"), frame) for frame in frames]
        # Neighbours under a slow camera are alike but for what the encoder makes of them.
        assert off[number] < min(min(off) + 0.3, 6), number
    with pytest.raises(ValueError, match="no frame 90"):
        await frame_at(film, 90, tmp_path / "none.png", pieces=tmp_path / "pieces")


async def test_a_preview_shows_a_span_smaller(film: Timeline, tmp_path: Path):
    whole = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    span = await render(film, tmp_path / "span.mp4", pieces=tmp_path / "pieces", height=96, span=(20, 50))
    frames = pictures(span.path)
    assert (span.frames, len(frames)) == (30, 30)
    assert frames[0].size == (54, 96)
    big = [frame.resize((54, 96)) for frame in pictures(whole.path)]  # pyright: ignore[reportUnknownMemberType]
    for number in (0, 5, 15, 29):
        off = [difference(frames[number], frame) for frame in big]
        assert off[20 + number] < min(off) + 0.3
    stamps = times(span.path)
    assert stamps == [number * stamps[1] for number in range(30)]


@pytest.mark.parametrize("kind", [kind for kind in TransitionKind if kind is not TransitionKind.CUT])
async def test_every_transition_goes_from_one_scene_to_the_other(kind: TransitionKind, tmp_path: Path):
    dark, light = plain(tmp_path / "dark.png", "#404040"), plain(tmp_path / "light.png", "#c0c0c0")
    scenes = [
        Scene("a", 12, still(dark, CameraMove.STATIC)),
        Scene("b", 12, still(light, CameraMove.STATIC), fade(8, kind)),
    ]
    made = await render(timeline(scenes), tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    read = lumas(made.path)
    assert len(read) == 24
    assert max(read[:8]) - min(read[:8]) < 2 > max(read[16:]) - min(read[16:])
    assert read[20] - read[2] > 80
    between = read[9:15]
    if kind is TransitionKind.DIP_BLACK:
        assert min(between) < read[0] - 20
    elif kind is TransitionKind.DIP_WHITE:
        assert max(between) > read[20] + 10
    else:
        assert kind is TransitionKind.ZOOM or between == sorted(between)
        assert any(read[2] + 5 < luma < read[20] - 5 for luma in between)


@pytest.mark.parametrize("codec", [FilmCodec.H265, FilmCodec.AV1])
async def test_other_codecs_are_joined_as_well(codec: FilmCodec, film: Timeline, tmp_path: Path):
    made = await render(replace(film, codec=codec), tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    with av.open(str(made.path)) as container:
        name = container.streams.video[0].codec_context.name
        decoded = sum(1 for _ in container.decode(video=0))
    assert name == {FilmCodec.H265: "hevc", FilmCodec.AV1: "libdav1d"}[codec]
    assert decoded == film.frames


async def test_an_overlay_is_there_for_its_frames_across_pieces(film: Timeline, tmp_path: Path):
    mark = Overlay(plain(tmp_path / "mark.png", "white"), start=10, frames=20, width=1.0, fade_frames=4)
    quiet = replace(film, words=())
    plain_film = await render(quiet, tmp_path / "plain.mp4", pieces=tmp_path / "pieces")
    marked = await render(
        replace(quiet, overlays=(mark,)), tmp_path / "marked.mp4", pieces=tmp_path / "pieces"
    )
    pairs = zip(lumas(plain_film.path), lumas(marked.path), strict=True)
    brighter = [other - one > 3 for one, other in pairs]
    assert [number for number, is_brighter in enumerate(brighter) if is_brighter] == list(range(11, 30))


def test_tests_leave_no_name_of_this_process_behind():
    assert os.environ.get("FONTCONFIG_FILE") is None
