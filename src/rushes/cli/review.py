"""`rushes pick`, `rushes rate` and `rushes rename`: what a review decides, without the page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JobArg, JsonOption
from rushes.cli._output import count, print_json, print_result, short
from rushes.cli._session import acting_user, find_video, job_id_of, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobView, VideoView
from rushes.jobs.change import JobChange, change_job
from rushes.jobs.rows import get_job
from rushes.library.review import rate_videos, select_videos
from rushes.library.rows import get_video

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer

VideosArg = Annotated[
    list[str],
    typer.Argument(metavar="VIDEO", help="Ids of videos, or their start (`rushes show JOB`)."),
]


def pick(
    videos: VideosArg,
    off: Annotated[bool, typer.Option("--off", help="Unpick them instead.")] = False,
    json: JsonOption = False,
) -> None:
    """Pick takes: the ones you want, as P does on the page.

    [bold]Examples[/bold]
    $ rushes pick 9c1e 77ab
    $ rushes pick 9c1e --off
    $ rushes download last --picks
    """

    async def command(run: Runtime) -> int:
        found = await _found(run, videos)
        await select_videos(run, acting_user(), found, not off)
        return await _report(run, found, "unpicked" if off else "picked", json)

    def remote(server: "RemoteServer") -> int:
        return _change(server, videos, "select", {"selected": not off}, "unpicked" if off else "picked", json)

    exit_with(with_runtime(command, remote))


def rate(
    stars: Annotated[int, typer.Argument(metavar="STARS", min=0, max=5, help="0 to 5; 0 clears them.")],
    videos: VideosArg,
    json: JsonOption = False,
) -> None:
    """Give takes one to five stars.

    [bold]Examples[/bold]
    $ rushes rate 4 9c1e 77ab
    $ rushes rate 0 9c1e
    """

    async def command(run: Runtime) -> int:
        found = await _found(run, videos)
        await rate_videos(run, acting_user(), found, stars)
        return await _report(run, found, f"rated {count(stars, 'star')}", json)

    def remote(server: "RemoteServer") -> int:
        return _change(server, videos, "rate", {"rating": stars}, f"rated {count(stars, 'star')}", json)

    exit_with(with_runtime(command, remote))


def rename(
    job: JobArg,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    json: JsonOption = False,
) -> None:
    """Rename a job.

    [bold]Example[/bold]
    $ rushes rename last "Winter lookbook"
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        await change_job(run, acting_user(), job_id, JobChange(job_name=name))
        async with run.db.begin() as session:
            view = await get_job(session, acting_user(), job_id)
        if json:
            print_json(view)
        else:
            print_result(f"Job {short(job_id)} is now {view.job_name}")
        return Code.DONE

    def remote(server: "RemoteServer") -> int:
        from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

        job_id = _remote_jobs.find_job(server, job)
        view = server.ask("PATCH", f"/api/jobs/{job_id}", JobView, json={"job_name": name})
        if json:
            print_json(view)
        else:
            print_result(f"Job {short(job_id)} is now {view.job_name}")
        return Code.DONE

    exit_with(with_runtime(command, remote))


def _change(
    server: "RemoteServer", given: Sequence[str], path: str, body: dict[str, Any], what: str, json: bool
) -> int:
    """Change takes of a server that one is signed in to, and say so."""
    from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

    found = _remote_jobs.find_videos(server, given)
    _remote_jobs.change_videos(server, found, path, body)
    if json:
        return _remote_jobs.print_videos(server, found)
    print_result(f"{count(len(found), 'video')} {what}.")
    return Code.DONE


async def _found(run: Runtime, given: Sequence[str]) -> list[UUID]:
    async with run.db.begin() as session:
        return [await find_video(session, each) for each in given]


async def _report(run: Runtime, video_ids: Sequence[UUID], what: str, json: bool) -> int:
    if json:
        async with run.db.begin() as session:
            views: list[VideoView] = [await get_video(session, acting_user(), each) for each in video_ids]
        print_json(views)
    else:
        print_result(f"{count(len(video_ids), 'video')} {what}.")
    return Code.DONE
