"""The only place an FFmpeg process is started.

A result appears under its name whole or not at all: FFmpeg writes `<into>.part`, which is synced and
renamed when it ends well and removed otherwise. A cancelled call takes its process with it.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from rushes.errors import ErrorType, GenerationFailed, RushesError, SystemFault

if sys.platform == "linux":
    import fcntl

TERMINATE_SECONDS = 2.0
"""How long FFmpeg may take to obey a terminate before it is killed."""
STDERR_TAIL = 4096
PIPE_BYTES = 1024 * 1024


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


@cache
def tied_to_us() -> tuple[str, ...]:
    """What has the kernel end a child with this process, also when that is killed: util-linux's setpriv.

    Without it (not Linux, or another setpriv) an FFmpeg whose worker was killed encodes on to its end,
    into a file that has no name any more.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return ()
    tied = (setpriv, "--pdeathsig", "KILL")
    known = subprocess.run([*tied, "true"], stderr=subprocess.DEVNULL, check=False)  # noqa: S603  # our own
    return tied if known.returncode == 0 else ()


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
) -> None:
    """Run FFmpeg with `args` (inputs, filters, codecs and `-f <format>`) and write the file `into`.

    `progress` is told 0..1 against `duration_seconds` of output. `stdin` is iterated in a thread of
    its own, so it may compute its chunks; args then name the input `pipe:0`.
    Raises `SystemFault` when the disk is full, `GenerationFailed` with FFmpeg's last line otherwise.
    """
    part = into.with_name(into.name + ".part")
    command = [*tied_to_us(), ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"]
    command += ["-progress", "pipe:1", *args, "-y", str(part)]
    # After a kill -9 an earlier FFmpeg may still hold this file: it keeps its own, ours is a new one.
    part.unlink(missing_ok=True)
    try:
        await _run(command, stdin, _Progress(duration_seconds, progress))
        await asyncio.to_thread(_publish, part, into)
    finally:
        # A plain unlink, not a thread: it must also happen while this task is being cancelled.
        part.unlink(missing_ok=True)


async def _run(command: list[str], stdin: Iterator[bytes] | None, progress: "_Progress") -> None:
    if stdin is None:
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        await _watch(process, None, progress)
        return
    read_end, write_end = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=read_end, stdout=PIPE, stderr=PIPE)
    except BaseException:
        os.close(write_end)
        raise
    finally:
        os.close(read_end)
    # No await between here and the feeder: it owns the write end and closes it.
    feeder = asyncio.create_task(asyncio.to_thread(_feed, stdin, write_end))
    await _watch(process, feeder, progress)


async def _watch(process: Process, feeder: "asyncio.Task[None] | None", progress: "_Progress") -> None:
    """Wait for FFmpeg (and what feeds it) to end; whatever happens, leave no process and no thread."""
    assert process.stdout
    assert process.stderr
    tail = asyncio.create_task(_tail(process.stderr))
    try:
        await progress.follow(process.stdout)
        code = await process.wait()
        lines = (await tail).splitlines()
    finally:
        tail.cancel()
        await _end(process)
        if feeder is not None:
            # FFmpeg is gone, so a feeder in mid-write meets a broken pipe: this wait is short.
            await asyncio.wait([feeder])
    # A feeder that failed starves FFmpeg, which may then still end "well" with too few frames.
    if feeder is not None:
        feeder.result()
    if code != 0:
        raise _error(code, lines)


async def _end(process: Process) -> None:
    """Terminate, wait, kill: on a second cancellation, kill at once."""
    if process.returncode is not None:
        return
    try:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await asyncio.wait_for(process.wait(), TERMINATE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


def _feed(chunks: Iterator[bytes], write_end: int) -> None:
    """Write every chunk to FFmpeg. An FFmpeg that left early is its own error, told by its exit code."""
    with contextlib.suppress(BrokenPipeError), os.fdopen(write_end, "wb", buffering=0) as pipe:
        if sys.platform == "linux":
            # A pipe that holds most of a frame saves both sides many wake-ups.
            fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        for chunk in chunks:
            view = memoryview(chunk)
            while view:
                view = view[pipe.write(view) :]


async def _tail(stream: asyncio.StreamReader) -> str:
    kept = b""
    while chunk := await stream.read(STDERR_TAIL):
        kept = (kept + chunk)[-STDERR_TAIL:]
    return kept.decode(errors="replace")


def _error(code: int, lines: list[str]) -> RushesError:
    last = next((line.strip() for line in reversed(lines) if line.strip()), f"it ended with code {code}")
    if any("No space left on device" in line for line in lines):
        return SystemFault(
            "The disk is full: FFmpeg could not write its result.",
            error_type=ErrorType.DISK_FULL,
            hint="Free some space in the data folder; the work goes on by itself.",
        )
    return GenerationFailed(f"FFmpeg failed: {last}")


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

    async def follow(self, stream: asyncio.StreamReader) -> None:
        """Read until FFmpeg closes its end."""
        async for line in stream:
            key, _, value = line.decode(errors="replace").strip().partition("=")
            if key == "progress" and value == "end":
                self._say(1.0)
            elif key == "out_time_us" and self._duration and value.lstrip("-").isdigit():
                # Time written runs a little ahead of the end; 1.0 is only said when it is the end.
                self._say(min(int(value) / 1e6 / self._duration, 0.999))

    def _say(self, fraction: float) -> None:
        if self._tell is not None and fraction > self._told:
            self._told = fraction
            self._tell(fraction)
