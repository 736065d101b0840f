"""Pictures that are made of a video when somebody first asks for them, and stored beside it."""

import asyncio
import shutil
from enum import StrEnum
from uuid import UUID

from rushes.engine.runtime import Runtime
from rushes.errors import NotFound
from rushes.jobs.upload import new_work_folder
from rushes.library.files import StoredFile, add_still, still_of, video_file
from rushes.platform.media.stills import write_last_frame, write_sheet
from rushes.platform.storage.bucket import storage_fault


class Still(StrEnum):
    """Which still image of a video is meant."""

    LAST_FRAME = "last-frame"
    SHEET = "sheet"


def still_key(video_id: UUID, which: Still) -> str:
    """Return the storage key of a still image."""
    return f"stills/{video_id}-{which}.jpg"


_WRITERS = {Still.LAST_FRAME: write_last_frame, Still.SHEET: write_sheet}


async def still(run: Runtime, owner: UUID, video_id: UUID, which: Still) -> StoredFile:
    """The picture, made now if it has not been. Raises `NotFound` while there is no video, `Damaged`."""
    key = still_key(video_id, which)
    async with run.db.statement() as session:
        video = await video_file(session, owner, video_id)
        known = await still_of(session, owner, key)
    if known:
        return known
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        picture = work / "still.jpg"
        async with run.bucket.local(video.key) as file:
            await asyncio.to_thread(_WRITERS[which], file, picture)
        stored = await run.bucket.put(key, picture, durable=False)
    except OSError as error:
        raise storage_fault(error) from error
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    async with run.db.statement() as session:
        kept = await add_still(session, video_id, stored.key, stored.sha256, stored.size)
    if not kept:  # deleted meanwhile
        await run.bucket.delete(key)
        raise NotFound(f"There is no video {video_id}.")
    return StoredFile(key, "image/jpeg", stored.sha256)
