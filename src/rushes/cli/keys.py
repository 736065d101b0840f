"""The commands on keys, budgets and costs, declared."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JsonOption, YesOption, leave
from rushes.money.views import By

if TYPE_CHECKING:
    from rushes.cli.work import keys as work
    from rushes.cli.work import money
else:
    work = lazy("rushes.cli.work.keys")
    money = lazy("rushes.cli.work.money")

PANEL = "Keys and money"
KeyArg = Annotated[str, typer.Argument(metavar="KEY", help="Its name, its id, or the start of its id.")]

keys = typer.Typer(
    no_args_is_help=True,
    help="""Keys of the services that are paid: kept encrypted, never shown.

    One key serves all providers of its service.

    [bold]Examples[/bold]
    $ rushes keys add google
    $ rushes keys list
    """,
    rich_markup_mode="rich",
)


def declare(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(keys, name="keys", rich_help_panel=PANEL)
    app.command(rich_help_panel=PANEL)(budget)
    app.command(rich_help_panel=PANEL)(costs)


@keys.command()
def add(
    whose: Annotated[
        str,
        typer.Argument(metavar="SERVICE", help="A service, or a provider (`rushes providers` lists both)."),
    ],
    name: Annotated[str, typer.Option(help="What to call it.", show_default=False)] = "",
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="What goes with it. May be given several times.", show_default=False
        ),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Try it at the service first; this costs nothing.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Add a key. It is asked for, or read from standard input; it is never an argument.

    [bold]Examples[/bold]
    $ rushes keys add google --name work
    $ rushes keys add omni < key.txt
    """
    leave(work.add(whose, name, tuple(field or ()), test, json))


@keys.command(name="list")
def list_(json: JsonOption = False) -> None:
    """List your keys: their state, until when they rest, what was made with them.

    [bold]Example[/bold]
    $ rushes keys list
    """
    leave(work.list_all(json))


@keys.command(name="test")
def check(key: KeyArg, json: JsonOption = False) -> None:
    """Try a key at its service, at no cost. A good one is ready again.

    [bold]Example[/bold]
    $ rushes keys test work
    """
    leave(work.check(key, json))


@keys.command()
def disable(key: KeyArg, json: JsonOption = False) -> None:
    """Switch a key off. What was begun with it still arrives.

    [bold]Example[/bold]
    $ rushes keys disable work
    """
    leave(work.switch(key, False, json))


@keys.command()
def enable(key: KeyArg, json: JsonOption = False) -> None:
    """Switch a key on, and end a rest. What waited for it goes on.

    [bold]Example[/bold]
    $ rushes keys enable work
    """
    leave(work.switch(key, True, json))


@keys.command()
def delete(key: KeyArg, yes: YesOption = False) -> None:
    """Forget a key. What was paid with it stays on record.

    [bold]Example[/bold]
    $ rushes keys delete work
    """
    leave(work.delete(key, yes))


@keys.command()
def rotate() -> None:
    """Encrypt every stored secret anew.

    Makes a new encryption key in the data folder; with RUSHES_SECRET_KEYS, put
    the new one first in it before, and take the old one out after.

    [bold]Example[/bold]
    $ rushes keys rotate
    """
    leave(work.rotate())


def budget(
    day: Annotated[
        str | None, typer.Option(metavar="DOLLARS", help="Cap of a UTC day, or `none`.", show_default=False)
    ] = None,
    month: Annotated[
        str | None, typer.Option(metavar="DOLLARS", help="Cap of a UTC month, or `none`.", show_default=False)
    ] = None,
    job: Annotated[
        str | None, typer.Option(metavar="JOB=DOLLARS", help="Cap of one job.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show or set what may be spent. A cap stops what is new, never what is on its way.

    [bold]Examples[/bold]
    $ rushes budget
    $ rushes budget --day 5 --month 50
    $ rushes budget --day none
    $ rushes budget --job last=12.50
    """
    leave(money.budget(day, month, job, json))


def costs(
    by: Annotated[By, typer.Option(help="What to add up by.")] = By.DAY,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first UTC day.", show_default=False),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The last UTC day.", show_default=False),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: JsonOption = False,
) -> None:
    """Add up what was spent, also for jobs that are deleted.

    [bold]Examples[/bold]
    $ rushes costs
    $ rushes costs --by key --from 2026-03-01
    $ rushes costs --by job --csv
    """
    leave(money.costs(by, since, until, csv, json))
