"""`rushes demo`, declared: what Rushes does, seen without keys or accounts."""

from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import leave

if TYPE_CHECKING:
    from rushes.cli.work import demo as work
else:
    work = lazy("rushes.cli.work.demo")


def declare(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="This installation")(demo)


def demo(
    flow: Annotated[
        bool, typer.Option("--flow", help="In a browser, on a stand-in of Google Flow's page.")
    ] = False,
    shots: Annotated[
        int, typer.Option(min=1, max=6, help="How many of the example images, with --flow.")
    ] = 3,
) -> None:
    """Make videos of the examples, to see how it goes. Nothing leaves this machine.

    With --flow you can watch the browser work: a local page stands in for Google
    Flow, so it needs no account, and no credits. The videos go to `demo` or
    `demo-flow`, beside the sources.

    [bold]Examples[/bold]
    $ rushes demo
    $ rushes demo --flow --shots 1
    """
    leave(work.demo(flow, shots))
