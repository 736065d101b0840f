"""Carries one call for a generation to its end. Safe to run again at any time.

What a crash at each step leaves behind:

    claimed       nothing was asked for: ask
    submitting    it may have been accepted: its reply is in the data folder, or its owner decides; what
                  costs nothing is asked for again
    submitted     it was answered: the reply is taken in, here or on the machine that has it

A paid call is finished once it has begun, also when its task is stopped (the database went away, the worker
ends): its answer is on disk before anything else is done.
"""

import asyncio
import logging
from functools import partial
from uuid import UUID

from pydantic import ValidationError

from rushes.engine import generations_outcomes as outcomes
from rushes.engine import generations_replies as kept
from rushes.engine.accept import mark_sent
from rushes.engine.credential_use import open_credential, rest_left
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.generations_calls import ProviderAnswer, ask
from rushes.engine.generations_errors import no_answer
from rushes.engine.generations_price import may_be_repeated
from rushes.engine.generations_receive import receive_reply
from rushes.engine.generations_replies import GenerationReply
from rushes.engine.generations_rows import GenerationCall, take_over_call
from rushes.engine.generations_shapes import FetchParams, Params, read_params
from rushes.engine.outcomes import FencedError
from rushes.engine.progress import throttled
from rushes.engine.runtime import CallUnderWay, Runtime
from rushes.engine.states import SubmissionState
from rushes.engine.transitions import touch_generation
from rushes.errors import ActionNeeded, ErrorType, Invalid, RetryLater, SystemFault
from rushes.platform.db.faults import database_is_away, in_a_line
from rushes.providers.base import Credential
from rushes.providers.sending import Sending
from rushes.sanitize import storable

log = logging.getLogger(__name__)


async def generate(run: Runtime, submission_id: str) -> None:
    """Carry a call on from where its row says it is."""
    call_id = UUID(submission_id)
    under_way = run.calls.get(call_id)
    if under_way is None:  # else the task before was stopped, and its call goes on
        under_way = run.calls[call_id] = CallUnderWay()
        under_way.task = asyncio.create_task(_carry_on(run, call_id, under_way))
        under_way.task.add_done_callback(partial(_ended, run, call_id))
    assert under_way.task is not None
    try:
        await asyncio.shield(under_way.task)
    except asyncio.CancelledError:
        if not under_way.paid:
            under_way.task.cancel()
            await asyncio.wait([under_way.task])
        raise


def _ended(run: Runtime, call_id: UUID, task: asyncio.Task[None]) -> None:
    run.calls.pop(call_id, None)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("call %s is not at its end: %s", call_id, in_a_line(error))


async def _carry_on(run: Runtime, call_id: UUID, under_way: CallUnderWay) -> None:
    if await _received(run, call_id):
        return
    async with run.db.statement() as session:
        call = await take_over_call(session, call_id, run.worker)
    if call is None or await _received(run, call_id):
        return
    try:
        if call.state is SubmissionState.SUBMITTED:
            await outcomes.elsewhere(run, call)
        elif call.state is SubmissionState.SUBMITTING:
            await _after_crash(run, call)
        elif call.wanted and call.params is not None:
            await _start(run, call, read_params(call.kind, call.params), under_way)
        else:
            await outcomes.not_wanted(run, call)
    except ValidationError as error:
        await outcomes.refused(run, call, Invalid(f"It is not known what it asks for: {error}"))
    except FencedError:
        log.warning("call %s belongs to another worker now, or has ended", call.id)
    dispatch_soon(run, call.provider)


async def _received(run: Runtime, call_id: UUID) -> bool:
    """Take in the reply that is here, if there is one. The storage may have to be waited for."""
    try:
        return await receive_reply(run, call_id)
    except (SystemFault, RetryLater) as error:
        if database_is_away(error):
            raise
        log.warning("the reply to %s waits for the storage: %s", call_id, in_a_line(error))
        await outcomes.waits_for_storage(run, call_id, error)
        return True  # the next round takes it in


async def _after_crash(run: Runtime, call: GenerationCall) -> None:
    """It was sent, and no reply is here."""
    if await _may_be_repeated(run, call):
        again = RetryLater("The worker that asked for it has ended.", error_type=ErrorType.NETWORK)
        await outcomes.released_until_later(run, call, again, unsent=False)
    else:
        await outcomes.lost(run, call, None)


async def _may_be_repeated(run: Runtime, call: GenerationCall) -> bool:
    if call.params is None:
        return call.cost_estimate == 0
    try:
        credential = await open_credential(run, call.credential_id, call)
    except ActionNeeded:
        return False
    return may_be_repeated(read_params(call.kind, call.params), call.cost_estimate, credential)


async def _start(run: Runtime, call: GenerationCall, params: Params, under_way: CallUnderWay) -> None:
    try:
        credential = await open_credential(run, call.credential_id, call)
    except ActionNeeded as error:
        await outcomes.released_until_person(run, call, error)
        return
    if rest_left(call):
        await outcomes.give_back(run, call, "its key is cooling down")
        return
    free = may_be_repeated(params, call.cost_estimate, credential)
    sending = Sending(partial(_mark_sent, run, call, under_way, free))
    try:
        answer, files = await _answer(run, call, params, credential, sending)
        result = storable(answer.result.model_dump(mode="json"))
        reply = GenerationReply(submission_id=call.id, result=result, files=files, cost=answer.cost)
        await asyncio.to_thread(kept.finish, run.settings.generations_dir, reply)
    except Exception as error:  # noqa: BLE001  # every one is judged, or raised again
        if not await no_answer(run, call, error, credential=credential, begun=sending.begun, free=free):
            return
    finally:
        await asyncio.to_thread(kept.drop, run.settings.generations_dir, call.id)
    await _received(run, call.id)


async def _mark_sent(run: Runtime, call: GenerationCall, under_way: CallUnderWay, free: bool) -> None:
    under_way.paid = not free  # from here on it is finished, also when its task is stopped
    try:
        await mark_sent(run, call)
    except Exception:
        under_way.paid = False
        raise


async def _answer(
    run: Runtime, call: GenerationCall, params: Params, credential: Credential | None, sending: Sending
) -> tuple[ProviderAnswer, list[kept.ReplyFile]]:
    """Make the call; its files are in the call's folder. Raises what the provider raises."""

    async def write(fraction: float) -> None:
        try:
            async with run.db.statement() as session:
                await touch_generation(session, call.generation_id, call.id, progress=fraction)
        except Exception as error:  # noqa: BLE001  # an answer is worth more than its progress
            log.debug("progress of %s is not written: %s", call.id, in_a_line(error))

    part = await asyncio.to_thread(kept.begin, run.settings.generations_dir, call.id)
    provider = run.providers.of_any_kind(call.provider)
    if not provider.reports_first_byte or isinstance(params, FetchParams):
        await sending.confirm()
    try:
        with sending.open():
            async with throttled(write) as progress:
                answer = await ask(
                    run, call.provider, str(call.id), call.model, params, credential, part, progress
                )
    except Exception:
        if sending.failed is not None:  # not the provider's doing, however a library has wrapped it
            raise sending.failed from None
        raise
    return answer, await asyncio.to_thread(kept.measure, part, answer.files)
