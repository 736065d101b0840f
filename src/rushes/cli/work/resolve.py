"""What `rushes resolve` does: passes on the word of a person about a video that may have been paid for."""

from uuid import UUID

from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work.background import have_it_done
from rushes.cli.work.output import out, say, short, table, tell, tell_json
from rushes.cli.work.session import acting_user, find_video, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import Invalid
from rushes.library.actions import candidates, resolve
from rushes.library.rows import get_video


def list_candidates(given: str, json: bool) -> int:
    """`rushes resolve --candidates`."""

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            video_id = await find_video(session, given)
        found = await candidates(run, acting_user(), video_id)
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

    return with_runtime(command)


def resolve_video(given: str, decision: Decision, pick: list[int], json: bool) -> int:
    """`rushes resolve`."""

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            video_id = await find_video(session, given)
        picked = await _picked(run, video_id, pick) if pick else []
        await resolve(run, acting_user(), video_id, decision, picked)
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


async def _picked(run: Runtime, video_id: UUID, pick: list[int]) -> list[str]:
    found = await candidates(run, acting_user(), video_id)
    if max(pick) > len(found):
        raise Invalid(
            f"There is no candidate {max(pick)}: {len(found)} were found.",
            hint=f"rushes resolve {short(video_id)} --candidates",
        )
    return [found[number - 1].ref for number in pick]
