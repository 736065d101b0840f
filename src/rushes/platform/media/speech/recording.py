"""Takes in a person's own recording: the sound of any audio or video file, as the WAV that speech is here.

FFmpeg decodes it. What is longer than a story can be, or has no sound, is refused.
"""

import asyncio
from pathlib import Path

from rushes.errors import Fault, GenerationFailed, Invalid
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.speech import wav

RATE = 24_000
MOST_SECONDS = 3600
MOST_BYTES = 2 * 1024**3


async def take_in(file: Path, into: Path) -> wav.Sound:
    """Write the first sound of a file to `into` as WAV (24 kHz, one channel, 16 bit) and return it.

    Raises `Invalid` for a file without a sound that can be heard, or longer than an hour.
    """
    if await asyncio.to_thread(lambda: file.stat().st_size) > MOST_BYTES:
        raise _wrong("is larger than 2 GB")
    decoded = into.with_name(into.name + ".decoded")
    # The input's own protocol list: a playlist inside must not open anything else.
    args = ["-protocol_whitelist", "file", "-i", str(file), "-map", "0:a:0", "-vn", "-sn", "-dn"]
    args += ["-t", str(MOST_SECONDS + 1), "-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "s16le"]
    try:
        await run_ffmpeg(args, into=decoded)
        sound = wav.from_pcm(await asyncio.to_thread(decoded.read_bytes), RATE)
    except GenerationFailed:
        raise _wrong("has no sound that can be read") from None
    finally:
        await asyncio.to_thread(decoded.unlink, missing_ok=True)
    if sound.seconds > MOST_SECONDS:
        raise _wrong(f"is longer than {MOST_SECONDS // 60} minutes")
    if wav.silent_reason(sound, 0) is not None:
        raise _wrong("is silent")
    await asyncio.to_thread(wav.write_wav, sound, into)
    return sound


def _wrong(what: str) -> Invalid:
    message = f"The recording {what}."
    return Invalid(message, [Fault("recording", message, "unusable")])
