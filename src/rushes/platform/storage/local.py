"""A bucket in a folder: files written whole or not at all, and on disk before it is said so."""

import asyncio
import os
import shutil
import stat
import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from rushes.platform.batching import Together
from rushes.platform.storage.bucket import (
    CHUNK_BYTES,
    PARTIAL,
    Bucket,
    Facts,
    Stored,
    check_key,
    not_stored,
    storage_fault,
    sums_of_file,
)

HELD = "held"
"""Folder of second names: files in it are read right now. What a crash leaves there is swept as an orphan."""
PUT_AT_ONCE = 2
"""Threads that write; each takes all files that came since the last one began."""


class LocalBucket(Bucket):
    """A bucket in a folder.

    Our own code and not obstore's: that one copies where this renames, and does not wait for the disk
    (docs/decisions/0009-where-videos-live.md).
    """

    def __init__(self, root: Path, name: str = "local") -> None:
        self.root = root
        self.name = name
        self._put: Together[tuple[str, Path, bool], Stored | OSError] = Together(
            self._put_together, turns=PUT_AT_ONCE
        )

    def path(self, key: str) -> Path:
        """The file of a key. Raises `ValueError` for a key that would leave the bucket."""
        check_key(key)
        return self.root / key

    async def put(self, key: str, source: Path, *, durable: bool = True) -> Stored:
        """Move a file in. The source is gone afterwards; readers see the old bytes or the new.

        `durable` waits until a power cut cannot take it back; not worth it for what can be made again.
        Files that are put at the same time wait for the disk together.

        Raises `SystemFault` when the disk is full or cannot be written.
        """
        stored = await self._put((key, source, durable))
        if isinstance(stored, OSError):
            raise storage_fault(stored) from stored
        return stored

    async def _put_together(self, files: Sequence[tuple[str, Path, bool]]) -> list[Stored | OSError]:
        return await asyncio.to_thread(self._put_files, files)

    def _put_files(self, files: Sequence[tuple[str, Path, bool]]) -> list[Stored | OSError]:
        results: list[Stored | OSError] = []
        folders: dict[Path, list[int]] = {}
        for place, (key, source, durable) in enumerate(files):
            try:
                results.append(self._put_file(key, source, durable=durable))
            except OSError as error:
                results.append(error)
            else:
                if durable:
                    folders.setdefault(self.path(key).parent, []).append(place)
        for folder, places in folders.items():  # one sync of a folder keeps all the names in it
            try:
                _fsync_folder(folder)
            except OSError as error:
                for place in places:
                    results[place] = error
        return results

    def _put_file(self, key: str, source: Path, *, durable: bool) -> Stored:
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.stat().st_dev != target.parent.stat().st_dev:
            source = _copy_beside(source, target)
        with source.open("rb") as file:
            size, digest, crc = sums_of_file(file)
            # The name first: one sync then takes the bytes and the name to the disk together.
            source.replace(target)
            if durable:
                os.fsync(file.fileno())
        return Stored(key, size, digest, crc)

    @asynccontextmanager
    async def local(self, key: str, *, hold: bool = False) -> AsyncGenerator[Path]:
        """The file itself; with `hold` a second name for it."""
        path = self.path(key)
        if not hold:
            if not await asyncio.to_thread(path.is_file):
                raise not_stored(key)
            yield path
            return
        held = self.root / HELD / f"{uuid4()}{path.suffix}"
        try:
            await asyncio.to_thread(_hold, path, held)
        except FileNotFoundError:
            raise not_stored(key) from None
        try:
            yield held
        finally:
            await asyncio.to_thread(held.unlink, missing_ok=True)

    async def sizes(self, keys: Sequence[str]) -> dict[str, int | None]:
        """Bytes of many keys at once; None for one that is not there."""
        return await asyncio.to_thread(self._sizes, keys)

    def _sizes(self, keys: Sequence[str]) -> dict[str, int | None]:
        sizes: dict[str, int | None] = {}
        for key in keys:
            path = self.path(key)
            sizes[key] = path.stat().st_size if path.is_file() else None
        return sizes

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """The bytes of a key from `start`, in pieces of a MiB at most. Raises `NotFound` at the first."""
        try:
            file = await asyncio.to_thread(self.path(key).open, "rb")
        except FileNotFoundError:
            raise not_stored(key) from None
        with file:
            file.seek(start)
            left = sys.maxsize if length is None else length
            reading = _read_soon(file, left)
            try:
                while piece := await reading:
                    left -= len(piece)
                    reading = _read_soon(file, left)  # while this piece is being sent
                    yield piece
            finally:
                await asyncio.wait([reading])  # the file is not closed under its reader

    async def delete(self, *keys: str) -> None:
        """Delete; a key that is not there is fine. Empty folders go too."""
        await asyncio.to_thread(self._delete, keys)

    def _delete(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            path = self.path(key)
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.root:
                    break
                try:
                    folder.rmdir()
                except OSError:  # not empty: another key lives here
                    break

    def files(self) -> Iterator[tuple[str, Facts]]:
        """Every file in the bucket, half-written ones included. Blocking."""
        for path in self.root.rglob("*"):
            try:
                facts = path.stat()
            except FileNotFoundError:  # deleted since it was listed
                continue
            if stat.S_ISREG(facts.st_mode):
                # The later of both: a second name keeps the time of the first, and so does what is moved in.
                modified = max(facts.st_mtime, facts.st_ctime)
                yield path.relative_to(self.root).as_posix(), Facts(facts.st_size, modified)


def _hold(path: Path, held: Path) -> None:
    held.parent.mkdir(parents=True, exist_ok=True)
    try:
        held.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without second names
        shutil.copyfile(path, held)


def _copy_beside(source: Path, target: Path) -> Path:
    """Bring a file from another disk next to its place, so that it can be moved there in one step."""
    partial = target.with_name(target.name + PARTIAL)
    shutil.copyfile(source, partial)
    source.unlink()
    return partial


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_soon(file: BinaryIO, left: int) -> asyncio.Future[bytes]:
    return asyncio.get_running_loop().run_in_executor(None, file.read, min(CHUNK_BYTES, left))
