"""Deletes what nobody can have back: one-prompt videos whose time is over, deleted ones whose undo is,
and files that belong to no row (what a crash between the bytes and the row left behind)."""

import asyncio
import logging
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rushes.db.queries import assets, review
from rushes.db.queries.one_prompt import delete_expired
from rushes.runtime import Runtime

log = logging.getLogger(__name__)

YOUNG_SECONDS = 3600.0
"""Younger files may belong to a row that is about to be written."""
CACHE_SECONDS = 30 * 24 * 3600.0
"""Small pictures are made again when somebody asks: none is kept for ever."""
BATCH = 1000


async def sweep(run: Runtime, *, older_than_seconds: float = YOUNG_SECONDS) -> int:
    """Delete orphan bytes and work folders at least that old. Returns the bytes freed."""
    await _expire(run)
    await purge_deleted(run)
    before = time.time() - older_than_seconds
    async with run.db.begin() as session:
        in_use = await assets.active_submission_ids(session)
    freed = await asyncio.to_thread(_sweep_work, run.settings.work_dir, in_use, before)
    old = await asyncio.to_thread(_old_files, run, before)
    keys = list(old)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        async with run.db.begin() as session:
            unknown = await assets.unknown_keys(session, batch)
        await run.bucket.delete(*unknown)
        freed += sum(old[key] for key in unknown)
    freed += await asyncio.to_thread(_sweep_cache, run.settings.cache_dir, time.time() - CACHE_SECONDS)
    if freed:
        log.info("swept %d bytes that nobody needs", freed)
    return freed


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
            return taken


def _sweep_cache(folder: Path, before: float) -> int:
    freed = 0
    for file in folder.rglob("*"):
        if file.is_file() and (facts := file.stat()).st_mtime < before:
            file.unlink(missing_ok=True)
            freed += facts.st_size
    return freed


async def _expire(run: Runtime) -> None:
    """One-prompt videos have their time; afterwards their bytes are orphans like any others."""
    if not run.settings.operation_days:
        return
    before = datetime.now(UTC) - timedelta(days=run.settings.operation_days)
    async with run.db.begin() as session:
        expired = await delete_expired(session, before)
    if expired:
        log.info("deleted %d one-prompt jobs that nobody kept", len(expired))


def _old_files(run: Runtime, before: float) -> dict[str, int]:
    # A half-written file has no row of its own name, so it is swept like any other orphan.
    return {key: facts.st_size for key, facts in run.bucket.files() if facts.st_mtime < before}


def _sweep_work(work_dir: Path, in_use: set[str], before: float) -> int:
    freed = 0
    for folder in work_dir.iterdir():
        if folder.name in in_use or folder.stat().st_mtime >= before:
            continue
        freed += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)
    return freed
