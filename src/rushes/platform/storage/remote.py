"""Buckets elsewhere (S3, R2, GCS, Azure) by obstore: parts of equal size, and every write read back.

Read back rather than trusted: a check sum sent along says what arrived, not what is kept, and not every
service has one. What a service answers is never shown: it may hold addresses that are signed.
"""

import asyncio
import contextlib
import logging
import mimetypes
import re
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import (
    BaseError,
    InvalidPathError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store, from_url

from rushes.errors import ErrorType, RetryLater, SystemFault
from rushes.platform.storage.bucket import (
    CHUNK_BYTES,
    PARTIAL,
    S3_SCHEMES,
    Bucket,
    BucketAccess,
    Facts,
    Stored,
    check_key,
    not_stored,
    storage_fault,
    sums_of_file,
)
from rushes.settings import Settings

if TYPE_CHECKING:
    # For type checkers only, says obstore.
    from obstore import GetOptions
    from obstore.store import S3Config

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE = 4
"""Files, and parts of each, that are on their way at the same time."""
RESUMES = 5
"""How often a stream that broke goes on behind what it has brought."""
LONGEST_LINK = timedelta(days=7)
"""S3 and R2 allow no longer ones; obstore signs them all the same."""
RETRIES = 3
"""How often obstore asks again by itself; what lasts longer is the engine's to wait for."""
RETRY_WITHIN, CONNECT, WHOLE = timedelta(seconds=60), timedelta(seconds=10), timedelta(minutes=30)
_STATUS = re.compile(r"status code: (\d{3}[^:\n]*)")


def connect(settings: Settings, url: str, access: BucketAccess) -> "RemoteBucket":
    """The bucket at a URL. Raises `ValueError` for one that makes no sense. Asks nothing yet."""
    patience = timedelta(seconds=settings.storage_timeout)
    config: S3Config = {}
    if urlsplit(url).scheme in S3_SCHEMES:
        given = {
            "endpoint": access.endpoint,
            "region": access.region or ("auto" if access.endpoint else None),
            "access_key_id": access.access_key,
            "secret_access_key": access.secret_key and access.secret_key.get_secret_value(),
        }
        config = cast("S3Config", {name: value for name, value in given.items() if value})
    try:
        store = from_url(
            url,
            config=config or None,
            client_options={
                "allow_http": True,
                "connect_timeout": min(patience, CONNECT),
                "read_timeout": patience,
                # For a whole part or file, however slow the line: what stalls ends by the other one.
                "timeout": max(patience, WHOLE),
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": max(patience, RETRY_WITHIN)},
        )
    except BaseError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    return RemoteBucket(store, url, settings.work_dir, part_bytes=settings.storage_part_bytes)


class RemoteBucket(Bucket):
    """A bucket of another service. `part_bytes`: larger files go in parts of that size (5 MiB at least)."""

    def __init__(self, store: ObjectStore, name: str, work_dir: Path, *, part_bytes: int) -> None:
        self.store = store
        self.name = name
        self._work_dir = work_dir
        self._part_bytes = part_bytes
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def put(self, key: str, source: Path, *, durable: bool = True) -> Stored:
        """Upload, read back, compare; then let the source go. A few files at a time."""
        async with self._turn:
            return await self._put(key, source)

    async def _put(self, key: str, source: Path) -> Stored:
        check_key(key)
        stored = Stored(key, *await asyncio.to_thread(_measure, source))
        media_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
        with self._told(key, writing=True):
            await obstore.put_async(
                self.store,
                key,
                source,
                attributes={"Content-Type": media_type},
                use_multipart=stored.size > self._part_bytes,
                chunk_size=self._part_bytes,
                max_concurrency=AT_ONCE,
            )
        if await self.measure(key) != (stored.size, stored.sha256):
            await self.delete(key)
            raise RetryLater(
                f"{self.name} gave back other bytes than it was given.", error_type=ErrorType.STORAGE
            )
        await asyncio.to_thread(source.unlink, missing_ok=True)
        return stored

    @asynccontextmanager
    async def local(self, key: str, *, hold: bool = False) -> AsyncGenerator[Path]:
        """A download, deleted at the end."""
        file = self._work_dir / f"download-{uuid4()}{Path(key).suffix}"
        partial = file.with_name(file.name + PARTIAL)
        try:
            try:
                with partial.open("wb") as target:
                    async for piece in self.stream(key):
                        await asyncio.to_thread(target.write, piece)
            except OSError as error:
                raise storage_fault(error) from error
            partial.replace(file)
            yield file
        finally:
            for each in (partial, file):
                await asyncio.to_thread(each.unlink, missing_ok=True)

    async def sizes(self, keys: Sequence[str]) -> dict[str, int | None]:
        """Bytes of many keys, a few questions at a time."""
        turn = asyncio.Semaphore(AT_ONCE * AT_ONCE)

        async def one(key: str) -> int | None:
            async with turn:
                try:
                    with self._told(key):
                        return (await obstore.head_async(self.store, key))["size"]
                except FileNotFoundError:
                    return None

        return dict(zip(keys, await _together(one(key) for key in keys), strict=True))

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """The bytes of a key; a connection that breaks on the way is taken up again where it broke."""
        at, end = start, None if length is None else start + length
        broken = 0
        while end is None or at < end:
            before = at
            try:
                with self._told(key):
                    options: GetOptions = {}
                    if end is not None:
                        options["range"] = (at, end)
                    elif at:
                        options["range"] = {"offset": at}
                    got = await obstore.get_async(self.store, key, options=options)
                    end = got.range[1]
                    async for piece in got.stream(min_chunk_size=CHUNK_BYTES):
                        at += len(piece)
                        yield bytes(piece)
            except FileNotFoundError:
                raise not_stored(key) from None
            except SystemFault:
                broken = 0 if at > before else broken + 1
                if at == start or broken > RESUMES:
                    raise
                log.info("%s broke off at byte %d of %s; continuing from there", self.name, at, key)

    async def delete(self, *keys: str) -> None:
        """Delete keys, whether they are there or not."""
        for key in keys:
            with contextlib.suppress(FileNotFoundError), self._told(key, writing=True):
                await obstore.delete_async(self.store, key)

    def files(self) -> Iterator[tuple[str, Facts]]:
        """Every file in the bucket. Blocking."""
        with self._told(""):
            for page in obstore.list(self.store):  # pyright: ignore[reportUnknownMemberType]
                for each in page:
                    yield each["path"], Facts(each["size"], each["last_modified"].timestamp())

    async def link(self, key: str, seconds: float) -> str | None:
        """A signed address for reading; of 7 days at most."""
        if not isinstance(self.store, S3Store | GCSStore | AzureStore):
            return None
        lasts = min(timedelta(seconds=seconds), LONGEST_LINK)
        try:
            return await obstore.sign_async(self.store, "GET", key, lasts)
        except BaseError as error:  # keys that may read but not sign: the API sends the bytes itself
            log.warning("%s cannot sign links: %s", self.name, type(error).__name__)
            return None

    @contextlib.contextmanager
    def _told(self, key: str, *, writing: bool = False) -> Generator[None]:
        """Say what went wrong in our words. `FileNotFoundError` passes, but for a bucket that is not."""
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError) as error:
            log.debug("%s refused %s: %s", self.name, key, error)
            raise SystemFault(
                f"{self.name} refuses the key it is asked with.",
                error_type=ErrorType.STORAGE,
                hint="Check the keys of the storage and what they may do. Work continues automatically.",
            ) from None
        except (FileNotFoundError, InvalidPathError):
            if not writing:
                raise
            raise SystemFault(
                f"There is no {self.name}.",
                error_type=ErrorType.STORAGE,
                hint="Make the bucket, or correct its name in the settings. Work continues automatically.",
            ) from None
        except BaseError as error:
            log.debug("%s failed on %s: %s", self.name, key, error)
            status = _STATUS.search(str(error))
            raise SystemFault(
                f"{self.name} does not answer as it should ({status[1].strip() if status else 'no answer'}).",
                error_type=ErrorType.STORAGE,
                hint="Check the network and the service. Work continues automatically.",
            ) from None


async def _together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All of it at once; when one fails, the rest is stopped and its fault is told (not a group of them)."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _measure(file: Path) -> tuple[int, str, int]:
    with file.open("rb") as source:
        return sums_of_file(source)
