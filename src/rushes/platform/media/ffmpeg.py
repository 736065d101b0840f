"""The only place an FFmpeg process is started.

A result appears under its name whole or not at all: FFmpeg writes `<into>.part`, which is synced and
renamed when it ends well and removed otherwise. A cancelled call kills its process (`child.py`).
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from rushes.errors import ErrorType, GenerationFailed, RushesError, SystemFault
from rushes.platform.media.child import ChildExit, run_child


@cache
def ffmpeg_exe() -> str:
    """Path of the FFmpeg binary. Raises `SystemFault` when the wheel brought none."""
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise SystemFault(
            "FFmpeg was not found.",
            error_type=ErrorType.INTERNAL,
            hint="Run the set-up again, or set IMAGEIO_FFMPEG_EXE to an FFmpeg binary.",
        ) from error


def escape_filter_value(value: str) -> str:
    """Quote a value for use inside a filter graph, whatever characters it has.

    FFmpeg reads a graph twice: once to cut it into filters, once to cut a filter into options. Both
    readings take the backslashes and quotes they know away, so each needs an escaping of its own.
    """
    option = "".join(f"\\{char}" if char in "\\':" else char for char in value)
    graph = "".join(f"\\{char}" if char in "\\'[],;" else char for char in option)
    # White space at either end is stripped by both readings unless it is escaped for both.
    body = graph.strip(" \n\t\r")
    start = graph[: len(graph) - len(graph.lstrip(" \n\t\r"))]
    end = graph[len(start) + len(body) :]
    return "".join(f"\\\\\\{char}" for char in start) + body + "".join(f"\\\\\\{char}" for char in end)


async def run_ffmpeg(
    args: Sequence[str],
    *,
    into: Path,
    duration_seconds: float | None = None,
    progress: Callable[[float], None] | None = None,
    stdin: Iterator[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run FFmpeg with `args` (inputs, filters, codecs and `-f <format>`) and write the file `into`.

    `progress` is told 0..1 against `duration_seconds` of output. `stdin` is iterated in a thread of
    its own, so it may compute its chunks; args then name the input `pipe:0`. `environment` is added to what
    every child is given.
    Raises `SystemFault` when the disk is full, `GenerationFailed` with FFmpeg's last line otherwise.
    """
    part = into.with_name(into.name + ".part")
    command = [ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"]
    command += ["-progress", "pipe:1", *args, "-y", str(part)]
    # After a kill -9 an earlier FFmpeg may still write to this file: it keeps its own, ours is a new one.
    part.unlink(missing_ok=True)
    try:
        read = _Progress(duration_seconds, progress).read
        ended = await run_child(command, on_line=read, stdin=stdin, environment=environment)
        if ended.code != 0:
            raise _error(ended)
        await asyncio.to_thread(_publish, part, into)
    finally:
        # A plain unlink, not a thread: it must also happen while this task is being cancelled.
        part.unlink(missing_ok=True)


def _error(ended: ChildExit) -> RushesError:
    if any("No space left on device" in line for line in ended.stderr):
        return SystemFault(
            "The disk is full: FFmpeg could not write its result.",
            error_type=ErrorType.DISK_FULL,
            hint="Free some space in the data folder; the work continues automatically.",
        )
    return GenerationFailed(f"FFmpeg failed: {ended.last_line}")


def _publish(part: Path, into: Path) -> None:
    """Make the finished file durable, then give it its name."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(into)


class _Progress:
    """Turns the lines of `-progress pipe:1` into fractions that never go back and end at 1.0."""

    def __init__(self, duration_seconds: float | None, tell: Callable[[float], None] | None) -> None:
        self._duration = duration_seconds
        self._tell = tell
        self._told = 0.0

    def read(self, line: str) -> None:
        """One line of FFmpeg's standard output."""
        key, _, value = line.strip().partition("=")
        if key == "progress" and value == "end":
            self._say(1.0)
        elif key == "out_time_us" and self._duration and value.lstrip("-").isdigit():
            # Time written runs a little ahead of the end; 1.0 is only said when it is the end.
            self._say(min(int(value) / 1e6 / self._duration, 0.999))

    def _say(self, fraction: float) -> None:
        if self._tell is not None and fraction > self._told:
            self._told = fraction
            self._tell(fraction)
