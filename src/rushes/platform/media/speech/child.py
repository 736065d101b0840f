"""The program behind `helper.py`: a line of JSON in, a line of JSON out, until there are no more.

A function refuses by raising `Refusal`. What it prints goes to standard error: standard output is the wire.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from typing import Any


class Refusal(Exception):
    """What was asked cannot be done, and why. `kind` is for the caller to tell cases apart."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def needed(package: str) -> Any:
    """Import a package. Raises `Refusal` of kind `missing` when it is not installed or does not load."""
    try:
        return importlib.import_module(package)
    except (ImportError, OSError) as error:
        raise Refusal("missing", f"{package} cannot be loaded: {error}") from error


def main() -> None:
    """Answer calls until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's, which then ends our input
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    module = sys.argv[1]
    for line in sys.stdin.buffer:
        answers.write(json.dumps(_answer(module, json.loads(line))).encode() + b"\n")
        answers.flush()


def _answer(module: str, call: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": getattr(importlib.import_module(module), call["function"])(**call["arguments"])}
    except BaseException as error:  # noqa: BLE001  # told to the caller, who raises it
        # `Refusal` of this file run as a program is another class than that of the imported module.
        kind = getattr(error, "kind", None)
        return {"bug": traceback.format_exc()} if kind is None else {"refused": str(error), "kind": kind}


if __name__ == "__main__":
    main()
