"""The entry point of `rushes`: its commands, and how every failure looks to a person."""

import io
import os
import sys
from importlib.metadata import version as installed_version
from typing import Annotated

import typer
from typer.core import TyperGroup

from rushes.cli import batch, demo, download, flow, jobs, keys, projects, serve, storage, upscale
from rushes.cli._lazy import lazy
from rushes.cli._words import Code, JsonOption
from rushes.errors import Actor, Invalid, NotFound, RushesError, TooLarge


class Commands(TyperGroup):
    """The commands; one whose reader has gone (`| head`) has done what was wanted."""

    def invoke(self, ctx: typer.Context) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Run one. Typer would tell a reader that has gone as a failure."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # What is still buffered must not be tried again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Code.DONE) from None


app = typer.Typer(
    name="rushes",
    cls=Commands,
    help="""Images and prompts in, finished videos out.

    [bold]Start here[/bold]
      rushes doctor                           is everything there?
      rushes batch photos prompts.txt         make videos
      rushes jobs                             what was made, what is being made
      rushes download last --to videos        take them home

    [bold]Exit codes[/bold]
      0    done
      1    something failed: a video, a job, this installation
      2    wrong usage or wrong input
      3    you must act: a video waits for you, a job is paused
      130  stopped by Ctrl-C
    """,
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
batch.declare(app)
jobs.declare(app)
projects.declare(app)
download.declare(app)
keys.declare(app)
flow.declare(app)
upscale.declare(app)
serve.declare(app)
storage.declare(app)
demo.declare(app)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rushes {installed_version('rushes')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_say_version, help="Print the version."),
    ] = False,
) -> None:
    # The help is the app's: a docstring here would replace it.
    del version


@app.command(rich_help_panel="This installation")
def version(json: JsonOption = False) -> None:
    """Print the version."""
    name = installed_version("rushes")
    typer.echo(f'{{"version": "{name}"}}' if json else f"rushes {name}")


def explain(error: RushesError) -> int:
    """Print an expected failure to standard error: what, where, what to do. Returns the exit code."""
    # Loaded for those who read it: a worker has nothing to paint.
    text = lazy("rich.text").Text
    console = lazy("rich.console").Console(stderr=True, highlight=False, soft_wrap=True)
    faults = error.faults if isinstance(error, Invalid) else ()
    if faults:
        # The message repeats the first fault; the faults say it with their places.
        told = any(error.message.startswith(f"{fault.where}: {fault.message}") for fault in faults)
        if not told:
            console.print(text(error.message, "bold red"))
        for fault in faults:
            console.print(text.assemble((f"{fault.where}: ", "bold red" if told else "bold"), fault.message))
    else:
        console.print(text(error.message, "bold red"))
    if error.hint:
        console.print(text(error.hint))
    if isinstance(error, Invalid | TooLarge | NotFound):
        return Code.USAGE
    return Code.NEEDS_YOU if error.actor is Actor.USER else Code.FAILED


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a "?" and not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except RushesError as error:
        sys.exit(explain(error))


if __name__ == "__main__":
    main()
