"""What `rushes resolve` does: passes on the word of a person about a video that may have been paid for."""

from rushes.cli._words import Code
from rushes.cli.work.background import have_it_done
from rushes.cli.work.output import short, tell, tell_json
from rushes.cli.work.session import acting_user, find_video, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.library.actions import resolve
from rushes.library.rows import get_video


def resolve_video(given: str, decision: Decision, json: bool) -> int:
    """`rushes resolve`."""

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            video_id = await find_video(session, given)
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
