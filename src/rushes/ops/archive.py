"""Copies finished videos to the archive: one task at a time, until every video is there for certain.

Run again after a crash it goes on where the rows say: parts that were sent are not sent again. What fails is
put off, ever longer, and never given up: until the archive has a video, it stays in the storage. Of one that
is deleted meanwhile the rows say what has come into the archive, and the sweeper deletes it there.
"""

import asyncio
import logging

from rushes.engine.backoff import grow
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound, RetryLater, RushesError
from rushes.platform.storage import copies
from rushes.platform.storage.archive import Archive, Ids
from rushes.platform.storage.policy import sha256_of

log = logging.getLogger(__name__)

AT_ONCE = 2
"""While one video is read back, the next is sent."""


async def archive_videos(run: Runtime) -> None:
    """Archive everything whose time has come."""
    archive = run.bucket.archive
    if archive is None:
        return
    tried: list[str] = []  # one that fails is not tried twice in a run, whatever its row says
    while True:
        async with run.db.begin() as session:
            batch = await copies.to_copy(session, archive.name, tried, AT_ONCE)
        if not batch:
            return
        tried += [asset.key for asset in batch]
        await asyncio.gather(*(_archive(run, archive, asset) for asset in batch))


async def _archive(run: Runtime, archive: Archive, asset: copies.ToCopy) -> None:
    async def keep(ids: Ids) -> None:
        async with run.db.begin() as session:
            await copies.keep_ids(session, archive.name, asset, ids)

    async with run.db.begin() as session:
        begun = await copies.begin_copy(session, archive.name, asset)
    try:
        async with run.bucket.hot.local(asset.key, hold=True) as file:
            if await asyncio.to_thread(sha256_of, file) != asset.sha256:
                raise RetryLater("The bytes in the storage are not the ones that were stored.")
            ids = await archive.store(asset.key, file, begun, keep)
    except RushesError as error:
        await _put_off(run, archive, asset, error)
    except OSError as error:
        await _put_off(run, archive, asset, RetryLater(f"The storage cannot be read: {error.strerror}."))
    else:
        async with run.db.begin() as session:
            await copies.verified(session, archive.name, asset, run.bucket.hot.name, ids)


async def _put_off(run: Runtime, archive: Archive, asset: copies.ToCopy, error: RushesError) -> None:
    async with run.db.begin() as session:
        faults = await copies.faults_of(session, asset.key, archive.name)
        told = error.after if isinstance(error, RetryLater) else None
        wait = grow(run.settings.network_retry_wait, faults) if told is None else told
        await copies.put_off(session, archive.name, asset, wait, error.message)
    level = logging.DEBUG if isinstance(error, NotFound) else logging.WARNING  # deleted meanwhile
    log.log(level, "%s is not in %s yet: %s", asset.key, archive.name, error.message)
