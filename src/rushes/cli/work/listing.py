"""What `rushes jobs` does. Apart from the other commands because it is asked for most, and needs least."""

from typing import Literal

from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.cli._words import Code
from rushes.cli.work.output import out, say, short, styled, table, tell_json, when
from rushes.cli.work.session import acting_user, find_project, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.jobs.rows import ProjectFilter, list_jobs


def list_all(
    status: JobStatus | None, project: str | None, sort: Literal["created", "queue"], limit: int, json: bool
) -> int:
    """`rushes jobs`."""
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
            tell_json(page)
            return Code.DONE
        if not page.items:
            say(
                "There is no such job."
                if status or project
                else "There is no job yet: rushes batch IMAGES PROMPTS"
            )
            return Code.DONE
        place = ["#"] if queue else []
        made = table(*place, "job", "name", "status", "done", "failed", "waiting", "provider", "made")
        for job in page.items:
            number = str(job.queue.position) if job.queue else ""
            made.add_row(
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
        out().print(made)
        if page.pagination.total > len(page.items):
            say(f"These are {len(page.items)} of {page.pagination.total} jobs (--limit shows more).")
        return Code.DONE

    return with_runtime(command)


async def _project(session: AsyncSession, given: str | None) -> ProjectFilter | None:
    """The project that was typed: `none` for jobs that are in none."""
    return given if given is None or given == "none" else await find_project(session, given)
