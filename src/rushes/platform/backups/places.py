"""Where backups are kept: a folder, or a bucket."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from rushes.errors import NotFound
from rushes.platform.backups.manifest import BackupReason, read_name
from rushes.platform.private import private_folder
from rushes.platform.storage.bucket import Bucket, storage_fault
from rushes.platform.storage.local import LocalBucket
from rushes.platform.storage.places import access_of_storage, open_bucket
from rushes.settings import Settings


@dataclass(frozen=True)
class KeptBackup:
    """A backup in its place."""

    name: str
    created_at: datetime
    reason: BackupReason
    size: int


class BackupPlace:
    """A folder or bucket of backups."""

    def __init__(self, bucket: Bucket, shown: str) -> None:
        self._bucket = bucket
        self.shown = shown
        """What it is called to people."""

    async def kept(self) -> list[KeptBackup]:
        """Return the backups that are there, the newest first."""
        return await asyncio.to_thread(self._kept)

    def _kept(self) -> list[KeptBackup]:
        found: list[KeptBackup] = []
        for name, size in self._files():
            if (told := read_name(name)) is not None:
                found.append(KeptBackup(name, *told, size))
        return sorted(found, key=lambda each: (each.created_at, each.name), reverse=True)

    def _files(self) -> Iterator[tuple[str, int]]:
        if isinstance(self._bucket, LocalBucket):  # not what else lies in the folders of a person's folder
            for path in self._bucket.root.iterdir():
                if path.is_file():
                    yield path.name, path.stat().st_size
        else:
            for key, facts in self._bucket.files():
                yield key, facts.size

    async def put(self, name: str, file: Path) -> None:
        """Move an archive in; it is there as a whole or not at all. Raises `SystemFault`."""
        await self._bucket.put(name, file)

    async def delete(self, name: str) -> None:
        """Delete a backup."""
        await self._bucket.delete(name)

    @asynccontextmanager
    async def file(self, name: str) -> AsyncGenerator[Path]:
        """Have a backup as a file, only to be read. Raises `NotFound` with the names there are."""
        try:
            async with self._bucket.local(name) as path:
                yield path
        except NotFound as error:
            names = ", ".join(each.name for each in (await self.kept())[:3])
            raise NotFound(
                f"There is no backup {name} in {self.shown}.",
                hint=f"The newest there: {names}." if names else "There is none at all.",
            ) from error


def open_place(settings: Settings, to: str | None = None) -> BackupPlace:
    """Return the place `to`, or the one that is set. Creates a folder. Raises `SystemFault`."""
    where = to or settings.backup_to or str(settings.data_dir / "backups")
    if "://" in where and urlsplit(where).scheme != "file":
        return BackupPlace(open_bucket(settings, where, access_of_storage(settings)), where)
    folder = Path(where.removeprefix("file://")).expanduser().absolute()
    try:
        if not folder.exists():
            private_folder(folder)
    except OSError as error:
        raise storage_fault(error) from error
    return BackupPlace(LocalBucket(folder, name=f"file://{folder}"), str(folder))
