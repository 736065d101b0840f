"""The looking program (`look.py`) of workers under test, forked from a process that has loaded it.

Loading PyAV and Pillow takes it longer than all that it is asked in most tests. It is still a process of its
own for each runtime, over the same pipes. How it is started and ended is tested with the real one.
`python -m tests.lookers ADDRESS` is the process that is forked; it ends with the tests that use it.
"""

import atexit
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from rushes.platform.children import child_environment
from rushes.platform.media import look
from rushes.platform.media.child import tied_to_us
from rushes.platform.media.receive import Reception
from tests.forks import reap

FRONT = Path(__file__).with_name("looker_front.py")
ROOT = Path(__file__).parents[1]


def reception() -> Reception:
    """A reception whose program has been loaded before."""
    return Reception((sys.executable, "-I", "-S", str(FRONT), lookers()))


@cache
def lookers() -> str:
    """Start the process that is forked. Return its address, which is this test process's own."""
    folder = tempfile.TemporaryDirectory(prefix="lookers-")
    address = f"{folder.name}/socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        process = subprocess.Popen(
            [*tied_to_us(), sys.executable, "-m", "tests.lookers", str(listener.fileno())],
            cwd=ROOT,
            env={**child_environment(), "MALLOC_ARENA_MAX": "1"},
            stdin=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )

    def close() -> None:
        process.kill()
        process.wait()
        folder.cleanup()

    atexit.register(close)
    return address


def _serve(listener: socket.socket) -> None:
    """Fork for everybody who comes. Returns in the forks, with their streams in place."""
    while True:
        asking, _ = listener.accept()
        reap()
        _, streams, _, _ = socket.recv_fds(asking, 1, 2)
        if os.fork() == 0:
            listener.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            _end_with(asking)
            return
        for stream in streams:
            os.close(stream)
        asking.close()


def _end_with(asking: socket.socket) -> None:
    """Have the kernel end this process when the one in front ends, which it speaks for."""
    fcntl.fcntl(asking, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(asking, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        asking.recv(1)
        sys.exit()  # it has ended before we asked for that
    asking.detach()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the tests', which end us
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        _serve(requests)
    look.main()
