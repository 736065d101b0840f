"""The commands that run and look after this installation, declared."""

from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JsonOption, YesOption, leave
from rushes.providers.kinds import Kind

if TYPE_CHECKING:
    from rushes.cli.work import doctor as checks
    from rushes.cli.work import providers as catalogue
    from rushes.cli.work import serve as work
    from rushes.cli.work import try_provider as trying
    from rushes.cli.work import worker as working
else:
    checks = lazy("rushes.cli.work.doctor")
    catalogue = lazy("rushes.cli.work.providers")
    trying = lazy("rushes.cli.work.try_provider")
    work = lazy("rushes.cli.work.serve")
    working = lazy("rushes.cli.work.worker")

PANEL = "This installation"
HostOption = Annotated[
    str | None, typer.Option(help="Address to listen on. Left out: RUSHES_HOST.", show_default=False)
]
PortOption = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Port to listen on. Left out: RUSHES_PORT.", show_default=False),
]


InsecureOption = Annotated[
    bool,
    typer.Option(
        "--insecure",
        help="Listen beyond this machine, although whoever reaches Rushes there may do everything.",
    ),
]


def declare(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, api, worker, doctor):
        app.command(rich_help_panel=PANEL)(command)
    group = typer.Typer(invoke_without_command=True, rich_markup_mode="rich")
    group.callback()(providers)
    group.command(name="test")(try_provider)
    app.add_typer(group, name="providers", rich_help_panel=PANEL)


def up(host: HostOption = None, port: PortOption = None, insecure: InsecureOption = False) -> None:
    """Run everything in one process: the API and a worker.

    Ctrl-C stops it; jobs go on next time.

    [bold]Examples[/bold]
    $ rushes up
    $ rushes up --port 9000
    """
    leave(work.serve(host, port, insecure, with_worker=True))


def api(host: HostOption = None, port: PortOption = None, insecure: InsecureOption = False) -> None:
    """Run only the API. Somebody else must do the work: `rushes worker`.

    [bold]Example[/bold]
    $ rushes api --port 9000
    """
    leave(work.serve(host, port, insecure, with_worker=False))


def worker(
    queues: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Only work for these providers; `archive` and `upscale` too. Left out: for all.",
            show_default=False,
        ),
    ] = None,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Leave when there is nothing left to do.")
    ] = False,
) -> None:
    """Run a worker: it makes the videos of every started job.

    On the embedded database one worker works at a time; a second one waits for
    its turn.

    [bold]Examples[/bold]
    $ rushes worker
    $ rushes worker --queues animatic --until-idle
    $ rushes worker --queues upscale
    """
    leave(working.worker(queues, until_idle))


def providers(
    context: typer.Context,
    kind: Annotated[Kind, typer.Option(help="What they make.")] = Kind.VIDEO,
    json: JsonOption = False,
) -> None:
    """List the providers: their models, prices, limits and options.

    [bold]Examples[/bold]
    $ rushes providers
    $ rushes providers --kind voice
    $ rushes providers --json
    $ rushes providers test omni
    """
    if context.invoked_subcommand is None:
        leave(catalogue.providers(kind, json))


def try_provider(
    provider: Annotated[str, typer.Argument(help="Which one.")],
    yes: YesOption = False,
) -> None:
    """Have one video made, the cheapest there is, and say what it cost.

    This is a real one: it is asked for first, with its price.

    [bold]Example[/bold]
    $ rushes providers test omni
    """
    leave(trying.try_provider(provider, yes))


def doctor(json: JsonOption = False) -> None:
    """Check everything this installation needs, and say what to do about what is missing.

    Ends with 1 when something is broken.

    [bold]Examples[/bold]
    $ rushes doctor
    $ rushes doctor --json
    """
    leave(checks.doctor(json))
