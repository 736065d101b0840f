"""`rushes download`, declared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JobArg, JsonOption, leave
from rushes.platform.media.upscaling import Resolution

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
    resolution: Annotated[
        Resolution,
        typer.Option(help="`4k` takes the upscaled copy of each video that has one."),
    ] = Resolution.ORIGINAL,
    names: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help="A template of the file names, see above.",
            show_default=False,
        ),
    ] = None,
    sidecars: Annotated[
        bool, typer.Option("--sidecars", help="Also a JSON file beside each video, with all that is known.")
    ] = False,
    zip_: Annotated[bool, typer.Option("--zip", help="Also write one ZIP of all of them.")] = False,
    json: JsonOption = False,
) -> None:
    """Copy the finished videos of a job into a folder, with a contact sheet and a list.

    Files are named {number:03d}_{take}_{slug}.mp4 (shot, take, first words of
    the prompt), or by --names, which may also have {job}, {provider}, {model},
    {seed}, {resolution}, {date} and {id}, and folders.
    Run it again at any time: what is there already is not copied again, what
    broke off goes on, and no other file is replaced: what would be gets a
    number. `manifest.csv` lists the files, and says where there is no 4K copy.

    [bold]Examples[/bold]
    $ rushes download last --to videos
    $ rushes download 3f2a --to videos --only-selected --zip
    $ rushes download last --to videos --resolution 4k
    $ rushes download last --to videos --names '{date}/{number:03d}_{slug}.mp4'
    """
    asked = work.Wanted(video_ids=[], resolution=resolution, names=names, sidecars=sidecars)
    leave(work.download(job, to, asked, only_selected=only_selected, as_zip=zip_, json=json))
