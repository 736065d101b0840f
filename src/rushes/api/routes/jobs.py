"""Jobs: made, filled, started, watched, stopped."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from rushes.api import examples
from rushes.api.deps import IdempotencyKey, JobId, Owner, PageLimit, PageNumber, RequestModel, Run, Search
from rushes.api.examples import answers
from rushes.api.form_schemas import BATCH_FORM
from rushes.api.forms import batch_in, batch_parts
from rushes.api.linked_images import with_linked_images
from rushes.api.problems import problems
from rushes.api.uploads import receive_form
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind, JobStatus
from rushes.engine.views import JobPage, JobSettings, JobView, Started, UploadReport, VideoView
from rushes.errors import ErrorType
from rushes.jobs import actions
from rushes.jobs import start as starting
from rushes.jobs.rows import JobSort, Order, ProjectFilter, get_job, list_jobs
from rushes.jobs.upload import upload
from rushes.library.rows import list_videos

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

NO_JOB = problems(not_found="There is no such job.")
NO_JOB_OR_STATE = NO_JOB | problems(conflict="The job is in a state in which this cannot be done.")


class NewJob(RequestModel):
    """The body that creates a job."""

    model_config = ConfigDict(extra="forbid")  # a setting beside `settings` would be lost without a word

    job_name: str = Field(min_length=1, max_length=200, description="What people call it.")
    settings: JobSettings = Field(
        default_factory=lambda: JobSettings.model_validate({}),
        description="Who makes the videos, and how. What is not named is an option of the provider.",
    )


class JobCreated(BaseModel):
    """The id of a job that was created."""

    job_id: UUID
    status: Literal[JobStatus.PENDING] = JobStatus.PENDING


class Retried(BaseModel):
    """How many failed videos were queued again."""

    retried: int


NEW_JOB: dict[str, Example] = {
    "portrait": {
        "summary": "Two portrait takes per shot",
        "value": {
            "job_name": "Winter lookbook",
            "settings": {
                "provider": "animatic",
                "aspect_ratio": "9:16",
                "duration_seconds": 4,
                "outputs": 2,
            },
        },
    },
    "plain": {"summary": "Everything by default", "value": {"job_name": "First try"}},
}


@router.post(
    "/create",
    status_code=201,
    responses=answers(JobCreated(job_id=examples.JOB_ID), "The job is there, and empty.", 201),
    summary="Make a job",
)
async def create_job(
    new: Annotated[NewJob, Body(openapi_examples=NEW_JOB)],
    run: Run,
    owner: Owner,
    request_id: IdempotencyKey = None,
) -> JobCreated:
    """Make an empty job. Its settings are checked against the provider (`GET /api/providers`) now."""
    job_id = await starting.create_job(run, owner, new.job_name, new.settings, request_id)
    return JobCreated(job_id=job_id)


@router.post(
    "/{job_id}/upload",
    responses=answers(examples.REPORT, "What was found and matched.")
    | NO_JOB_OR_STATE
    | problems(too_large="The upload has more than 2,147,483,648 bytes, the most there may be."),
    openapi_extra={"requestBody": BATCH_FORM},
    summary="Upload images and prompts",
)
async def upload_batch(job_id: JobId, request: Request, run: Run, owner: Owner) -> UploadReport:
    """Give a pending job its shots; an earlier upload is replaced.

    Images come as one ZIP (`images_folder`) or as files (`images`); prompts as a file (`prompts_file`), as
    text (`prompts_text`), or inside the ZIP. They are matched by number, unless `pairs` says which goes
    with which. Every fault is reported at once, with file name and line, and then nothing is changed.
    """
    async with run.db.statement() as session:
        await get_job(session, owner, job_id)  # nobody uploads 2 GB to hear that there is no such job
    limit = run.settings.max_upload_bytes
    async with (
        receive_form(request, run, batch_parts(run.settings), limit=limit) as form,
        with_linked_images(run, await batch_in(form)) as given,
    ):
        return await upload(run, owner, job_id, given.images, given.prompts, given.pairs, given.choices)


@router.post(
    "/{job_id}/start",
    status_code=202,
    responses=answers(examples.STARTED, "The job is in progress.", 202) | NO_JOB_OR_STATE,
    summary="Start a job",
)
async def start_job(job_id: JobId, run: Run, owner: Owner) -> Started:
    """Have the videos made. A job is started once; a second start is a conflict."""
    return await starting.start_job(run, owner, job_id)


@router.get(
    "/{job_id}", responses=answers(examples.JOB, "The job as it is now.") | NO_JOB, summary="Look at a job"
)
async def read_job(job_id: JobId, run: Run, owner: Owner) -> JobView:
    """The job, its counts, why videos failed or wait, and how long it may take."""
    return await _view(run, owner, job_id)


@router.get("", responses=answers(examples.JOBS, "A page of jobs."), summary="List jobs")
async def read_jobs(
    run: Run,
    owner: Owner,
    kind: Annotated[JobKind, Query(description="Only jobs that came about so.")] = JobKind.BATCH,
    status: Annotated[JobStatus | None, Query(description="Only jobs in this state.")] = None,
    search: Search = None,
    project: Annotated[
        ProjectFilter | None, Query(description="Only jobs of this project, or `none`: of no project.")
    ] = None,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    sort: Annotated[JobSort, Query(description="What the jobs are ordered by.")] = "created_at",
    order: Annotated[Order, Query(description="Which way.")] = "desc",
) -> JobPage:
    """A page of jobs, newest first unless told otherwise."""
    async with run.db.begin() as session:
        return await list_jobs(
            session,
            owner,
            kind=kind,
            status=status,
            search=search,
            project=project,
            page=page,
            limit=limit,
            sort=sort,
            order=order,
        )


@router.delete("/{job_id}", status_code=204, responses=NO_JOB, summary="Delete a job")
async def delete_job(job_id: JobId, run: Run, owner: Owner) -> Response:
    """Cancel what runs, also at the provider, and delete rows and bytes. What was paid stays on record."""
    await actions.delete_job(run, owner, job_id)
    return Response(status_code=204)


@router.post(
    "/{job_id}/cancel",
    responses=answers(examples.JOB, "The job as it is now.") | NO_JOB_OR_STATE,
    summary="Cancel a job",
)
async def cancel_job(job_id: JobId, run: Run, owner: Owner) -> JobView:
    """Stop everything of the job, also at the provider. What is finished stays."""
    await actions.cancel_job(run, owner, job_id)
    return await _view(run, owner, job_id)


@router.post(
    "/{job_id}/pause",
    responses=answers(examples.JOB, "The job as it is now.") | NO_JOB_OR_STATE,
    summary="Pause a job",
)
async def pause_job(job_id: JobId, run: Run, owner: Owner) -> JobView:
    """Submit nothing new. What is in progress arrives: it is paid."""
    await actions.pause_job(run, owner, job_id)
    return await _view(run, owner, job_id)


@router.post(
    "/{job_id}/resume",
    responses=answers(examples.JOB, "The job as it is now.") | NO_JOB_OR_STATE,
    summary="Resume a job",
)
async def resume_job(job_id: JobId, run: Run, owner: Owner) -> JobView:
    """Resume after a pause, whoever paused it."""
    await actions.resume_job(run, owner, job_id)
    return await _view(run, owner, job_id)


@router.post(
    "/{job_id}/retry-failed",
    responses=answers(Retried(retried=2), "How many videos continue.") | NO_JOB_OR_STATE,
    summary="Make failed videos again",
)
async def retry_failed(
    job_id: JobId,
    run: Run,
    owner: Owner,
    error_type: Annotated[ErrorType | None, Query(description="Only those of this kind.")] = None,
) -> Retried:
    """Queue failed and cancelled videos again, and let those continue that waited for you.

    Uncertain ones stay, since they may have been paid: decide on each (`POST /api/videos/{id}/resolve`).
    """
    return Retried(retried=await actions.retry_failed(run, owner, job_id, error_type=error_type))


@router.get(
    "/{job_id}/videos",
    responses=answers([examples.VIDEO], "The videos, by shot and take.") | NO_JOB,
    summary="List a job's videos",
)
async def read_videos(
    job_id: JobId,
    run: Run,
    owner: Owner,
    selected_only: Annotated[bool, Query(description="Only the selected ones.")] = False,
    min_rating: Annotated[int, Query(ge=0, le=5, description="Only those with so many stars.")] = 0,
) -> list[VideoView]:
    """Return the videos of a job, every one or only the better ones."""
    async with run.db.begin() as session:
        await get_job(session, owner, job_id)
        return await list_videos(session, owner, job_id, selected_only=selected_only, min_rating=min_rating)


async def _view(run: Runtime, owner: UUID, job_id: UUID) -> JobView:
    async with run.db.statement() as session:
        return await get_job(session, owner, job_id)
