"""Runs functions that read files of strangers in processes of their own, with limits on memory and seconds.

A file of some kilobytes can take gigabytes and minutes to unpack. Here it takes a process that is ended, and
neither the event loop nor anybody else's request. How much is read at once is one limit for all who ask.
See decision 0032.
"""

import asyncio
import atexit
import contextlib
import errno
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from rushes.errors import RushesError, TooLarge
from rushes.platform.bounded_child import LENGTH_BYTES
from rushes.platform.children import child_environment

GIB = 2**30
STARTS = 3
PIECE = 1024 * 1024
SLOTS = 2
"""Decoders at work in this process's name, whoever asked for them."""
PROGRAM = (sys.executable, "-m", "rushes.platform.bounded_child", "rushes.intake.apart")

T = TypeVar("T")


@dataclass(frozen=True)
class Bounds:
    """What a call may take: `slots` of the decoders, bytes of memory, seconds of CPU."""

    slots: int = 1
    memory_bytes: int = 3 * GIB // 2
    cpu_seconds: int = 60


class ChildBugError(Exception):
    """A function failed in its process in a way nobody foresaw. Its text is the traceback from there."""


class _Cancelled(Exception):
    """The caller has gone; never seen outside this module."""


class _Call:
    """One call: the connection to its process, and how to end it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """End the process, now or as soon as there is one."""
        with self._lock:
            self._cancelled = True
            if self._pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)

    def began(self, pid: int) -> None:
        """Note the process. Raises when the caller has gone meanwhile."""
        with self._lock:
            self._pid = pid
        if self._cancelled:
            self.cancel()

    def ended(self) -> None:
        """The process has answered, or is gone: its id may soon be another's."""
        with self._lock:
            self._pid = None
            if self._cancelled:
                raise _Cancelled


class _Program:
    """The program that forks, started when it is first needed, and again when it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def connect(self) -> socket.socket:
        """Return a connection to a new process of it."""
        ours, theirs = socket.socketpair()
        with theirs:
            for last in (False, True):
                try:
                    with self._lock:
                        socket.send_fds(self._running(), [b"c"], [theirs.fileno()])
                except OSError:  # it was killed a moment ago
                    self.close()
                    if last:
                        ours.close()
                        raise
                else:
                    break
        return ours

    def _running(self) -> socket.socket:
        if self._process is None or self._process.poll() is not None or self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                # Not tied to us by the kernel, as others are: that would be to this thread. It ends with its
                # input.
                self._process = subprocess.Popen(  # noqa: S603  # our own program
                    PROGRAM,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={**child_environment(), "MALLOC_ARENA_MAX": "2"},
                    process_group=0,
                )
            self._control = ours
        return self._control

    def close(self) -> None:
        """End it, and whatever it has forked."""
        with self._lock:
            process, self._process = self._process, None
            if self._control is not None:
                self._control.close()
                self._control = None
            if process is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


_program = _Program()
_free = threading.Condition()
_used = 0
atexit.register(_program.close)


async def run_bounded(function: Callable[..., T], *args: object, bounds: Bounds) -> T:
    """Call a function of a module by its name in a process of its own. Arguments and result are pickled.

    Raises what it raises of ours, `TooLarge` when it takes more memory or time than `bounds`. When this is
    cancelled, the process is killed.
    """
    call = _Call()
    task = asyncio.create_task(asyncio.to_thread(_in_turn, call, function, args, bounds))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        call.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains of it
        raise


def _in_turn(call: _Call, function: Callable[..., Any], args: tuple[Any, ...], bounds: Bounds) -> Any:
    global _used  # noqa: PLW0603  # how many decoders are at work in this process
    slots = min(bounds.slots, SLOTS)
    with _free:
        _free.wait_for(lambda: _used + slots <= SLOTS)
        _used += slots
    try:
        return _result(_ask(call, function, args, bounds))
    finally:
        with _free:
            _used -= slots
            _free.notify_all()


def _ask(
    call: _Call, function: Callable[..., Any], args: tuple[Any, ...], bounds: Bounds
) -> tuple[Any, ...] | None:
    """Return what the process says became of the call; None when it was ended."""
    request = (function.__module__, function.__name__, args, bounds.memory_bytes, bounds.cpu_seconds)
    asked = pickle.dumps(request)
    for _ in range(STARTS):
        with _program.connect() as connection:
            pid = _receive(connection, LENGTH_BYTES)
            if len(pid) < LENGTH_BYTES:  # the program was killed in this moment: it has begun nothing
                continue
            call.began(int.from_bytes(pid))
            try:
                with contextlib.suppress(OSError):  # it is gone: so is its answer
                    connection.sendall(len(asked).to_bytes(LENGTH_BYTES) + asked)
                length = int.from_bytes(_receive(connection, LENGTH_BYTES))
                answer = _receive(connection, length)
                return pickle.loads(answer) if length and len(answer) == length else None  # noqa: S301  # of our own program
            finally:
                call.ended()
    raise OSError(errno.ECHILD, "the program that reads uploads does not start")


def _receive(connection: socket.socket, size: int) -> bytes:
    """Return so many bytes, or fewer when the process has ended."""
    got = bytearray()
    with contextlib.suppress(ConnectionError):
        while len(got) < size and (piece := connection.recv(min(size - len(got), PIECE))):
            got += piece
    return bytes(got)


def _made_again(cls: type[RushesError], args: tuple[Any, ...], values: dict[str, Any]) -> RushesError:
    """Return an error of ours as it was raised in the process, without calling what made it."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(values)
    return error


def _result(answer: tuple[Any, ...] | None) -> Any:
    match answer:
        case ("result", result):
            return result
        case ("raised", cls, args, values):
            raise _made_again(cls, args, values)
        case ("os", number, words, file):
            raise OSError(number, words, file)
        case ("bug", trace):
            raise ChildBugError(trace)
        case _:  # ("memory",), or ended by the kernel
            raise TooLarge(
                "These files take more memory or time to read than there is for one upload.",
                hint="Make the images smaller, save prompts as plain text or CSV, or send fewer at once.",
            )
