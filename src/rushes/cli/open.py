"""`rushes open`: the page in a browser."""

import webbrowser
from typing import Annotated

import typer

from rushes.cli import _complete
from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._listen import address, answers_as_rushes
from rushes.cli._output import print_note, print_result
from rushes.cli._session import job_id_of, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict


def open_page(
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="JOB",
            help="The job to open; left out: the list of jobs.",
            autocompletion=_complete.jobs,
            show_default=False,
        ),
    ] = None,
    print_only: Annotated[bool, typer.Option("--print", help="Only print the address.")] = False,
) -> None:
    """Open the page, or one job on it, in your browser.

    [bold]Examples[/bold]
    $ rushes open
    $ rushes open last
    $ rushes open last --print
    """
    settings = load_settings()
    url = address(settings.host, settings.port)
    if not answers_as_rushes(url):
        raise Conflict(f"Rushes does not answer at {url}.", hint="Start it: rushes up")
    if job is not None:
        found: list[str] = []

        async def command(run: Runtime) -> int:
            found.append(str(await job_id_of(run, job)))
            return Code.DONE

        with_runtime(command)
        url = f"{url}/jobs/{found[0]}"
    print_result(url)
    if not print_only and not webbrowser.open(url):
        print_note("No browser could be started here; open the address yourself.", "yellow")
    exit_with(Code.DONE)
