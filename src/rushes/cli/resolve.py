"""`rushes resolve`: passes on the word of a person about videos that may have been paid for."""

from datetime import datetime
from typing import Annotated

import typer

from rushes.cli._background import have_it_done
from rushes.cli._exit import Code, leave
from rushes.cli._options import JsonOption
from rushes.cli._output import short, tell, tell_json
from rushes.cli._session import acting_user, find_video, with_runtime
from rushes.cli._uncertain import Many, list_them, resolve_them
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.library import actions
from rushes.library.rows import get_video


def resolve(
    video: Annotated[
        str | None,
        typer.Argument(metavar="[VIDEO]", help="Its id, or the start of it (`rushes show` prints it)."),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Get it; if need be, ask for it again.")] = False,
    made: Annotated[
        bool, typer.Option("--made", help="It was made and paid for, but cannot be had.")
    ] = False,
    give_up: Annotated[bool, typer.Option("--give-up", help="Nothing came of it; let it be.")] = False,
    job: Annotated[
        str | None, typer.Option(help="Decide on all of a job: its id, the start of it, or `last`.")
    ] = None,
    provider: Annotated[str | None, typer.Option(help="Decide on all of a provider.")] = None,
    key: Annotated[str | None, typer.Option(help="Decide on all asked for with this key.")] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Decide on all sent at this time (UTC) or later.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(help="Decide on all sent before this time (UTC).")] = None,
    json: JsonOption = False,
) -> None:
    """List uncertain videos, or say what became of one or of many.

    A video is uncertain when the connection broke while it was being asked
    for: it may have been made and paid for. Rushes never asks again by itself.
    Look at your account at the provider, then say what you found. It holds for
    all takes that were asked for together.

    --retry    not made: ask for it again (this may cost again)
    --made     made there, but not to be had here: its cost is counted
    --give-up  leave it

    Without any of these the uncertain ones are listed, with what is known of
    each, and where the provider shows your usage.

    [bold]Examples[/bold]
    $ rushes resolve
    $ rushes resolve 9c1e --retry
    $ rushes resolve 9c1e --made
    $ rushes resolve --provider omni --since 2026-11-21T14:00:00 --give-up
    """
    said = [
        decision
        for decision, given in ((Decision.RETRY, retry), (Decision.MADE, made), (Decision.GIVE_UP, give_up))
        if given
    ]
    many = Many(job, provider, key, since, until)
    if not said and video is None:
        leave(list_them(many, json))
    if len(said) != 1:
        raise typer.BadParameter("Say one of --retry, --made and --give-up.")
    if (video is None) == (many == Many()):
        raise typer.BadParameter("Name a video, or say which: --job, --provider, --key, --since, --until.")
    if video is None:
        leave(resolve_them(many, said[0], json))
    given = video or ""

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            video_id = await find_video(session, given)
        await actions.resolve(run, acting_user(), video_id, said[0])
        async with run.db.begin() as session:
            view = await get_video(session, acting_user(), video_id)
        if json:
            tell_json(view)
        else:
            tell(
                f"Video {short(video_id)} (shot {view.prompt_number}, take {view.video_index})"
                f" is now {view.status}."
            )
        await have_it_done(run, view.job_id)
        return Code.DONE

    leave(with_runtime(command))
