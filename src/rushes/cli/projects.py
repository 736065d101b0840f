"""`rushes projects …`: folders that jobs belong to."""

from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JobArg, JsonOption, YesOption
from rushes.cli._output import count, print_json, print_note, print_result, short, stdout, table, when
from rushes.cli._session import acting_user, confirm_deletion, find_project, job_id_of, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobView
from rushes.jobs.change import JobChange, change_job
from rushes.jobs.rows import get_job
from rushes.projects import actions
from rushes.projects.actions import NewProject, ProjectChange
from rushes.projects.rows import get_project, list_projects
from rushes.projects.views import ProjectView

ProjectArg = Annotated[
    str, typer.Argument(metavar="PROJECT", help="Its name, its id, or the start of its id.")
]
ArchivedOption = Annotated[bool, typer.Option("--archived", help="Also list archived projects.")]
NONE = "none"
"""Instead of a project: no project."""


def list_(archived: ArchivedOption = False, json: JsonOption = False) -> None:
    """List your projects by name.

    [bold]Example[/bold]
    $ rushes projects list --archived
    """

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = await list_projects(session, acting_user(), archived=archived)
        if json:
            print_json(found)
        elif not found:
            print_note("There is no project yet: rushes projects create NAME")
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
            stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command))


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")], json: JsonOption = False
) -> None:
    """Create a project.

    [bold]Example[/bold]
    $ rushes projects create "Winter 2026"
    """

    async def command(run: Runtime) -> int:
        project = await actions.create_project(run, acting_user(), NewProject(name=name))
        return _report(project, "is created.", json=json)

    exit_with(with_runtime(command))


def rename(
    project: ProjectArg,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")],
    json: JsonOption = False,
) -> None:
    """Rename a project.

    [bold]Example[/bold]
    $ rushes projects rename "Winter 2026" "Winter lookbook"
    """

    async def command(run: Runtime) -> int:
        change = ProjectChange(name=name)
        view = await actions.change_project(run, acting_user(), await _find(run, project), change)
        return _report(view, "has its new name.", json=json)

    exit_with(with_runtime(command))


def archive(project: ProjectArg, json: JsonOption = False) -> None:
    """Archive a project: it takes no new jobs, and its jobs stay.

    [bold]Example[/bold]
    $ rushes projects archive "Winter 2026"
    """
    _set_archived(project, archived=True, json=json)


def unarchive(project: ProjectArg, json: JsonOption = False) -> None:
    """Take a project out of the archive.

    [bold]Example[/bold]
    $ rushes projects unarchive "Winter 2026"
    """
    _set_archived(project, archived=False, json=json)


def _set_archived(project: str, *, archived: bool, json: bool) -> None:
    async def command(run: Runtime) -> int:
        change = ProjectChange(archived=archived)
        view = await actions.change_project(run, acting_user(), await _find(run, project), change)
        what = "is archived. Its jobs stay." if archived else "takes jobs again."
        return _report(view, what, json=json)

    exit_with(with_runtime(command))


def assign(
    job: JobArg,
    project: Annotated[
        str | None,
        typer.Argument(metavar="PROJECT", help="The project. Left out: none.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Put a job into a project, or out of any.

    [bold]Examples[/bold]
    $ rushes projects assign last "Winter 2026"
    $ rushes projects assign last
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        project_id = None if project is None else await _find(run, project)
        await change_job(run, acting_user(), job_id, JobChange(project_id=project_id))
        view = await _view(run, job_id)
        if json:
            print_json(view)
        else:
            where = f"is in {view.project.name}." if view.project else "is in no project."
            print_result(f"Job {short(job_id)} ({view.job_name}) {where}")
        return Code.DONE

    exit_with(with_runtime(command))


def delete(
    project: ProjectArg,
    jobs_to: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT",
            help="Where its jobs go: another project, or `none`. Needed if it has any.",
            show_default=False,
        ),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Delete a project, never its jobs.

    [bold]Examples[/bold]
    $ rushes projects delete "Winter 2026"
    $ rushes projects delete "Winter 2026" --jobs-to none --yes
    """

    async def command(run: Runtime) -> int:
        project_id = await _find(run, project)
        async with run.db.statement() as session:
            view = await get_project(session, acting_user(), project_id)
        target: actions.JobsTo | None = None
        if jobs_to is not None:
            target = NONE if jobs_to == NONE else await _find(run, jobs_to)
        if not await confirm_deletion(f"project {view.name}", yes):
            return Code.USAGE
        await actions.delete_project(run, acting_user(), project_id, target)
        stay = f" {count(view.jobs, 'job')} stayed." if view.jobs else ""
        print_result(f"Deleted project {view.name}.{stay}")
        return Code.DONE

    exit_with(with_runtime(command))


def _report(project: ProjectView, what: str, *, json: bool) -> int:
    if json:
        print_json(project)
    else:
        print_result(f"Project {short(project.id)} ({project.name}) {what}")
    return Code.DONE


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_project(session, given)


async def _view(run: Runtime, job_id: UUID) -> JobView:
    async with run.db.statement() as session:
        return await get_job(session, acting_user(), job_id)
