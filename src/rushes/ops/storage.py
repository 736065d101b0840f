"""The storage as an operator sees it: what is where, whether it is whole, and bringing it elsewhere."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID, uuid4

from rushes.engine import assets
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound, RetryLater
from rushes.ops.views import MigrateReport, PlaceView, StorageCheck, StorageFinding, StorageView
from rushes.platform.storage import copies
from rushes.platform.storage.bucket import Bucket, free_bytes
from rushes.platform.storage.policy import sha256_of

BATCH = 200
Told = Callable[[int, int], None]
"""Is told how many files of how many have been looked at."""


def silent(_done: int, _of: int) -> None:
    """Ignore progress."""


async def usage(run: Runtime, owner: UUID) -> StorageView:
    """What is where, from the rows."""
    bucket, archive = run.bucket, run.bucket.archive
    async with run.db.begin() as session:
        used = await copies.usage(session, owner, bucket.hot.name, archive.name if archive else "")
    free = await asyncio.to_thread(lambda: min(free_bytes(each) for each in bucket.folders))
    return StorageView(
        storage=PlaceView(name=bucket.name, files=used.hot_files, bytes=used.hot_bytes),
        archive=archive and PlaceView(name=archive.name, files=used.archived, bytes=used.archived_bytes),
        videos=used.videos,
        waiting_for_archive=used.videos - used.archived if archive else 0,
        archive_trouble=used.trouble,
        can_be_freed_bytes=used.both_bytes,
        hot_ttl_seconds=bucket.ttl_seconds,
        disk_free_bytes=free,
    )


async def check(run: Runtime, told: Told = silent) -> StorageCheck:
    """Whether everything is where the rows say, by its size. Reads no video and changes nothing."""
    found: list[StorageFinding] = []
    done = 0
    async with run.db.begin() as session:
        total = await assets.count(session)
    archive = run.bucket.archive
    async for batch in assets.all_assets(run.db, BATCH):
        keys = [asset.key for asset in batch]
        sizes = await run.bucket.sizes(keys)  # also of those that only the archive has
        found += [
            StorageFinding(
                key=asset.key,
                where=run.bucket.name,
                wrong="missing" if sizes[asset.key] is None else "damaged",
            )
            for asset in batch
            if sizes[asset.key] != asset.size_bytes
        ]
        if archive is not None:
            async with run.db.begin() as session:
                there = await copies.archived(session, archive.name, keys)
            found += [
                StorageFinding(key=asset.key, where=archive.name, wrong="not archived")
                for asset in batch
                if asset.media_type.startswith("video/") and asset.key not in there
            ]
        done += len(batch)
        told(done, total)
    before = time.time() - run.settings.orphan_seconds
    old = list(await asyncio.to_thread(run.bucket.old_files, before))
    found += [
        StorageFinding(key=key, where=run.bucket.name, wrong="orphan")
        for key in await assets.orphans(run.db, old, BATCH)
    ]
    return StorageCheck(looked_at=done, found=found)


async def verify(run: Runtime, told: Told = silent) -> StorageCheck:
    """Read every file in every place and compare it; mend what another place has right.

    A damaged file of the storage is brought back from the archive; a damaged copy in the archive is made
    again by the next round of archiving.
    """
    found: list[StorageFinding] = []
    done = 0
    async with run.db.begin() as session:
        total = await assets.count(session)
    async for batch in assets.all_assets(run.db, BATCH):
        for asset in batch:
            found += await _verify_one(run, asset)
            done += 1
            told(done, total)
    return StorageCheck(looked_at=done, found=found)


async def _verify_one(run: Runtime, asset: assets.StoredAsset) -> list[StorageFinding]:
    found: list[StorageFinding] = []
    archive, hot = run.bucket.archive, run.bucket.hot
    copy = None
    if archive is not None:
        async with run.db.begin() as session:
            copy = (await copies.archived(session, archive.name, [asset.key])).get(asset.key)
        if copy is not None:
            wrong = await _wrong_in_archive(run, copy)
            if wrong is not None:
                async with run.db.begin() as session:
                    await copies.lost(session, asset.key, archive.name, f"It was {wrong} in the archive.")
                found.append(StorageFinding(key=asset.key, where=archive.name, wrong=wrong))
                copy = None
    try:
        right = (await hot.measure(asset.key))[1] == asset.sha256
        wrong = None if right else "damaged"
    except NotFound:
        wrong = None if copy is not None else "missing"
    if wrong is not None:
        mended = None
        if copy is not None:
            await hot.delete(asset.key)
            await run.bucket.bring_back(asset.key)
            mended = "brought back from the archive"
        found.append(StorageFinding(key=asset.key, where=hot.name, wrong=wrong, mended=mended))
    elif found and (await hot.sizes([asset.key]))[asset.key] is not None:
        found[0].mended = "it will be archived again"
    return found


async def _wrong_in_archive(run: Runtime, copy: copies.AssetCopy) -> str | None:
    archive = run.bucket.archive
    if archive is None:
        return None
    file = run.settings.work_dir / f"verify-{uuid4()}"
    try:
        await archive.fetch(copy.key, copy.ids, file)
        right = await asyncio.to_thread(sha256_of, file) == copy.sha256
    except NotFound:
        return "missing"
    finally:
        await asyncio.to_thread(file.unlink, missing_ok=True)
    return None if right else "damaged"


async def migrate(run: Runtime, source: Bucket, told: Told = silent) -> MigrateReport:
    """Copy into the storage what another bucket has and the storage has not. Deletes nothing there."""
    report = MigrateReport(copied=0, copied_bytes=0, there_already=0, found=[])
    done = 0
    async with run.db.begin() as session:
        total = await assets.count(session)
    async for batch in assets.all_assets(run.db, BATCH):
        sizes = await run.bucket.hot.sizes([asset.key for asset in batch])
        for asset in batch:
            if sizes[asset.key] == asset.size_bytes:
                report.there_already += 1
            else:
                await _bring_over(run, source, asset, report)
            done += 1
            told(done, total)
    return report


async def _bring_over(run: Runtime, source: Bucket, asset: assets.StoredAsset, report: MigrateReport) -> None:
    file = run.settings.work_dir / f"migrate-{uuid4()}"
    try:
        with file.open("wb") as target:  # opened once; the writing is off the loop
            async for piece in source.stream(asset.key):
                await asyncio.to_thread(target.write, piece)
        if await asyncio.to_thread(sha256_of, file) != asset.sha256:
            report.found.append(StorageFinding(key=asset.key, where=source.name, wrong="damaged"))
            return
        await run.bucket.hot.put(asset.key, file)
    except NotFound:
        if (await run.bucket.sizes([asset.key]))[asset.key] is None:  # not in the archive either
            report.found.append(StorageFinding(key=asset.key, where=source.name, wrong="missing"))
        return
    except RetryLater as error:
        report.found.append(StorageFinding(key=asset.key, where=run.bucket.name, wrong=error.message))
        return
    finally:
        await asyncio.to_thread(file.unlink, missing_ok=True)
    report.copied += 1
    report.copied_bytes += asset.size_bytes
