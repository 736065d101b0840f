"""What an archive is: a second place for videos, read back before it is believed."""

import asyncio
import shutil
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from rushes.platform.storage.bucket import Bucket, storage_fault

Ids = dict[str, Any]
"""What the place itself calls a copy; kept in the database."""
Keep = Callable[[Ids], Awaitable[None]]
"""Keeps what is stored so far, so that a crash does not send it again."""


class Archive(ABC):
    """A second place. Raises `RetryLater` and `SystemFault` when it cannot be reached or used."""

    name: str
    """What it is called in the database and to people: never holds a secret."""

    @abstractmethod
    async def store(self, key: str, source: Path, ids: Ids, keep: Keep) -> Ids:
        """Store a file and read it back: returns when its bytes there are known to be right.

        `ids` is what an earlier try has kept. Raises `RetryLater` when other bytes came back.
        """

    @abstractmethod
    async def fetch(self, key: str, ids: Ids, into: Path) -> None:
        """Write the bytes to a file. Raises `NotFound`."""

    @abstractmethod
    async def holds(self, key: str, ids: Ids, size: int) -> bool:
        """Whether a copy is still there, as far as can be told without reading it. Size in bytes."""

    @abstractmethod
    async def delete(self, key: str, ids: Ids) -> None:
        """Delete a copy; one that is not there is fine."""

    async def close(self) -> None:
        """Close connections; a bucket has none to close."""


class BucketArchive(Archive):
    """A bucket: in another account, region or building, one hopes."""

    def __init__(self, bucket: Bucket, work_dir: Path) -> None:
        self.bucket = bucket
        self.name = f"archive {bucket.name}"
        self._work_dir = work_dir

    async def store(self, key: str, source: Path, ids: Ids, keep: Keep) -> Ids:
        """Put a copy in. A bucket takes a file whole: there is nothing to go on from."""
        copied = self._work_dir / f"archive-{uuid4()}{Path(key).suffix}"
        try:
            try:
                await asyncio.to_thread(shutil.copyfile, source, copied)
            except OSError as error:
                raise storage_fault(error) from error
            await self.bucket.put(key, copied)  # reads back what it has put
        finally:
            await asyncio.to_thread(copied.unlink, missing_ok=True)
        return {}

    async def fetch(self, key: str, ids: Ids, into: Path) -> None:
        """Copy it out of the bucket."""
        async with self.bucket.local(key) as file:
            try:
                await asyncio.to_thread(shutil.copyfile, file, into)
            except OSError as error:
                raise storage_fault(error) from error

    async def holds(self, key: str, ids: Ids, size: int) -> bool:
        """Whether the bucket has so many bytes under the key."""
        return (await self.bucket.sizes([key]))[key] == size

    async def delete(self, key: str, ids: Ids) -> None:
        """Delete an object from the bucket."""
        await self.bucket.delete(key)
