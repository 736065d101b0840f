"""Jobs renamed, put into a project, and moved in the queue."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Body
from fastapi.openapi.models import Example
from pydantic import ConfigDict, Field, model_validator

from rushes.api import examples
from rushes.api.deps import JobId, Owner, RequestModel, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.views import JobView
from rushes.jobs.change import JobChange, change_job
from rushes.jobs.duplicate import duplicate_job
from rushes.jobs.queue_order import move_job, move_job_before
from rushes.jobs.queue_views import QueueMove
from rushes.jobs.rows import get_job

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

CHANGES: dict[str, Example] = {
    "project": {
        "summary": "Put it into a project",
        "value": {"project_id": str(examples.PROJECT_ID)},
    },
    "none": {"summary": "Take it out of its project", "value": {"project_id": None}},
    "name": {"summary": "Rename it", "value": {"job_name": "Winter lookbook, second try"}},
}
MOVES: dict[str, Example] = {
    "top": {"summary": "To the top", "value": {"to": "top"}},
    "before": {"summary": "Above another job", "value": {"before": str(examples.SHOT_ID)}},
}


class JobMove(RequestModel):
    """Where to move a job: `to` or `before`."""

    model_config = ConfigDict(extra="forbid")

    to: QueueMove | None = Field(
        default=None,
        description="`top`, `up`, `down`, `bottom`; `turns`: no place of its own any more, it takes turns"
        " with the jobs that nobody has moved.",
    )
    before: UUID | None = Field(default=None, description="The job that it goes directly above.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.to is None) == (self.before is None):
            raise ValueError("Give one of `to` and `before`")
        return self


@router.patch(
    "/{job_id}",
    responses=answers(examples.JOB, "The job as it is now.")
    | problems(not_found="There is no such job, or no such project.", conflict="The project is archived."),
    summary="Change a job",
)
async def update_job(
    job_id: JobId, change: Annotated[JobChange, Body(openapi_examples=CHANGES)], run: Run, owner: Owner
) -> JobView:
    """Rename a job, or put it into a project or into none. What is being made is not touched."""
    await change_job(run, owner, job_id, change)
    async with run.db.statement() as session:
        return await get_job(session, owner, job_id)


@router.post(
    "/{job_id}/duplicate",
    status_code=201,
    responses=answers(examples.JOB, "The copy, not started.", 201)
    | problems(not_found="There is no such job.", conflict="This job cannot be duplicated."),
    summary="Duplicate a job",
)
async def copy_job(job_id: JobId, run: Run, owner: Owner) -> JobView:
    """Make a job of the same settings, prompts and images. It is not started."""
    copy = await duplicate_job(run, owner, job_id)
    async with run.db.statement() as session:
        return await get_job(session, owner, copy)


@router.post(
    "/{job_id}/move",
    responses=answers(examples.JOB, "The job as it is now.")
    | problems(not_found="There is no such job.", conflict="The job is not in the queue."),
    summary="Move a job in the queue",
)
async def move_in_queue(
    job_id: JobId, move: Annotated[JobMove, Body(openapi_examples=MOVES)], run: Run, owner: Owner
) -> JobView:
    """Have a started job made earlier or later than your others.

    What is above a moved job goes first, what is below it goes after it; jobs that nobody has moved take
    turns. Videos that are already submitted are not recalled. `GET /api/jobs?sort=queue` lists the order.
    """
    if move.to is not None:
        await move_job(run, owner, job_id, move.to)
    elif move.before is not None:
        await move_job_before(run, owner, job_id, move.before)
    async with run.db.statement() as session:
        return await get_job(session, owner, job_id)
