"""Makes the 4K copy of one video. Safe to run again at any time: what was half made is made anew.

The bytes are stored before the row says so, under a key of their own; a row that was cancelled, deleted or
taken over meanwhile is not changed any more, and the bytes go. Every try has a file and a key to itself: who
was taken for dead and comes late neither writes over nor deletes what another has made.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from rushes.engine.changes import change_videos
from rushes.engine.dispatch import check_disk
from rushes.engine.progress import throttled
from rushes.engine.runtime import Runtime, runtime
from rushes.engine.states import VideoStatus
from rushes.engine.uninterrupted import uninterrupted
from rushes.errors import Damaged, GenerationFailed, NotFound, RetryLater, RushesError, SystemFault
from rushes.platform.db.queue import defer, upscale_task
from rushes.platform.media.commands import Upscale, upscale_args
from rushes.platform.media.encoders import choose_encoder
from rushes.platform.media.facts import Probe
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.upscaling import UpscaleStatus, fit_4k
from rushes.platform.storage.bucket import DISK_ERRORS, storage_fault
from rushes.providers.video_contract import ProgressCallback
from rushes.upscale import rows as upscales
from rushes.upscale.rows import Work

log = logging.getLogger(__name__)

LONGER_SECONDS = 0.25
"""By so much the result may differ in length: sound that is coded again begins and ends in whole frames."""


async def upscale_video(upscale_id: str) -> None:
    """Carry an upscale on from where its row says it is."""
    run = runtime()
    async with run.db.statement() as session:
        work = await upscales.take_over(session, UUID(upscale_id), run.worker)
    if work is None:
        return
    file = run.settings.work_dir / f"{work.id}.{uuid4()}.mp4"
    try:
        check_disk(run)
        made = await _make(run, work, file)
        if made is not None:
            await uninterrupted(_keep(run, work, made, file))
    except (RetryLater, SystemFault) as error:
        await _again_later(run, work, error)
    except (Damaged, GenerationFailed, NotFound) as error:
        log.warning("upscale %s of video %s failed: %s", work.id, work.video_id, error)
        await _end(run, work, UpscaleStatus.FAILED, error.message)
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        await _again_later(run, work, storage_fault(error))
    finally:
        file.unlink(missing_ok=True)


async def _make(run: Runtime, work: Work, file: Path) -> Probe | None:
    """Write the 4K copy as long as it is ours to write. None: it is not any more. Raises `Damaged`."""
    ours = asyncio.timeout(None)

    async def write(fraction: float) -> None:
        async with run.db.statement() as session:
            still = await upscales.change_upscale(session, work, run.worker, progress=fraction)
        if not (still or ours.expired()):
            ours.reschedule(0)  # at once

    try:
        async with ours, throttled(write) as progress:
            return await _render(run, work, file, progress)
    except TimeoutError:
        if not ours.expired():
            raise
        _not_ours(work)
        return None


async def _render(run: Runtime, work: Work, file: Path, progress: ProgressCallback) -> Probe:
    """Write the 4K copy and look whether it is what was wanted. Raises `Damaged` when it is not."""
    recipe = work.recipe
    encoder = await choose_encoder(recipe.codec, hardware=recipe.hardware, work_dir=run.settings.work_dir)
    async with run.bucket.local(work.video_key, hold=True) as source:
        clip, shape = await run.reception.look_into(source)
        width, height = fit_4k(shape.width, shape.height, shape.pixel_aspect)
        wanted = Upscale(
            source=str(source),
            width=width,
            height=height,
            fps=clip.fps,
            audio_codec=clip.audio_codec,
            quality=recipe.quality,
            encoder=encoder,
            enhance=recipe.enhance,
        )
        await run_ffmpeg(
            upscale_args(wanted), into=file, duration_seconds=clip.duration_seconds, progress=progress
        )
    made, _ = await run.reception.look_into(file)
    if (made.width, made.height, bool(made.audio_codec)) != (width, height, bool(clip.audio_codec)) or (
        abs(made.duration_seconds - clip.duration_seconds) > LONGER_SECONDS
    ):
        raise Damaged(f"The result is not what was wanted: {made}, made of {clip}.")
    return made


async def _keep(run: Runtime, work: Work, made: Probe, file: Path) -> None:
    """Store the bytes, then say so. Bytes that no row wants, the old copy's among them, are deleted."""
    async with run.db.statement() as session:
        ours = await upscales.is_ours(session, work, run.worker)
    if not ours:
        _not_ours(work)
        return
    stored = await run.bucket.put(f"jobs/{work.job_id}/upscales/{file.name}", file)
    async with run.db.begin() as session:
        replaced = await upscales.record_done(
            session,
            work,
            run.worker,
            key=stored.key,
            width=made.width,
            height=made.height,
            size=stored.size,
            sha256=stored.sha256,
        )
        if replaced is not None:
            await change_videos(session, [work.video_id], come_from=[VideoStatus.COMPLETED], upscaled=True)
    if replaced is None:
        _not_ours(work)
    await run.bucket.delete(*([stored.key] if replaced is None else replaced))


def _not_ours(work: Work) -> None:
    log.info("upscale %s was given up, or belongs to another worker now", work.id)


async def _again_later(run: Runtime, work: Work, fault: RetryLater | SystemFault) -> None:
    """A fault of this installation or the clock's: the row waits and says why."""
    log.warning("upscale %s is put off: %s", work.id, fault)
    after = fault.after if isinstance(fault, RetryLater) else None
    at = datetime.now(UTC) + timedelta(seconds=run.settings.tick_seconds if after is None else after)
    async with run.db.begin() as session:
        if await upscales.change_upscale(
            session, work, run.worker, status=str(UpscaleStatus.QUEUED), progress=0.0, error=_words(fault)
        ):
            await defer(session, [upscale_task(work.id, at=at)])


async def _end(run: Runtime, work: Work, status: UpscaleStatus, error: str) -> None:
    async with run.db.statement() as session:
        await upscales.change_upscale(
            session, work, run.worker, status=str(status), error=error, ended_at=datetime.now(UTC)
        )


def _words(error: RushesError) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message
