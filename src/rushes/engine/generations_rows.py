"""The rows of calls for generations: taken over by a worker, accepted, ended with what came of them.

A submission is locked before its generation. What a provider answered is a fact, and is written whoever has
the call now.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.generations_shapes import GenerationFile
from rushes.engine.states import (
    ACTIVE_SUBMISSIONS,
    GenerationChanges,
    SubjectKind,
    SubmissionChanges,
    SubmissionState,
    VideoStatus,
    WaitingFor,
    sql_list,
)
from rushes.engine.transitions import NOW, change_generations
from rushes.platform.db.engine import Executor
from rushes.providers.kinds import Kind

_TAKE_OVER = text(
    f"""
    UPDATE submissions SET worker = :worker
    WHERE id = :id AND state IN {sql_list(ACTIVE_SUBMISSIONS)} AND subject_kind <> '{SubjectKind.TAKES}'
    RETURNING id
    """  # noqa: S608  # only our own constants are put in
)
_CALL = text(
    """
    SELECT s.id, s.owner_id, s.story_id, s.subject_kind AS kind, s.subject_ids[1] AS generation_id,
           s.provider, s.model, s.credential_id, s.state, s.submitted_at, s.cost_estimate, s.cost,
           g.params, g.retry_count, g.status, COALESCE(g.submission_id = s.id, false) AS current
    FROM submissions s LEFT JOIN generations g ON g.id = s.subject_ids[1]
    WHERE s.id = :id
    """
)
_ACCEPT = text(
    f"""
    UPDATE submissions
    SET submitted_at = COALESCE(submitted_at, now()), finished_at = COALESCE(finished_at, now()),
        cost = COALESCE(CAST(:cost AS numeric), cost), ended_at = NULL, error = NULL,
        state = '{SubmissionChanges.ACCEPT.target}'
    WHERE id = :id AND state IN {sql_list(SubmissionChanges.ACCEPT.sources)}
    RETURNING id
    """  # noqa: S608  # only our own constants are put in
)
_LATE = text(
    f"""
    UPDATE submissions SET cost = COALESCE(CAST(:cost AS numeric), NULLIF(cost, 0), cost_estimate),
           finished_at = COALESCE(finished_at, now())
    WHERE id = :id AND finished_at IS NULL AND state NOT IN {sql_list(ACTIVE_SUBMISSIONS)}
    """  # noqa: S608  # only our own constants are put in
)
_CLOSE = f"""
    UPDATE submissions SET state = '{{target}}', error = :error, ended_at = now(),
           cost = COALESCE(CAST(:cost AS numeric), cost, cost_estimate)
    WHERE id = :id AND state = '{SubmissionState.SUBMITTED}'
"""  # noqa: S608  # only our own constants are put in
_SPARE = text(
    f"""
    UPDATE submissions s SET state = '{SubmissionChanges.RELEASE.target}', ended_at = now(),
           error = 'not sent: the answer to an earlier call came'
    FROM generations g
    WHERE g.id = :generation AND s.id = g.submission_id AND s.id <> :call
      AND s.state = '{SubmissionState.CLAIMED}'
    RETURNING s.id
    """  # noqa: S608  # only our own constants are put in
)
_ASSETS = text(
    """
    INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
    SELECT n.key, :owner, NULL, n.media_type, n.sha256, n.bytes
    FROM jsonb_to_recordset(CAST(:files AS jsonb)) AS n (key text, media_type text, sha256 text, bytes bigint)
    ON CONFLICT (key) DO UPDATE SET sha256 = EXCLUDED.sha256, size_bytes = EXCLUDED.size_bytes
    """
)


@dataclass(frozen=True)
class GenerationCall:
    """A call for a generation, with what it needs to be carried on. Costs in US dollars.

    `params` is None when the generation is gone; `current`: it waits for this call and no other.
    """

    id: UUID
    owner_id: UUID
    story_id: UUID | None
    kind: Kind
    generation_id: UUID
    provider: str
    model: str
    credential_id: UUID | None
    state: SubmissionState
    submitted_at: datetime | None
    cost_estimate: Decimal
    cost: Decimal | None
    params: dict[str, Any] | None
    retry_count: int
    status: VideoStatus | None
    current: bool

    @property
    def wanted(self) -> bool:
        """Whether somebody still waits for it."""
        return self.current and self.status is VideoStatus.GENERATING


async def take_over_call(session: Executor, submission_id: UUID, worker: str) -> GenerationCall | None:
    """Make this worker the one that has the call. None: it has ended."""
    taken = (await session.execute(_TAKE_OVER, {"id": submission_id, "worker": worker})).scalar()
    # A statement of its own: what the worker before has stored while this one waited for its row is seen.
    return None if taken is None else await read_call(session, submission_id)


async def read_call(session: Executor, submission_id: UUID) -> GenerationCall | None:
    """Read a call; None for one that the ledger does not have."""
    row = (await session.execute(_CALL, {"id": submission_id})).mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {
        **row,
        "kind": Kind(row["kind"]),
        "state": SubmissionState(row["state"]),
        "status": row["status"] and VideoStatus(row["status"]),
        "retry_count": row["retry_count"] or 0,
    }
    return GenerationCall(**values)


async def accept(session: AsyncSession, submission_id: UUID, cost: Decimal | None) -> bool:
    """Write that the provider has answered, and what it billed. False: that was decided before.

    Late or not, what the answer cost is booked.
    """
    given = {"id": submission_id, "cost": cost}
    if (await session.execute(_ACCEPT, given)).scalar() is None:
        await session.execute(_LATE, given)
        return False
    generation = await session.execute(
        text("SELECT id FROM generations WHERE submission_id = :id"), {"id": submission_id}
    )
    await change_generations(
        session,
        list(generation.scalars()),
        GenerationChanges.LOOK_AGAIN,
        of_submission=submission_id,
        where=f"waiting_for = '{WaitingFor.UNCERTAIN}'",
        waiting_for=None,
        error_type=None,
        error_message=None,
    )
    return True


async def lock_call(session: AsyncSession, submission_id: UUID) -> GenerationCall | None:
    """Read a call, its row locked until the transaction ends."""
    await session.execute(text("SELECT 1 FROM submissions WHERE id = :id FOR UPDATE"), {"id": submission_id})
    return await read_call(session, submission_id)


async def complete_generation(
    session: AsyncSession,
    call: GenerationCall,
    result: dict[str, Any],
    files: dict[str, GenerationFile],
    cost: Decimal,
) -> bool:
    """Write what was made, unless another call was sent for it by now. False: nobody wants it.

    One that was cancelled, failed or waits has it as well: it is paid for. A call that was not sent yet is
    spared.
    """
    given: dict[str, object] = {"call": call.id, "generation": call.generation_id}
    given["spared"] = list((await session.execute(_SPARE, given)).scalars())
    kept = await change_generations(
        session,
        [call.generation_id],
        GenerationChanges.COMPLETE,
        where="(submission_id = :call OR submission_id = ANY(:spared)"
        f" OR status <> '{VideoStatus.GENERATING}')",
        given=given,
        submission_id=call.id,
        result=result,
        files={name: each.model_dump() for name, each in files.items()},
        cost=cost,
        progress=None,
        waiting_for=None,
        error_type=None,
        error_message=None,
        retry_at=None,
        ended_at=NOW,
    )
    if not kept:
        return False
    rows = [each.model_dump() for each in files.values()]
    await session.execute(_ASSETS, {"owner": call.owner_id, "files": json.dumps(rows)})
    return True


async def close_call(
    session: AsyncSession, submission_id: UUID, *, cost: Decimal | None, error: str | None = None
) -> None:
    """Close an answered call: completed, or failed with an `error`. A cost not known is its estimate."""
    change = SubmissionChanges.COMPLETE if error is None else SubmissionChanges.FAIL
    given = {"id": submission_id, "cost": cost, "error": error}
    await session.execute(text(_CLOSE.format(target=change.target)), given)
