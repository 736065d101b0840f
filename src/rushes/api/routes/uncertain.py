"""Uncertain submissions: what is known of them, and one decision on many."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from rushes.api import examples_overview as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.states import Decision
from rushes.library.uncertain import UncertainView, Which, list_uncertain, resolve_many

router = APIRouter(prefix="/api/uncertain", tags=["videos"])


class Verdicts(Which):
    """One decision on many uncertain submissions."""

    decision: Decision = Field(
        description="`retry`: ask for them (anew). `made`: they were made and paid, but are lost."
        " `give_up`: none of them was made."
    )


class Resolved(BaseModel):
    """What was decided on."""

    resolved: int = Field(description="Submissions that were decided on.")
    videos: int = Field(description="Takes they were asked for.")


@router.get(
    "",
    responses=answers([examples.UNCERTAIN], "Uncertain submissions, those of a job together."),
    summary="List what is uncertain",
)
async def read_uncertain(which: Annotated[Which, Query()], run: Run, owner: Owner) -> list[UncertainView]:
    """Submissions of which nobody knows whether they were accepted (and paid), with what is known of each."""
    async with run.db.statement() as session:
        return await list_uncertain(run, session, owner, which)


@router.post(
    "/resolve",
    responses=answers(Resolved(resolved=12, videos=12), "How many were decided on.")
    | problems(conflict="Nothing is uncertain there; there is nothing to decide."),
    summary="Decide on many uncertain videos",
)
async def resolve_uncertain(
    verdicts: Annotated[Verdicts, Body(openapi_examples={"none": {"value": {"decision": "give_up"}}})],
    run: Run,
    owner: Owner,
) -> Resolved:
    """Decide alike on all that fit: of a job, a provider, a key, a time. Without any of these, on all."""
    which = Which.model_validate(verdicts.model_dump(exclude={"decision"}))
    decided = await resolve_many(run, owner, which, verdicts.decision)
    return Resolved(resolved=len(decided), videos=sum(len(each.video_ids) for each in decided))
