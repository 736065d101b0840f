"""Paid calls: what their owner says of one that is uncertain and has no video to ask."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path

from rushes.api import examples_overview as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.routes.videos import VerdictRequest
from rushes.library import submissions
from rushes.library.submissions import SubmissionView

router = APIRouter(prefix="/api/submissions", tags=["money"])


@router.post(
    "/{submission_id}/resolve",
    responses=answers(examples.SUBMISSION, "The paid call as it is now.")
    | problems(
        not_found="There is no such paid call.",
        conflict="This paid call is not uncertain; there is nothing to decide.",
    ),
    summary="Decide on an uncertain paid call",
)
async def resolve_submission(
    submission_id: Annotated[UUID, Path(description="The paid call (`submission_id` of `GET /api/needs`).")],
    verdict: Annotated[VerdictRequest, Body(openapi_examples={"made": {"value": {"decision": "made"}}})],
    run: Run,
    owner: Owner,
) -> SubmissionView:
    """Say what became of a paid call of which nobody knows whether it was accepted.

    It may be for a voice-over, or for videos that are gone. `retry` is possible while a video waits for it.
    """
    return await submissions.resolve_submission(run, owner, submission_id, verdict.decision)
