"""Runs a child process: the one way, for FFmpeg and for any other program that computes for minutes.

A child is the leader of a process group of its own. However the call ends (also when it is cancelled), the
whole group is killed before it returns, at once: what is half written belongs to the caller, who deletes it.
Where the kernel can, it kills the child when this process dies.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rushes.platform.children import child_environment

if sys.platform == "linux":
    import fcntl

STDERR_TAIL = 4096
PIPE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class ChildExit:
    """How a child ended: its exit code, and the last 4 KiB it wrote to standard error, as lines."""

    code: int
    stderr: list[str]

    @property
    def last_line(self) -> str:
        """The last line that is not blank; the exit code in words when there is none."""
        written = (line.strip() for line in reversed(self.stderr) if line.strip())
        return next(written, f"it ended with code {self.code}")


@cache
def tied_to_us() -> tuple[str, ...]:
    """What has the kernel end a child with this process, also when that is killed: util-linux's setpriv.

    Without it (not Linux, or another setpriv) a child whose worker was killed computes on to its end,
    into a file that has no name any more.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return ()
    tied = (setpriv, "--pdeathsig", "KILL")
    probe = [*tied, "true"]
    known = subprocess.run(probe, env=child_environment(), stderr=subprocess.DEVNULL, check=False)  # noqa: S603  # our own
    return tied if known.returncode == 0 else ()


async def run_child(
    command: Sequence[str],
    *,
    on_line: Callable[[str], None] | None = None,
    stdin: Iterator[bytes] | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> ChildExit:
    """Run a command in `folder` and return how it ended; an exit code other than 0 raises nothing.

    `environment` is added to what every child is given. `on_line` gets each line of its standard output.
    `stdin` is iterated in a thread of its own, so it may compute its chunks; what it raises is raised here.
    """
    argv = [*tied_to_us(), *command]
    if stdin is None:
        return await _watch(await _start(argv, DEVNULL, folder, environment), None, on_line)
    read_end, write_end = os.pipe()
    try:
        process = await _start(argv, read_end, folder, environment)
    except BaseException:
        os.close(write_end)
        raise
    finally:
        os.close(read_end)
    # No await between here and the feeder: it owns the write end and closes it.
    feeder = asyncio.create_task(asyncio.to_thread(_feed, stdin, write_end))
    return await _watch(process, feeder, on_line)


async def _start(
    argv: Sequence[str], stdin: int, folder: Path | None, environment: Mapping[str, str] | None
) -> Process:
    return await asyncio.create_subprocess_exec(
        *argv,
        stdin=stdin,
        stdout=PIPE,
        stderr=PIPE,
        cwd=folder,
        env=child_environment() | dict(environment or {}),
        process_group=0,
    )


async def _watch(
    process: Process, feeder: "asyncio.Task[None] | None", on_line: Callable[[str], None] | None
) -> ChildExit:
    """Wait for the child (and what feeds it) to end; whatever happens, leave no process and no thread."""
    assert process.stdout
    assert process.stderr
    tail = asyncio.create_task(_tail(process.stderr))
    try:
        async for line in process.stdout:
            if on_line is not None:
                on_line(line.decode(errors="replace").rstrip("\r\n"))
        code = await process.wait()
        lines = (await tail).splitlines()
    finally:
        tail.cancel()
        await _kill_group(process)
        if feeder is not None:
            # The child is gone, so a feeder in mid-write meets a broken pipe: this wait is short.
            await asyncio.wait([feeder])
    # A feeder that failed starves the child, which may then still end "well" with too little.
    if feeder is not None:
        feeder.result()
    return ChildExit(code, lines)


async def _kill_group(process: Process) -> None:
    """Kill the child and everything it has started, also what outlives it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # all of them have ended
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        await process.wait()


def _feed(chunks: Iterator[bytes], write_end: int) -> None:
    """Write every chunk to the child. A child that left early is its own error, told by its exit code."""
    with contextlib.suppress(BrokenPipeError), os.fdopen(write_end, "wb", buffering=0) as pipe:
        if sys.platform == "linux":
            # A pipe that takes most of a frame saves both sides many wake-ups.
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
