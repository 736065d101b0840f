"""`rushes resolve`: passes on the word of a person about a video that may have been paid for."""

from functools import partial
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.cli._background import have_it_done
from rushes.cli._exit import Code, leave
from rushes.cli._options import JsonOption
from rushes.cli._output import out, say, short, table, tell, tell_json
from rushes.cli._session import acting_user, find_video, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import Invalid
from rushes.library import actions
from rushes.library.rows import get_video


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
        leave(with_runtime(partial(_list, video, json)))
    said = [
        decision
        for decision, given in ((Decision.RETRY, retry), (Decision.MADE, made), (Decision.GIVE_UP, give_up))
        if given
    ]
    if len(said) != 1:
        raise typer.BadParameter("Say one of --retry, --made and --give-up.")
    if pick and not made:
        raise typer.BadParameter("--pick goes with --made.")

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            video_id = await find_video(session, video)
        picked = await _picked(run, video_id, pick) if pick else []
        await actions.resolve(run, acting_user(), video_id, said[0], picked)
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


async def _list(given: str, json: bool, run: Runtime) -> int:
    async with run.db.begin() as session:
        video_id = await find_video(session, given)
    found = await actions.candidates(run, acting_user(), video_id)
    if json:
        tell_json(found)
    elif not found:
        tell("Nothing was found at the provider that may be this video.")
    else:
        rows = table("#", "called", "id at the provider", right=("#",))
        for number, each in enumerate(found, start=1):
            rows.add_row(str(number), Text(each.said), Text(each.ref))
        out().print(rows)
        say(f"Pick one: rushes resolve {short(video_id)} --made --pick 1. The page shows their pictures.")
    return Code.DONE


async def _picked(run: Runtime, video_id: UUID, pick: list[int]) -> list[str]:
    found = await actions.candidates(run, acting_user(), video_id)
    if max(pick) > len(found):
        raise Invalid(
            f"There is no candidate {max(pick)}: {len(found)} were found.",
            hint=f"rushes resolve {short(video_id)} --candidates",
        )
    return [found[number - 1].ref for number in pick]
