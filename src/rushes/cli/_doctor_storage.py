"""The doctor's look at the storage and the archive: a few bytes are written, read back and deleted again."""

import asyncio
import hashlib
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

from rushes.cli._verdict import Check, broken, ok
from rushes.errors import ErrorType, RushesError, SystemFault
from rushes.platform.storage.archive import Ids
from rushes.platform.storage.places import access_of_storage, open_archive, open_bucket
from rushes.settings import Settings

CONTENT_NAME, CONTENT = "doctor.txt", b"rushes doctor\n"
PATIENCE_SECONDS = 60.0
"""A place that takes longer for a few bytes is of no use."""


async def storage_and_archive(settings: Settings) -> list[Check]:
    """Whether the places where videos are kept can be used; the archive only where one is set."""
    checks = [await _look("Storage", settings, _storage)]
    if settings.archive_url is not None:
        checks.append(await _look("Archive", settings, _archive))
    return checks


async def _look(name: str, settings: Settings, tried: Callable[[Settings, Path], Awaitable[str]]) -> Check:
    folder = settings.work_dir / f"doctor-{uuid4()}"
    try:
        await asyncio.to_thread(_make, folder)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return ok(name, f"{await tried(settings, folder)}: written, read and deleted")
    except TimeoutError:
        return broken(
            name, f"it did not answer within {PATIENCE_SECONDS:.0f} s", "Look whether it can be reached."
        )
    except OSError as error:
        return broken(name, f"{error}.", "Look whether it can be written and read.")
    except RushesError as error:
        return broken(name, error.message, error.hint)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / CONTENT_NAME).write_bytes(CONTENT)


async def _storage(settings: Settings, folder: Path) -> str:
    bucket = open_bucket(settings, settings.bucket_url, access_of_storage(settings))
    key = _key(folder)
    await bucket.put(key, folder / CONTENT_NAME)
    if await bucket.measure(key) != (len(CONTENT), hashlib.sha256(CONTENT).hexdigest()):
        raise SystemFault("Other bytes come back than were written.", error_type=ErrorType.STORAGE)
    await bucket.delete(key)
    return bucket.name


async def _archive(settings: Settings, folder: Path) -> str:
    archive = open_archive(settings)
    assert archive is not None

    async def keep(_ids: Ids) -> None:
        """One try is all there is."""

    try:
        ids = await archive.store(_key(folder), folder / CONTENT_NAME, {}, keep)  # reads it back
        await archive.delete(_key(folder), ids)
    finally:
        await archive.close()
    return archive.name


def _key(folder: Path) -> str:
    """Where the sweeper finds it when this is killed on the way."""
    return f"jobs/doctor/{folder.name}"
