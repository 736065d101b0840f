"""Carries one piece of local work to its end. Safe to run again at any time, on any worker.

A try claims the row and renews its lease while it computes. Bytes are stored under keys of their own before
the row is completed; a try that has lost its claim (cancelled, deleted, taken over) stops within about a
second, changes nothing and leaves no bytes. What a kill leaves: a row that says `running`, claimed again as
soon as the queue gives its task to the next worker, and files in the work folder, which the sweep deletes.
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from procrastinate import RetryStrategy
from procrastinate.jobs import Job
from procrastinate.retry import RetryDecision
from pydantic import ValidationError

from rushes.engine import local_work_rows as rows
from rushes.engine.dispatch import check_disk
from rushes.engine.local_work import KINDS, AnyKind, Made, WorkTry
from rushes.engine.local_work_rows import ClaimedWork
from rushes.engine.runtime import Runtime
from rushes.engine.uninterrupted import uninterrupted
from rushes.errors import RetryLater, RushesError, SystemFault
from rushes.platform.db.faults import database_is_away
from rushes.platform.db.queue import defer, local_work_task
from rushes.platform.storage.bucket import DISK_ERRORS, Stored, storage_fault

log = logging.getLogger(__name__)

T = TypeVar("T")

BEAT_SECONDS = 1.0
"""How often the lease is renewed, and so how soon a try notices that it has lost its claim."""
PROGRESS_SECONDS = 0.5
SMALLEST_STEP = 0.02
MOST_TRIES = 10
"""Tries that ended without a word (their worker died, or a bug) before the work counts as failed: a piece
that kills every worker must not take the others' work down for ever."""


class WorkRetry(RetryStrategy):
    """When the task of a try that raised runs again: at once when the worker stopped, else ever later."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when; None for never, which leaves the row to the reconciler."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        return super().get_retry_decision(exception=exception, job=job)


async def local_work(run: Runtime, work_id: str) -> None:
    """Do what the queue's task asks for."""
    await carry_on(run, UUID(work_id))


async def carry_on(run: Runtime, work_id: UUID) -> None:
    """Claim the work and make it, whatever its row says; nothing happens when it has ended."""
    async with run.db.statement() as session:
        work = await rows.claim(session, work_id, run.worker)
    if work is None:
        return
    kind = KINDS[work.kind]
    folder = run.settings.work_dir / (str(work.id) if kind.resumes else f"{work.id}.{uuid4()}")
    try:
        await _try(run, kind, work, folder)
    except (RetryLater, SystemFault) as error:
        await _again_later(run, work, error)
    except (RushesError, ValidationError) as error:
        words = error.message if isinstance(error, RushesError) else "Its settings are not known any more."
        log.warning("%s %s failed: %s", work.kind, work.id, error)
        await _fail(run, work, words)
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        await _again_later(run, work, storage_fault(error))
    except asyncio.CancelledError:  # the worker stops, or the work was cancelled: then the claim is lost
        await uninterrupted(_put_back(run, work))
        raise
    finally:
        await uninterrupted(_clear(run, kind, work, folder))


async def _try(run: Runtime, kind: AnyKind, work: ClaimedWork, folder: Path) -> None:
    if work.tries > MOST_TRIES:
        await _fail(run, work, f"It was begun {MOST_TRIES} times, and each time the worker died over it.")
        return
    check_disk(run)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    progress = LatestProgress()
    attempt = WorkTry(work, kind.params_type.model_validate(work.params), folder, progress)
    made = await while_claimed(run, work, progress, kind.make(run, attempt))
    if made is None:
        _log_lost(work)
    else:
        await uninterrupted(_keep(run, kind, attempt, made))


class LatestProgress:
    """What was reported last, 0..1."""

    def __init__(self) -> None:
        self.fraction = 0.0

    def __call__(self, fraction: float) -> None:
        """Report."""
        self.fraction = min(max(fraction, 0.0), 1.0)


async def while_claimed(
    run: Runtime, work: ClaimedWork, progress: LatestProgress, body: Coroutine[Any, Any, T]
) -> T | None:
    """Await `body` while renewing the lease, and cancel it when the claim is lost: None."""
    claimed = asyncio.timeout(None)

    async def keep_lease() -> None:
        await _keep_lease(run, work, progress)
        claimed.reschedule(0)  # at once

    keeper = asyncio.create_task(keep_lease())
    try:
        async with claimed:
            return await body
    except TimeoutError:
        if not claimed.expired():
            raise
        return None
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper


async def _keep_lease(run: Runtime, work: ClaimedWork, progress: LatestProgress) -> None:
    """Renew the lease and write progress; return when the claim is lost.

    A database that does not answer is no loss until others may take this worker for dead.
    """
    loop = asyncio.get_running_loop()
    written, renewed = 0.0, loop.time()
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        latest = progress.fraction
        moved = abs(latest - written) >= SMALLEST_STEP
        if not moved and loop.time() - renewed < BEAT_SECONDS:
            continue
        try:
            async with run.db.statement() as session:
                if not await rows.beat(session, work, latest if moved else None):
                    return
        except Exception as error:
            if not database_is_away(error):
                raise
            log.warning("cannot renew the lease of %s %s: %s", work.kind, work.id, error)
            if loop.time() - renewed >= run.settings.stalled_after_seconds:
                return
        else:
            renewed, written = loop.time(), latest if moved else written


async def _keep(run: Runtime, kind: AnyKind, attempt: WorkTry[Any], made: Made) -> None:
    """Store the bytes, then complete the row. Bytes that no row wants, replaced ones among them, are deleted;
    those that a fault leaves behind are the sweep's.
    """
    work = attempt.work
    async with run.db.statement() as session:
        claimed = await rows.is_claimed(session, work)
    if not claimed:
        _log_lost(work)
        return
    under = f"jobs/{work.job_id}/{kind.stored_as}" if work.job_id else kind.stored_as
    stored: list[Stored] = []
    for number, file in enumerate(made.files):
        name = f"{work.id}.{work.claim}{f'.{number}' if number else ''}{file.path.suffix}"
        stored.append(await run.bucket.put(f"{under}/{name}", file.path))
    unwanted = [each.key for each in stored]
    async with run.db.begin() as session:
        claimed = await rows.lock_claimed(session, work)
        if claimed:
            unwanted = list(await kind.record(session, attempt, made, stored))
            types = [file.media_type for file in made.files]
            await rows.complete(session, work, made.result, list(zip(stored, types, strict=True)))
    if not claimed:
        _log_lost(work)
    await run.bucket.delete(*unwanted)


def _log_lost(work: ClaimedWork) -> None:
    log.info("%s %s was cancelled, or another try has it now", work.kind, work.id)


async def _again_later(run: Runtime, work: ClaimedWork, fault: RetryLater | SystemFault) -> None:
    """A fault of this installation, or one that passes: the row waits and says why."""
    log.warning("%s %s waits: %s", work.kind, work.id, fault)
    after = fault.after if isinstance(fault, RetryLater) else None
    at = datetime.now(UTC) + timedelta(seconds=run.settings.tick_seconds if after is None else after)
    words = f"{fault.message} {fault.hint}" if fault.hint else fault.message
    async with run.db.begin() as session:
        if await rows.put_back(session, work, words):
            await defer(session, [local_work_task(work.id, work.kind, work.priority, at=at)])


async def _put_back(run: Runtime, work: ClaimedWork) -> None:
    """The queue has the task again already, or will when the worker is gone; the row waits for it."""
    try:
        async with run.db.statement() as session:
            await rows.put_back(session, work, None)
    except Exception as error:
        if not database_is_away(error):
            raise
        log.warning("%s %s is left to the next worker: %s", work.kind, work.id, error)


async def _fail(run: Runtime, work: ClaimedWork, error: str) -> None:
    async with run.db.begin() as session:
        if await rows.fail(session, work, error):
            await KINDS[work.kind].failed(session, work)


async def _clear(run: Runtime, kind: AnyKind, work: ClaimedWork, folder: Path) -> None:
    """Delete what the try has written, but for pieces that the next one starts from."""
    if kind.resumes:
        try:
            async with run.db.statement() as session:
                if await rows.is_open(session, work.id):
                    return
        except Exception as error:
            if not database_is_away(error):
                raise
            log.warning("%s stays until the sweep: %s", folder, error)
            return
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
