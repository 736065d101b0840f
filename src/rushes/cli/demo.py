"""`rushes demo`: scripts of the repository, which are not installed, nor are examples and stand-ins."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import rushes
from rushes.cli._exit import exit_with
from rushes.errors import NotFound

ROOT = Path(rushes.__file__).parents[2]


def demo(
    flow: Annotated[
        bool, typer.Option("--flow", help="In a browser, on a stand-in of Google Flow's page.")
    ] = False,
    shots: Annotated[
        int, typer.Option(min=1, max=6, help="How many of the example images, with --flow.")
    ] = 3,
) -> None:
    """Make videos of the examples. Nothing leaves this machine.

    With --flow you can watch the browser work: a local page stands in for Google
    Flow, so it needs no account, and no credits. The videos go to `demo` or
    `demo-flow`, beside the sources.

    [bold]Examples[/bold]
    $ rushes demo
    $ rushes demo --flow --shots 1
    """
    if not (ROOT / "standins").is_dir():
        raise NotFound("The demo is not part of an installed Rushes: run it from a copy of the sources.")
    command = [sys.executable, "-m", "scripts.demo_flow", "--shots", str(shots)]
    if not flow:
        command = [str(ROOT / "scripts/demo.sh")]
    exit_with(subprocess.run(command, cwd=ROOT, check=False).returncode)  # noqa: S603  # our own
