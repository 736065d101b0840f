"""What becomes of a submission, each outcome one transaction: the ledger row and its videos together."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credentials, ledger, pauses
from rushes.engine.backoff import grow, retry_of
from rushes.engine.candidates import keep_candidates
from rushes.engine.credential_use import limits, rest_seconds
from rushes.engine.ledger import Take, Work
from rushes.engine.runtime import Runtime
from rushes.engine.states import (
    SubmissionChanges,
    SubmissionState,
    TakeChanges,
    Transition,
    WaitingFor,
    set_aside_state,
)
from rushes.engine.transitions import change_takes
from rushes.errors import (
    ActionNeeded,
    ErrorType,
    GenerationFailed,
    Invalid,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
    SystemFault,
)
from rushes.platform.db.queue import defer, make_videos_task
from rushes.providers.video_contract import Candidate, CredentialKind

MOST_CHANGED_ANSWERS = 3
"""How often an answer that is not understood is asked for again before a person is."""


class FencedError(Exception):
    """The row is not this worker's any more. Not one of the tree: it never leaves the engine."""


def words(error: RushesError) -> str:
    """The message and its way out, for a person."""
    return f"{error.message} {error.hint}" if error.hint else error.message


async def confirm(run: Runtime, work: Work) -> None:
    """Raises `FencedError` when it is not to be sent any more: another worker's by now, or cancelled."""
    async with run.db.statement() as session:
        _ours(await ledger.is_to_be_sent(session, work.id, run.worker))


async def submitted(run: Runtime, work: Work, remote_id: str) -> None:
    """Keep the remote id, at once."""
    _ours(await run.ledger.submitted((work.id, remote_id)))


async def refused(run: Runtime, work: Work, error: Rejected | Invalid) -> None:
    """Definitely not accepted, and would not be the next time either."""
    error_type = error.error_type if isinstance(error, Rejected) else ErrorType.BAD_INPUT
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, error.message)
        await fail_videos(session, work, [take.id for take in work.takes], error_type, words(error))


async def released_until_later(run: Runtime, work: Work, error: RetryLater) -> None:
    """Definitely not accepted; the claim is given back and the videos wait for their time."""
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, error.message)
        await again_or_fail(run, session, work, list(work.takes), error)


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


async def give_back(run: Runtime, work: Work) -> None:
    """Never sent: its credential has come to rest since it was claimed. The videos go on with another one."""
    async with run.db.begin() as session:
        await _end(run, session, work, SubmissionChanges.RELEASE, "not sent: its key rests")
        await _queue_at_once(session, work, list(work.takes))


async def put_off(run: Runtime, work: Work, seconds: float, *, begun: bool) -> None:
    """Another process has its account open. It is nobody's fault and counts as none.

    `begun`: it was tried here, so that it may have been sent.
    """
    sent = begun or work.state is not SubmissionState.CLAIMED
    async with run.db.begin() as session:
        _ours(await ledger.put_off(session, work.id, run.worker, sent=sent))
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
        submission_id=work.id,
        progress=None,
    )


async def pause(run: Runtime, work: Work, fault: SystemFault, *, sent: bool = True) -> None:
    """This installation cannot take it in now; the net goes on with it when the fault is gone.

    `sent` is false for what was certainly not: it is a claim again.
    """
    async with run.db.begin() as session:
        if not sent:
            _ours(await ledger.put_off(session, work.id, run.worker, sent=False))
        await pauses.pause(session, [work.job_id], fault)


async def uncertain(
    run: Runtime, work: Work, error_type: ErrorType, message: str, candidates: Sequence[Candidate] = ()
) -> None:
    """It may have been accepted and paid for. Its owner decides; it is never sent again by itself."""
    async with run.db.begin() as session:
        await keep_candidates(session, work.id, candidates)
        await _uncertain(run, session, work, error_type, message)


async def carry_on_later(run: Runtime, work: Work, error: Exception) -> None:
    """Run again after a wait, on the same submission; after too many faults its owner is asked."""
    error_type = getattr(error, "error_type", ErrorType.INTERNAL)
    message = words(error) if isinstance(error, RushesError) else f"{type(error).__name__}: {error}"
    most = MOST_CHANGED_ANSWERS if isinstance(error, ProviderChanged) else run.settings.network_retries
    async with run.db.begin() as session:
        faults = await ledger.record_fault(session, work.id, run.worker, message)
        if faults is None:
            raise FencedError
        if work.credential_id is not None and isinstance(error, RetryLater) and limits(error):
            await _rest(
                run, session, work.credential_id, error
            )  # and is looked at again for as long as it takes
        elif faults > most:
            await _uncertain(run, session, work, error_type, message)
            return
        after = error.after if isinstance(error, RetryLater) else None
        wait = grow(run.settings.network_retry_wait, faults - 1) if after is None else after
        at = datetime.now(UTC) + timedelta(seconds=wait)
        await defer(session, [make_videos_task(work.id, work.provider, at=at)])


async def forget_faults(run: Runtime, work: Work) -> int:
    """The provider answered again: earlier faults do not count any more."""
    async with run.db.begin() as session:
        await ledger.clear_faults(session, work.id)
    return 0


async def again_or_fail(
    run: Runtime, session: AsyncSession, work: Work, takes: list[Take], error: RetryLater | GenerationFailed
) -> None:
    """Queue takes for a new submission after their wait, or fail them when that was tried enough.

    A limit of the credential rests the credential, and counts as no try.
    """
    if work.credential_id is not None and isinstance(error, RetryLater) and limits(error):
        await _rest(run, session, work.credential_id, error)
        await _queue_at_once(session, work, takes)
        return
    tries = max(take.retry_count for take in takes)
    retry = retry_of(error, tries, run.settings)
    video_ids = [take.id for take in takes]
    may_move = work.source is None and work.settings.get("when_down") == "fallback"
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
        submission_id=work.id,
        retry_count=tries + 1,
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
        submission_id=work.id,
        error_type=str(error_type),
        error_message=message,
        progress=None,
        generation_completed_at=datetime.now(UTC),
    )


async def _rest(run: Runtime, session: AsyncSession, credential_id: UUID, error: RetryLater) -> None:
    await credentials.rest(session, credential_id, rest_seconds(run, error), error.error_type)


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
        submission_id=work.id,
        waiting_for=str(who),
        error_type=str(error_type),
        error_message=message,
        progress=None,
    )


async def _uncertain(
    run: Runtime, session: AsyncSession, work: Work, error_type: ErrorType, message: str
) -> None:
    await _end(run, session, work, SubmissionChanges.LOSE, message)
    await _wait(session, work, WaitingFor.UNCERTAIN, error_type, message)


async def _end(
    run: Runtime, session: AsyncSession, work: Work, transition: Transition[SubmissionState], error: str
) -> None:
    _ours(await ledger.end_submission(session, work.id, run.worker, transition, error=error))


def _ours(changed: bool) -> None:
    if not changed:
        raise FencedError
