"""What decides whether a take can start, read in one query for a whole list: jobs, keys, outages, workers.

Its cost does not grow with the number of takes, but with that of the keys and of what is in progress.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from rushes.engine.outages import NO_KEY
from rushes.engine.states import ACTIVE_SUBMISSIONS, JobStatus, VideoStatus, sql_list
from rushes.engine.workers import LIVE_QUEUES
from rushes.errors import ErrorType
from rushes.platform.db.engine import Executor

_LOOK = text(
    f"""
    SELECT now() AS now, array(
        {LIVE_QUEUES}
    ) AS queues, COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', j.id, 'owner_id', j.owner_id, 'status', j.status,
            'paused_by', j.paused_by, 'pause_reason', j.pause_reason))
        FROM jobs j WHERE j.id = ANY(:jobs)
    ), '[]') AS jobs, COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', c.id, 'owner_id', c.owner_id, 'name', c.name,
            'kind', c.kind, 'serves', c.serves, 'refused', c.refused, 'state', c.state,
            'state_reason', c.state_reason, 'resting_until', c.resting_until, 'resting_for', c.resting_for,
            'spaced_until', c.spaced_until, 'rests', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('provider', provider, 'model', model, 'until', until,
                    'error_type', error_type))
                FROM credential_rests WHERE credential_id = c.id AND until > now()), '[]'))
            ORDER BY c.name)
        FROM credentials c
        WHERE c.state <> 'deleted' AND c.owner_id IN (SELECT owner_id FROM jobs WHERE id = ANY(:jobs))
    ), '[]') AS keys, COALESCE((
        SELECT jsonb_agg(jsonb_build_object('provider', provider, 'credential_id', credential_id,
            'until', until, 'error', error))
        FROM provider_outages WHERE until > now()
    ), '[]') AS outages, COALESCE((
        SELECT jsonb_object_agg(provider, n) FROM (
            SELECT provider, count(*) AS n FROM submissions
            WHERE state IN {sql_list(ACTIVE_SUBMISSIONS)} GROUP BY provider) each
    ), '{{}}') AS busy, COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', s.id, 'error', s.error, 'until', (
            SELECT min(t.scheduled_at) FROM procrastinate_jobs t
            WHERE t.status = 'todo' AND t.lock = 'submission:' || s.id)))
        FROM submissions s
        WHERE s.state IN {sql_list(ACTIVE_SUBMISSIONS)} AND s.faults > 0 AND s.job_id = ANY(:jobs)
    ), '[]') AS faulted, COALESCE((
        SELECT jsonb_object_agg(shots.id, i.credential_id)
        FROM shots JOIN shot_inputs i ON i.shot_id = shots.id
        WHERE shots.job_id = ANY(:jobs) AND i.credential_id IS NOT NULL
    ), '{{}}') AS pins
    """  # noqa: S608  # only our own constants are put in
)

_FIRST_IN_LINE = text(
    f"""
    SELECT j.id AS job_id, first.*
    FROM unnest(CAST(:jobs AS uuid[])) AS j (id) CROSS JOIN LATERAL (
        (SELECT id, shot_id, provider, model, retry_at, error_message FROM videos
         WHERE job_id = j.id AND status = '{VideoStatus.QUEUED}' AND deleted_at IS NULL
           AND (retry_at IS NULL OR retry_at <= now())
         ORDER BY limits, position LIMIT 1)
        UNION ALL
        (SELECT id, shot_id, provider, model, retry_at, error_message FROM videos
         WHERE job_id = j.id AND status = '{VideoStatus.QUEUED}' AND deleted_at IS NULL
         ORDER BY retry_at LIMIT 1)
        LIMIT 1
    ) first
    """  # noqa: S608  # only our own constants are put in
)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class JobFacts(_Row):
    """A job as far as it lets its takes start."""

    id: UUID
    owner_id: UUID
    status: JobStatus
    paused_by: str | None
    pause_reason: str | None


class ModelRest(_Row):
    """A model that cools down on a key."""

    provider: str
    model: str
    until: datetime
    error_type: ErrorType


class KeyFacts(_Row):
    """A key or sign-in as far as it lets takes start."""

    id: UUID
    owner_id: UUID
    name: str
    kind: str
    serves: list[str]
    refused: dict[str, str]
    state: str
    state_reason: str | None
    resting_until: datetime | None
    resting_for: ErrorType | None
    spaced_until: datetime | None
    rests: list[ModelRest]


class OutageFacts(_Row):
    """A provider that does not answer, with one key."""

    provider: str
    credential_id: UUID
    until: datetime
    error: str


class FaultFacts(_Row):
    """An accepted submission that is looked at again after a fault."""

    id: UUID
    error: str | None
    until: datetime | None


class WaitFacts(_Row):
    """Everything that decides, at one moment."""

    now: datetime
    queues: frozenset[str]
    jobs: list[JobFacts]
    keys: list[KeyFacts]
    outages: list[OutageFacts]
    busy: dict[str, int]
    faulted: list[FaultFacts]
    pins: dict[UUID, UUID]


@dataclass(frozen=True)
class InLine:
    """The take of a job that would start next."""

    id: UUID
    job_id: UUID
    shot_id: UUID
    provider: str
    model: str
    retry_at: datetime | None
    error_message: str | None


async def read_facts(session: Executor, job_ids: Sequence[UUID]) -> WaitFacts:
    """Read what decides whether the takes of these jobs can start."""
    row = (await session.execute(_LOOK, {"jobs": list(job_ids)})).mappings().one()
    return WaitFacts.model_validate(dict(row))


async def first_in_line(session: Executor, job_ids: Sequence[UUID]) -> dict[UUID, InLine]:
    """Return, by job, the queued take that would start next."""
    rows = await session.execute(_FIRST_IN_LINE, {"jobs": list(job_ids)})
    return {row.job_id: InLine(**row) for row in rows.mappings()}


def key_of_outage(outage: OutageFacts) -> UUID | None:
    """The key that gets no answer; None for a provider that needs none."""
    return None if outage.credential_id == NO_KEY else outage.credential_id
