"""What exit codes mean, and the way out of a command."""

from enum import IntEnum
from typing import NoReturn

import typer


class Code(IntEnum):
    """Exit codes. 130 is Ctrl-C."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NEEDS_YOU = 3
    INTERRUPTED = 130


def exit_with(code: int) -> NoReturn:
    """End the command with this exit code."""
    raise typer.Exit(code)
