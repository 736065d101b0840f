"""`rushes jobs`: the list of jobs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import (
    age,
    fit,
    print_json,
    print_note,
    short,
    status_word,
    stdout,
    styled,
    table,
    when,
)
from rushes.cli._progress import wait_words
from rushes.cli._session import acting_user, find_project, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.views import JobPage, JobView
from rushes.jobs.rows import ProjectFilter, list_jobs

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer

ListSort = Literal["created", "queue"]
WIDE_ENOUGH = 100
"""Columns of a terminal that has room for dates and providers."""


def _status_of(typed: str) -> JobStatus:
    """Return the status that is meant, in the page's word or the API's."""
    found = {status_word(each): each for each in JobStatus} | {str(each): each for each in JobStatus}
    if (status := found.get(typed.lower().replace("-", " "))) is None:
        words = ", ".join(status_word(each).replace(" ", "-") for each in JobStatus)
        raise typer.BadParameter(f"{typed!r} is none of {words}.")
    return status


def jobs(
    status: Annotated[
        JobStatus | None,
        typer.Option(
            metavar="STATUS",
            parser=_status_of,
            help="Only jobs that are `not-started`, `running`, `paused`, `done`, `failed` or `cancelled`.",
            show_default=False,
        ),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(metavar="PROJECT", help="Only jobs of this project, or `none`.", show_default=False),
    ] = None,
    sort: Annotated[ListSort, typer.Option(help="`queue`: in the order of the queue.")] = "created",
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

    queue = sort == "queue"

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            page = await list_jobs(
                session,
                acting_user(),
                status=status,
                project=await _project(session, project),
                limit=limit,
                sort="queue" if queue else "created_at",
                order="asc" if queue else "desc",
            )
        return _print(page, queue, json, some_only=bool(status or project))

    def remote(server: "RemoteServer") -> int:
        from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

        of = project and (project if project == "none" else str(_remote_jobs.find_project(server, project)))
        pages = _remote_jobs.job_pages(
            server,
            status=status and str(status),
            project=of,
            limit=min(limit, _remote_jobs.PAGE),
            sort="queue" if queue else "created_at",
            order="asc" if queue else "desc",
        )
        page = next(pages)
        found = list(page.items)
        while len(found) < min(limit, page.pagination.total) and (more := next(pages, None)):
            found += more.items
        shown = page.model_copy(update={"items": found[:limit]})
        return _print(shown, queue, json, some_only=bool(status or project))

    exit_with(with_runtime(command, remote))


def _print(page: JobPage, queue: bool, json: bool, *, some_only: bool) -> int:
    """Print a page of jobs. `some_only`: others were not asked for."""
    if json:
        print_json(page)
        return Code.DONE
    if not page.items:
        print_note(
            "There is no such job." if some_only else "There is no job yet: rushes batch IMAGES PROMPTS"
        )
        return Code.DONE
    _print_table(page.items, queue)
    for job in page.items:
        if job.status is JobStatus.PROCESSING and (words := wait_words(job)):
            print_note(f"{short(job.job_id)} {job.job_name}: {words}", "yellow")
    if page.pagination.total > len(page.items):
        print_note(f"These are {len(page.items)} of {page.pagination.total} jobs (--limit shows more).")
    return Code.DONE


def _print_table(found: Sequence[JobView], queue: bool) -> None:
    """Print a line for each job; a narrow terminal gets its age instead of its date, and no provider."""
    console = stdout()
    wide = console.width >= WIDE_ENOUGH
    columns = [
        *(["#"] if queue else []),
        "job",
        "name",
        "status",
        "done",
        *(["provider"] if wide else []),
        "created",
    ]
    rows: list[list[Text]] = []
    for job in found:
        place = [Text(str(job.queue.position) if job.queue else "")] if queue else []
        rows.append(
            [
                *place,
                Text(short(job.job_id)),
                Text(job.job_name),
                _status(job),
                Text(f"{job.completed_videos}/{job.expected_videos}"),
                *([Text(job.provider)] if wide else []),
                Text(when(job.created_at) if wide else age(job.created_at)),
            ]
        )
    console.print(fit(table(*columns, right=("#", "done")), rows, "name", console.width))


def _status(job: JobView) -> Text:
    """Return the status, and what of the job needs somebody: `done, 3 failed`, `running, 2 waiting`."""
    words = styled(job.status)
    for number, what in ((job.failed_videos, "failed"), (job.waiting_videos, "waiting")):
        if number:
            words.append(f", {number} {what}", "yellow")
    return words


async def _project(session: AsyncSession, given: str | None) -> ProjectFilter | None:
    """The project that was typed: `none` for jobs that are in none."""
    return given if given is None or given == "none" else await find_project(session, given)
