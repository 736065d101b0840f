"""`rushes logs`: what the background worker wrote."""

import time
from collections import deque
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli._background import log_file
from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._output import print_note, print_result

LOOK_SECONDS = 0.5


def logs(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=100_000, help="How many, the last.")] = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Stay, and print what is added, until Ctrl-C.")
    ] = False,
) -> None:
    """Print the log of the background worker.

    Commands start one when nothing else runs. `rushes up`, `rushes api` and
    `rushes worker` write to their own terminal.

    [bold]Examples[/bold]
    $ rushes logs
    $ rushes logs -n 200 --follow
    """
    file = log_file(load_settings())
    if not file.exists():
        print_note(f"There is no log yet: {file}")
        if not follow:
            exit_with(Code.DONE)
    at = _print_last(file, lines)
    while follow:
        time.sleep(LOOK_SECONDS)
        at = _print_from(file, at)
    exit_with(Code.DONE)


def _print_last(file: Path, lines: int) -> int:
    """Print the last lines. Returns where the file ended."""
    if not file.exists():
        return 0
    with file.open("rb") as stream:
        for line in deque(stream, maxlen=lines):
            _print(line)
        return stream.tell()


def _print_from(file: Path, at: int) -> int:
    """Print what was added since. A file that became shorter is a new one."""
    if not file.exists():
        return 0
    with file.open("rb") as stream:
        stream.seek(0 if file.stat().st_size < at else at)
        for line in stream:
            _print(line)
        return stream.tell()


def _print(line: bytes) -> None:
    print_result(line.decode(errors="replace").rstrip("\n"))
