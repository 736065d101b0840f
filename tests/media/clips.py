"""Small real videos for the tests of media, made by the runner under test."""

from pathlib import Path

from rushes.media.ffmpeg import run_ffmpeg


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
