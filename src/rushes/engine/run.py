"""Carries one submission to its end: submit, wait, fetch, store. Safe to run again at any time.

It reads the ledger row first and goes on from there. What a crash at each step leaves behind:

    claimed       nothing was asked for: submit (`accept.py`)
    submitting    it may have been accepted: ask `find`, never send it again on a guess
    submitted     it was accepted: look at it, fetch it; takes that are stored are not fetched again
"""

import asyncio
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from rushes.engine import ledger, look_again, outcomes, refusals
from rushes.engine.accept import get_accepted
from rushes.engine.answers import checked_status
from rushes.engine.calls import call_of, shot_of
from rushes.engine.collect import close_without_rest, collect
from rushes.engine.credential_use import open_credential
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.flow_lease import HeldElsewhereError, hold
from rushes.engine.internal_errors import forget_internal_errors, internal_error
from rushes.engine.progress import watch_progress
from rushes.engine.runtime import Runtime
from rushes.engine.states import SubmissionState
from rushes.engine.uninterrupted import uninterrupted
from rushes.errors import (
    ActionNeeded,
    Damaged,
    ErrorType,
    GenerationFailed,
    Invalid,
    NotFound,
    ProviderChanged,
    Rejected,
    RetryLater,
    SystemFault,
)
from rushes.platform.db.faults import database_is_away
from rushes.providers.video_contract import Call, Finished, Running, ShotInput, VideoOptions

log = logging.getLogger(__name__)

LEAST_LOOK_SECONDS = 120.0


async def make_videos(run: Runtime, submission_id: str) -> None:
    """Carry a submission on from where its row says it is."""
    async with run.one_at_a_time(submission_id):
        work = await run.ledger.take_over(UUID(submission_id))
        if work is not None:
            await _carry_on(run, work)


async def _carry_on(run: Runtime, work: ledger.Work) -> None:
    sent = work.state is not SubmissionState.CLAIMED
    try:
        try:
            async with hold(run, work.provider, work.credential_id), shot_of(run, work) as shot:
                call = await _call(run, work, shot)
                sent = sent or call is not None  # from here on it may be
                if call is not None and (accepted := await _accepted(run, work, call)) is not None:
                    await _see_through(run, accepted, call)
        except HeldElsewhereError as held:
            await outcomes.put_off(run, work, held.seconds)
    except SystemFault as fault:  # the storage does not hand out the image
        await outcomes.pause(run, work, fault)
    except NotFound as error:
        await look_again.carry_on_later(run, work, error)
    except outcomes.FencedError:
        log.warning("submission %s belongs to another worker now, or has ended", work.id)
    except Exception as error:
        if database_is_away(error):
            raise
        await internal_error(run, work, error, sent=sent)
    else:
        await forget_internal_errors(run, work)
    dispatch_soon(run, work.provider)


async def _call(run: Runtime, work: ledger.Work, shot: ShotInput) -> Call[VideoOptions] | None:
    """What the provider is given; None when its key cannot be had, and the row says what happens instead."""
    try:
        credential = await open_credential(run, work.credential_id, work)
    except ActionNeeded as error:
        if work.state is SubmissionState.CLAIMED:
            await outcomes.released_until_person(run, work, error)
        elif work.remote_id is None:  # perhaps accepted, and only this key can tell: no other may send it
            await look_again.carry_on_later(run, work, error)
        else:
            await outcomes.wait_for_person(run, work, error)
        return None
    return call_of(run, work, shot, credential)


async def _accepted(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> ledger.Work | None:
    """Return the submission once the ledger has its remote id; None when the row says what happens."""
    if work.remote_id is not None:
        return work
    accepted = await uninterrupted(get_accepted(run, work, call))
    if accepted is None:
        return None
    if not accepted.in_ledger:
        await run.replies.written()
    return replace(work, remote_id=accepted.remote_id, faults=0)


async def _see_through(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> None:
    """Wait for an accepted submission and take in what it made. It is never sent again from here."""
    finished: Finished | None = None
    try:
        await run.reception.get_ready()
        finished = await _finished(run, work, call)
        if finished is not None:
            await collect(run, work, call, finished)
    except Exception as error:  # noqa: BLE001  # what is about no submission is raised again
        if finished is not None and not isinstance(error, outcomes.FencedError | DBAPIError):
            # What is known now is booked, whatever is decided later.
            async with run.db.statement() as session:
                await ledger.note_finished(session, work.id, made=bool(finished.outputs), cost=finished.cost)
            work = replace(work, cost=work.cost if finished.cost is None else finished.cost)
        await _not_taken_in(run, work, call, error)


async def _not_taken_in(run: Runtime, work: ledger.Work, call: Call[VideoOptions], error: Exception) -> None:
    """Do what the error says about an accepted submission. Raises what is about no submission."""
    try:
        raise error
    except (Rejected, Invalid, GenerationFailed) as error:
        await close_without_rest(run, work, error)
    except ActionNeeded as error:
        await refusals.refused_look(run, work, call.credential, error)
    except SystemFault as fault:
        await outcomes.pause(run, work, fault)
    except (RetryLater, Damaged, ProviderChanged) as error:
        log.info("submission %s: %s", work.id, error)
        await look_again.carry_on_later(run, work, error)
    except (outcomes.FencedError, DBAPIError):
        raise
    except Exception as error:  # a bug of ours: what was paid for is still there to be fetched
        log.exception("submission %s could not be taken in", work.id)
        await look_again.carry_on_later(run, work, error)


async def _finished(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> Finished | None:
    """Look until it is done; None when it took too long and its owner has to say."""
    remote_id = work.remote_id
    assert remote_id is not None
    provider = run.providers.get(work.provider)
    began = work.submitted_at or datetime.now(UTC)
    # A person may have been away for hours (signed out, asleep): it is looked at for a while all the same.
    least = time.monotonic() + min(LEAST_LOOK_SECONDS, provider.limits.timeout_seconds)
    faults = work.faults
    async with watch_progress(run, work) as progress:
        while True:
            answer = checked_status(await provider.status(call, remote_id))
            if isinstance(answer, Finished):
                return answer
            if faults:
                faults = await look_again.forget_faults(run, work)
            late = (datetime.now(UTC) - began).total_seconds() > provider.limits.timeout_seconds
            if late and time.monotonic() > least:
                await outcomes.overdue(
                    run,
                    work,
                    ErrorType.TIMEOUT,
                    f"{provider.title} has not finished in {provider.limits.timeout_seconds:.0f} seconds.",
                )
                return None
            if answer.progress is not None:
                progress(answer.progress)
            await asyncio.sleep(_pause(answer, provider.limits.poll_seconds))


def _pause(answer: Running, usual: float) -> float:
    return usual if answer.poll_after is None else answer.poll_after
