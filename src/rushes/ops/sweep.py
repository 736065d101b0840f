"""Makes room: videos whose time in the storage is over, jobs whose own time is over, deleted videos
that nobody brought back, and files that belong to nothing.

Safe to run twice and on many workers. A video leaves only when the archive has it for certain, and is asked
once more before it does.
"""

import asyncio
import logging
import shutil
import time
from pathlib import Path

from rushes.engine import assets
from rushes.engine.generations import delete_expired_generations
from rushes.engine.generations_replies import PART
from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.jobs.expired import delete_empty, delete_expired
from rushes.library import review_rows as review
from rushes.ops.ownership import is_ours
from rushes.ops.views import Swept
from rushes.platform.storage import copies
from rushes.platform.storage.archive import Archive

log = logging.getLogger(__name__)

CACHE_SECONDS = 30 * 24 * 3600.0
"""Small pictures are made again when somebody asks: none is kept for ever."""
BATCH = 1000
MOST_AT_ONCE = 200
"""Videos that leave in one round; the next round comes soon."""


async def sweep(run: Runtime, *, older_than_seconds: float | None = None) -> Swept:
    """Everything: what nobody kept, what may leave, what was deleted, what belongs to nothing (that old)."""
    age = run.settings.orphan_seconds if older_than_seconds is None else older_than_seconds
    await _expire(run)
    await purge_deleted(run)
    swept = await let_go(run)
    swept += await delete_from_archive(run)
    swept += await sweep_orphans(run, age)
    if swept.bytes_freed:
        log.info("swept %d bytes: %s", swept.bytes_freed, swept)
    return swept


async def let_go(run: Runtime) -> Swept:
    """Take videos out of the storage that were there for long enough and are archived for certain."""
    archive, ttl = run.bucket.archive, run.bucket.ttl_seconds
    if archive is None or ttl is None:
        return Swept()
    async with run.db.begin() as session:
        keys = await copies.may_go(session, run.bucket.hot.name, archive.name, ttl, MOST_AT_ONCE)
    swept = Swept()
    for key in keys:
        try:
            swept += await _let_one_go(run, archive, ttl, key)
        except RushesError as error:
            log.warning("%s stays in the storage for now: %s", key, error.message)
    return swept


async def _let_one_go(run: Runtime, archive: Archive, ttl: float, key: str) -> Swept:
    hot = run.bucket.hot
    async with run.db.begin() as session:
        if not await copies.try_lock(session, key):
            return Swept()  # another worker is at it, or somebody brings it back
        may = await copies.still_may_go(session, hot.name, archive.name, ttl, key)
        if may is None:
            return Swept()
        size, ids = may
        if not await archive.holds(key, ids, size):
            await copies.lost(session, key, archive.name, "It is not in the archive any more.")
            log.warning("%s is not in %s any more: it stays and is archived again", key, archive.name)
            return Swept()
        freed = (await hot.sizes([key]))[key]
        await hot.delete(key)
        await copies.set_hot(session, key, hot.name, gone=True)
    return Swept(videos=int(freed is not None), video_bytes=freed or 0)


async def delete_from_archive(run: Runtime) -> Swept:
    """Delete from the archive what was deleted here."""
    archive = run.bucket.archive
    places = [run.bucket.hot.name, *([archive.name] if archive else [])]
    async with run.db.begin() as session:
        gone = await copies.of_deleted_assets(session, places, MOST_AT_ONCE)
    deleted = 0
    for copy in gone:
        try:
            if archive is not None and copy.place == archive.name:
                await archive.delete(copy.key, copy.ids)
                deleted += 1
        except RushesError as error:
            log.warning("%s stays in %s for now: %s", copy.key, copy.place, error.message)
            continue
        async with run.db.begin() as session:
            await copies.forget(session, copy)
    return Swept(archive_copies=deleted)


async def sweep_orphans(run: Runtime, age: float) -> Swept:
    """Delete files in the storage and the work folder that belong to no row and are at least that old."""
    before = time.time() - age
    async with run.db.begin() as session:
        in_use = await assets.active_ids(session)
    work = await asyncio.to_thread(_sweep_work, run.settings.work_dir, in_use, before)
    work += await asyncio.to_thread(_sweep_work, run.settings.generations_dir, in_use, before, f"*{PART}")
    work += await asyncio.to_thread(_sweep_cache, run.settings.cache_dir, time.time() - CACHE_SECONDS)
    old = await asyncio.to_thread(run.bucket.old_files, before)
    orphans = await assets.orphans(run.db, list(old), BATCH) if old and await is_ours(run) else []
    await run.bucket.delete(*orphans)
    return Swept(orphans=len(orphans), orphan_bytes=sum(old[key] for key in orphans), work_bytes=work)


async def purge_deleted(run: Runtime) -> int:
    """Take away videos, rows and bytes, that were deleted longer ago than `undo_seconds`. Returns how many.

    The rows first: bytes that a crash leaves belong to no row, and go like any other orphan.
    """
    taken = 0
    while True:
        async with run.db.begin() as session:
            videos, keys = await review.purge(session, run.settings.undo_seconds, BATCH)
        await run.bucket.delete(*keys)
        taken += videos
        if videos < BATCH:
            break
    if taken:
        async with run.db.begin() as session:
            await delete_empty(session)
    return taken


def _sweep_cache(folder: Path, before: float) -> int:
    freed = 0
    for file in folder.rglob("*"):
        if file.is_file() and (facts := file.stat()).st_mtime < before:
            file.unlink(missing_ok=True)
            freed += facts.st_size
    return freed


async def _expire(run: Runtime) -> None:
    """Delete jobs and generations whose time is over; the bytes of jobs are orphans from then on."""
    async with run.db.begin() as session:
        expired = await delete_expired(session)
        keys = await delete_expired_generations(session)
    await run.bucket.delete(*keys)
    if expired:
        log.info("deleted %d jobs whose time was over and of which nothing was selected", len(expired))


def _sweep_work(work_dir: Path, in_use: set[str], before: float, pattern: str = "*") -> int:
    freed = 0
    for entry in work_dir.glob(pattern):
        # The files of a submission or of local work begin with its id.
        if entry.name.split(".")[0] in in_use or entry.stat().st_mtime >= before:
            continue
        if entry.is_dir():
            freed += sum(file.stat().st_size for file in entry.rglob("*") if file.is_file())
            shutil.rmtree(entry, ignore_errors=True)
        else:
            freed += entry.stat().st_size
            entry.unlink(missing_ok=True)
    return freed
