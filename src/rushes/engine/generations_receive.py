"""Takes in the replies that are on disk: files into the storage, then the rows, then the reply is deleted.

Safe to do twice, also at the same time: the keys of a call are its own, and the rows take it once.
"""

import asyncio
import logging
import shutil
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from rushes.engine import generations_replies as replies
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.generations_replies import GenerationReply
from rushes.engine.generations_rows import (
    GenerationCall,
    accept,
    close_call,
    complete_generation,
    lock_call,
    read_call,
)
from rushes.engine.generations_shapes import GenerationFile
from rushes.engine.generations_words import with_words
from rushes.engine.judging import answered
from rushes.engine.runtime import Runtime
from rushes.engine.states import GenerationChanges, VideoStatus
from rushes.engine.transitions import NOW, change_generations
from rushes.errors import RetryLater, SystemFault
from rushes.platform.db.faults import in_a_line
from rushes.platform.storage.bucket import DISK_ERRORS, storage_fault

log = logging.getLogger(__name__)


async def receive_replies(run: Runtime) -> None:
    """Take in every reply that is in this data folder: what a kill left, or a storage that was away."""
    for submission_id in await asyncio.to_thread(replies.ready_ids, run.settings.generations_dir):
        if submission_id in run.calls:
            continue  # it is at it
        try:
            await receive_reply(run, submission_id)
        except (SystemFault, RetryLater) as error:
            log.warning("the reply to %s waits for the storage: %s", submission_id, in_a_line(error))
        except FileNotFoundError:
            log.debug("the reply to %s was taken in by another process", submission_id)


async def receive_reply(run: Runtime, submission_id: UUID) -> bool:
    """Take in the reply to one call. False: there is none here.

    Raises `SystemFault` or `RetryLater` when the storage does not take it now; it stays for the next time.
    """
    folder = run.settings.generations_dir
    reply = await asyncio.to_thread(replies.read_reply, folder, submission_id)
    if reply is None:
        return False
    async with run.db.begin() as session:
        known = await read_call(session, submission_id)
        if known is not None:
            await accept(session, submission_id, reply.cost)
    if known is None:
        log.error("the ledger knows nothing of call %s; its reply stays in %s", submission_id, folder)
        return True
    if await answered(run, known):
        dispatch_soon(run, known.provider)
    if reply.result is None:
        await _failed(run, known, reply)
    else:
        await _made(run, known, reply, reply.result)
    await asyncio.to_thread(replies.forget, folder, submission_id)
    return True


async def _made(
    run: Runtime, known: GenerationCall, reply: GenerationReply, result: dict[str, object]
) -> None:
    stored: dict[str, GenerationFile] = {}
    there = known.status is not None and not (known.current and known.status is VideoStatus.COMPLETED)
    if there:  # else it is gone, or has it already
        ready = replies.ready_folder(run.settings.generations_dir, known.id)
        result = await with_words(known, result, ready)
        for file in reply.files:
            stored[file.name] = await _store(run, known, file)
    async with run.db.begin() as session:
        call = await lock_call(session, known.id)
        kept = False
        if call is not None and there:
            cost = _cost(call, reply)
            kept = await complete_generation(session, call, result, stored, cost)
            kept = kept or (call.current and call.status is VideoStatus.COMPLETED)
        await close_call(session, known.id, cost=reply.cost)
    if there and not kept:
        await run.bucket.delete(*(each.key for each in stored.values()))


async def _store(run: Runtime, call: GenerationCall, file: replies.ReplyFile) -> GenerationFile:
    source = replies.ready_folder(run.settings.generations_dir, call.id) / file.name
    copy = run.settings.work_dir / f"{call.id}.{uuid4().hex}{Path(file.name).suffix}"
    try:
        await asyncio.to_thread(shutil.copyfile, source, copy)
        put = await run.bucket.put(f"generations/{call.generation_id}/{call.id}/{file.name}", copy)
    except OSError as error:
        if error.errno in DISK_ERRORS:
            raise storage_fault(error) from error
        raise
    finally:
        await asyncio.to_thread(copy.unlink, missing_ok=True)
    return GenerationFile(key=put.key, media_type=file.media_type, bytes=put.size, sha256=put.sha256)


async def _failed(run: Runtime, call: GenerationCall, reply: GenerationReply) -> None:
    async with run.db.begin() as session:
        await lock_call(session, call.id)
        await change_generations(
            session,
            [call.generation_id],
            GenerationChanges.FAIL,
            of_submission=call.id,
            error_type=str(reply.error_type),
            error_message=reply.error_message,
            cost=_cost(call, reply),
            progress=None,
            ended_at=NOW,
        )
        await close_call(session, call.id, cost=reply.cost, error=reply.error_message or "It failed.")


def _cost(call: GenerationCall, reply: GenerationReply) -> Decimal:
    return call.cost_estimate if reply.cost is None else reply.cost
