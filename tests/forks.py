"""Runs commands of `rushes` as processes that need not load it first: they are forked from one that has.

Loading takes a command longer than most of what it does. Each is still a process of its own, with its own
environment, folder, streams, signals and exit code; those that have to start from nothing are started by
`subprocess`. `python -m tests.forks FD` is the process that is forked; it ends with the tests that use it.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, TypedDict

LONGEST_REQUEST = 1024 * 1024
ROOT = Path(__file__).parents[1]


class Request(TypedDict):
    """What a command is to be."""

    args: list[str]
    cwd: str
    env: dict[str, str]


class Forks:
    """The process that has loaded Rushes, and what it is asked for."""

    def __init__(self) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def close(self) -> None:
        """End it; commands that still run are left alone."""
        self._asking.close()
        self._process.wait()

    def run(
        self, args: Sequence[str], *, cwd: Path, env: Mapping[str, str], typed: str = "", timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `rushes` with these arguments to its end, as `subprocess.run` does.

        Raises `TimeoutExpired` after `timeout` seconds, when the command has been killed.
        """
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            streams[0].write(typed.encode())
            streams[0].seek(0)
            answer, theirs = socket.socketpair()
            stack.enter_context(answer)
            with theirs:
                request = Request(args=list(args), cwd=str(cwd), env=dict(env))
                fds = [theirs.fileno(), *(each.fileno() for each in streams)]
                socket.send_fds(self._asking, [json.dumps(request).encode()], fds)
            code = _code(answer, args, timeout)
            return subprocess.CompletedProcess(args, code, _read(streams[1]), _read(streams[2]))


@cache
def forks() -> Forks:
    """The one of this test process."""
    started = Forks()
    atexit.register(started.close)
    return started


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode().replace("\r\n", "\n")


def _code(answer: socket.socket, args: Sequence[str], timeout: float) -> int:
    """Wait for the exit code; a command that takes too long is killed."""
    answer.settimeout(timeout)
    with answer.makefile("r") as lines:
        pid = int(lines.readline())
        try:
            return int(lines.readline())
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(args), timeout) from None


def _load() -> None:
    """Load all of Rushes, and nothing that could not be forked."""
    package = importlib.import_module("rushes")
    for each in pkgutil.walk_packages(package.__path__, "rushes."):
        if ".migrations." not in each.name:
            getattr(
                importlib.import_module(each.name), "__all__", None
            )  # a lazy one loads when it is looked at
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()


def _serve(asked: socket.socket) -> bool:
    """Fork for every request. Return True in a command that is to run, False when no more can come."""
    while True:
        message, fds, _, _ = socket.recv_fds(asked, LONGEST_REQUEST, 4)
        reap()
        if not message:
            return False
        if os.fork() == 0:
            asked.close()
            return _between(json.loads(message), fds)
        for fd in fds:
            os.close(fd)


def reap() -> None:
    """Take leave of the children that have ended; what they have cost is counted as this process's then."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _between(request: Request, fds: list[int]) -> bool:
    """Fork the command, and tell its exit code when it has ended."""
    pid = os.fork()
    if pid == 0:
        _become(request, fds)
        return True
    os.write(fds[0], f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):
        os.write(fds[0], f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(request: Request, fds: list[int]) -> None:
    """Be the process that was asked for."""
    for number, fd in enumerate(fds[1:]):
        os.dup2(fd, number)
    for fd in fds:
        os.close(fd)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    main = sys.modules["rushes.cli.main"]
    sys.modules["__main__"] = main  # by which it names itself in its help
    sys.argv = [str(main.__file__), *request["args"]]


if __name__ == "__main__":
    _load()
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        runs = _serve(requests)
    if runs:
        sys.modules["rushes.cli.main"].main()
