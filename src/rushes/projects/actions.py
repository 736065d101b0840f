"""Projects: create, rename, archive, delete."""

from typing import Literal
from uuid import UUID, uuid4

from pydantic import ConfigDict, Field
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.transitions import touch_jobs
from rushes.errors import Conflict
from rushes.platform.db.models import Project
from rushes.platform.requests import RequestModel
from rushes.projects import rows as queries
from rushes.projects.views import MOST_PROJECTS, Brand, ProjectView, project_name

JobsTo = UUID | Literal["none"]
"""Where the jobs of a deleted project go: into another one, or into none."""


class NewProject(RequestModel):
    """The body that creates a project."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What to call it: 1 to 100 characters, not the name of another project.")


class ProjectChange(RequestModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, description="Another name.")
    archived: bool | None = Field(
        default=None, description="true: not offered for new jobs any more; its jobs stay. false: offered."
    )
    brand: Brand | None = Field(default=None, description="The look that its new stories begin with.")


async def create_project(run: Runtime, owner: UUID, new: NewProject) -> ProjectView:
    """Create an empty project. Raises `Conflict` when the name is used, or when there are too many."""
    name, project_id = project_name(new.name), uuid4()
    try:
        async with run.db.begin() as session:
            count = select(func.count()).select_from(Project).where(Project.owner_id == owner)
            if (await session.scalar(count) or 0) >= MOST_PROJECTS:
                raise Conflict(
                    f"There are {MOST_PROJECTS} projects already, the most there may be.",
                    hint="Delete one that is not needed any more.",
                )
            await session.execute(insert(Project).values(id=project_id, owner_id=owner, name=name))
            await queries.write_event(session, owner, project_id, "created")
            return await queries.get_project(session, owner, project_id)
    except IntegrityError:
        raise _name_used(name) from None  # the cause would show the row


async def change_project(run: Runtime, owner: UUID, project_id: UUID, change: ProjectChange) -> ProjectView:
    """Rename a project, archive it or bring it back. Raises `NotFound`, `Invalid` or `Conflict`."""
    name = None if change.name is None else project_name(change.name)
    try:
        async with run.db.begin() as session:
            project = await queries.locked_project(session, owner, project_id)
            if name is not None:
                project.name = name
            if change.archived is not None and change.archived != (project.archived_at is not None):
                project.archived_at = await session.scalar(select(func.now())) if change.archived else None
            if change.brand is not None:
                project.brand = change.brand.model_dump(mode="json", exclude_none=True)
            if session.is_modified(project):
                await session.flush()
                await queries.write_event(session, owner, project_id, "changed")
            return await queries.get_project(session, owner, project_id)
    except IntegrityError:
        raise _name_used(str(name)) from None


async def delete_project(run: Runtime, owner: UUID, project_id: UUID, jobs_to: JobsTo | None = None) -> None:
    """Delete a project, never its jobs.

    Raises `Conflict` when it has jobs and `jobs_to` does not say where they go.
    """
    async with run.db.begin() as session:
        # Both in the order of their ids, so that two who move jobs to and fro do not wait for each other.
        target = jobs_to if isinstance(jobs_to, UUID) else None
        for each in sorted({project_id, target or project_id}):
            await queries.locked_project(session, owner, each)
        jobs = await queries.jobs_of(session, project_id)
        if jobs and (jobs_to is None or jobs_to == project_id):
            what = "a job" if len(jobs) == 1 else f"{len(jobs)} jobs"
            raise Conflict(
                f"The project has {what}.",
                hint="Say where they go (`jobs_to`, `--jobs-to`): the id of another project, or `none`.",
            )
        if target is not None:
            await queries.check_project(session, owner, target)
        await touch_jobs(session, jobs, among=list(JobStatus), project_id=target)
        await queries.write_event(session, owner, project_id, "deleted")
        await session.delete(await queries.locked_project(session, owner, project_id))


def _name_used(name: str) -> Conflict:
    return Conflict(f"There is a project named {name!r} already.", hint="Choose another name.")
