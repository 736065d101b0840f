"""Small real videos for the tests of media, made by the runner under test."""

import contextlib
from pathlib import Path

import psutil

from rushes.platform.media.ffmpeg import run_ffmpeg


async def clip(
    into: Path,
    *,
    source: str = "testsrc2",
    seconds: float = 2,
    sound: bool = False,
    flags: str = "+faststart",
) -> Path:
    """Write a 160x90 MP4 at 12 frames a second with a key frame a second."""
    args = ["-f", "lavfi", "-i", f"{source}=s=160x90:r=12:d={seconds}"]
    if sound:
        args += ["-f", "lavfi", "-i", f"sine=d={seconds}", "-c:a", "aac"]
    args += ["-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p"]
    await run_ffmpeg([*args, "-movflags", flags, "-f", "mp4"], into=into)
    return into


def encoders_at_work(folder: Path) -> list[psutil.Process]:
    """Every FFmpeg that works in this folder, whoever started it."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            if "-progress" in words and any(str(folder) in word for word in words):
                found.append(process)
    return found
