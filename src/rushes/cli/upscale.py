"""`rushes upscale`, declared."""

from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JsonOption, leave
from rushes.platform.media.upscaling import Codec, Quality, Recipe

if TYPE_CHECKING:
    from rushes.cli.work import upscale as work
else:
    work = lazy("rushes.cli.work.upscale")


def declare(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Make videos")(upscale)


def upscale(
    what: Annotated[
        list[str],
        typer.Argument(metavar="JOB|VIDEO…", help="A job (all its finished videos), or ids of videos."),
    ],
    quality: Annotated[Quality, typer.Option(help="Time against likeness and size.")] = Quality.BALANCED,
    codec: Annotated[Codec, typer.Option(help="h264 plays everywhere.")] = Codec.H264,
    enhance: Annotated[
        bool, typer.Option("--enhance", help="Also take out noise and banding, and sharpen a little.")
    ] = False,
    hardware: Annotated[
        bool, typer.Option("--hardware", help="On the graphics card, where there is one that can.")
    ] = False,
    only_selected: Annotated[
        bool, typer.Option("--only-selected", help="Of a job only the videos you selected.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until all have ended.")] = False,
    json: JsonOption = False,
) -> None:
    """Make 4K copies of finished videos, beside the originals.

    Asking for the same again makes nothing twice. `rushes download
    --resolution 4k` takes them home.

    [bold]Examples[/bold]
    $ rushes upscale last --wait
    $ rushes upscale 3f2a --quality high --codec h265 --only-selected
    $ rushes upscale 9c1e 77ab
    """
    recipe = Recipe(quality=quality, codec=codec, enhance=enhance, hardware=hardware)
    leave(work.upscale(what, recipe, only_selected=only_selected, wait=wait, json=json))
