"""`rushes resolve`: passes on the word of a person about what may have been paid for, and lists it."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.cli._background import ensure_worker
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, short, stdout, table
from rushes.cli._session import acting_user, find_video, with_runtime
from rushes.cli._uncertain import Many, call_title, list_them, resolve_them
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import Invalid, NotFound
from rushes.library import actions
from rushes.library.rows import get_video
from rushes.library.submissions import resolve_submission, undecided


def resolve(
    video: Annotated[
        str | None,
        typer.Argument(
            metavar="VIDEO",
            help="Its id, or the start of it (`rushes show` prints it). A paid call has one, too. Without it"
            " all are listed.",
            show_default=False,
        ),
    ] = None,
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
    """Decide what to do with a video that may have been billed.

    A video is uncertain when the connection broke while it was being asked
    for: it may have been made and paid for. Rushes never asks again automatically.
    Look at your account at the provider, then say what you found. It holds for
    all takes that were asked for together.

    Without a decision it lists what waits for yours, with what is known of each
    and where the provider shows your usage; also paid calls for videos that are
    gone or for something else, such as a voice-over. Decide on these by the id
    that is listed.

    --retry    not made: ask for it again (this may cost again)
    --made     made there: its cost is counted. With --pick it is fetched, too
    --give-up  leave it

    [bold]Examples[/bold]
    $ rushes resolve
    $ rushes resolve 9c1e --retry
    $ rushes resolve 9c1e --made
    $ rushes resolve 9c1e --candidates
    $ rushes resolve 9c1e --made --pick 2
    $ rushes resolve --provider omni --since 2026-11-21T14:00:00 --give-up
    """
    said = [
        decision
        for decision, given in ((Decision.RETRY, retry), (Decision.MADE, made), (Decision.GIVE_UP, give_up))
        if given
    ]
    many = Many(job, provider, key, since, until)
    if candidates or pick:
        _check_pick(video, made, candidates)
    if candidates and video is not None:
        exit_with(with_runtime(partial(_list, video, json)))
    if not said and video is None:
        exit_with(list_them(many, json))
    if len(said) != 1:
        raise typer.BadParameter("Say one of --retry, --made and --give-up.")
    if video is None:
        if many == Many():
            raise typer.BadParameter(
                "Name a video, or say which: --job, --provider, --key, --since, --until."
            )
        exit_with(resolve_them(many, said[0], json))
    if many != Many():
        raise typer.BadParameter("Name a video or say which of many, not both.")
    exit_with(with_runtime(lambda run: _resolve(run, video, said[0], pick or [], json)))


def _check_pick(video: str | None, made: bool, candidates: bool) -> None:
    if video is None:
        raise typer.BadParameter("Name the video whose candidates you mean.")
    if not candidates and not made:
        raise typer.BadParameter("--pick goes with --made.")


async def _list(given: str, json: bool, run: Runtime) -> int:
    async with run.db.begin() as session:
        video_id = await find_video(session, given)
    found = await actions.candidates(run, acting_user(), video_id)
    if json:
        print_json(found)
    elif not found:
        print_result("Nothing was found at the provider that may be this video.")
    else:
        rows = table("#", "called", "id at the provider", right=("#",))
        for number, each in enumerate(found, start=1):
            rows.add_row(str(number), Text(each.said), Text(each.ref))
        stdout().print(rows)
        print_note(
            f"Pick one: rushes resolve {short(video_id)} --made --pick 1. The page shows their pictures."
        )
    return Code.DONE


async def _picked(run: Runtime, video_id: UUID, pick: list[int]) -> list[str]:
    if not pick:
        return []
    found = await actions.candidates(run, acting_user(), video_id)
    if max(pick) > len(found):
        raise Invalid(
            f"There is no candidate {max(pick)}: {len(found)} were found.",
            hint=f"rushes resolve {short(video_id)} --candidates",
        )
    return [found[number - 1].ref for number in pick]


async def _resolve(run: Runtime, given: str, decision: Decision, pick: list[int], json: bool) -> int:
    try:
        async with run.db.begin() as session:
            video_id = await find_video(session, given)
    except NotFound as error:
        if pick:
            raise
        return await _resolve_call(run, await _find_call(run, given, error), decision, json)
    picked = await _picked(run, video_id, pick)
    await actions.resolve(run, acting_user(), video_id, decision, picked)
    async with run.db.begin() as session:
        view = await get_video(session, acting_user(), video_id)
    if json:
        print_json(view)
    else:
        print_result(
            f"Video {short(video_id)} (shot {view.prompt_number}, take {view.video_index})"
            f" is now {view.status}."
        )
    await ensure_worker(run, view.job_id)
    return Code.DONE


async def _find_call(run: Runtime, given: str, error: NotFound) -> UUID:
    """The uncertain paid call a person means. Raises `error` when there is none, or several."""
    async with run.db.begin() as session:
        calls = await undecided(session, acting_user())
    found = [each.submission_id for each in calls if str(each.submission_id).startswith(given.lower())]
    if len(found) != 1:
        raise error
    return found[0]


async def _resolve_call(run: Runtime, submission_id: UUID, decision: Decision, json: bool) -> int:
    call = await resolve_submission(run, acting_user(), submission_id, decision)
    if json:
        print_json(call)
    else:
        print_result(f"The paid call {short(submission_id)} ({call_title(call)}) is now {call.state}.")
    if decision is Decision.RETRY:
        await ensure_worker(run, call.job_id)
    return Code.DONE
