"""Arguments and options that several commands share."""

from typing import Annotated

import typer

from rushes.cli import _complete

JobArg = Annotated[
    str,
    typer.Argument(
        metavar="JOB",
        help="Its id, the start of its id, its name if no other job has it, or `last`.",
        autocompletion=_complete.jobs,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, in the shapes of the API.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
