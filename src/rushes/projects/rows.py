"""Projects as rows: listed with how many jobs they have, found by name, locked for a change."""

from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.events import PROJECT_EVENT
from rushes.engine.states import ACTIVE_JOBS, sql_list
from rushes.errors import Conflict, NotFound
from rushes.platform.db.engine import Executor
from rushes.platform.db.models import Project
from rushes.projects.views import ProjectView

_PROJECTS = f"""
    SELECT p.id, p.name, p.created_at, p.brand, p.archived_at IS NOT NULL AS archived,
           COALESCE(j.jobs, 0) AS jobs, COALESCE(j.active_jobs, 0) AS active_jobs
    FROM projects p LEFT JOIN (
        SELECT project_id, count(*) AS jobs,
               count(*) FILTER (WHERE status IN {sql_list(ACTIVE_JOBS)}) AS active_jobs
        FROM jobs WHERE owner_id = :owner AND project_id IS NOT NULL GROUP BY project_id
    ) j ON j.project_id = p.id
    WHERE p.owner_id = :owner
"""  # noqa: S608  # only our own constant is put in

_EVENT = text(
    f"""
    WITH changed AS (SELECT id, owner_id FROM projects WHERE id = :id AND owner_id = :owner)
    {PROJECT_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


def no_project(given: object) -> NotFound:
    """The error for a project that is not there, or is somebody else's."""
    return NotFound(
        f"There is no project {given}.",
        hint="`rushes projects` (GET /api/projects) lists them; `rushes projects create NAME` makes one.",
    )


def _view(row: Row[tuple[object, ...]]) -> ProjectView:
    return ProjectView.model_validate(row, from_attributes=True)


async def list_projects(session: Executor, owner: UUID, *, archived: bool = False) -> list[ProjectView]:
    """Return an owner's projects by name; those that are archived, last, only if asked for."""
    rows = await session.execute(
        text(
            f"{_PROJECTS} AND (:archived OR p.archived_at IS NULL)"
            " ORDER BY p.archived_at IS NOT NULL, lower(p.name), p.id"
        ),
        {"owner": owner, "archived": archived},
    )
    return [_view(row) for row in rows]


async def get_project(session: Executor, owner: UUID, project_id: UUID) -> ProjectView:
    """Return one project. Raises `NotFound`, also for somebody else's."""
    rows = await session.execute(text(f"{_PROJECTS} AND p.id = :id"), {"owner": owner, "id": project_id})
    row = rows.one_or_none()
    if row is None:
        raise no_project(project_id)
    return _view(row)


async def locked_project(session: AsyncSession, owner: UUID, project_id: UUID) -> Project:
    """Return the row, locked until the transaction ends: no job can be put into it meanwhile.

    Raises `NotFound`, also for somebody else's.
    """
    row = await session.scalar(
        select(Project).where(Project.id == project_id, Project.owner_id == owner).with_for_update()
    )
    if row is None:
        raise no_project(project_id)
    return row


async def check_project(session: AsyncSession, owner: UUID, project_id: UUID) -> None:
    """Raise unless jobs may be put into the project; it is not deleted or archived before the commit.

    Raises `NotFound`, also for somebody else's, and `Conflict` for an archived one.
    """
    project = await session.scalar(
        select(Project).where(Project.id == project_id, Project.owner_id == owner).with_for_update(read=True)
    )
    if project is None:
        raise no_project(project_id)
    if project.archived_at is not None:
        raise Conflict(
            f"The project {project.name!r} is archived.",
            hint="Take it out of the archive first: rushes projects unarchive NAME.",
        )


async def jobs_of(session: AsyncSession, project_id: UUID) -> list[UUID]:
    """Return the jobs of a project, of every kind, locked in the order of their ids."""
    rows = await session.execute(
        text("SELECT id FROM jobs WHERE project_id = :id ORDER BY id FOR NO KEY UPDATE"), {"id": project_id}
    )
    return list(rows.scalars())


async def write_event(session: Executor, owner: UUID, project_id: UUID, status: str) -> None:
    """Write the event of a project that was `created`, `changed` or is about to be `deleted`."""
    await session.execute(_EVENT, {"owner": owner, "id": project_id, "event_status": status})
