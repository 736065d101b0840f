"""Speaks what was spoken faster or slower, at the same pitch, for voices that have no speed of their own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.speech import wav
from rushes.platform.media.speech.words import Word

NEAR = 0.01
"""A difference of speed that nobody hears."""


async def stretched(sound: wav.Sound, speed: float, folder: Path) -> wav.Sound:
    """Return a sound at another speed (0.5 to 2), by FFmpeg; `folder` is for files that are gone after it."""
    if abs(speed - 1) < NEAR:
        return sound
    usual, other = folder / "usual.s16", folder / "stretched.s16"
    form = ["-f", "s16le", "-ar", str(sound.rate), "-ac", "1"]
    try:
        await asyncio.to_thread(usual.write_bytes, wav.pcm_bytes(sound))
        await run_ffmpeg([*form, "-i", str(usual), "-af", f"atempo={speed:.4f}", *form], into=other)
        return wav.from_pcm(await asyncio.to_thread(other.read_bytes), sound.rate)
    finally:
        for file in (usual, other):
            await asyncio.to_thread(file.unlink, missing_ok=True)


def at_speed(words: Sequence[Word], speed: float) -> tuple[Word, ...]:
    """Return the words of a sound that is spoken at another speed now."""
    return tuple(Word(each.text, each.start / speed, each.end / speed) for each in words)
