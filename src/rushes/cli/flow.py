"""The commands on Flow sign-ins, declared."""

from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JsonOption, YesOption, leave

if TYPE_CHECKING:
    from rushes.cli.work import flow as work
else:
    work = lazy("rushes.cli.work.flow")

PANEL = "Keys and money"
NameArg = Annotated[str, typer.Argument(metavar="NAME", help="What the Flow sign-in is called here.")]
BucketOption = Annotated[
    bool, typer.Option("--bucket", help="The bucket of this installation, encrypted, instead of a file.")
]

flow = typer.Typer(
    no_args_is_help=True,
    help="""Google Flow in your own signed-in browser: its sign-ins, its queue, its page.

    You sign in by your own hand, in a browser that Rushes opens. What it is
    signed in with is kept encrypted.

    [bold]Examples[/bold]
    $ rushes flow login
    $ rushes flow sign-ins
    $ rushes flow doctor
    """,
    rich_markup_mode="rich",
)


def declare(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(flow, name="flow", rich_help_panel=PANEL)


@flow.command()
def login(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="What to call the Flow sign-in here.", show_default=False)
    ] = "",
    by_hand: Annotated[
        bool,
        typer.Option(
            "--by-hand", help="In an ordinary browser: for when Google says this one may not be secure."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Open a browser, in which you sign in to your Google account.

    Rushes sees when you are through, keeps it, and closes the browser. What
    waited for it continues. It needs a screen; on a server: sign in on a
    laptop, `rushes flow export` there, `rushes flow import` here.

    [bold]Examples[/bold]
    $ rushes flow login
    $ rushes flow login studio
    $ rushes flow login --by-hand
    """
    leave(work.login(name, by_hand, json))


@flow.command(name="sign-ins")
@flow.command(name="accounts", hidden=True)
def sign_ins(json: JsonOption = False) -> None:
    """List the Flow sign-ins: whether they are valid, how old they are, when they were checked.

    [bold]Example[/bold]
    $ rushes flow sign-ins
    """
    leave(work.sign_ins(json))


@flow.command(name="set")
def set_(
    name: NameArg,
    concurrency: Annotated[
        int | None, typer.Option("--in-flight", min=1, max=5, help="Generations in flight with it.")
    ] = None,
    spacing: Annotated[
        float | None, typer.Option("--spacing", min=0, max=3600, help="Seconds between two submits with it.")
    ] = None,
    usual: Annotated[bool, typer.Option("--usual", help="Both as they are for all sign-ins.")] = False,
    json: JsonOption = False,
) -> None:
    """Set how much is made with a Flow sign-in at the same time, and how fast.

    [bold]Examples[/bold]
    $ rushes flow set studio --in-flight 2 --spacing 45
    $ rushes flow set studio --usual
    """
    if usual == (concurrency is not None or spacing is not None):
        raise typer.BadParameter("Give --in-flight, --spacing or both; or --usual.")
    leave(work.change(name, concurrency, spacing, usual, json))


@flow.command()
def check(name: NameArg, json: JsonOption = False) -> None:
    """Look in a browser whether a Flow sign-in is valid. It costs no credits.

    Ends with 3 when it is not.

    [bold]Example[/bold]
    $ rushes flow check studio
    """
    leave(work.check(name, json))


@flow.command()
def doctor(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="With which Flow sign-in.", show_default=False)
    ] = "",
    json: JsonOption = False,
) -> None:
    """Walk through Flow's page, as a shot does, up to the click that costs credits.

    Tells for each step whether it went as known, by a fall-back, or not; and
    writes a bundle (pictures, HTML and logs without secrets) for a bug report.

    [bold]Example[/bold]
    $ rushes flow doctor
    """
    leave(work.doctor(name, json))


@flow.command()
def export(
    name: NameArg,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="Where to; `-` prints it.", show_default=False)
    ] = "",
    bucket: BucketOption = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
) -> None:
    """Write what a Flow sign-in consists of to a file, or into the bucket.

    Whoever has the file is signed in as you: bring it over safely, then delete
    it. In the bucket it is encrypted with this installation's key.

    [bold]Examples[/bold]
    $ rushes flow export studio studio.json
    $ rushes flow export studio --bucket
    """
    leave(work.export(name, file, bucket, replace))


@flow.command(name="import")
def import_(
    name: NameArg,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="What was exported; `-` reads it.", show_default=False)
    ] = "",
    bucket: BucketOption = False,
    json: JsonOption = False,
) -> None:
    """Bring in a Flow sign-in made elsewhere. What waited for it continues.

    [bold]Examples[/bold]
    $ rushes flow import studio studio.json
    $ ssh laptop rushes flow export studio - | rushes flow import studio -
    $ rushes flow import studio --bucket
    """
    leave(work.import_(name, file, bucket, json))


@flow.command()
def logout(name: NameArg, yes: YesOption = False) -> None:
    """Sign out of Flow: forget the sign-in, here and in the bucket.

    Google does not hear of it: to end the session there, too, use the list of
    devices of your Google account.

    [bold]Example[/bold]
    $ rushes flow logout studio
    """
    leave(work.logout(name, yes))


@flow.command()
def queue(
    requeue_failed: Annotated[bool, typer.Option("--requeue-failed", help="Make failed ones again.")] = False,
    json: JsonOption = False,
) -> None:
    """Tell how many videos wait for Flow, are being made there, and failed there.

    [bold]Examples[/bold]
    $ rushes flow queue
    $ rushes flow queue --requeue-failed
    """
    leave(work.queue(requeue_failed, json))
