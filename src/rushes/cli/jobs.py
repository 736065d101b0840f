"""The commands on jobs that are there, declared."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JobArg, JsonOption, YesOption, leave
from rushes.engine.states import Decision, JobStatus

if TYPE_CHECKING:
    from rushes.cli.work import jobs as work
    from rushes.cli.work import listing
    from rushes.cli.work import resolve as deciding
else:
    work = lazy("rushes.cli.work.jobs")
    listing = lazy("rushes.cli.work.listing")
    deciding = lazy("rushes.cli.work.resolve")

PANEL = "Jobs"
ListSort = Literal["created", "queue"]


def declare(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (jobs, show, start, pause, resume, retry, cancel, resolve, delete):
        app.command(rich_help_panel=PANEL)(command)


def jobs(
    status: Annotated[
        JobStatus | None, typer.Option(help="Only jobs in this state.", show_default=False)
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(metavar="PROJECT", help="Only jobs of this project, or `none`.", show_default=False),
    ] = None,
    sort: Annotated[ListSort, typer.Option(help="`queue`: as they are made next.")] = "created",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    json: JsonOption = False,
) -> None:
    """List your jobs, the newest first or in the order of the queue.

    [bold]Examples[/bold]
    $ rushes jobs
    $ rushes jobs --status failed --limit 100
    $ rushes jobs --project "Winter 2026"
    $ rushes jobs --sort queue
    $ rushes jobs --json
    """
    leave(listing.list_all(status, project, sort, limit, json))


def show(
    job: JobArg,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until every video has ended.")] = False,
    json: JsonOption = False,
) -> None:
    """Show one job and each of its videos.

    [bold]Examples[/bold]
    $ rushes show last
    $ rushes show 3f2a --wait
    """
    leave(work.show(job, wait, json))


def start(job: JobArg, json: JsonOption = False) -> None:
    """Start a job that is pending.

    [bold]Example[/bold]
    $ rushes start 3f2a
    """
    leave(work.start(job, json))


def pause(job: JobArg, json: JsonOption = False) -> None:
    """Submit nothing more of a job. What is in flight still arrives.

    [bold]Example[/bold]
    $ rushes pause last
    """
    leave(work.pause(job, json))


def resume(job: JobArg, json: JsonOption = False) -> None:
    """Let a paused job go on.

    [bold]Example[/bold]
    $ rushes resume last
    """
    leave(work.resume(job, json))


def retry(job: JobArg, json: JsonOption = False) -> None:
    """Make failed and cancelled videos again, and let those go on that waited for you.

    Videos that may have been paid for are left alone: decide on them with
    `rushes resolve`.

    [bold]Example[/bold]
    $ rushes retry last
    """
    leave(work.retry(job, json))


def cancel(job: JobArg, json: JsonOption = False) -> None:
    """Stop a job, also at the provider. Finished videos stay.

    [bold]Example[/bold]
    $ rushes cancel 3f2a
    """
    leave(work.cancel(job, json))


def resolve(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="Its id, or the start of it (`rushes show` prints it).")
    ],
    retry: Annotated[bool, typer.Option("--retry", help="Get it; if need be, ask for it again.")] = False,
    made: Annotated[
        bool, typer.Option("--made", help="It was made and paid for; without --pick it cannot be had.")
    ] = False,
    pick: Annotated[
        list[int] | None,
        typer.Option("--pick", min=1, help="With --made: which of its candidates it is. Can be repeated."),
    ] = None,
    candidates: Annotated[
        bool, typer.Option("--candidates", help="List what it may be at the provider; decide nothing.")
    ] = False,
    give_up: Annotated[bool, typer.Option("--give-up", help="Nothing came of it; let it be.")] = False,
    json: JsonOption = False,
) -> None:
    """Say what became of an uncertain video.

    A video is uncertain when the connection broke while it was being asked
    for: it may have been made and paid for. Rushes never asks again by itself.
    Look at your account at the provider, then say what you found. It holds for
    all takes that were asked for together.

    --retry    not made: ask for it again (this may cost again)
    --made     made there: its cost is counted. With --pick it is fetched, too
    --give-up  leave it

    [bold]Examples[/bold]
    $ rushes resolve 9c1e --retry
    $ rushes resolve 9c1e --candidates
    $ rushes resolve 9c1e --made --pick 2
    """
    if candidates:
        leave(deciding.list_candidates(video, json))
    said = [
        decision
        for decision, given in ((Decision.RETRY, retry), (Decision.MADE, made), (Decision.GIVE_UP, give_up))
        if given
    ]
    if len(said) != 1:
        raise typer.BadParameter("Say one of --retry, --made and --give-up.")
    if pick and not made:
        raise typer.BadParameter("--pick goes with --made.")
    leave(deciding.resolve_video(video, said[0], pick or [], json))


def delete(job: JobArg, yes: YesOption = False) -> None:
    """Delete a job with its images and videos. What runs is cancelled first.

    The record of what was paid stays.

    [bold]Examples[/bold]
    $ rushes delete 3f2a
    $ rushes delete "My first job" --yes
    """
    leave(work.delete(job, yes))
