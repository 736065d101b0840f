"""Carries one submission to its end: submit, wait, fetch, store. Safe to run again at any time.

It reads the ledger row first and goes on from there. What a crash at each step leaves behind:

    claimed       nothing was asked for: submit
    submitting    it may have been accepted: ask `find`, never send it again on a guess
    submitted     it was accepted: look at it, fetch it; takes that are stored are not fetched again
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from rushes.engine import ledger, outcomes
from rushes.engine.collect import close_without_rest, collect
from rushes.engine.credential_use import open_credential, rest_left, stop
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.flow_lease import HeldElsewhereError, hold
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
from rushes.providers.video_contract import (
    Call,
    Candidates,
    Finished,
    JobRef,
    Running,
    ShotInput,
    Unknown,
    VideoOptions,
)

log = logging.getLogger(__name__)

LEAST_LOOK_SECONDS = 120.0
_MAYBE_THESE = (
    "The provider has videos that may be this one. Look at them: pick it, or say that it was not made."
)


async def make_videos(run: Runtime, submission_id: str) -> None:
    """Carry a submission on from where its row says it is."""
    work = await run.ledger.take_over(UUID(submission_id))
    if work is None:
        return
    try:
        try:
            async with hold(run, work.provider, work.credential_id), _shot(run, work) as shot:
                call = await _call(run, work, shot)
                remote_id = work.remote_id or (call and await uninterrupted(_accept(run, work, call)))
                if call is not None and remote_id is not None:
                    await _see_through(run, work, call, remote_id)
        except HeldElsewhereError as held:
            await outcomes.put_off(run, work, held.seconds, begun=held.begun)
    except SystemFault as fault:  # the storage does not hand out the image
        await outcomes.pause(run, work, fault)
    except NotFound as error:
        await outcomes.carry_on_later(run, work, error)
    except outcomes.FencedError:
        log.warning("submission %s belongs to another worker now, or has ended", work.id)
    dispatch_soon(run, work.provider)


@asynccontextmanager
async def _shot(run: Runtime, work: ledger.Work) -> AsyncGenerator[ShotInput]:
    """What it is made from; the files of its images are there for as long as the provider may want them."""
    async with AsyncExitStack() as stack:

        async def file(key: str) -> Path:
            return await stack.enter_async_context(run.bucket.local(key))

        yield ShotInput(
            prompt=work.prompt,
            negative_prompt=work.negative_prompt,
            image=await file(work.image_key) if work.image_key else None,
            model=work.model,
            seeds=tuple(take.seed for take in work.takes),
            last_image=await file(work.last_image_key) if work.last_image_key else None,
            references=tuple([await file(key) for key in work.reference_keys]),
            source=work.source,
            extend=work.extend,
        )


async def _call(run: Runtime, work: ledger.Work, shot: ShotInput) -> Call[VideoOptions] | None:
    """What the provider is given; None when its key cannot be had, and the row says what happens instead."""
    try:
        credential = await open_credential(run, work.credential_id)
    except ActionNeeded as error:
        if work.state is SubmissionState.CLAIMED:
            await outcomes.released_until_person(run, work, error)
        elif work.remote_id is None:  # perhaps accepted, and only this key can tell: no other may send it
            await outcomes.carry_on_later(run, work, error)
        else:
            await outcomes.wait_for_person(run, work, error)
        return None
    return Call(
        key=str(work.id),
        shot=shot,
        options=run.providers.get(work.provider).Options.model_validate(work.options),
        credential=credential,
        job=JobRef(work.job_id, work.job_name),
        confirm=partial(outcomes.confirm, run, work),
    )


async def _with_others(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> Call[VideoOptions]:
    async with run.db.statement() as session:
        return replace(call, others=await ledger.other_remote_ids(session, work))


async def _accept(run: Runtime, work: ledger.Work, call: Call[VideoOptions]) -> str | None:
    """Get the submission accepted. Returns the remote id; None when the row says what happens instead."""
    provider = run.providers.get(work.provider)
    # Whether it may have been accepted before a crash: as long as it may, nothing is given back.
    doubtful = work.state is SubmissionState.SUBMITTING
    try:
        remote_id = None
        if provider.knows_others or (doubtful and not provider.idempotent):
            call = await _with_others(run, work, call)
        if doubtful and not provider.idempotent:
            found = await provider.find(call)
            if isinstance(found, Candidates):
                await outcomes.uncertain(run, work, ErrorType.UNCERTAIN, _MAYBE_THESE, candidates=found.found)
                return None
            if isinstance(found, Unknown):
                await outcomes.uncertain(
                    run, work, ErrorType.UNCERTAIN, "It is not known whether the provider accepted this."
                )
                return None
            remote_id, doubtful = found, False
        if remote_id is None:
            if wait := rest_left(work.credential_id):
                if doubtful:  # it stays, and is sent again under the same key
                    await outcomes.carry_on_later(run, work, _resting(wait))
                else:
                    await outcomes.give_back(run, work)
                return None
            remote_id = await provider.submit(call)
    except (Rejected, Invalid, RetryLater, ActionNeeded) as error:
        stop(run, work.credential_id, error)
        if isinstance(error, Rejected | Invalid) and (provider.idempotent or not doubtful):
            await outcomes.refused(run, work, error)
        elif doubtful and isinstance(error, ActionNeeded):
            await outcomes.wait_for_person(run, work, error)
        elif doubtful:
            await outcomes.carry_on_later(run, work, error)
        elif isinstance(error, RetryLater):
            await outcomes.released_until_later(run, work, error)
        elif isinstance(error, ActionNeeded):
            await outcomes.released_until_person(run, work, error)
    except SystemFault as fault:
        await outcomes.pause(run, work, fault, sent=doubtful)
    except (outcomes.FencedError, DBAPIError):
        raise
    except Exception as error:  # whatever it was, it may have been accepted: look before sending again
        log.warning("submission %s may or may not have been accepted", work.id, exc_info=error)
        await outcomes.carry_on_later(run, work, error)
    else:
        await outcomes.submitted(run, work, remote_id)
        return remote_id
    return None


async def _see_through(run: Runtime, work: ledger.Work, call: Call[VideoOptions], remote_id: str) -> None:
    """Wait for an accepted submission and take in what it made. It is never sent again from here."""
    try:
        await run.reception.get_ready()
        finished = await _finished(run, work, call, remote_id)
        if finished is not None:
            await collect(run, work, call, finished)
    except (Rejected, Invalid, GenerationFailed) as error:
        await close_without_rest(run, work, error)
    except ActionNeeded as error:
        await outcomes.wait_for_person(run, work, error)
    except SystemFault as fault:
        await outcomes.pause(run, work, fault)
    except (RetryLater, Damaged, ProviderChanged) as error:
        log.info("submission %s: %s", work.id, error)
        await outcomes.carry_on_later(run, work, error)
    except (outcomes.FencedError, DBAPIError):
        raise
    except Exception as error:  # a bug of ours: what was paid for is still there to be fetched
        log.exception("submission %s could not be taken in", work.id)
        await outcomes.carry_on_later(run, work, error)


async def _finished(
    run: Runtime, work: ledger.Work, call: Call[VideoOptions], remote_id: str
) -> Finished | None:
    """Look until it is done; None when it took too long and its owner has to say."""
    provider = run.providers.get(work.provider)
    began = work.submitted_at or datetime.now(UTC)
    # A person may have been away for hours (signed out, asleep): it is looked at for a while all the same.
    least = time.monotonic() + min(LEAST_LOOK_SECONDS, provider.limits.timeout_seconds)
    faults = work.faults
    async with watch_progress(run, work) as progress:
        while True:
            answer = await provider.status(call, remote_id)
            if isinstance(answer, Finished):
                return answer
            if faults:
                faults = await outcomes.forget_faults(run, work)
            late = (datetime.now(UTC) - began).total_seconds() > provider.limits.timeout_seconds
            if late and time.monotonic() > least:
                await outcomes.uncertain(
                    run,
                    work,
                    ErrorType.TIMEOUT,
                    f"{provider.title} has not finished in {provider.limits.timeout_seconds:.0f} seconds.",
                )
                return None
            if answer.progress is not None:
                progress(answer.progress)
            await asyncio.sleep(_pause(answer, provider.limits.poll_seconds))


def _resting(seconds: float) -> RetryLater:
    return RetryLater("Its key rests.", error_type=ErrorType.RATE_LIMITED, after=seconds)


def _pause(answer: Running, usual: float) -> float:
    return usual if answer.poll_after is None else max(0.02, answer.poll_after)
