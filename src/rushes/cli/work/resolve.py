"""What `rushes resolve` does: passes on the word of a person about what may have been paid for."""

from uuid import UUID

from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work.background import have_it_done
from rushes.cli.work.output import money, out, say, short, table, tell, tell_json, when
from rushes.cli.work.session import acting_user, find_video, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import SUBJECT_TITLES, Decision
from rushes.errors import NotFound
from rushes.library.actions import resolve
from rushes.library.rows import get_video
from rushes.library.submissions import SubmissionView, resolve_submission, undecided


def resolve_video(given: str, decision: Decision, json: bool) -> int:
    """`rushes resolve` of a video, or of a paid call."""

    async def command(run: Runtime) -> int:
        try:
            async with run.db.begin() as session:
                video_id = await find_video(session, given)
        except NotFound as error:
            return await _resolve_call(run, await _find_call(run, given, error), decision, json)
        await resolve(run, acting_user(), video_id, decision)
        async with run.db.begin() as session:
            video = await get_video(session, acting_user(), video_id)
        if json:
            tell_json(video)
        else:
            tell(
                f"Video {short(video_id)} (shot {video.prompt_number}, take {video.video_index})"
                f" is now {video.status}."
            )
        await have_it_done(run, video.job_id)
        return Code.DONE

    return with_runtime(command)


def list_undecided(json: bool) -> int:
    """`rushes resolve` without an id."""

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            calls = await undecided(session, acting_user())
        if json:
            tell_json(calls)
            return Code.DONE
        if not calls:
            say("Nothing waits for your decision.")
            return Code.DONE
        rows = table(
            *("id", "for", "number", "provider", "expected", "asked for", "what is known"),
            right=["number", "expected"],
        )
        for each in calls:
            rows.add_row(
                short(each.submission_id),
                _title(each),
                str(len(each.subject_ids)),
                each.provider,
                money(each.cost_estimate),
                when(each.claimed_at),
                Text(each.message or ""),
            )
        out().print(rows)
        say("Decide: rushes resolve ID --retry, --made or --give-up")
        return Code.DONE

    return with_runtime(command)


def _title(call: SubmissionView) -> str:
    titles: dict[str, str] = {str(kind): title for kind, title in SUBJECT_TITLES.items()}
    return titles.get(call.subject_kind, call.subject_kind)


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
        tell_json(call)
    else:
        tell(f"The paid call {short(submission_id)} ({_title(call)}) is now {call.state}.")
    if decision is Decision.RETRY and call.job_id is not None:
        await have_it_done(run, call.job_id)
    return Code.DONE
