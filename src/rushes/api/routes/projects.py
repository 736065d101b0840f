"""Projects: the folders that jobs belong to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from rushes.api import examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.projects import actions
from rushes.projects import rows as queries
from rushes.projects.actions import JobsTo, NewProject, ProjectChange
from rushes.projects.views import ProjectView

router = APIRouter(prefix="/api/projects", tags=["projects"])

ProjectId = Annotated[UUID, Path(description="The project.")]
NO_PROJECT = problems(not_found="There is no such project.")
NAME_USED = problems(conflict="There is a project of that name already.")


@router.get("", responses=answers([examples.PROJECT], "Your projects."), summary="List projects")
async def read_projects(
    run: Run,
    owner: Owner,
    archived: Annotated[bool, Query(description="Also those that are archived, last.")] = False,
) -> list[ProjectView]:
    """Your projects by name, with how many jobs each has."""
    async with run.db.statement() as session:
        return await queries.list_projects(session, owner, archived=archived)


@router.post(
    "",
    status_code=201,
    responses=answers(examples.PROJECT, "The project is created.", 201) | NAME_USED,
    summary="Create a project",
)
async def create_project(
    new: Annotated[NewProject, Body(openapi_examples={"winter": {"value": {"name": "Winter 2026"}}})],
    run: Run,
    owner: Owner,
) -> ProjectView:
    """Create an empty project. Jobs go into it by `settings.project_id` or `PATCH /api/jobs/{job_id}`."""
    return await actions.create_project(run, owner, new)


@router.get(
    "/{project_id}",
    responses=answers(examples.PROJECT, "The project as it is now.") | NO_PROJECT,
    summary="Get a project",
)
async def read_project(project_id: ProjectId, run: Run, owner: Owner) -> ProjectView:
    """One project. Its jobs: `GET /api/jobs?project={project_id}`."""
    async with run.db.statement() as session:
        return await queries.get_project(session, owner, project_id)


@router.patch(
    "/{project_id}",
    responses=answers(examples.PROJECT, "The project as it is now.") | NO_PROJECT | NAME_USED,
    summary="Change a project",
)
async def update_project(
    project_id: ProjectId,
    change: Annotated[ProjectChange, Body(openapi_examples={"archive": {"value": {"archived": True}}})],
    run: Run,
    owner: Owner,
) -> ProjectView:
    """Rename it, archive it or take it out of the archive. Its jobs are not touched."""
    return await actions.change_project(run, owner, project_id, change)


@router.delete(
    "/{project_id}",
    status_code=204,
    responses=NO_PROJECT | problems(conflict="The project has jobs, and `jobs_to` does not say where to."),
    summary="Delete a project",
)
async def delete_project(
    project_id: ProjectId,
    run: Run,
    owner: Owner,
    jobs_to: Annotated[
        JobsTo | None,
        Query(description="Where its jobs go: the id of another project, or `none`. Needed if it has any."),
    ] = None,
) -> Response:
    """Delete a project. Jobs are never deleted with it."""
    await actions.delete_project(run, owner, project_id, jobs_to)
    return Response(status_code=204)
