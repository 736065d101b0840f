"""`rushes batch`, declared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JsonOption, YesOption, leave
from rushes.engine.views import WhenDown
from rushes.intake.pairs import Pairing
from rushes.intake.prompt_raw import Reading

if TYPE_CHECKING:
    from rushes.cli.work import batch as work
else:
    work = lazy("rushes.cli.work.batch")


def declare(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Make videos")(batch)


def batch(
    images: Annotated[
        Path,
        typer.Argument(metavar="IMAGES", help="A ZIP, a folder, or an image (more may follow)."),
    ],
    rest: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PROMPTS",
            help="The prompts file, last. Leave it out when it lies with the images.",
            show_default=False,
        ),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            help="Who makes the videos (`rushes providers`). Left out: chosen, by your keys.",
            show_default=False,
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=0, help="US dollars beyond which nothing new is submitted.", show_default=False),
    ] = None,
    when_down: Annotated[
        WhenDown, typer.Option(help="When the provider cannot be used: wait, or take another.")
    ] = "wait",
    model: Annotated[
        str | None, typer.Option(help="A model of the provider. Left out: its first.", show_default=False)
    ] = None,
    aspect: Annotated[
        str | None, typer.Option(help="Shape of the video, such as 16:9, 9:16 or 1:1.", show_default=False)
    ] = None,
    resolution: Annotated[str | None, typer.Option(help="Such as 720p or 1080p.", show_default=False)] = None,
    duration: Annotated[
        int | None, typer.Option(help="Length of a video, seconds.", show_default=False)
    ] = None,
    outputs: Annotated[int, typer.Option(min=1, max=8, help="Videos (takes) of each shot.")] = 1,
    negative: Annotated[
        str | None,
        typer.Option(
            help="What should not be seen, for shots that do not say it themselves.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=2**31 - 1,
            help="The same seed makes the same videos, where the provider can.",
            show_default=False,
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Any other option of the provider. May be given several times.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the job. Left out: the name of IMAGES.", show_default=False)
    ] = None,
    pair: Annotated[
        Pairing | None,
        typer.Option(
            help="How images and prompts are paired. Left out: by the numbers in the names.",
            show_default=False,
        ),
    ] = None,
    read: Annotated[
        Reading | None,
        typer.Option(help="How prompts without numbers are told apart.", show_default=False),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT", help="The project it belongs to (`rushes projects`).", show_default=False
        ),
    ] = None,
    allow_text_only: Annotated[
        bool, typer.Option("--allow-text-only", help="Make prompts without an image too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be made, its cost and its time.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until every video has ended.")] = True,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Make videos of images and prompts.

    Everything is read and checked first: each image goes with the prompt of
    its number (2.jpg with `2. A harbour at dawn`). Nothing is sent before you
    have seen what fits, what it costs and how long it takes.
    Ctrl-C leaves the job running.

    [bold]Examples[/bold]
    $ rushes batch photos prompts.txt --dry-run
    $ rushes batch photos prompts.txt --aspect 9:16 --outputs 2
    $ rushes batch holiday.zip --duration 8 --option camera=orbit
    $ rushes batch photos prompts.txt --pair date --read paragraphs
    $ rushes batch 1.jpg 2.jpg prompts.csv --name "Two shots"
    $ rushes batch photos prompts.txt --project "Winter 2026"
    $ rushes batch prompts.txt --allow-text-only --no-wait --yes
    """
    leave(
        work.batch(
            work.Wanted(
                paths=(images, *(rest or ())),
                provider=provider,
                model=model,
                budget=budget,
                when_down=when_down,
                named={"aspect_ratio": aspect, "resolution": resolution, "duration_seconds": duration},
                options=tuple(option or ()),
                outputs=outputs,
                negative=negative,
                seed=seed,
                name=name,
                pair=pair,
                read=read,
                project=project,
                allow_text_only=allow_text_only,
                dry_run=dry_run,
                wait=wait,
                yes=yes,
                json=json,
            )
        )
    )
