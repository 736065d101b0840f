"""Arguments and options that several commands share, and what their exit codes mean."""

from enum import IntEnum
from typing import Annotated

import typer

JobArg = Annotated[
    str,
    typer.Argument(
        metavar="JOB", help="Its id, the start of its id, its name if no other job has it, or `last`."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, in the shapes of the API.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class Code(IntEnum):
    """Exit codes. 130 is Ctrl-C."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NEEDS_YOU = 3
    INTERRUPTED = 130


def leave(code: int) -> None:
    """End the command with this exit code."""
    raise typer.Exit(code)
