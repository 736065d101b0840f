"""What can be changed about a job at any time: its name, and the project it belongs to."""

from uuid import UUID

from pydantic import ConfigDict, Field

from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.transitions import touch_jobs
from rushes.jobs.rows import locked_job
from rushes.jobs.start import clean_name
from rushes.platform.requests import RequestModel
from rushes.projects.rows import check_project


class JobChange(RequestModel):
    """What to change about a job; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    job_name: str | None = Field(default=None, max_length=200, description="Another name.")
    project_id: UUID | None = Field(default=None, description="The project it belongs to; null for none.")


async def change_job(run: Runtime, owner: UUID, job_id: UUID, change: JobChange) -> None:
    """Rename a job, or put it into a project or into none. Raises `NotFound`, `Invalid` or `Conflict`."""
    values: dict[str, object] = {}
    if change.job_name is not None:
        values["name"] = clean_name(change.job_name)
    async with run.db.begin() as session:
        if "project_id" in change.model_fields_set:
            if change.project_id is not None:
                await check_project(session, owner, change.project_id)
            values["project_id"] = change.project_id
        await locked_job(session, owner, job_id)
        if values:
            await touch_jobs(session, [job_id], among=list(JobStatus), **values)
