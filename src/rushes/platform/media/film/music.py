"""The music under a film: a person's file or the synthesised bed, as long as the film down under speech."""

import asyncio
from pathlib import Path

import av
from av.error import FFmpegError

from rushes.errors import Damaged
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.levels import RATE, WAV, measure
from rushes.platform.media.film.timeline import MusicTrack
from rushes.platform.media.sound import sound_bed

LOOP_FADE = 2.0
"""Seconds of the cross-fade where music begins again."""
END_FADE = 2.5
MOST_COPIES = 24
"""Copies that are joined in one command; of very short music the result is looped again."""


async def write_music(
    track: MusicTrack, *, seconds: float, samples: int, lufs: float, voice: Path | None, into: Path
) -> None:
    """Write the music of a film as stereo WAV of `samples` samples, lowered where `voice` speaks.

    `lufs` is the loudness of the voice, which the track's gain counts from. Raises `Damaged`.
    """
    folder = into.parent
    whole = folder / "music-whole.wav"
    if track.path is None:
        await run_ffmpeg(
            ["-f", "lavfi", "-i", sound_bed(seed=track.seed, seconds=seconds + 1), *WAV], into=whole
        )
    else:
        await _loop(track.path, seconds, whole)
    found = await measure(whole, folder)
    gain = lufs + track.gain_db - found.lufs if found.lufs is not None else 0.0
    fade = min(END_FADE, seconds / 4)
    fade_out = f"afade=t=out:st={seconds - fade:.6f}:d={fade:.6f}"
    chain, end = f"volume={gain:.3f}dB,{fade_out},apad", f"atrim=end_sample={samples}"
    if voice is None:
        await run_ffmpeg(["-i", str(whole), "-af", f"{chain},{end}", *WAV], into=into)
    else:
        # Neither ends by its own: of two that end together the compressor may lose the last frames.
        graph = f"[0:a]{chain}[music];[1:a]apad[voice];[music][voice]{ducking(track.duck_db)},{end}"
        await run_ffmpeg(["-i", str(whole), "-i", str(voice), "-filter_complex", graph, *WAV], into=into)
    whole.unlink()


def ducking(decibels: float) -> str:
    """A compressor that speech drives: strong, and mixed with the music as it was, so that it stops there."""
    if decibels <= 0:
        return "amix=inputs=2:weights=1 0:normalize=0"
    wet = 1 - 10 ** (-decibels / 20)
    return f"sidechaincompress=threshold=0.008:ratio=20:attack=20:release=400:mix={wet:.5f}"


async def _loop(path: Path, seconds: float, into: Path) -> None:
    """Write music at least `seconds` long, each time it begins again faded into."""
    source, length = path, await asyncio.to_thread(_seconds, path)
    fade = min(LOOP_FADE, length / 3)
    number = 0
    while True:
        copies = max(1, -(-int((seconds - fade) * 1000) // max(1, int((length - fade) * 1000))))
        joined = min(copies, MOST_COPIES)
        made = into if joined == copies else into.with_name(f"loop-{number}.wav")
        await run_ffmpeg(_joined(source, joined, fade), into=made)
        if source != path:
            source.unlink()
        if made == into:
            return
        source, length, number = made, joined * (length - fade) + fade, number + 1


def _joined(source: Path, copies: int, fade: float) -> list[str]:
    inputs = ["-i", str(source)] * copies
    prepared = [
        f"[{number}:a:0]aresample={RATE},aformat=channel_layouts=stereo[m{number}]"
        for number in range(copies)
    ]
    graph, last = prepared, "[m0]"
    for number in range(1, copies):
        graph.append(f"{last}[m{number}]acrossfade=d={fade:.6f}:c1=qsin:c2=qsin[j{number}]")
        last = f"[j{number}]"
    graph.append(f"{last}anull[out]")
    return [*inputs, "-filter_complex", ";".join(graph), "-map", "[out]", *WAV]


def _seconds(path: Path) -> float:
    """How long a sound file is. Raises `Damaged` when it is none, or too short to be looped."""
    try:
        with av.open(str(path)) as container:
            found = container.streams.audio[0]
            if found.duration and found.time_base:
                length = float(found.duration * found.time_base)
            else:
                length = (container.duration or 0) / av.time_base
    except (FFmpegError, IndexError) as error:
        raise Damaged(f"{path.name} is not a sound that can be read.") from error
    if length < 0.5:
        raise Damaged(f"{path.name} is too short for music: it needs at least half a second.")
    return length
