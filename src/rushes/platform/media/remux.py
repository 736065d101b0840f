"""Makes an MP4 of a take that came in another container: copied as it is, encoded anew only where it must be.

A take is served as `video/mp4`. Some services give WebM, Matroska, AVI, MPEG-TS or QuickTime all the same.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from rushes.errors import Damaged, GenerationFailed
from rushes.platform.media.commands import h264_args
from rushes.platform.media.facts import Probe
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.probe import CONTAINERS

PLAYED = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "libdav1d", "libvpx-vp9"})
"""Video that an MP4 may hold and browsers play. `mpeg4` most do not, but no pixel is lost."""
SOUND = frozenset({"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac", "mp3float", "libopus"})
LONGEST_SECONDS = 900.0


async def make_mp4(video: Path, facts: Probe) -> None:
    """Replace the file by an MP4 of the same pictures and sound.

    Raises `Damaged` when FFmpeg cannot read it to its end, `SystemFault` when the disk is full.
    """
    into = video.with_name(f"{video.name}.remuxed")
    error: GenerationFailed | None = None
    try:
        for args in _attempts(video, facts):
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    await run_ffmpeg(args, into=into)
            except GenerationFailed as failed:
                error = failed
            else:
                await asyncio.to_thread(into.replace, video)
                return
    except TimeoutError:
        raise Damaged(f"{video.name} could not be made an MP4 in {LONGEST_SECONDS:.0f} seconds.") from None
    finally:
        into.unlink(missing_ok=True)
    raise Damaged(f"{video.name} ({facts.container}) could not be made an MP4: {error}") from error


def _attempts(video: Path, facts: Probe) -> Iterator[list[str]]:
    source = ["-format_whitelist", CONTAINERS, "-protocol_whitelist", "file,pipe", "-i", f"file:{video}"]
    source += ["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1"]
    end = ["-movflags", "+faststart", "-f", "mp4"]
    sound = ["-c:a", "copy"] if facts.audio_codec in SOUND else ["-c:a", "aac", "-b:a", "192k"]
    if facts.video_codec in PLAYED:
        yield [*source, "-c:v", "copy", *sound, *end]
    # An odd number of pixels is none that H.264 has.
    even = ["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2"]
    yield [*source, *even, *h264_args(round(facts.fps) or 24), "-c:a", "aac", "-b:a", "192k", *end]
