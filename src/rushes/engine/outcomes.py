"""What becomes of a submission, each outcome one transaction: the ledger row and its videos together."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credentials, ledger, pauses
from rushes.engine.backoff import grow, retry_of
from rushes.engine.changes import change_videos
from rushes.engine.credential_use import limits, rest_seconds
from rushes.engine.ledger import Take, Work
from rushes.engine.runtime import runtime
from rushes.engine.states import SubmissionState, VideoStatus, WaitingFor, set_aside_state
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
from rushes.providers.video_contract import CredentialKind

MOST_CHANGED_ANSWERS = 3
"""How often an answer that is not understood is asked for again before a person is."""


class FencedError(Exception):
    """The row is not this worker's any more. Not one of the tree: it never leaves the engine."""


def words(error: RushesError) -> str:
    """The message and its way out, for a person."""
    return f"{error.message} {error.hint}" if error.hint else error.message


async def confirm(work: Work) -> None:
    """Raises `FencedError` when it is not to be sent any more: another worker's by now, or cancelled."""
    run = runtime()
    async with run.db.statement() as session:
        _ours(await ledger.is_to_be_sent(session, work.id, run.worker))


async def submitted(work: Work, remote_id: str) -> None:
    """Keep the remote id, at once."""
    _ours(await runtime().ledger.submitted((work.id, remote_id)))


async def refused(work: Work, error: Rejected | Invalid) -> None:
    """Definitely not accepted, and would not be the next time either."""
    error_type = error.error_type if isinstance(error, Rejected) else ErrorType.BAD_INPUT
    run = runtime()
    async with run.db.begin() as session:
        await _end(session, work, SubmissionState.RELEASED, error.message)
        await fail_videos(session, work, [take.id for take in work.takes], error_type, words(error))


async def released_until_later(work: Work, error: RetryLater) -> None:
    """Definitely not accepted; the claim is given back and the videos wait for their time."""
    run = runtime()
    async with run.db.begin() as session:
        await _end(session, work, SubmissionState.RELEASED, error.message)
        await again_or_fail(session, work, list(work.takes), error)


async def released_until_person(work: Work, error: ActionNeeded) -> None:
    """Definitely not accepted. The videos wait for the user; where a credential is at fault, for another."""
    run = runtime()
    async with run.db.begin() as session:
        await _end(session, work, SubmissionState.RELEASED, error.message)
        if await _set_aside(session, work, error):
            await _queue_at_once(session, work, list(work.takes))
        else:
            await _wait(session, work, WaitingFor.PERSON, error.error_type, words(error))


async def wait_for_person(work: Work, error: ActionNeeded) -> None:
    """Accepted, or perhaps, but only the user can let us look at it. The submission stays as it is."""
    run = runtime()
    async with run.db.begin() as session:
        await _set_aside(session, work, error)
        await _wait(session, work, WaitingFor.PERSON, error.error_type, words(error))


async def give_back(work: Work) -> None:
    """Never sent: its credential has come to rest since it was claimed. The videos go on with another one."""
    async with runtime().db.begin() as session:
        await _end(session, work, SubmissionState.RELEASED, "not sent: its key rests")
        await _queue_at_once(session, work, list(work.takes))


async def put_off(work: Work, seconds: float, *, begun: bool) -> None:
    """Another process has its account open. It is nobody's fault and counts as none.

    `begun`: it was tried here, so that it may have been sent.
    """
    run = runtime()
    sent = begun or work.state is not SubmissionState.CLAIMED
    async with run.db.begin() as session:
        _ours(await ledger.put_off(session, work.id, run.worker, sent=sent))
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        await defer(session, [make_videos_task(work.id, work.provider, at=at)])


async def _set_aside(session: AsyncSession, work: Work, error: ActionNeeded) -> bool:
    """The credential is not used again until its owner has acted. False: there is none."""
    if work.credential_id is None:
        return False
    account = runtime().providers.get(work.provider).credential is CredentialKind.FLOW_ACCOUNT
    state = set_aside_state(error.error_type, account=account)
    await credentials.set_aside(session, work.credential_id, state, words(error), work.job_id)
    return True


async def _queue_at_once(session: AsyncSession, work: Work, takes: list[Take]) -> None:
    """generating → queued, as if it had not been tried."""
    await change_videos(
        session,
        [take.id for take in takes],
        come_from=[VideoStatus.GENERATING],
        submission_id=work.id,
        status=str(VideoStatus.QUEUED),
        progress=None,
    )


async def pause(work: Work, fault: SystemFault, *, sent: bool = True) -> None:
    """This installation cannot take it in now; the net goes on with it when the fault is gone.

    `sent` is false for what was certainly not: it is a claim again.
    """
    run = runtime()
    async with run.db.begin() as session:
        if not sent:
            _ours(await ledger.put_off(session, work.id, run.worker, sent=False))
        await pauses.pause(session, [work.job_id], fault)


async def uncertain(work: Work, error_type: ErrorType, message: str) -> None:
    """It may have been accepted and paid for. Its owner decides; it is never sent again by itself."""
    run = runtime()
    async with run.db.begin() as session:
        await _uncertain(session, work, error_type, message)


async def carry_on_later(work: Work, error: Exception) -> None:
    """Run again after a wait, on the same submission; after too many faults its owner is asked."""
    run = runtime()
    error_type = getattr(error, "error_type", ErrorType.INTERNAL)
    message = words(error) if isinstance(error, RushesError) else f"{type(error).__name__}: {error}"
    most = MOST_CHANGED_ANSWERS if isinstance(error, ProviderChanged) else run.settings.network_retries
    async with run.db.begin() as session:
        faults = await ledger.record_fault(session, work.id, run.worker, message)
        if faults is None:
            raise FencedError
        if work.credential_id is not None and isinstance(error, RetryLater) and limits(error):
            await _rest(session, work.credential_id, error)  # and is looked at again for as long as it takes
        elif faults > most:
            await _uncertain(session, work, error_type, message)
            return
        after = error.after if isinstance(error, RetryLater) else None
        wait = grow(run.settings.network_retry_wait, faults - 1) if after is None else after
        at = datetime.now(UTC) + timedelta(seconds=wait)
        await defer(session, [make_videos_task(work.id, work.provider, at=at)])


async def forget_faults(work: Work) -> int:
    """The provider answered again: earlier faults do not count any more."""
    async with runtime().db.begin() as session:
        await ledger.clear_faults(session, work.id)
    return 0


async def again_or_fail(
    session: AsyncSession, work: Work, takes: list[Take], error: RetryLater | GenerationFailed
) -> None:
    """Queue takes for a new submission after their wait, or fail them when that was tried enough.

    A limit of the credential rests the credential, and counts as no try.
    """
    if work.credential_id is not None and isinstance(error, RetryLater) and limits(error):
        await _rest(session, work.credential_id, error)
        await _queue_at_once(session, work, takes)
        return
    tries = max(take.retry_count for take in takes)
    retry = retry_of(error, tries, runtime().settings)
    video_ids = [take.id for take in takes]
    if retry is None and work.settings.get("when_down") == "fallback" and isinstance(error, RetryLater):
        await _wait(session, work, WaitingFor.PROVIDER, error.error_type, words(error), video_ids)
        return
    if retry is None:
        await fail_videos(session, work, video_ids, error.error_type, words(error))
        return
    await change_videos(
        session,
        video_ids,
        come_from=[VideoStatus.GENERATING],
        submission_id=work.id,
        status=str(VideoStatus.QUEUED),
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
    await change_videos(
        session,
        video_ids,
        come_from=[VideoStatus.GENERATING],
        submission_id=work.id,
        status=str(VideoStatus.FAILED),
        error_type=str(error_type),
        error_message=message,
        progress=None,
        generation_completed_at=datetime.now(UTC),
    )


async def _rest(session: AsyncSession, credential_id: UUID, error: RetryLater) -> None:
    await credentials.rest(session, credential_id, rest_seconds(runtime(), error), error.error_type)


async def _wait(
    session: AsyncSession,
    work: Work,
    who: WaitingFor,
    error_type: ErrorType,
    message: str,
    video_ids: list[UUID] | None = None,
) -> None:
    await change_videos(
        session,
        video_ids or [take.id for take in work.takes],
        come_from=[VideoStatus.GENERATING],
        submission_id=work.id,
        status=str(VideoStatus.WAITING),
        waiting_for=str(who),
        error_type=str(error_type),
        error_message=message,
        progress=None,
    )


async def _uncertain(session: AsyncSession, work: Work, error_type: ErrorType, message: str) -> None:
    await _end(session, work, SubmissionState.UNCERTAIN, message)
    await _wait(session, work, WaitingFor.UNCERTAIN, error_type, message)


async def _end(session: AsyncSession, work: Work, state: SubmissionState, error: str) -> None:
    _ours(await ledger.end_submission(session, work.id, runtime().worker, state, error=error))


def _ours(changed: bool) -> None:
    if not changed:
        raise FencedError
