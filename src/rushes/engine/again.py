"""Takes that are made again or continue: after a failure, a cancel, a wait, or their owner's decision."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.states import (
    MAYBE_ACCEPTED,
    Decision,
    GenerationChanges,
    JobChanges,
    StateTransition,
    SubmissionChanges,
    SubmissionState,
    TakeChanges,
    VideoStatus,
    WaitingFor,
    sql_list,
)
from rushes.engine.transitions import NOW, change_generations, change_jobs, change_takes
from rushes.errors import ErrorType
from rushes.platform.db.generations import GenerationRow
from rushes.platform.db.models import Job, Video
from rushes.platform.db.paying import Submission
from rushes.platform.db.queue import defer, dispatch_task, make_videos_task

AFRESH: dict[str, Any] = {
    "error_type": None,
    "error_message": None,
    "waiting_for": None,
    "progress": None,
    "retry_count": 0,
    "retry_at": None,
    "limits": 0,
    "limited_at": None,
    "submission_id": None,
    "generation_started_at": None,
    "generation_completed_at": None,
}
"""A take that is to be made as if it had never been tried."""


_EXPIRED = f"""EXISTS (
    SELECT 1 FROM videos WHERE submission_id = submissions.id AND status = 'waiting'
      AND error_type = '{ErrorType.EXPIRED}')"""  # noqa: S608  # only our own constant is put in
"""Whether its provider does not have it any more: looking again would be in vain."""
_REVIVE = text(
    f"""
    UPDATE submissions SET state = '{SubmissionChanges.REVIVE.target}', ended_at = NULL, faults = 0,
           worker = NULL, error = NULL
    WHERE state IN {sql_list(SubmissionChanges.REVIVE.sources)}
      AND finished_at IS NOT NULL AND remote_id IS NOT NULL
      AND id IN (SELECT submission_id FROM videos WHERE id = ANY(:ids) AND status = 'cancelled')
    RETURNING id
    """  # noqa: S608  # only our own constants are put in
)


async def reopen(session: AsyncSession, job: Job, *, also_paused: bool = False) -> None:
    """Make an ended job processing again (a paused one only if asked), and have the dispatcher run.

    One that had ended has lost its place in the queue: it takes turns like a new one.
    """
    cleared = {"paused_by": None, "pause_reason": None, "ended_at": None, "expires_at": None}
    await change_jobs(session, [job.id], JobChanges.REOPEN, **cleared, queue_rank=0)
    if also_paused:
        await change_jobs(session, [job.id], JobChanges.RESUME, **cleared)
    await defer(session, [dispatch_task(job.provider)])


async def retry_takes(session: AsyncSession, take_ids: Sequence[UUID]) -> None:
    """Those whose submission is open and may be accepted continue with it, also what had been made when it
    was cancelled; queue the others anew."""
    revived = await session.execute(_REVIVE, {"ids": list(take_ids)})
    accepted = (
        await session.execute(
            select(Submission.id, Submission.provider, Video.id)
            .join(Video, Video.submission_id == Submission.id)
            .where(
                Video.id.in_(take_ids),
                Video.status.in_(TakeChanges.LOOK_AGAIN.sources),
                Submission.state.in_(MAYBE_ACCEPTED) | Submission.id.in_(list(revived.scalars())),
            )
        )
    ).all()
    continued = {row[2] for row in accepted}
    await change_takes(
        session,
        list(continued),
        TakeChanges.LOOK_AGAIN,
        error_type=None,
        error_message=None,
        waiting_for=None,
        progress=None,
    )
    anew = [each for each in take_ids if each not in continued]
    await change_takes(session, anew, TakeChanges.RETRY, **AFRESH)
    await defer(
        session, [make_videos_task(each, who) for each, who in {(row[0], row[1]) for row in accepted}]
    )


async def make_anew(session: AsyncSession, take_id: UUID, different: dict[str, Any]) -> bool:
    """Queue a take that came to nothing again in its own place, with other values in `different` columns.

    False when it has to stay as it is: it is there, being made, or may have been paid for.
    """
    take = (
        await session.execute(
            text(
                "SELECT v.waiting_for, s.state FROM videos v LEFT JOIN submissions s"
                " ON s.id = v.submission_id AND v.status = 'waiting' WHERE v.id = :id"
            ),
            {"id": take_id},
        )
    ).one()
    if take.waiting_for == WaitingFor.UNCERTAIN or take.state in MAYBE_ACCEPTED:
        return False
    return bool(await change_takes(session, [take_id], TakeChanges.RETRY, **AFRESH, **different))


async def make_generations_anew(session: AsyncSession, generation_ids: Sequence[UUID]) -> list[UUID]:
    """Queue generations that came to nothing as if they had never been tried; return those that were."""
    queued = await change_generations(
        session,
        generation_ids,
        GenerationChanges.RETRY,
        error_type=None,
        error_message=None,
        waiting_for=None,
        progress=None,
        retry_count=0,
        retry_at=None,
        submission_id=None,
        started_at=None,
        ended_at=None,
    )
    rows = await session.scalars(
        select(GenerationRow.provider).where(GenerationRow.id.in_(queued)).distinct()
    )
    await defer(session, [dispatch_task(each) for each in rows])
    return queued


async def lock_submissions(session: AsyncSession, submission_ids: Sequence[UUID]) -> None:
    """Lock paid calls until the transaction ends, in an order in which nobody waits for each other."""
    rows = select(Submission.id).where(Submission.id.in_(submission_ids)).order_by(Submission.id)
    await session.execute(rows.with_for_update())


async def decide(
    session: AsyncSession, submission_id: UUID, decision: Decision, remote_id: str | None = None
) -> None:
    """Give an uncertain submission, and all its takes, the state that their owner's decision means.

    `remote_id` is what they have picked: it was made, and is fetched.
    """
    await lock_submissions(session, [submission_id])
    waiting = list(
        await session.scalars(
            select(Video.id).where(Video.submission_id == submission_id, Video.status == VideoStatus.WAITING)
        )
    )
    if remote_id is not None:
        await session.execute(
            text("UPDATE submissions SET remote_id = :remote_id WHERE id = :id AND remote_id IS NULL"),
            {"id": submission_id, "remote_id": remote_id},
        )
    generations = list(
        await session.scalars(
            select(GenerationRow.id).where(
                GenerationRow.submission_id == submission_id, GenerationRow.status == VideoStatus.WAITING
            )
        )
    )
    if decision is Decision.RETRY or remote_id is not None:
        await _decided(
            session,
            SubmissionChanges.LOOK_AGAIN,
            submission_id,
            "submitted_at = now(), ended_at = NULL, faults = 0",
            # else it is asked for anew, and this one stays uncertain
            f"remote_id IS NOT NULL AND NOT {_EXPIRED}",
        )
        await _decided(
            session,
            SubmissionChanges.GIVE_UP,
            submission_id,
            "cost = COALESCE(cost, CASE WHEN finished_at IS NULL THEN 0 ELSE cost_estimate END)",
            _EXPIRED,
        )
        await retry_takes(session, waiting)
        await make_generations_anew(session, generations)
        return
    if decision is Decision.MADE:
        message = "Made at the provider, but not here."
        await _decided(session, SubmissionChanges.MADE, submission_id, "cost = COALESCE(cost, cost_estimate)")
    else:
        message = "Given up."
        await _decided(session, SubmissionChanges.GIVE_UP, submission_id, "cost = COALESCE(cost, 0)")
    await change_takes(
        session,
        waiting,
        TakeChanges.DECIDE,
        waiting_for=None,
        error_type=str(ErrorType.UNCERTAIN),
        error_message=message,
    )
    await change_generations(
        session,
        generations,
        GenerationChanges.DECIDE,
        waiting_for=None,
        error_type=str(ErrorType.UNCERTAIN),
        error_message=message,
        ended_at=NOW,
    )


async def _decided(
    session: AsyncSession,
    transition: StateTransition[SubmissionState],
    submission_id: UUID,
    values: str,
    condition: str = "true",
) -> None:
    await session.execute(
        text(
            f"UPDATE submissions SET state = :state, {values}"  # noqa: S608  # only our own constants are put in
            f" WHERE id = :id AND state IN {sql_list(transition.sources)} AND {condition}"
        ),
        {"id": submission_id, "state": str(transition.target)},
    )
