"""What `rushes jobs` does. Apart from the other commands because it is asked for most, and needs least."""

from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work.output import out, say, short, styled, table, tell_json, when
from rushes.cli.work.session import with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.jobs.rows import list_jobs
from rushes.platform.db.models import LOCAL_OWNER


def list_all(status: JobStatus | None, limit: int, json: bool) -> int:
    """`rushes jobs`."""

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            page = await list_jobs(session, LOCAL_OWNER, status=status, limit=limit)
        if json:
            tell_json(page)
            return Code.DONE
        if not page.items:
            say("There is no such job." if status else "There is no job yet: rushes batch IMAGES PROMPTS")
            return Code.DONE
        made = table("job", "name", "status", "done", "failed", "waiting", "provider", "made")
        for job in page.items:
            made.add_row(
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
