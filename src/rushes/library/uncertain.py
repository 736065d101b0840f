"""Uncertain submissions in numbers: what is known of each, and one decision on many."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from rushes.engine.again import decide, lock_submissions, reopen
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision, SubjectKind, SubmissionState, VideoStatus, WaitingFor
from rushes.errors import Conflict
from rushes.jobs.rows import locked_job
from rushes.platform.db.engine import Executor

_LIST = text(
    f"""
    SELECT s.id AS submission_id, j.id AS job_id, j.name AS job_name, s.subject_kind, s.story_id,
           s.provider, s.model, s.credential_id, c.name AS credential_name,
           COALESCE(v.video_ids, '{{}}') AS video_ids, COALESCE(g.generation_ids, '{{}}') AS generation_ids,
           s.claimed_at, s.sent_at, s.submitted_at, s.finished_at,
           s.remote_id IS NOT NULL AS known_to_provider, s.cost_estimate, s.cost AS billed,
           COALESCE(v.error_type, g.error_type) AS error_type,
           COALESCE(v.error_message, g.error_message) AS error_message
    FROM submissions s LEFT JOIN jobs j ON j.id = s.job_id
    LEFT JOIN credentials c ON c.id = s.credential_id
    CROSS JOIN LATERAL (
        SELECT array_agg(id ORDER BY position, video_index) AS video_ids, min(error_type) AS error_type,
               min(error_message) AS error_message
        FROM videos
        WHERE submission_id = s.id AND status = '{VideoStatus.WAITING}'
          AND waiting_for = '{WaitingFor.UNCERTAIN}' AND deleted_at IS NULL
    ) v
    CROSS JOIN LATERAL (
        SELECT array_agg(id) AS generation_ids, min(error_type) AS error_type,
               min(error_message) AS error_message
        FROM generations
        WHERE submission_id = s.id AND status = '{VideoStatus.WAITING}'
          AND waiting_for = '{WaitingFor.UNCERTAIN}'
    ) g
    WHERE s.owner_id = :owner AND s.state = '{SubmissionState.UNCERTAIN}'
      AND (v.video_ids IS NOT NULL AND j.id IS NOT NULL OR g.generation_ids IS NOT NULL)
      AND (CAST(:job AS uuid) IS NULL OR s.job_id = :job)
      AND (CAST(:provider AS text) IS NULL OR s.provider = :provider)
      AND (CAST(:credential AS uuid) IS NULL OR s.credential_id = :credential)
      AND (CAST(:since AS timestamptz) IS NULL OR COALESCE(s.sent_at, s.claimed_at) >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR COALESCE(s.sent_at, s.claimed_at) < :until)
    ORDER BY s.job_id, s.story_id, COALESCE(s.sent_at, s.claimed_at), s.id
    """  # noqa: S608  # only our own constants are put in
)


class Which(BaseModel):
    """Which uncertain submissions: of a job, a provider, a key, a time they were sent in. All that is named
    must hold."""

    model_config = ConfigDict(extra="forbid")

    job_id: UUID | None = Field(default=None, description="Those of one job.")
    provider: str | None = Field(default=None, max_length=100, description="Those of one provider.")
    credential_id: UUID | None = Field(default=None, description="Those asked for with one key.")
    since: datetime | None = Field(default=None, description="Those sent at this time or later.")
    until: datetime | None = Field(default=None, description="Those sent before this time.")


class UncertainView(BaseModel):
    """One submission that may have been accepted and paid for, with what is known of it."""

    submission_id: UUID
    job_id: UUID | None = Field(description="null for what is no job's, such as a voice-over.")
    job_name: str | None
    subject_kind: str = Field(
        default=SubjectKind.TAKES, description="What it is for: `takes`, `voice`, `picture`, `script`."
    )
    story_id: UUID | None = Field(default=None, description="The story that a voice-over and so on is for.")
    video_ids: list[UUID] = Field(description="The takes that were asked for with it.")
    generation_ids: list[UUID] = Field(
        default=[], description="The voice-over, picture or script that was asked for with it."
    )
    provider: str
    model: str
    credential_id: UUID | None
    credential_name: str | None = Field(description="The key it was asked for with.")
    claimed_at: datetime
    sent_at: datetime | None = Field(description="When its request went out.")
    submitted_at: datetime | None = Field(description="When the provider accepted it, if that is known.")
    finished_at: datetime | None = Field(description="When the provider had made it, if that is known.")
    known_to_provider: bool = Field(description="Whether the provider gave it an id: it was accepted.")
    cost_estimate: Decimal = Field(description="US dollars it was expected to cost.")
    billed: Decimal | None = Field(description="US dollars the provider has billed, if that is known.")
    error_type: str | None
    error_message: str | None = Field(description="What happened, in the provider's words if there are any.")
    usage_url: str | None = Field(description="Where the provider shows what was used.")


async def list_uncertain(run: Runtime, session: Executor, owner: UUID, which: Which) -> list[UncertainView]:
    """Return the uncertain submissions, those of a job together, in the order in which they were sent."""
    given = {
        "owner": owner,
        "job": which.job_id,
        "provider": which.provider,
        "credential": which.credential_id,
        "since": which.since,
        "until": which.until,
    }
    rows = await session.execute(_LIST, given)
    return [
        UncertainView.model_validate({**row, "usage_url": _usage_url(run, row["provider"])})
        for row in rows.mappings()
    ]


def _usage_url(run: Runtime, provider: str) -> str | None:
    return run.providers.usage_url(provider)


async def resolve_many(run: Runtime, owner: UUID, which: Which, decision: Decision) -> list[UncertainView]:
    """Decide alike on many; return what was decided on. Raises `Conflict` when there is nothing."""
    async with run.db.begin() as session:
        found = await list_uncertain(run, session, owner, which)
        job_ids = sorted({each.job_id for each in found if each.job_id is not None})
        jobs = [await locked_job(session, owner, each) for each in job_ids]
        calls = [each.submission_id for each in found if each.job_id is None]
        await lock_submissions(session, calls)
        decided = await list_uncertain(run, session, owner, which)  # as they are now that nobody else decides
        decided = [each for each in decided if each.job_id in job_ids or each.submission_id in calls]
        if not decided:
            raise Conflict("Nothing is uncertain there; there is nothing to decide.")
        for each in decided:
            await decide(session, each.submission_id, decision)
        for job in jobs:
            await reopen(session, job)
    return decided
