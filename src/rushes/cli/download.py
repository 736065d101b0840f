"""`rushes download`, declared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JobArg, JsonOption, leave

if TYPE_CHECKING:
    from rushes.cli.work import download as work
else:
    work = lazy("rushes.cli.work.download")


def declare(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Make videos")(download)


def download(
    job: JobArg,
    to: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to; made if need be.")],
    only_selected: Annotated[
        bool, typer.Option("--only-selected", help="Only the videos you selected.")
    ] = False,
    zip_: Annotated[bool, typer.Option("--zip", help="Also write one ZIP of all of them.")] = False,
    json: JsonOption = False,
) -> None:
    """Copy the finished videos of a job into a folder, with a contact sheet.

    Files are named by shot, take and first words of the prompt. Run it again at
    any time: what is there already is not copied again, and no other file is
    replaced.

    [bold]Examples[/bold]
    $ rushes download last --to videos
    $ rushes download 3f2a --to videos --only-selected --zip
    """
    leave(work.download(job, to, only_selected=only_selected, as_zip=zip_, json=json))
