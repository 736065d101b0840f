"""What becomes of a submission, each outcome one transaction: the ledger row and its videos together."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credentials, ledger, limited, outages, pauses
from rushes.engine.backoff import grow, retry_of, unsent_retry
from rushes.engine.candidates import keep_candidates
from rushes.engine.ledger import Take, Work
from rushes.engine.runtime import Runtime
from rushes.engine.states import (
    StateTransition,
    SubmissionChanges,
    SubmissionState,
    TakeChanges,
    WaitingFor,
    set_aside_state,
)
from rushes.engine.transitions import change_takes
from rushes.errors import (
    ActionNeeded,
    ErrorType,
    GenerationFailed,
    Invalid,
    Rejected,
    RetryLater,
    RushesError,
    SystemFault,
)
from rushes.platform.db.faults import in_a_line
from rushes.platform.db.queue import defer, make_videos_task
from rushes.providers.video_contract import CredentialKind, VideoCandidate

MAYBE_ONE_OF_THESE = (
    "The provider has videos that may be this one. Look at them: pick it, or say that it was not made."
)


class FencedError(Exception):
    """The row is not this worker's any more. Not one of the tree: it never leaves the engine."""


def words(error: RushesError) -> str:
    """The message and its way out, for a person."""
    return f"{error.message} {error.hint}" if error.hint else error.message


async def refused(run: Runtime, work: Work, error: Rejected | Invalid) -> None:
    """Definitely not accepted, and would not be the next time either."""
    error_type = error.error_type if isinstance(error, Rejected) else ErrorType.BAD_INPUT
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, error.message)
        await fail_videos(session, work, [take.id for take in work.takes], error_type, words(error))


async def not_sent(run: Runtime, work: Work, error_type: ErrorType, message: str) -> None:
    """Certainly never sent, and cannot be: the claim is released and the videos fail."""
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, message)
        await fail_videos(session, work, [take.id for take in work.takes], error_type, message)


async def released_until_later(run: Runtime, work: Work, error: RetryLater) -> None:
    """Definitely not accepted; the claim is given back and the videos wait for their time."""
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, error.message)
        await again_or_fail(run, session, work, list(work.takes), error, unsent=True)


async def released_until_person(run: Runtime, work: Work, error: ActionNeeded) -> None:
    """Definitely not accepted. The videos wait for the user; where a credential is at fault, for another."""
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, error.message)
        if await _set_aside(run, session, work, error):
            await _queue_at_once(session, work, list(work.takes))
        else:
            await _wait(session, work, WaitingFor.PERSON, error.error_type, words(error))


async def wait_for_person(run: Runtime, work: Work, error: ActionNeeded) -> None:
    """Accepted, or perhaps, but only the user can let us look at it. The submission stays as it is."""
    async with run.db.begin() as session:
        await _set_aside(run, session, work, error)
        await _wait(session, work, WaitingFor.PERSON, error.error_type, words(error))


async def give_back(run: Runtime, work: Work, why: str) -> None:
    """Never sent: since it was claimed its key has come to rest, or its provider does not answer. The videos
    are queued again."""
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, f"not sent: {why}")
        await _queue_at_once(session, work, list(work.takes))


async def put_off(run: Runtime, work: Work, seconds: float) -> None:
    """Another process has its account open. It is nobody's fault and counts as none."""
    async with run.db.begin() as session:
        _ours(await ledger.put_off(session, work.id, run.worker))
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        await defer(session, [make_videos_task(work.id, work.provider, at=at)])


async def _set_aside(run: Runtime, session: AsyncSession, work: Work, error: ActionNeeded) -> bool:
    """The credential is not used again until its owner has acted. False: there is none."""
    if work.credential_id is None:
        return False
    account = run.providers.get(work.provider).credential is CredentialKind.FLOW_ACCOUNT
    state = set_aside_state(error.error_type, account=account)
    await credentials.set_aside(session, work.credential_id, work.provider, state, words(error), work.job_id)
    return True


async def _queue_at_once(session: AsyncSession, work: Work, takes: list[Take]) -> None:
    """generating → queued, as if it had not been tried."""
    await change_takes(
        session,
        [take.id for take in takes],
        TakeChanges.REQUEUE,
        of_submission=work.id,
        progress=None,
    )


async def pause(run: Runtime, work: Work, fault: SystemFault, *, sent: bool = True) -> None:
    """This installation cannot take it in now; it continues when the fault is gone.

    `sent` is false for what was certainly not: nobody holds it any more.
    """
    async with run.db.begin() as session:
        if not sent:
            _ours(await ledger.put_off(session, work.id, run.worker))
        await pauses.pause(session, [work.job_id], fault)


async def overdue(run: Runtime, work: Work, error_type: ErrorType, message: str) -> None:
    """It was accepted, and does not come. Its owner decides; it is never sent again automatically."""
    async with run.db.begin() as session:
        await make_uncertain(run, session, work, error_type, message)


async def lost(run: Runtime, work: Work, candidates: Sequence[VideoCandidate] = ()) -> None:
    """It may have been accepted and paid for. Its owner decides, who is shown the candidates; it is never
    sent again automatically."""
    message = MAYBE_ONE_OF_THESE if candidates else "It is not known whether the provider accepted this."
    if work.error:
        message += f" Its last answer: {work.error}"
    async with run.db.begin() as session:
        await keep_candidates(session, work.id, candidates)
        await make_uncertain(run, session, work, ErrorType.UNCERTAIN, message)


async def prepare_later(run: Runtime, work: Work, error: Exception) -> None:
    """It could not be prepared, and nothing was sent: prepared again after a wait, a few times."""
    message = words(error) if isinstance(error, RushesError) else in_a_line(error)
    async with run.db.begin() as session:
        faults = await ledger.record_fault(session, work.id, run.worker, message)
        if faults is None:
            raise FencedError
        if faults <= run.settings.network_retries:
            at = datetime.now(UTC) + timedelta(seconds=grow(run.settings.network_retry_wait, faults - 1))
            await defer(session, [make_videos_task(work.id, work.provider, at=at)])
            return
        error_type = getattr(error, "error_type", ErrorType.INTERNAL)
        await _end(run, session, work, SubmissionChanges.RELEASE, message)
        await fail_videos(session, work, [take.id for take in work.takes], error_type, message)


async def again_or_fail(
    run: Runtime,
    session: AsyncSession,
    work: Work,
    takes: list[Take],
    error: RetryLater | GenerationFailed,
    *,
    unsent: bool = False,
) -> None:
    """Queue takes for a new submission after their wait, or fail them when that was tried enough.

    A limit of the credential rests the credential, and counts as no try. What was `unsent` because the
    provider cannot be reached is tried until it can, unless its job moves to another provider instead.
    """
    if await limited.requeue_limited(run, session, work, takes, error):
        return
    tries = max(take.retry_count for take in takes)
    video_ids = [take.id for take in takes]
    may_move = work.source is None and work.settings.get("when_down") == "fallback"
    endless = unsent and not may_move and error.error_type in outages.NOT_ANSWERED
    retry = (unsent_retry if endless else retry_of)(error, tries, run.settings)
    if retry is None and may_move and isinstance(error, RetryLater):
        await _wait(session, work, WaitingFor.PROVIDER, error.error_type, words(error), video_ids)
        return
    if retry is None:
        await fail_videos(session, work, video_ids, error.error_type, words(error))
        return
    await change_takes(
        session,
        video_ids,
        TakeChanges.REQUEUE,
        of_submission=work.id,
        retry_count=tries + 1,
        limits=0,
        retry_at=datetime.now(UTC) + timedelta(seconds=retry.after),
        error_type=str(error.error_type),
        error_message=words(error),
        progress=None,
    )


async def fail_videos(
    session: AsyncSession, work: Work, video_ids: list[UUID], error_type: ErrorType, message: str
) -> None:
    """generating → failed, with the reason."""
    await change_takes(
        session,
        video_ids,
        TakeChanges.FAIL,
        of_submission=work.id,
        error_type=str(error_type),
        error_message=message,
        progress=None,
        generation_completed_at=datetime.now(UTC),
    )


async def _wait(
    session: AsyncSession,
    work: Work,
    who: WaitingFor,
    error_type: ErrorType,
    message: str,
    video_ids: list[UUID] | None = None,
) -> None:
    await change_takes(
        session,
        video_ids or [take.id for take in work.takes],
        TakeChanges.SUSPEND,
        of_submission=work.id,
        waiting_for=str(who),
        error_type=str(error_type),
        error_message=message,
        progress=None,
    )


async def make_uncertain(
    run: Runtime, session: AsyncSession, work: Work, error_type: ErrorType, message: str
) -> None:
    """Its owner decides what becomes of it."""
    accepted = work.remote_id is not None
    change = SubmissionChanges.OVERDUE if accepted else SubmissionChanges.LOSE
    await _end(run, session, work, change, message)
    await _wait(session, work, WaitingFor.UNCERTAIN, error_type, message)


async def _end(
    run: Runtime, session: AsyncSession, work: Work, transition: StateTransition[SubmissionState], error: str
) -> None:
    _ours(await ledger.end_submission(session, work.id, run.worker, transition, error=error))


def _ours(changed: bool) -> None:
    if not changed:
        raise FencedError
