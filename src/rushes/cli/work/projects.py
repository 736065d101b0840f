"""What the commands on projects and on the order of the queue do."""

from uuid import UUID

from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work.output import count, out, say, short, table, tell, tell_json, when
from rushes.cli.work.session import acting_user, agreed, find_job, find_project, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobView
from rushes.jobs.change import JobChange, change_job
from rushes.jobs.queue_order import move_job
from rushes.jobs.queue_views import Move
from rushes.jobs.rows import get_job
from rushes.projects import actions
from rushes.projects.actions import NewProject, ProjectChange
from rushes.projects.rows import get_project, list_projects
from rushes.projects.views import ProjectView

NONE = "none"
"""Instead of a project: no project."""


def list_all(*, archived: bool, json: bool) -> int:
    """`rushes projects`."""

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = await list_projects(session, acting_user(), archived=archived)
        if json:
            tell_json(found)
        elif not found:
            say("There is no project yet: rushes projects create NAME")
        else:
            rows = table("project", "name", "jobs", "active", "created", "", right=("jobs", "active"))
            for each in found:
                rows.add_row(
                    short(each.id),
                    Text(each.name),
                    str(each.jobs),
                    str(each.active_jobs or ""),
                    when(each.created_at),
                    Text("archived" if each.archived else "", "dim"),
                )
            out().print(rows)
        return Code.DONE

    return with_runtime(command)


def create(name: str, *, json: bool) -> int:
    """`rushes projects create`."""

    async def command(run: Runtime) -> int:
        project = await actions.create_project(run, acting_user(), NewProject(name=name))
        return _report(project, "is created.", json=json)

    return with_runtime(command)


def rename(given: str, name: str, *, json: bool) -> int:
    """`rushes projects rename`."""

    async def command(run: Runtime) -> int:
        change = ProjectChange(name=name)
        project = await actions.change_project(run, acting_user(), await _find(run, given), change)
        return _report(project, "has its new name.", json=json)

    return with_runtime(command)


def archive(given: str, *, archived: bool, json: bool) -> int:
    """`rushes projects archive` and `unarchive`."""

    async def command(run: Runtime) -> int:
        change = ProjectChange(archived=archived)
        project = await actions.change_project(run, acting_user(), await _find(run, given), change)
        what = "is archived. Its jobs stay." if archived else "takes jobs again."
        return _report(project, what, json=json)

    return with_runtime(command)


def assign(given: str, project: str | None, *, json: bool) -> int:
    """`rushes projects assign`."""

    async def command(run: Runtime) -> int:
        job_id = await _find_job(run, given)
        project_id = None if project is None else await _find(run, project)
        await change_job(run, acting_user(), job_id, JobChange(project_id=project_id))
        job = await _view(run, job_id)
        if json:
            tell_json(job)
        else:
            where = f"is in {job.project.name}." if job.project else "is in no project."
            tell(f"Job {short(job_id)} ({job.job_name}) {where}")
        return Code.DONE

    return with_runtime(command)


def delete(given: str, jobs_to: str | None, yes: bool) -> int:
    """`rushes projects delete`."""

    async def command(run: Runtime) -> int:
        project_id = await _find(run, given)
        async with run.db.statement() as session:
            project = await get_project(session, acting_user(), project_id)
        target: actions.JobsTo | None = None
        if jobs_to is not None:
            target = NONE if jobs_to == NONE else await _find(run, jobs_to)
        if not await agreed(f"project {project.name}", yes):
            return Code.USAGE
        await actions.delete_project(run, acting_user(), project_id, target)
        stay = f" {count(project.jobs, 'job')} stayed." if project.jobs else ""
        tell(f"Deleted project {project.name}.{stay}")
        return Code.DONE

    return with_runtime(command)


def move(given: str, to: Move, *, json: bool) -> int:
    """`rushes move`."""

    async def command(run: Runtime) -> int:
        job_id = await _find_job(run, given)
        await move_job(run, acting_user(), job_id, to)
        job = await _view(run, job_id)
        if json:
            tell_json(job)
        elif job.queue is not None:  # else it ended in this very moment
            turns = " and takes turns" if job.queue.takes_turns else ""
            tell(f"Job {short(job_id)} ({job.job_name}) is number {job.queue.position} in the queue{turns}.")
        return Code.DONE

    return with_runtime(command)


def _report(project: ProjectView, what: str, *, json: bool) -> int:
    if json:
        tell_json(project)
    else:
        tell(f"Project {short(project.id)} ({project.name}) {what}")
    return Code.DONE


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_project(session, given)


async def _find_job(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_job(session, given)


async def _view(run: Runtime, job_id: UUID) -> JobView:
    async with run.db.statement() as session:
        return await get_job(session, acting_user(), job_id)
