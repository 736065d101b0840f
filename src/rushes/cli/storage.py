"""`rushes storage …`, declared."""

from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JsonOption, leave

if TYPE_CHECKING:
    from rushes.cli.work import storage as work
else:
    work = lazy("rushes.cli.work.storage")

group = typer.Typer(
    no_args_is_help=True,
    help="""Look at the stored videos, mend them, make room, move them.

    [bold]Examples[/bold]
    $ rushes storage check
    $ rushes storage sweep
    """,
)


def declare(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="storage", rich_help_panel="This installation")


@group.command()
def check(json: JsonOption = False) -> None:
    """Compare what is stored with what should be, by size. Changes nothing.

    [bold]Example[/bold]
    $ rushes storage check
    """
    leave(work.check(json))


@group.command()
def verify(json: JsonOption = False) -> None:
    """Read every stored file, in the archive too, and mend what another place has right.

    [bold]Example[/bold]
    $ rushes storage verify
    """
    leave(work.verify(json))


@group.command()
def sweep(json: JsonOption = False) -> None:
    """Make room now: videos whose time is over, and files that belong to nothing.

    [bold]Example[/bold]
    $ rushes storage sweep
    """
    leave(work.sweep(json))


@group.command()
def adopt(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Make the storage this installation's own: after a restored backup, or a move.

    Until then nothing is deleted there that another copy of the database may
    know. Afterwards files that this database does not know are deleted when
    they are old enough; `rushes storage check` lists them before.

    [bold]Example[/bold]
    $ rushes storage adopt
    """
    leave(work.adopt(yes))


@group.command()
def migrate(
    source: Annotated[
        str,
        typer.Option("--from", metavar="URL", help="Where the files are now: file:///folder or s3://bucket."),
    ],
    json: JsonOption = False,
) -> None:
    """Copy stored files from another bucket into the one that is set now.

    Set the new bucket, then run this; run it again at any time. Nothing is
    deleted where the files come from.

    [bold]Example[/bold]
    $ rushes storage migrate --from file:///var/lib/rushes/storage
    """
    leave(work.migrate(source, json))
