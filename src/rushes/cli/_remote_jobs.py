"""What commands do to jobs and takes of a server that one is signed in to."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from rushes.cli._exit import Code
from rushes.cli._output import print_json
from rushes.cli._remote import RemoteServer, find_by_start
from rushes.cli._watch import follow_by
from rushes.engine.views import JobPage, JobView, VideoView
from rushes.errors import Invalid, NotFound
from rushes.projects.views import ProjectView

PAGE = 100
MOST_PAGES = 100


def job_pages(server: RemoteServer, **params: Any) -> Iterator[JobPage]:
    """Yield the pages of a list of jobs, as far as they are asked for; one at least."""
    for number in range(1, MOST_PAGES + 1):
        page = server.get("/api/jobs", JobPage, page=number, **params)
        yield page
        if number * page.pagination.limit >= page.pagination.total:
            return


def find_job(server: RemoteServer, given: str) -> UUID:
    """Return the job a person means: its id or its start, its name, or `last`. Raises as the local one."""
    if (identifier := _whole_id(given)) is not None:
        return identifier
    if given == "last":
        newest = server.get("/api/jobs", JobPage, limit=1).items
        if not newest:
            raise NotFound("There is no job yet.", hint="Make one: rushes batch IMAGES PROMPTS")
        return newest[0].job_id
    known = ((job.job_id, job.job_name) for page in job_pages(server, limit=PAGE) for job in page.items)
    return find_by_start(given, known, "job", "`rushes jobs` lists them.")


def find_videos(server: RemoteServer, given: Sequence[str]) -> list[UUID]:
    """Return the takes a person means: their whole ids, or the starts of ids in the newest jobs."""
    found = [_whole_id(each) for each in given]
    if None in found:
        known = [(video.video_id, "") for job in _newest(server) for video in videos_of(server, job)]
        hint = "`rushes show JOB` prints the ids of the videos of a job; give a whole id of an older one."
        found = [
            identifier or find_by_start(each, known, "video", hint)
            for identifier, each in zip(found, given, strict=True)
        ]
    return [each for each in found if each is not None]


def find_project(server: RemoteServer, given: str) -> UUID:
    """Return the project a person means, by name or id."""
    known = [(each.id, each.name) for each in server.get("/api/projects", list[ProjectView])]
    return find_by_start(given, known, "project", "`rushes projects` lists them.")


def _newest(server: RemoteServer) -> list[UUID]:
    return [job.job_id for job in server.get("/api/jobs", JobPage, limit=PAGE).items]


def _whole_id(given: str) -> UUID | None:
    try:
        return UUID(given) if len(given) == len(str(UUID(int=0))) else None
    except ValueError:
        return None


def job_of(server: RemoteServer, job_id: UUID) -> JobView:
    """Return a job as it is now."""
    return server.get(f"/api/jobs/{job_id}", JobView)


def videos_of(server: RemoteServer, job_id: UUID, **params: Any) -> list[VideoView]:
    """Return the takes of a job."""
    return server.get(f"/api/jobs/{job_id}/videos", list[VideoView], **params)


def follow(server: RemoteServer, job_id: UUID, *, json: bool, quiet: bool = False) -> int:
    """Watch a job until it has ended or needs a person. Returns the exit code."""

    def ask() -> tuple[JobView, list[VideoView]]:
        return job_of(server, job_id), videos_of(server, job_id)

    async def look() -> tuple[JobView, list[VideoView]]:
        return await asyncio.to_thread(ask)

    async def ensure() -> bool:
        return True  # who works there is that server's affair

    async def watch() -> int:
        return await follow_by(look, ensure, job_id, json=json, quiet=quiet)

    return asyncio.run(watch())


def change_videos(server: RemoteServer, video_ids: Sequence[UUID], path: str, body: dict[str, Any]) -> None:
    """Change each take by the same request."""
    for each in video_ids:
        server.ask("PUT", f"/api/videos/{each}/{path}", json=body)


def print_videos(server: RemoteServer, video_ids: Sequence[UUID]) -> int:
    """Print takes as JSON, as they are now."""
    print_json([server.get(f"/api/videos/{each}", VideoView) for each in video_ids])
    return Code.DONE


def refuse_options(given: dict[str, bool], server: RemoteServer) -> None:
    """Raise `Invalid` for options that are there on a server's own machine alone."""
    wrong = [name for name, used in given.items() if used]
    if wrong:
        raise Invalid(
            f"{', '.join(wrong)} {'does' if len(wrong) == 1 else 'do'} not work through {server.url}.",
            hint="Leave it out, or run the command on that server.",
        )
