"""`rushes resolve`: passes on the word of a person about a video that may have been paid for."""

from typing import Annotated

import typer

from rushes.cli._background import have_it_done
from rushes.cli._exit import Code, leave
from rushes.cli._options import JsonOption
from rushes.cli._output import short, tell, tell_json
from rushes.cli._session import acting_user, find_video, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.library import actions
from rushes.library.rows import get_video


def resolve(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO", help="Its id, or the start of it (`rushes show` prints it).")
    ],
    retry: Annotated[bool, typer.Option("--retry", help="Get it; if need be, ask for it again.")] = False,
    made: Annotated[
        bool, typer.Option("--made", help="It was made and paid for, but cannot be had.")
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
    --made     made there, but not to be had here: its cost is counted
    --give-up  leave it

    [bold]Examples[/bold]
    $ rushes resolve 9c1e --retry
    $ rushes resolve 9c1e --made
    """
    said = [
        decision
        for decision, given in ((Decision.RETRY, retry), (Decision.MADE, made), (Decision.GIVE_UP, give_up))
        if given
    ]
    if len(said) != 1:
        raise typer.BadParameter("Say one of --retry, --made and --give-up.")

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            video_id = await find_video(session, video)
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
