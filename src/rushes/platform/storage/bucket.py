"""Bytes by key: what a bucket is. One in a folder is in local.py beside this, one elsewhere in remote.py."""

import errno
import hashlib
import shutil
import zlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pydantic import SecretStr

from rushes.errors import ErrorType, NotFound, SystemFault

CHUNK_BYTES = 1024 * 1024
PARTIAL = ".part"
S3_SCHEMES = ("s3", "s3a")
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)
"""What the operating system says when a disk cannot be written."""


@dataclass(frozen=True)
class Stored:
    """What was stored: size in bytes, sha256 in hex, and the CRC-32 that a ZIP of it needs."""

    key: str
    size: int
    sha256: str
    crc32: int


def sums_of_file(file: BinaryIO) -> tuple[int, str, int]:
    """Read a file from its beginning once: its bytes, their sha256 in hex, their CRC-32. Blocking."""
    digest, crc, size = hashlib.sha256(), 0, 0
    while piece := file.read(CHUNK_BYTES):
        digest.update(piece)
        crc = zlib.crc32(piece, crc)
        size += len(piece)
    return size, digest.hexdigest(), crc


@dataclass(frozen=True)
class BucketAccess:
    """How an S3 service is reached. What is not given comes from the usual `AWS_…` variables."""

    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None


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
    async def put(self, key: str, source: Path, *, durable: bool = True) -> Stored:
        """Move a file in: the source is gone afterwards. Readers see the old bytes or the new.

        Returns when it is safe and checked. `durable` waits until a power cut cannot take it back; not worth
        it for what can be made again. Raises `RetryLater` for bytes that did not arrive.
        """

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


def check_key(key: str) -> None:
    """Raise `ValueError` for a key that would leave the bucket."""
    pure = PurePosixPath(key)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise ValueError(f"not a storage key: {key!r}")


def not_stored(key: str) -> NotFound:
    """The fault for a key that a bucket does not have."""
    return NotFound(f"{key} is not in the storage.")


def storage_fault(error: OSError) -> SystemFault:
    """The fault for a disk that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SystemFault(
            "The disk is full.",
            error_type=ErrorType.DISK_FULL,
            hint="Free some space, or move RUSHES_DATA_DIR to a larger disk. Work continues automatically.",
        )
    return SystemFault(
        f"The storage cannot be written: {error.strerror or error}.",
        error_type=ErrorType.STORAGE,
        hint="Check the permissions and the disk of RUSHES_DATA_DIR. Work continues automatically.",
    )


def free_bytes(folder: Path) -> int:
    """Free space on the disk of a folder (or of its nearest parent that exists)."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
