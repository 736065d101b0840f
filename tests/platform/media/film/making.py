"""Small films for the tests: pictures, clips, clicks and timelines, and what is measured of the result."""

import struct
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path
from random import Random

import av
from PIL import Image, ImageFilter

from rushes.platform.media.ffmpeg import ffmpeg_exe, run_ffmpeg
from rushes.platform.media.film.timeline import (
    CaptionWord,
    Scene,
    StillSource,
    Timeline,
    Transition,
    TransitionKind,
    VoicePiece,
)
from rushes.platform.media.moves import CameraMove
from rushes.platform.media.pictures import as_picture

SIZE = (108, 192)
FPS = 30


def picture(into: Path, *, seed: int = 0, size: tuple[int, int] = (270, 480)) -> Path:
    """Write a picture full of detail, each seed another one."""
    noise = Image.frombytes("RGB", (9, 16), Random(seed).randbytes(9 * 16 * 3))
    noise.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1)).save(into)  # pyright: ignore[reportUnknownMemberType]
    return into


def plain(into: Path, colour: str, size: tuple[int, int] = (64, 114)) -> Path:
    """Write a picture of one colour."""
    Image.new("RGB", size, colour).save(into)
    return into


def still(path: Path, move: CameraMove = CameraMove.HANDHELD, seed: int = 0) -> StillSource:
    return StillSource(path, move, seed)


def timeline(scenes: Sequence[Scene], **other: object) -> Timeline:
    given: dict[str, object] = {"width": SIZE[0], "height": SIZE[1], "fps": FPS, **other}
    return Timeline(scenes=tuple(scenes), **given)  # type: ignore[arg-type]  # as given by each test


def fade(frames: int = 8, kind: TransitionKind = TransitionKind.CROSS_FADE) -> Transition:
    return Transition(kind, frames)


def clicks(into: Path, at_seconds: Sequence[float], seconds: float, rate: int = 24_000) -> Path:
    """Write a mono WAV that is silent but for clicks of 5 ms."""
    samples = [0] * round(seconds * rate)
    for at in at_seconds:
        first = round(at * rate)
        for place in range(first, min(first + rate // 200, len(samples))):
            samples[place] = 20_000 if place % 2 else -20_000
    return write_wav(into, samples, rate)


def write_wav(into: Path, samples: Sequence[int], rate: int) -> Path:
    with wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return into


async def speech(into: Path, seconds: float, *, level: float = 0.2) -> Path:
    """Write something with the loud and quiet of speech."""
    source = f"anoisesrc=c=pink:a={level}:r=24000:d={seconds}:seed=5,tremolo=f=3.1:d=0.9"
    await run_ffmpeg(["-f", "lavfi", "-i", source, "-ac", "1", "-f", "wav"], into=into)
    return into


async def counting_clip(
    into: Path, *, frames: int = 60, fps: str = "30", size: str = "160x90", sound: bool = False
) -> Path:
    """Write a clip each of whose frames is as bright as its number says: see `number_of`."""
    source = f"color=black:s={size}:r={fps},geq=lum='mod(N,30)*6+30':cb=128:cr=128"
    args = ["-f", "lavfi", "-i", source]
    if sound:
        args += ["-f", "lavfi", "-i", "sine=f=500:d=60", "-shortest", "-ac", "2", "-c:a", "aac"]
    args += ["-frames:v", str(frames), "-c:v", "libx264", "-qp", "4", "-g", "12", "-pix_fmt", "yuv420p"]
    await run_ffmpeg([*args, "-f", "mp4"], into=into)
    return into


def number_of(luma: float) -> int:
    """Which frame of a counting clip is as bright as this, counted modulo 30."""
    return round((luma - 30) / 6)


def lumas(video: Path) -> list[float]:
    """The mean brightness of every frame."""
    found: list[float] = []
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            image = Image.frombuffer(
                "L", (frame.width, frame.height), bytes(plane), "raw", "L", plane.line_size, 1
            )
            histogram = image.histogram()
            found.append(
                sum(value * count for value, count in enumerate(histogram)) / (frame.width * frame.height)
            )
    return found


def coloured(video: Path) -> list[Image.Image]:
    """Every frame in RGB."""
    with av.open(str(video)) as container:
        return [as_picture(frame, 10_000) for frame in container.decode(video=0)]


def pictures(video: Path) -> list[Image.Image]:
    """Every frame, grey."""
    with av.open(str(video)) as container:
        return [as_picture(frame, 10_000).convert("L") for frame in container.decode(video=0)]


def times(video: Path) -> list[int]:
    """The time stamps of all frames, in the track's own units."""
    with av.open(str(video)) as container:
        return [frame.pts or 0 for frame in container.decode(video=0)]


def sound_of(video: Path, rate: int = 48_000) -> memoryview:
    """The decoded sound as mono 16-bit samples."""
    args = ["-v", "error", "-i", str(video), "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"]
    raw = subprocess.run([ffmpeg_exe(), *args], capture_output=True, check=True).stdout
    return memoryview(raw).cast("h")


def onsets(samples: memoryview, *, threshold: int, apart: int) -> list[int]:
    """The samples at which it becomes loud after at least `apart` samples of quiet."""
    found: list[int] = []
    last = -apart
    for place, value in enumerate(samples):
        if abs(value) > threshold:
            if place - last > apart:
                found.append(place)
            last = place
    return found


def words(text: str, *, first: int = 0, each: int = 10, spoken: int = 9) -> tuple[CaptionWord, ...]:
    """The words of a text, spoken one after the other."""
    return tuple(
        CaptionWord(word, first + number * each, first + number * each + spoken, word[-1] in ".!?。")
        for number, word in enumerate(text.split())
    )


def voice(path: Path, start: int = 0) -> VoicePiece:
    return VoicePiece(path, start)
