"""The program in which files of strangers are read: forks a process with limits for each call.

It imports what is needed once, and has one thread, so that a fork is safe and takes milliseconds. Calls come
over its standard input, a socket: one byte and the descriptor of a connection each. Over that connection go
the id of the process, the call and its result. It ends with its input, and everything it forked with it.
"""

import importlib
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

from rushes.errors import RushesError

LENGTH_BYTES = 8


def main() -> None:
    """Fork for every call until nobody calls any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's, which then lets go of us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps what has ended
    for name in sys.argv[1:]:
        importlib.import_module(name)
    with socket.socket(fileno=os.dup(0)) as control:
        while True:
            asked, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not asked:
                break
            if os.fork() == 0:
                control.close()
                _serve(descriptors[0])
            os.close(descriptors[0])
    os.killpg(0, signal.SIGKILL)


def _serve(descriptor: int) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 1
    try:
        with socket.socket(fileno=descriptor) as caller, caller.makefile("rwb") as stream:
            stream.write(os.getpid().to_bytes(LENGTH_BYTES))
            stream.flush()
            module, name, args, memory_bytes, cpu_seconds = pickle.loads(_read(stream))  # noqa: S301  # our own caller's
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            answer = pickle.dumps(_call(module, name, args))
            stream.write(len(answer).to_bytes(LENGTH_BYTES) + answer)
            stream.flush()
        code = 0
    finally:
        os._exit(code)


def _read(stream: Any) -> bytes:
    return stream.read(int.from_bytes(stream.read(LENGTH_BYTES)))


def _call(module: str, name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what became of the call: `result`, `raised` (with what an error of ours is made of), `memory`
    or `bug`."""
    try:
        return "result", getattr(importlib.import_module(module), name)(*args)
    except MemoryError:
        return ("memory",)
    except RushesError as error:
        return "raised", type(error), error.args, vars(error)
    except OSError as error:
        return "os", error.errno, error.strerror, error.filename
    except BaseException:  # noqa: BLE001  # told to the caller, who raises it
        return "bug", traceback.format_exc()


if __name__ == "__main__":
    main()
