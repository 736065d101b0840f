"""A program that keeps a model loaded between calls: started on first use, ended when idle.

Models are heavy (100 to 250 MB, a second to load) and no part of a worker or the API. What computes is a
child process that gets one line of JSON for each call, one at a time, and answers with one. It ends with its
input, so also when this process is killed; a call that is cancelled kills it, since what it computes cannot
be stopped otherwise.
"""

import asyncio
import atexit
import contextlib
import json
import subprocess
import sys
import threading
from typing import Any

from rushes.errors import ErrorType, SystemFault
from rushes.platform.children import child_environment

IDLE_SECONDS = 120.0
"""After so long without a call, its memory is given back."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class HelperBugError(Exception):
    """A function failed in the program in a way nobody foresaw. Its text is the traceback from there."""


class HelperRefusedError(Exception):
    """The program says why it cannot do what it was asked: an unspeakable text, a missing package."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Helper:
    """The program that imports `module` and calls functions of it. One for each module and process."""

    def __init__(self, module: str, title: str) -> None:
        self._module = module
        self._title = title
        self._turn = threading.Lock()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        atexit.register(self.close)

    async def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function of the module by name; arguments and result are JSON.

        Raises `HelperRefusedError` when the function refuses, `SystemFault` when the program dies.
        Cancelling it kills the program.
        """
        gone = threading.Event()
        task = asyncio.create_task(asyncio.to_thread(self._in_turn, gone, function, arguments))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            gone.set()
            self._kill_if_busy(gone)
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # looked at, so that nobody complains of it
            raise

    def close(self) -> None:
        """End the program."""
        with self._starting:
            process, self._process = self._process, None
            if self._idle is not None:
                self._idle.cancel()
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    _busy_with: threading.Event | None = None

    def _kill_if_busy(self, gone: threading.Event) -> None:
        with self._starting:
            if self._busy_with is gone and self._process is not None:
                self._process.kill()

    def _in_turn(self, gone: threading.Event, function: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with self._turn:
            process = self._begin(gone)
            line = json.dumps({"function": function, "arguments": arguments}).encode() + b"\n"
            answer = b""
            try:
                assert process.stdin is not None
                assert process.stdout is not None
                with contextlib.suppress(BrokenPipeError):  # it is gone: so is its answer
                    process.stdin.write(line)
                    process.stdin.flush()
                answer = process.stdout.readline()
            except ValueError:  # it was closed meanwhile
                answer = b""
            finally:
                self._end()
            if not answer.endswith(b"\n"):
                self.close()
                raise SystemFault(
                    f"{self._title} stopped in the middle of its work.",
                    error_type=ErrorType.INTERNAL,
                    hint="If this repeats, look for a lack of memory on this machine.",
                )
            return self._result(json.loads(answer))

    def _begin(self, gone: threading.Event) -> subprocess.Popen[bytes]:
        """Return the running program, started if need be, unless the caller has gone."""
        with self._starting:
            if gone.is_set():
                raise SystemFault("The call was cancelled.", error_type=ErrorType.INTERNAL)
            if self._idle is not None:
                self._idle.cancel()
            if self._process is None or self._process.poll() is not None:
                # Not tied to us by the kernel, as others are: that would be to this thread. It ends with its
                # input.
                self._process = subprocess.Popen(  # noqa: S603  # our own program
                    (sys.executable, "-m", "rushes.platform.media.speech.child", self._module),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**child_environment(), **ONE_THREAD, "MALLOC_ARENA_MAX": "2"},
                    process_group=0,
                )
            self._busy_with = gone
            return self._process

    def _end(self) -> None:
        with self._starting:
            self._busy_with = None
            self._idle = threading.Timer(IDLE_SECONDS, self._close_if_idle)
            self._idle.daemon = True
            self._idle.start()

    def _close_if_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._turn.release()

    @staticmethod
    def _result(answer: dict[str, Any]) -> dict[str, Any]:
        if "refused" in answer:
            raise HelperRefusedError(answer["kind"], answer["refused"])
        if "bug" in answer:
            raise HelperBugError(answer["bug"])
        return answer["result"]
