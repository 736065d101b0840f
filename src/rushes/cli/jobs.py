"""`rushes jobs`: the list of jobs."""

from typing import Annotated, Literal

import typer
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, short, stdout, styled, table, when
from rushes.cli._progress import wait_words
from rushes.cli._session import acting_user, find_project, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.jobs.rows import ProjectFilter, list_jobs

ListSort = Literal["created", "queue"]


def jobs(
    status: Annotated[
        JobStatus | None, typer.Option(help="Only jobs with this status.", show_default=False)
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
        if json:
            print_json(page)
            return Code.DONE
        if not page.items:
            print_note(
                "There is no such job."
                if status or project
                else "There is no job yet: rushes batch IMAGES PROMPTS"
            )
            return Code.DONE
        position = ["#"] if queue else []
        rows = table(*position, "job", "name", "status", "done", "failed", "waiting", "provider", "created")
        for job in page.items:
            number = str(job.queue.position) if job.queue else ""
            rows.add_row(
                *([number] if queue else []),
                short(job.job_id),
                Text(job.job_name),
                styled(job.status),
                f"{job.completed_videos}/{job.expected_videos}",
                str(job.failed_videos or ""),
                str(job.waiting_videos or ""),
                job.provider,
                when(job.created_at),
            )
        stdout().print(rows)
        for job in page.items:
            if job.status is JobStatus.PROCESSING and (words := wait_words(job)):
                print_note(f"{short(job.job_id)} {job.job_name}: {words}", "yellow")
        if page.pagination.total > len(page.items):
            print_note(f"These are {len(page.items)} of {page.pagination.total} jobs (--limit shows more).")
        return Code.DONE

    exit_with(with_runtime(command))


async def _project(session: AsyncSession, given: str | None) -> ProjectFilter | None:
    """The project that was typed: `none` for jobs that are in none."""
    return given if given is None or given == "none" else await find_project(session, given)
