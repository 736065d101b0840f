"""What is answered across jobs, and before there is one: totals, needs, estimates, checks."""

from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example
from pydantic import Field

from rushes.api import examples_overview as examples
from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import answers
from rushes.api.form_schemas import CHECK_FORM, ZIP_FORM
from rushes.api.forms import check_in, check_parts, zip_in, zip_parts
from rushes.api.uploads import receive_form
from rushes.engine.views import JobSettings
from rushes.jobs import overview
from rushes.jobs.check import check_batch, estimate_job, look_into
from rushes.jobs.overview_views import Estimate, NeedView, StatsView, UploadCheck, ZipFileView

router = APIRouter(prefix="/api", tags=["overview"])

ESTIMATE: dict[str, Example] = {
    "two takes": {"value": {"settings": {"provider": "animatic", "outputs": 2}, "shots": 6}}
}


class EstimateRequest(RequestModel):
    """A job that may be made."""

    settings: JobSettings
    shots: int = Field(ge=0, le=100_000)


@router.get("/stats", responses=answers(examples.STATS, "The totals."), summary="Totals")
async def read_stats(run: Run, owner: Owner) -> StatsView:
    """All jobs in numbers: how many videos, how many of them were made, how long, what was spent."""
    async with run.db.statement() as session:
        return await overview.stats(session, owner)


@router.get(
    "/needs", responses=answers([examples.NEED], "One entry a job and reason."), summary="What needs you"
)
async def read_needs(run: Run, owner: Owner) -> list[NeedView]:
    """What needs you, across jobs: what waits, what a fault has paused, what failed recently.

    The first hundred.
    """
    async with run.db.statement() as session:
        return await overview.needs(session, owner)


@router.post(
    "/estimate",
    responses=answers(examples.ESTIMATE, "What it is expected to take."),
    summary="Estimate a job",
)
async def estimate(
    asked: Annotated[EstimateRequest, Body(openapi_examples=ESTIMATE)], run: Run, owner: Owner
) -> Estimate:
    """Cost and time of a job that is not there yet, by this installation's own history where it has one."""
    return await estimate_job(run, owner, asked.settings, asked.shots)


@router.post(
    "/check",
    responses=answers(examples.CHECK, "What an upload would be answered."),
    openapi_extra={"requestBody": CHECK_FORM},
    summary="Check a batch",
)
async def check(request: Request, run: Run, owner: Owner) -> UploadCheck:
    """Match prompts with the names of images and check all of it, without the images and without a job.

    What only an image itself can tell (damaged, not an image) is reported by the upload.
    """
    limit = 3 * run.settings.max_prompts_bytes
    async with receive_form(request, run, check_parts(run.settings), limit=limit) as form:
        given = await check_in(form)
        return await check_batch(
            run,
            owner,
            given.settings,
            given.images,
            given.prompts,
            given.pairs,
            given.choices,
            given.texts,
        )


@router.post(
    "/check/zip",
    responses=answers([examples.ZIP_FILE], "The files, images and prompts files first."),
    openapi_extra={"requestBody": ZIP_FORM},
    summary="Look into a ZIP",
)
async def check_zip(request: Request, run: Run) -> list[ZipFileView]:
    """List what a ZIP holds by its directory alone, with the names that an upload of it would show.

    Names in any encoding and with any separator are read; what systems add (`__MACOSX`) is left out.
    """
    limit = 2 * run.settings.max_prompts_bytes
    async with receive_form(request, run, zip_parts(run.settings), limit=limit) as form:
        return await look_into(run, *await zip_in(form))
