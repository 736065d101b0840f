"""Bytes by key in a local folder: written whole or not at all, and on disk before it is said so."""

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rushes.errors import ErrorType, NotFound, SystemFault
from rushes.together import Together

CHUNK_BYTES = 1024 * 1024
PARTIAL = ".part"
PUT_AT_ONCE = 2
"""Threads that write; each takes all files that came since the last one began."""
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)
"""What the operating system says when a disk cannot be written."""


@dataclass(frozen=True)
class Stored:
    """What was stored: size in bytes and sha256 in hex."""

    key: str
    size: int
    sha256: str


class LocalBucket:
    """A bucket in a folder. Keys are relative POSIX paths."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._put: Together[tuple[str, Path, bool], Stored | OSError] = Together(
            self._put_together, turns=PUT_AT_ONCE
        )

    def path(self, key: str) -> Path:
        """The file of a key. Raises `ValueError` for a key that would leave the bucket."""
        pure = PurePosixPath(key)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts:
            raise ValueError(f"not a storage key: {key!r}")
        return self.root / pure

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
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            # The name first: one sync then takes the bytes and the name to the disk together.
            source.replace(target)
            if durable:
                os.fsync(file.fileno())
        return Stored(key, size, digest)

    async def size(self, key: str) -> int:
        """Bytes of a key. Raises `NotFound`."""
        try:
            return (await asyncio.to_thread(self.path(key).stat)).st_size
        except FileNotFoundError:
            raise NotFound(f"{key} is not in the storage.") from None

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
            raise NotFound(f"{key} is not in the storage.") from None
        with file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                piece = await asyncio.to_thread(
                    file.read, CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)
                )
                if not piece:
                    return
                if left is not None:
                    left -= len(piece)
                yield piece

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

    def files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Every file in the bucket, half-written ones included. Blocking."""
        for path in self.root.rglob("*"):
            if path.is_file():
                yield path.relative_to(self.root).as_posix(), path.stat()


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


def storage_fault(error: OSError) -> SystemFault:
    """The fault for a disk that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SystemFault(
            "The disk is full.",
            error_type=ErrorType.DISK_FULL,
            hint="Free some space, or move RUSHES_DATA_DIR to a larger disk. Work goes on by itself.",
        )
    return SystemFault(
        f"The storage cannot be written: {error.strerror or error}.",
        error_type=ErrorType.STORAGE,
        hint="Check the permissions and the disk of RUSHES_DATA_DIR. Work goes on by itself.",
    )


def free_bytes(folder: Path) -> int:
    """Free space on the disk of a folder (or of its nearest parent that exists)."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
