"""What an error of a call for a generation means: who acts next, and what it may have cost.

definite, or before the first byte    nothing was accepted: later, another key, a person, or never
a broken result, or one with a cost   it was answered and billed: kept as a reply, and it has failed
anything else                         it may have been accepted: its owner decides; what costs nothing is
                                      asked for again
"""

import asyncio
import logging
from decimal import Decimal

from sqlalchemy.exc import DBAPIError

from rushes.engine import generations_outcomes as outcomes
from rushes.engine import generations_replies as kept
from rushes.engine.accept import DEFINITE
from rushes.engine.answers import checked_cost
from rushes.engine.credential_use import stop
from rushes.engine.generations_calls import BrokenAnswer
from rushes.engine.generations_replies import GenerationReply
from rushes.engine.generations_rows import GenerationCall
from rushes.engine.judging import judge, not_answered
from rushes.engine.outages import OutageError
from rushes.engine.outcomes import FencedError, words
from rushes.engine.refusals import refusal_of_request
from rushes.engine.reply_rows import Reply
from rushes.engine.runtime import Runtime
from rushes.errors import (
    ActionNeeded,
    Damaged,
    ErrorType,
    GenerationFailed,
    Invalid,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
    SystemFault,
)
from rushes.platform.db.faults import database_is_away, in_a_line
from rushes.providers.base import Credential

log = logging.getLogger(__name__)


async def no_answer(
    run: Runtime,
    call: GenerationCall,
    error: Exception,
    *,
    credential: Credential | None,
    begun: bool,
    free: bool,
) -> bool:
    """Do what an error says. True when it is an answer that was billed: that is kept like any reply.

    `begun`: the first byte was out. `free`: asking again costs nothing. Raises what is about no call.
    """
    if isinstance(error, OutageError):
        await outcomes.give_back(run, call, "its provider does not answer properly")
    elif isinstance(error, FencedError):
        await outcomes.not_wanted(run, call)
    elif begun and isinstance(error, DEFINITE) and _told_cost(error):
        return await _answered(run, call, error)
    elif isinstance(error, DEFINITE):
        await _refused(run, call, error, credential=credential, begun=begun)
    elif isinstance(error, DBAPIError):
        if database_is_away(error) and not begun:
            # It may be marked as sent all the same: only the confirmation of that was lost.
            await run.replies.keep(Reply(call.id, run.worker, None))
        raise error
    elif not begun:
        log.warning("call %s was not sent", call.id, exc_info=error)
        await outcomes.unforeseen(run, call, error)
    elif free:
        await _again(run, call, error)
    elif _is_answer(error):
        return await _answered(run, call, error)
    else:
        log.warning("call %s may or may not have been accepted", call.id, exc_info=error)
        await not_answered(run, call, error)
        await outcomes.lost(run, call, error)
    return False


async def _refused(
    run: Runtime,
    call: GenerationCall,
    error: Rejected | Invalid | RetryLater | ActionNeeded | SystemFault,
    *,
    credential: Credential | None,
    begun: bool,
) -> None:
    """Nothing was accepted."""
    stop(run, call, error)
    if begun:
        declined = await run.replies.keep(Reply(call.id, run.worker, None))
        if not declined.in_ledger:  # continued once the database is back
            return
    await judge(run, call, error, begun=begun)
    match error:
        case Rejected() | Invalid():
            await outcomes.refused(run, call, error)
        case RetryLater():
            await outcomes.released_until_later(run, call, error)
        case ActionNeeded():
            rejected = await refusal_of_request(run, call, credential, error)
            if rejected is not None:
                await outcomes.refused(run, call, rejected)
            else:
                await outcomes.released_until_person(run, call, error)
        case SystemFault():
            await outcomes.released_until_fault_is_gone(run, call, error)


async def _again(run: Runtime, call: GenerationCall, error: Exception) -> None:
    """Asking again costs nothing: later and later, until it was tried enough."""
    log.info("call %s: %s", call.id, in_a_line(error))
    told = error.error if isinstance(error, BrokenAnswer) else error
    message = words(told) if isinstance(told, RushesError) else in_a_line(told)
    if isinstance(told, ConnectionError | TimeoutError):
        await not_answered(run, call, told)
    if isinstance(told, GenerationFailed | ProviderChanged):
        again = GenerationFailed(message)
    else:
        again = RetryLater(message, error_type=getattr(told, "error_type", ErrorType.NETWORK))
    await outcomes.released_until_later(run, call, again, unsent=False)


def _is_answer(error: Exception) -> bool:
    """Whether the provider has answered, and what came is of no use."""
    return isinstance(error, BrokenAnswer | Damaged | GenerationFailed) or (
        isinstance(error, ProviderChanged) and _told_cost(error) is not None
    )


async def _answered(run: Runtime, call: GenerationCall, error: Exception) -> bool:
    """It has failed there. What was billed is booked, and not asked for again without a person."""
    told = error.error if isinstance(error, BrokenAnswer) else error
    assert isinstance(told, RushesError)
    cost = _told_cost(error)
    if isinstance(told, GenerationFailed) and not cost:
        await outcomes.failed_there(run, call, told)
        return False
    billed = call.cost_estimate if cost is None else cost
    message = words(told)
    if billed > 0:
        message += f" It was billed all the same (${billed.normalize():f}); a retry costs again."
    broken = isinstance(told, Damaged | GenerationFailed)
    error_type = ErrorType.GENERATION_FAILED if broken else getattr(told, "error_type", ErrorType.BAD_INPUT)
    reply = GenerationReply(
        submission_id=call.id, result=None, cost=cost, error_type=error_type, error_message=message
    )
    folder = run.settings.generations_dir
    await asyncio.to_thread(kept.begin, folder, call.id)
    await asyncio.to_thread(kept.finish, folder, reply)
    return True


def _told_cost(error: Exception) -> Decimal | None:
    """What a provider said that its useless answer cost."""
    cost = getattr(error, "cost", None)
    return checked_cost(cost) if isinstance(cost, Decimal) else None
