"""The entry point of `rushes`. `_commands.py` lists its commands; each is a file of its own beside it."""

import io
import os
import sys
from importlib.metadata import version as installed_version
from typing import Annotated, Any

import typer

from rushes.cli._commands import COMMANDS
from rushes.cli._exit import Code
from rushes.cli._help import HELP_NAMES, PlainGroup
from rushes.cli._lazy import listed
from rushes.errors import RushesError


class Commands(PlainGroup):
    """The commands; one whose reader has gone (`| head`) has done what was wanted."""

    def __init__(self, **attrs: Any) -> None:
        """List them: each is imported when it is used."""
        super().__init__(**attrs)
        for panel, commands in COMMANDS.items():
            self.commands.update(listed(commands, panel))

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
    context_settings=HELP_NAMES,
    help="""Images and prompts in, finished videos out.

    [bold]Start here[/bold]
      rushes doctor                           check this machine
      rushes batch photos prompts.txt         make videos
      rushes jobs                             what was made, what is being made
      rushes download last --to videos        download them

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


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rushes {installed_version('rushes')}")
        raise typer.Exit


def _work_here(wanted: bool) -> None:
    if wanted:
        from rushes.cli._login import work_here  # noqa: PLC0415  # a list of commands needs it not

        work_here()


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_say_version, help="Print the version."),
    ] = False,
    local: Annotated[
        bool,
        typer.Option(
            "--local",
            is_eager=True,
            callback=_work_here,
            help="Work on this machine, although you are signed in to a server.",
        ),
    ] = False,
) -> None:
    # The help is the app's: a docstring here would replace it.
    del version, local


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a "?" and not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except RushesError as error:
        from rushes.cli._failures import explain  # noqa: PLC0415  # a worker has nothing to paint

        sys.exit(explain(error))


if __name__ == "__main__":
    main()
