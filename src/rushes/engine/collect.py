"""Takes in what a finished submission made: fetch, check, thumbnail, store, row; then close the ledger."""

import asyncio
from collections import defaultdict
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import ledger
from rushes.engine.assets import unknown_keys
from rushes.engine.delivered import as_json, differences
from rushes.engine.kept import keep, take_up
from rushes.engine.ledger import Take, Work
from rushes.engine.limited import rest_if_limited
from rushes.engine.outcomes import FencedError, again_or_fail, fail_videos, words
from rushes.engine.progress import watch_progress
from rushes.engine.runtime import Runtime
from rushes.engine.states import SubmissionChanges, SubmissionState, VideoStatus
from rushes.engine.takes import FinishedTake, StoredTake, stored_videos
from rushes.errors import ErrorType, GenerationFailed, ProviderChanged, RetryLater, RushesError
from rushes.platform.storage.bucket import DISK_ERRORS, storage_fault
from rushes.providers.video_contract import Call, Finished, Output, VideoOptions


async def collect(run: Runtime, work: Work, call: Call[VideoOptions], finished: Finished) -> None:
    """Store every take that came, settle every one that did not, close the submission.

    Raises what fetching and storing raise; run again, it goes on behind the takes that are stored.
    """
    indexes = [output.index for output in finished.outputs]
    if len(set(indexes)) != len(indexes) or not set(indexes) <= set(range(len(work.takes))):
        raise ProviderChanged(f"takes {indexes} for {len(work.takes)} asked for", step="finished")
    cost = cost_of(work, finished)
    share = cost / len(indexes) if indexes else None
    missing = [
        output
        for output in finished.outputs
        if work.takes[output.index].status == VideoStatus.GENERATING  # not stored before a crash
    ]
    all_came = len(indexes) == len(work.takes)
    for output in missing:
        take = work.takes[output.index]
        stored = await _take_in(run, work, call, output, take)
        closes = all_came and output is missing[-1]
        done = await run.ledger.complete(FinishedTake(take.id, work.id, stored, share, closes, cost))
        if not done.ours:
            raise FencedError
        if not done.kept:  # cancelled or deleted meanwhile, unless it was stored already
            async with run.db.statement() as session:
                unknown = await unknown_keys(session, [stored.video_key, stored.thumbnail_key])
            await run.bucket.delete(*unknown)
    if not (all_came and missing):
        async with run.db.begin() as session:
            await _close(run, session, work, finished, cost)


async def close_without_rest(run: Runtime, work: Work, error: RushesError) -> None:
    """The provider will not give what is missing: keep the takes that are stored, settle the others."""
    async with run.db.begin() as session:
        stored = await stored_videos(session, work.id)
        indexes = [index for index, take in enumerate(work.takes) if take.id in stored]
        failures = {index: error for index in range(len(work.takes)) if index not in indexes}
        finished = Finished(tuple(Output(index) for index in indexes), failures)
        cost = cost_of(work, finished)
        if work.cost is not None and stored:  # what is withheld is not billed with the others
            cost = work.cost * len(stored) / len(work.takes)
        await _close(run, session, work, finished, cost)


def cost_of(work: Work, finished: Finished) -> Decimal:
    """What the provider says, or said before; else the estimate for the takes that came."""
    billed = work.cost if finished.cost is None else finished.cost
    if billed is not None:
        return billed
    return work.cost_estimate * len(finished.outputs) / len(work.takes)


async def _close(run: Runtime, session: AsyncSession, work: Work, finished: Finished, cost: Decimal) -> None:
    came = {output.index for output in finished.outputs}
    again: dict[ErrorType, list[Take]] = defaultdict(list)
    errors: dict[ErrorType, RetryLater | GenerationFailed] = {}
    # What was billed and gave nothing is not paid for once more without a person.
    for_nothing = not came and finished.cost is not None and finished.cost > 0
    for index, take in enumerate(work.takes):
        if index in came:
            continue
        error: RushesError = finished.failures.get(index) or GenerationFailed(
            "The provider finished without this take."
        )
        if isinstance(error, RetryLater | GenerationFailed) and for_nothing:
            message = (
                f"{words(error)} It was billed all the same (${cost.normalize():f}); a retry costs again."
            )
            await fail_videos(session, work, [take.id], error.error_type, message)
            await rest_if_limited(run, session, work, error)
        elif isinstance(error, RetryLater | GenerationFailed):
            again[error.error_type].append(take)
            errors[error.error_type] = error
        else:
            error_type = getattr(error, "error_type", ErrorType.BAD_INPUT)
            await fail_videos(session, work, [take.id], error_type, words(error))
    for error_type, takes in again.items():
        await again_or_fail(run, session, work, takes, errors[error_type])
    ended = SubmissionChanges.COMPLETE if came else SubmissionChanges.FAIL
    reasons = "; ".join(sorted({error.message for error in finished.failures.values()}))
    if not await ledger.end_submission(session, work.id, run.worker, ended, cost=cost, error=reasons or None):
        raise FencedError


async def _take_in(
    run: Runtime, work: Work, call: Call[VideoOptions], output: Output, take: Take
) -> StoredTake:
    """Fetch one take, check it, make its thumbnail, store both. Raises `Damaged`, `SystemFault`."""
    file = run.settings.work_dir / f"{work.id}.{output.index}.mp4"
    picture = file.with_suffix(".jpg")
    folder = f"jobs/{work.job_id}"
    try:
        if work.state is not SubmissionState.SUBMITTED or not await take_up(file):
            async with watch_progress(run, work, take) as progress:
                await run.providers.get(work.provider).fetch(call, output, file, progress)
        facts = await run.reception.receive(file, picture)
        try:
            video, thumbnail = await asyncio.gather(
                run.bucket.put(f"{folder}/videos/{take.id}.mp4", file),
                run.bucket.put(f"{folder}/thumbnails/{take.id}.jpg", picture, durable=False),
            )
        except BaseException:
            await keep(file)
            raise
    except OSError as error:
        if error.errno in DISK_ERRORS:  # a time-out is an OSError too
            raise storage_fault(error) from error
        raise
    finally:
        for left in (file, picture):  # moved away, when all went well
            left.unlink(missing_ok=True)
    return StoredTake(
        video_key=video.key,
        thumbnail_key=thumbnail.key,
        duration_seconds=facts.duration_seconds,
        width=facts.width,
        height=facts.height,
        size_bytes=video.size,
        sha256=video.sha256,
        crc32=video.crc32,
        thumbnail_size=thumbnail.size,
        thumbnail_sha256=thumbnail.sha256,
        delivered_differs=as_json(differences(call.options, call.shot, facts)),
    )
