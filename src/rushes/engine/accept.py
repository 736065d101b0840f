"""Gets a submission accepted: prepares, sends, and writes down at once what the provider answered.

`claimed` until the first byte of the paid request goes out, `submitting` until its reply is written. What was
raised before the first byte was certainly not sent, and goes out again automatically; a definite refusal puts
the row back to `claimed` before anything else is decided. A reply outlives a database that is away.
"""

import logging
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.exc import DBAPIError

from rushes.engine import ledger, look_again, outages, outcomes, refusals
from rushes.engine.answers import checked_find, checked_id
from rushes.engine.credential_use import rest_left, stop
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.judging import AnyCall, judge, not_answered
from rushes.engine.reply_rows import Reply, WrittenReply
from rushes.engine.runtime import Runtime
from rushes.engine.states import SubmissionState
from rushes.errors import ActionNeeded, ErrorType, Invalid, Rejected, RetryLater, SystemFault
from rushes.platform.db.faults import database_is_away
from rushes.platform.db.queue import defer, make_videos_task
from rushes.providers.registry import AnyProvider
from rushes.providers.sending import Sending
from rushes.providers.video_contract import Call, Candidates, Unknown, VideoOptions

log = logging.getLogger(__name__)

DEFINITE = (Rejected, Invalid, RetryLater, ActionNeeded, SystemFault)
"""What a `submit` raises when nothing was accepted."""


@dataclass(frozen=True)
class Acceptance:
    """A remote id. Not `in_ledger`: the database is away, and the file has it so far."""

    remote_id: str
    in_ledger: bool


async def get_accepted(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> Acceptance | None:
    """Return the remote id, which is kept by then; None when the row says what happens instead."""
    provider = run.providers.get(work.provider)
    # Whether it may have been accepted before a crash: as long as it may, nothing is given back.
    doubtful = work.state is SubmissionState.SUBMITTING
    sending = Sending(partial(mark_sent, run, work))
    try:
        remote_id = None
        if provider.knows_others or (doubtful and not provider.idempotent):
            call = await _with_others(run, work, call)
        if doubtful and not provider.idempotent:
            found = checked_find(await provider.find(call))
            if isinstance(found, Candidates):
                await outcomes.lost(run, work, found.found)
                return None
            if isinstance(found, Unknown):
                await outcomes.lost(run, work)
                return None
            remote_id, doubtful = found, False
        if remote_id is None:
            if wait := rest_left(work):
                if doubtful:  # it stays, and is sent again under the same key
                    await look_again.carry_on_later(run, work, _resting(wait))
                else:
                    await outcomes.give_back(run, work, "its key is cooling down")
                return None
            remote_id = await _send(provider, call, sending)
    except outages.OutageError:
        if doubtful:
            await look_again.carry_on_later(run, work, _resting(run.settings.network_retry_wait))
        else:
            await outcomes.give_back(run, work, "its provider does not answer properly")
    except DEFINITE as error:
        stop(run, work, error)
        if sending.begun and not doubtful:
            kept = await run.replies.keep(Reply(work.id, run.worker, None))
            if not kept.in_ledger:  # continued once the database is back
                return None
        await judge(run, work, error, begun=sending.begun)
        await _refused(run, work, call, error, doubtful=doubtful, idempotent=provider.idempotent)
    except (outcomes.FencedError, DBAPIError) as error:
        if database_is_away(error) and not sending.begun:
            # It may be marked as sent all the same: only the confirmation of that was lost.
            await run.replies.keep(Reply(work.id, run.worker, None))
        raise
    except Exception as error:
        if sending.begun or doubtful:  # whatever it was, it may have been accepted: look before sending again
            log.warning("submission %s may or may not have been accepted", work.id, exc_info=error)
            if sending.begun:
                await not_answered(run, work, error)
            await look_again.carry_on_later(run, work, error)
        else:
            log.warning("submission %s was not sent", work.id, exc_info=error)
            await outcomes.prepare_later(run, work, error)
    else:
        return await _keep(run, work, remote_id)
    return None


async def _send(provider: AnyProvider, call: Call[VideoOptions], sending: Sending) -> str:
    if not provider.reports_first_byte:
        await sending.confirm()
    try:
        with sending.open():
            return checked_id(await provider.submit(replace(call, confirm=sending.confirm)))
    except Exception:
        if sending.failed is not None:  # not the provider's doing, however a library has wrapped it
            raise sending.failed from None
        raise


async def _keep(run: Runtime, work: ledger.Work, remote_id: str) -> Acceptance:
    """Keep the remote id. Raises `FencedError` when another worker goes on with it."""
    kept = await run.replies.keep(Reply(work.id, run.worker, remote_id))
    if kept.written is not None and kept.written.ended_outage:
        dispatch_soon(run, work.provider)  # the others waited for this one
    if kept.in_ledger and not _is_ours(kept.written):
        await _hand_over(run, work, kept.written)
        raise outcomes.FencedError
    return Acceptance(remote_id, kept.in_ledger)


def _is_ours(written: WrittenReply | None) -> bool:
    return written is not None and written.ours and written.state is SubmissionState.SUBMITTED


async def _refused(
    run: Runtime,
    work: ledger.Work,
    call: Call[VideoOptions],
    error: Rejected | Invalid | RetryLater | ActionNeeded | SystemFault,
    *,
    doubtful: bool,
    idempotent: bool,
) -> None:
    """Nothing was accepted by this request; by an earlier one it may have been, where it is `doubtful`."""
    if isinstance(error, SystemFault):
        await outcomes.pause(run, work, error, sent=doubtful)
    elif isinstance(error, Rejected | Invalid):
        if idempotent or not doubtful:
            await outcomes.refused(run, work, error)
    elif doubtful and isinstance(error, ActionNeeded):
        await outcomes.wait_for_person(run, work, error)
    elif doubtful:
        await look_again.carry_on_later(run, work, error)
    elif isinstance(error, RetryLater):
        await outcomes.released_until_later(run, work, error)
    else:
        await refusals.refused_create(run, work, call.credential, error)


async def mark_sent(run: Runtime, call: AnyCall) -> None:
    """Write that the first byte of a call goes out.

    Raises `FencedError` when it is not to be sent any more (another worker's by now, or cancelled), and
    `OutageError` when it is not to be sent now.
    """
    if await run.ledger.sent(call.id):
        return
    async with run.db.statement() as session:
        if await outages.seconds_left(session, call.id) is not None:
            raise outages.OutageError
    raise outcomes.FencedError


async def _hand_over(run: Runtime, work: ledger.Work, written: WrittenReply | None) -> None:
    """Let whoever holds a submission now continue with the remote id that came late."""
    async with run.db.begin() as session:
        if written is not None and written.state is SubmissionState.SUBMITTED:
            await defer(session, [make_videos_task(work.id, work.provider)])


async def _with_others(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> Call[VideoOptions]:
    async with run.db.statement() as session:
        return replace(call, others=await ledger.other_remote_ids(session, work))


def _resting(seconds: float) -> RetryLater:
    return RetryLater("Its key is cooling down.", error_type=ErrorType.RATE_LIMITED, after=seconds)
