"""Puts sounds where they belong in a film, exact to the sample.

Each is decoded and written to a raw file at the place its frame says; what is never written is a hole in the
file, and reads as silence. Sounds that overlap go to another file (a lane), and lanes are added up.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from rushes.errors import Damaged
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.files import clip_facts
from rushes.platform.media.film.graph import clip_speed
from rushes.platform.media.film.levels import RATE, WAV
from rushes.platform.media.film.pieces import halves, overlap, shown_frames
from rushes.platform.media.film.timeline import ClipSource, OwnSound, Timeline

DUCKED_DB = -20.0
"""Gain of a clip's own sound under `OwnSound.DUCK`."""
LEAST_FADE_SECONDS = 0.02
"""What a clip's own sound is faded by at least where it is cut, so that it does not click."""
SAMPLE_BYTES = 4


@dataclass(frozen=True)
class _Sound:
    """A decoded sound, and the sample it begins at."""

    path: Path
    start: int


async def place_voice(timeline: Timeline, folder: Path, into: Path) -> Path | None:
    """Write the speech of a film as mono WAV, as long as the film; None when there is none.

    Raises `Damaged` when a file cannot be decoded.
    """
    if not timeline.voice:
        return None
    lanes = await asyncio.to_thread(_voice_lanes, timeline, folder)
    return await _add_up(lanes, timeline, channels=1, into=into)


async def place_clips(timeline: Timeline, folder: Path, into: Path) -> Path | None:
    """Write the clips' own sound as stereo WAV, as long as the film; None when none of it is heard."""
    sounds: list[_Sound] = []
    for place, (scene, first) in enumerate(zip(timeline.scenes, timeline.bounds, strict=False)):
        source = scene.source
        if not isinstance(source, ClipSource) or source.own_sound is OwnSound.OFF:
            continue
        facts = await asyncio.to_thread(clip_facts, source.path)
        if not facts.has_sound:
            continue
        before, _ = halves(timeline.scenes, place)
        shown = shown_frames(timeline.scenes, place) / timeline.fps
        speed = clip_speed(source, facts, shown)
        part = folder / f"clip-{place}.f32"
        chain = _clip_chain(timeline, place, shown, speed)
        seek = ["-ss", f"{source.start_seconds:.6f}"] if source.start_seconds else []
        raw = ["-ar", str(RATE), "-ac", "2", "-f", "f32le"]
        await run_ffmpeg([*seek, "-i", str(source.path), "-vn", "-af", chain, *raw], into=part)
        sounds.append(_Sound(part, samples_at(first - before, timeline.fps)))
    if not sounds:
        return None
    lanes = await asyncio.to_thread(_clip_lanes, sounds, folder)
    return await _add_up(lanes, timeline, channels=2, into=into)


def samples_at(frame: int, fps: int) -> int:
    """The sample at which a frame begins."""
    return round(frame * RATE / fps)


def _clip_chain(timeline: Timeline, place: int, shown: float, speed: float) -> str:
    scene, scenes = timeline.scenes[place], timeline.scenes
    assert isinstance(scene.source, ClipSource)
    fade_in = max(LEAST_FADE_SECONDS, overlap(scene) / timeline.fps if place else 0.0)
    after = overlap(scenes[place + 1]) / timeline.fps if place + 1 < len(scenes) else 0.0
    fade_out = max(LEAST_FADE_SECONDS, after)
    chain = [f"atempo={speed:.9f}"] if speed != 1.0 else []
    if scene.source.own_sound is OwnSound.DUCK:
        chain.append(f"volume={DUCKED_DB}dB")
    chain += [f"aresample={RATE}", f"atrim=duration={shown:.9f}", f"afade=t=in:d={fade_in:.6f}"]
    chain.append(f"afade=t=out:st={max(0.0, shown - fade_out):.6f}:d={fade_out:.6f}")
    return ",".join(chain)


def _voice_lanes(timeline: Timeline, folder: Path) -> list[Path]:
    lanes = _Lanes(folder, "voice", 1)
    for piece in sorted(timeline.voice, key=lambda piece: piece.start):
        lanes.write(samples_at(piece.start, timeline.fps), _decoded(piece.path))
    return lanes.close()


def _clip_lanes(sounds: list[_Sound], folder: Path) -> list[Path]:
    lanes = _Lanes(folder, "own", 2)
    for sound in sounds:
        with sound.path.open("rb") as file:
            lanes.write(sound.start, iter(lambda file=file: file.read(1 << 20), b""))
        sound.path.unlink()
    return lanes.close()


class _Lanes:
    """Raw files that together hold all sounds, none of which overlaps another of its file."""

    def __init__(self, folder: Path, name: str, channels: int) -> None:
        self._folder, self._name, self._size = folder, name, channels * SAMPLE_BYTES
        self._files: list[BinaryIO] = []
        self._ends: list[int] = []

    def write(self, start: int, chunks: Iterator[bytes]) -> None:
        """Write a sound at a sample, where a lane is free there."""
        lane = next((number for number, end in enumerate(self._ends) if end <= start), len(self._files))
        if lane == len(self._files):
            path = self._folder / f"{self._name}-{lane}.f32"
            self._files.append(path.open("wb"))
            self._ends.append(0)
        file = self._files[lane]
        # What begins before the film is cut.
        cut = max(0, -start) * self._size
        file.seek(max(0, start) * self._size)
        for chunk in chunks:
            kept = chunk[cut:]
            cut = max(0, cut - len(chunk))
            file.write(kept)
        self._ends[lane] = file.tell() // self._size

    def close(self) -> list[Path]:
        """Close all files and return where they are."""
        for file in self._files:
            file.close()
        return [Path(file.name) for file in self._files]


def _decoded(path: Path) -> Iterator[bytes]:
    """A sound as mono samples. Raises `Damaged`."""
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(audio=0):
                yield from (_samples(each) for each in resampler.resample(frame))
            yield from (_samples(each) for each in resampler.resample(None))
    except (FFmpegError, IndexError) as error:
        raise Damaged(f"{path.name} is not a sound that can be read.") from error


def _samples(frame: av.AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]


async def _add_up(lanes: list[Path], timeline: Timeline, *, channels: int, into: Path) -> Path:
    samples = samples_at(timeline.frames, timeline.fps)
    raw = ("-f", "f32le", "-ar", str(RATE), "-ac", str(channels))
    inputs = [arg for lane in lanes for arg in (*raw, "-i", str(lane))]
    names = "".join(f"[{number}:a]" for number in range(len(lanes)))
    graph = f"{names}amix=inputs={len(lanes)}:normalize=0,apad=whole_len={samples},atrim=end_sample={samples}"
    await run_ffmpeg([*inputs, "-filter_complex", graph, *WAV], into=into)
    for lane in lanes:
        lane.unlink()
    return into
