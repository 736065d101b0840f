"""What a film costs beside one FFmpeg command of it: CPU, memory, a changed scene, a frame, a preview.

The command draws stills with zoompan (which moves in whole pixels), the same cross-fades on overlapping
frames, the same captions and codec settings; the sound is made before both. Exits 1 when a goal is missed:
CPU at most 1.1 times, memory at most 400 MB, a changed scene at most 0.3 of the whole, one frame under 1 s of
CPU, a preview at 4 times real time in CPU. Run it with `python -m bench.film [seconds]` (30).
"""

import asyncio
import resource
import sys
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.animatic import measured
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.captions import ass_document, captions_of
from rushes.platform.media.film.fonts import fontconfig_file
from rushes.platform.media.film.graph import codec_args
from rushes.platform.media.film.pieces import halves, shown_frames
from rushes.platform.media.film.render import frame_at, render
from rushes.platform.media.film.timeline import (
    CaptionWord,
    ClipSource,
    MusicTrack,
    Scene,
    StillSource,
    Timeline,
    Transition,
    TransitionKind,
    VoicePiece,
)
from rushes.platform.media.moves import CameraMove

IMAGES = sorted((Path(__file__).parents[1] / "examples" / "images").glob("*.jpg"))
FPS = 30
SIZE = (1080, 1920)
FADE = 16
SCENE = 5 * FPS
GOALS = {"cpu": 1.1, "memory": 400.0, "changed": 0.3, "frame": 1.0, "preview": 4.0}


async def make_inputs(folder: Path, seconds: int) -> None:
    """Write a voice and a clip for the film."""
    voice = f"anoisesrc=c=pink:a=0.3:r=24000:d={seconds},tremolo=f=4:d=0.9"
    await run_ffmpeg(["-f", "lavfi", "-i", voice, "-ac", "1", "-f", "wav"], into=folder / "voice.wav")
    moved = "zoompan=z=1.2:x=on:d=1:s=720x1280:fps=24,scale=out_color_matrix=bt709:out_range=tv"
    tagged = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    still = ["-loop", "1", "-t", "7", "-i", str(IMAGES[0]), "-vf", f"{moved},{tagged}"]
    # Encoded so that it needs little memory: what is measured is the most of any FFmpeg.
    light = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-threads", "1"]
    await run_ffmpeg([*still, *light, "-pix_fmt", "yuv420p", "-f", "mp4"], into=folder / "clip.mp4")


def film(folder: Path, seconds: int) -> Timeline:
    """Scenes of five seconds, every third of them a clip, with cross-fades, captions, voice and music."""
    scenes: list[Scene] = []
    for number in range(seconds // 5):
        move = list(CameraMove)[number % 6]
        source = StillSource(IMAGES[number % len(IMAGES)], move, seed=number)
        join = Transition(TransitionKind.CROSS_FADE, FADE) if number else Transition()
        scenes.append(
            Scene(str(number), SCENE, ClipSource(folder / "clip.mp4") if number % 3 == 2 else source, join)
        )
    words = tuple(
        CaptionWord(
            ["rice", "growing", "water", "field"][number % 4], number * 10, number * 10 + 9, number % 9 == 8
        )
        for number in range(seconds * 3)
    )
    voice = (VoicePiece(folder / "voice.wav", 0),)
    return Timeline(*SIZE, FPS, tuple(scenes), voice=voice, music=MusicTrack(), words=words)


def one_pass_args(timeline: Timeline, captions: Path, sound: Path) -> list[str]:
    """The same film as one graph."""
    inputs: list[str] = []
    graph: list[str] = []
    order: list[str] = []
    width, height = SIZE
    for place, scene in enumerate(timeline.scenes):
        inputs += ["-i", str(scene.source.path)]
        frames, (before, after) = shown_frames(timeline.scenes, place), halves(timeline.scenes, place)
        size = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},setsar=1"
        if isinstance(scene.source, StillSource):
            zoom = f"zoompan=z='1+0.17*on/{frames}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'"
            chain = f"format=yuv420p,{zoom}:d={frames}:s={width}x{height}:fps={FPS},setsar=1"
        else:
            chain = f"fps={FPS},{size}"
        graph.append(f"[{place}:v]{chain},trim=end_frame={frames},format=yuv420p,settb=1/{FPS}[s{place}]")
        cuts = {
            "x": (0, 2 * before),
            "b": (2 * before, frames - 2 * after),
            "y": (frames - 2 * after, frames),
        }
        used = {name: cut for name, cut in cuts.items() if cut[0] < cut[1]}
        graph.append(f"[s{place}]split={len(used)}{''.join(f'[c{name}{place}]' for name in used)}")
        for name, (first, last) in used.items():
            trim = f"trim=start_frame={first}:end_frame={last},setpts=PTS-STARTPTS"
            graph.append(f"[c{name}{place}]{trim}[{name}{place}]")
        if before:
            fade = f"xfade=transition=fade:duration={2 * before / FPS}:offset=0,format=yuv420p"
            graph.append(f"[y{place - 1}][x{place}]{fade}[j{place}]")
            order.append(f"[j{place}]")
        order.append(f"[b{place}]")
    graph.append(f"{''.join(order)}concat=n={len(order)},ass={captions},format=yuv420p[v]")
    inputs += ["-i", str(sound)]
    maps = ["-map", "[v]", "-map", f"{len(timeline.scenes)}:a", *codec_args(timeline.codec, FPS)]
    return [*inputs, "-filter_complex", ";".join(graph), *maps, "-c:a", "copy", "-f", "mp4"]


def make_sound(timeline: Timeline, folder: Path) -> None:
    """Make the sound of a film alone, in the cache that it is rendered with: `folder` is for both."""
    black = replace(timeline, width=16, height=16, words=())
    run(render(black, folder / "sound.mp4", pieces=folder / "sound-pieces"))
    (folder / "pieces").mkdir()
    for path in (folder / "sound-pieces").glob("*.m4a"):
        path.rename(folder / "pieces" / path.name)


def run(work: Coroutine[Any, Any, object]) -> None:
    """Run one measured thing."""
    asyncio.run(work)


def most_memory() -> tuple[float, float]:
    """Megabytes this process had at most, and the largest of its children."""
    own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_maxrss / 1024, child.ru_maxrss / 1024


def main(arguments: list[str]) -> int:
    """Measure a film and the command; return 1 when a goal is missed."""
    seconds = int(arguments[0]) if arguments else 30
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(make_inputs(folder, seconds))
        timeline = film(folder, seconds)
        cache = folder / "pieces"
        sound = folder / "sound.mp4"
        # The command below gets the sound ready. A process of its own makes it, and keeps its memory.
        process = get_context("spawn").Process(target=make_sound, args=(timeline, folder))
        process.start()
        process.join()
        whole = measured(lambda: run(render(timeline, folder / "film.mp4", pieces=cache)))
        memory = most_memory()
        (folder / "all.ass").write_text(ass_document(timeline, captions_of(timeline)))
        fonts = {"FONTCONFIG_FILE": str(fontconfig_file(folder / "fonts"))}
        args = one_pass_args(timeline, folder / "all.ass", sound)
        command = measured(lambda: run(run_ffmpeg(args, into=folder / "one.mp4", environment=fonts)))
        other = replace(timeline.scenes[1], source=StillSource(IMAGES[3], CameraMove.ORBIT, seed=9))
        edited = replace(timeline, scenes=(timeline.scenes[0], other, *timeline.scenes[2:]))
        changed = measured(lambda: run(render(edited, folder / "edited.mp4", pieces=cache)))
        frame = measured(lambda: run(frame_at(timeline, SCENE + 40, folder / "frame.png", pieces=cache)))
        preview = measured(lambda: run(render(timeline, folder / "small.mp4", pieces=cache, height=360)))
    found = {
        "cpu": whole.cpu / command.cpu,
        "memory": sum(memory),
        "changed": changed.cpu / whole.cpu,
        "frame": frame.cpu,
        "preview": seconds / preview.cpu,
    }
    print(
        f"{seconds} s film: {whole.cpu:.1f} s CPU {whole.wall:.1f} s wall"
        f" | one command {command.cpu:.1f} s CPU {command.wall:.1f} s wall"
        f" | ratio {found['cpu']:.2f} | memory {memory[0]:.0f} + {memory[1]:.0f} MB\n"
        f"one scene changed {changed.cpu:.1f} s CPU ({found['changed']:.2f})"
        f" | one frame {frame.cpu:.2f} s CPU {frame.wall:.2f} s wall"
        f" | preview {preview.cpu:.1f} s CPU {preview.wall:.1f} s wall ({found['preview']:.1f} x real time)"
    )
    at_least = {"preview"}
    missed = [
        name
        for name, goal in GOALS.items()
        if (found[name] < goal if name in at_least else found[name] > goal)
    ]
    if missed:
        print(f"Goals missed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
