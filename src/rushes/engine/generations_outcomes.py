"""What becomes of a call for a generation that brought nothing, each outcome one transaction.

The ledger row first, then the generation. Whoever has lost the call to another worker changes nothing
(`FencedError`).
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credentials, ledger, outages
from rushes.engine.backoff import grow, retry_of, unsent_retry
from rushes.engine.generations_rows import GenerationCall, accept, read_call
from rushes.engine.limited import rest_if_limited
from rushes.engine.outcomes import FencedError, words
from rushes.engine.runtime import Runtime
from rushes.engine.states import (
    GenerationChanges,
    StateTransition,
    SubmissionChanges,
    SubmissionState,
    WaitingFor,
    set_aside_state,
)
from rushes.engine.transitions import NOW, change_generations, touch_generation
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
from rushes.platform.db.queue import defer, generate_task

MOST_UNFORESEEN = 3
"""How often what nobody foresaw, and was not sent, is tried again."""
ELSEWHERE_HOURS = 1.0
"""For so long a reply that another machine has is waited for before a person is asked."""


async def refused(run: Runtime, call: GenerationCall, error: Rejected | Invalid) -> None:
    """Definitely not accepted, and would not be the next time either."""
    error_type = error.error_type if isinstance(error, Rejected) else ErrorType.BAD_INPUT
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, error.message)
        await _fail(session, call, error_type, words(error))


async def released_until_later(
    run: Runtime, call: GenerationCall, error: RetryLater | GenerationFailed, *, unsent: bool = True
) -> None:
    """Nothing was accepted, or repeating it costs nothing: tried again after a wait, if not often enough.

    A limit rests the credential, or the model on it, and counts as no try.
    """
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, error.message)
        await _again_or_fail(run, session, call, error, unsent=unsent)


async def released_until_person(run: Runtime, call: GenerationCall, error: ActionNeeded) -> None:
    """Nothing was accepted. Where a credential is at fault it is set aside, and another one may do it."""
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, error.message)
        if call.credential_id is None:
            await _wait(session, call, WaitingFor.PERSON, error.error_type, words(error))
            return
        state = set_aside_state(error.error_type, account=False)
        await credentials.set_aside(session, call.credential_id, call.provider, state, words(error))
        await _queue(session, call)


async def released_until_fault_is_gone(run: Runtime, call: GenerationCall, fault: SystemFault) -> None:
    """This installation cannot do it now; tried again at the next round."""
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, fault.message)
        await _queue(session, call, run.settings.tick_seconds, fault.error_type, words(fault))


async def give_back(run: Runtime, call: GenerationCall, why: str) -> None:
    """Never sent: since it was claimed its key has come to rest, or its provider does not answer."""
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, f"not sent: {why}")
        await _queue(session, call)


async def not_wanted(run: Runtime, call: GenerationCall) -> None:
    """Never sent, and nobody waits for it any more."""
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, "not sent: it was cancelled")


async def unforeseen(run: Runtime, call: GenerationCall, error: Exception) -> None:
    """Never sent, for a reason that nobody foresaw: tried a few times."""
    message = words(error) if isinstance(error, RushesError) else in_a_line(error)
    error_type = getattr(error, "error_type", ErrorType.INTERNAL)
    # What the system says may pass: it is tried for as long as a network fault.
    most = run.settings.network_retries if isinstance(error, OSError) else MOST_UNFORESEEN
    async with run.db.begin() as session:
        await _end(run, session, call, SubmissionChanges.RELEASE, message)
        if call.retry_count < max(MOST_UNFORESEEN, most):
            wait = grow(run.settings.network_retry_wait, call.retry_count)
            await _queue(session, call, wait, error_type, message, tries=call.retry_count + 1)
        else:
            await _fail(session, call, error_type, message)


async def lost(run: Runtime, call: GenerationCall, error: Exception | None) -> None:
    """It may have been accepted and paid for. Its owner decides; it is never sent again automatically."""
    message = "It is not known whether the provider accepted this."
    if error is not None:
        said = words(error) if isinstance(error, RushesError) else in_a_line(error)
        message += f" Its last answer: {said}"
    await _uncertain(run, call, SubmissionChanges.LOSE, ErrorType.UNCERTAIN, message)


async def failed_there(run: Runtime, call: GenerationCall, error: GenerationFailed) -> None:
    """Accepted, and nothing came of it, at no cost: asked for again, a few times."""
    async with run.db.begin() as session:
        await accept(session, call.id, Decimal(0))
        await _end(run, session, call, SubmissionChanges.FAIL, error.message)
        await _again_or_fail(run, session, call, error, unsent=False)


async def waits_for_storage(run: Runtime, call_id: UUID, error: RushesError) -> None:
    """Its reply is here, and the storage does not take it now."""
    error_type = getattr(error, "error_type", ErrorType.STORAGE)
    async with run.db.statement() as session:
        call = await read_call(session, call_id)
        if call is not None:
            await touch_generation(
                session, call.generation_id, call_id, error_type=str(error_type), error_message=words(error)
            )


async def elsewhere(run: Runtime, call: GenerationCall) -> None:
    """It was answered, and the answer is in the data folder of another machine: waited for, for a while."""
    since = call.submitted_at or datetime.now(UTC)
    if datetime.now(UTC) - since < timedelta(hours=ELSEWHERE_HOURS):
        at = datetime.now(UTC) + timedelta(seconds=run.settings.tick_seconds)
        async with run.db.begin() as session:
            await defer(session, [generate_task(call.id, call.provider, at=at)])
        return
    message = (
        "It was made, and is in the data folder of a machine whose worker does not run. It is stored when"
        " that runs again."
    )
    await _uncertain(run, call, SubmissionChanges.OVERDUE, ErrorType.UNCERTAIN, message)


async def _uncertain(
    run: Runtime,
    call: GenerationCall,
    change: StateTransition[SubmissionState],
    error_type: ErrorType,
    message: str,
) -> None:
    async with run.db.begin() as session:
        await _end(run, session, call, change, message)
        await _wait(session, call, WaitingFor.UNCERTAIN, error_type, message)


async def _again_or_fail(
    run: Runtime,
    session: AsyncSession,
    call: GenerationCall,
    error: RetryLater | GenerationFailed,
    *,
    unsent: bool,
) -> None:
    if await rest_if_limited(run, session, call, error):
        await _queue(session, call)
        return
    endless = unsent and error.error_type in outages.NOT_ANSWERED
    retry = (unsent_retry if endless else retry_of)(error, call.retry_count, run.settings)
    if retry is None:
        await _fail(session, call, error.error_type, words(error))
    else:
        await _queue(session, call, retry.after, error.error_type, words(error), tries=call.retry_count + 1)


async def _queue(
    session: AsyncSession,
    call: GenerationCall,
    after: float | None = None,
    error_type: ErrorType | None = None,
    message: str | None = None,
    *,
    tries: int | None = None,
) -> None:
    """generating → queued, to start after so many seconds."""
    await change_generations(
        session,
        [call.generation_id],
        GenerationChanges.REQUEUE,
        of_submission=call.id,
        retry_at=None if after is None else datetime.now(UTC) + timedelta(seconds=after),
        retry_count=call.retry_count if tries is None else tries,
        error_type=error_type and str(error_type),
        error_message=message,
        progress=None,
    )


async def _fail(session: AsyncSession, call: GenerationCall, error_type: ErrorType, message: str) -> None:
    await change_generations(
        session,
        [call.generation_id],
        GenerationChanges.FAIL,
        of_submission=call.id,
        error_type=str(error_type),
        error_message=message,
        progress=None,
        ended_at=NOW,
    )


async def _wait(
    session: AsyncSession, call: GenerationCall, who: WaitingFor, error_type: ErrorType, message: str
) -> None:
    await change_generations(
        session,
        [call.generation_id],
        GenerationChanges.SUSPEND,
        of_submission=call.id,
        waiting_for=str(who),
        error_type=str(error_type),
        error_message=message,
        progress=None,
    )


async def _end(
    run: Runtime,
    session: AsyncSession,
    call: GenerationCall,
    transition: StateTransition[SubmissionState],
    error: str,
) -> None:
    if not await ledger.end_submission(session, call.id, run.worker, transition, error=error):
        raise FencedError
