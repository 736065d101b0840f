"""Bytes by key: what a bucket is, and the one in a local folder.

Written whole or not at all, and safe before it is said so. Any other place is storage/remote.py.
"""

import asyncio
import errno
import hashlib
import os
import shutil
import stat
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import uuid4

from pydantic import SecretStr

from rushes.errors import ErrorType, NotFound, SystemFault

CHUNK_BYTES = 1024 * 1024
PARTIAL = ".part"
HELD = "held"
"""Folder of second names: files in it are read right now. What a crash leaves there is swept as an orphan."""
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)
"""What the operating system says when a disk cannot be written."""


@dataclass(frozen=True)
class Stored:
    """What was stored: size in bytes and sha256 in hex."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Access:
    """How an S3 service is reached. What is not given comes from the usual `AWS_…` variables."""

    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None


@dataclass(frozen=True)
class Incoming:
    """A file that is to be stored. `durable` waits until a power cut cannot take it back."""

    key: str
    source: Path
    durable: bool = True


@dataclass(frozen=True)
class Facts:
    """What a bucket knows of a key: bytes, and when it was written (seconds since 1970)."""

    size: int
    modified: float


class Bucket(ABC):
    """Bytes by key. Keys are relative POSIX paths.

    Every method may raise `SystemFault` (`storage`, `disk_full`) when the place cannot be reached or
    written; that is a fault of the installation, which the engine waits out.
    """

    name: str
    """What it is called in the database and to people: never holds a secret."""

    @abstractmethod
    async def put_all(self, files: Sequence[Incoming]) -> list[Stored]:
        """Move files in: the sources are gone afterwards. Readers see the old bytes or the new.

        Returns when all of them are safe and checked. Raises `RetryLater` for bytes that did not arrive.
        """

    async def put(self, key: str, source: Path, *, durable: bool = True) -> Stored:
        """Move one file in: see `put_all`."""
        return (await self.put_all([Incoming(key, source, durable)]))[0]

    @abstractmethod
    def local(self, key: str, *, hold: bool = False) -> AbstractAsyncContextManager[Path]:
        """The bytes as a file for as long as the context lasts: only to be read. Raises `NotFound`.

        `hold`: also when the key is deleted meanwhile.
        """

    async def size(self, key: str) -> int:
        """Bytes of a key. Raises `NotFound`."""
        size = (await self.sizes([key]))[key]
        if size is None:
            raise not_stored(key)
        return size

    @abstractmethod
    async def sizes(self, keys: Sequence[str]) -> dict[str, int | None]:
        """Bytes of many keys at once; None for one that is not there."""

    @abstractmethod
    def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """The bytes of a key from `start`, in pieces of a MiB at most. Raises `NotFound` at the first."""

    async def measure(self, key: str) -> tuple[int, str]:
        """Read a key: its bytes and their sha256 in hex. Raises `NotFound`."""
        digest, size = hashlib.sha256(), 0
        async for piece in self.stream(key):
            digest.update(piece)
            size += len(piece)
        return size, digest.hexdigest()

    @abstractmethod
    async def delete(self, *keys: str) -> None:
        """Delete; a key that is not there is fine."""

    @abstractmethod
    def files(self) -> Iterator[tuple[str, Facts]]:
        """Every file in the bucket, half-written ones included. Blocking."""

    async def link(self, key: str, seconds: float) -> str | None:
        """An address at which anybody can read the key for so long; None when there is no such thing."""
        return None


class LocalBucket(Bucket):
    """A bucket in a folder.

    Our own code and not obstore's: that one copies where this renames, and does not wait for the disk
    (docs/decisions/0009-where-videos-live.md).
    """

    def __init__(self, root: Path, name: str = "local") -> None:
        self.root = root
        self.name = name

    def path(self, key: str) -> Path:
        """The file of a key. Raises `ValueError` for a key that would leave the bucket."""
        check_key(key)
        return self.root / key

    async def put_all(self, files: Sequence[Incoming]) -> list[Stored]:
        """Move files in, off the loop. Raises `SystemFault` when the disk is full or cannot be written."""
        return await asyncio.to_thread(lambda: [self._put(each) for each in files])

    def _put(self, incoming: Incoming) -> Stored:
        key, source, durable = incoming.key, incoming.source, incoming.durable
        target = self.path(key)
        try:
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
            if durable:
                _fsync_folder(target.parent)
        except OSError as error:
            raise storage_fault(error) from error
        return Stored(key, size, digest)

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
            await asyncio.to_thread(held.unlink)

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


def check_key(key: str) -> None:
    """Raise `ValueError` for a key that would leave the bucket."""
    pure = PurePosixPath(key)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise ValueError(f"not a storage key: {key!r}")


def not_stored(key: str) -> NotFound:
    """The fault for a key that a bucket does not have."""
    return NotFound(f"{key} is not in the storage.")


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
