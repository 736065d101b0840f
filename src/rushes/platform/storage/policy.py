"""The storage as everything else sees it: a bucket, and behind it perhaps an archive.

With an archive a video leaves the bucket some time after the archive has it for certain, and whoever reads
it then has it brought back first: once, however many read it at the same time, here or on other machines.
The bytes decide, not the rows: what the bucket has is read, whatever a row says.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from rushes.errors import ErrorType, NotFound, SystemFault
from rushes.platform.db.engine import Database
from rushes.platform.storage import copies
from rushes.platform.storage.archive import Archive
from rushes.platform.storage.bucket import Bucket, Facts, Stored, not_stored
from rushes.platform.storage.local import HELD, LocalBucket
from rushes.settings import Settings

log = logging.getLogger(__name__)

TTL_SECONDS = 2 * 3600.0
"""How long a video stays in the bucket when an archive is set and nothing else is said."""
OURS = ("jobs/", "stills/", "generations/", "stories/", "films/", "exports/", f"{HELD}/")
"""What all our keys begin with: a bucket may hold other things, which are nobody's business here."""
AT_ONCE = 3
"""Videos brought back at the same time: each holds a connection to the database meanwhile."""
READS = 3
"""How often a file is read whose bytes are not the ones that were stored."""
RETURNS = 5
"""How often one reader brings a video back that leaves again while it is read."""


class Storage(Bucket):
    """A bucket whose videos may be in an archive. Without one it is just the bucket."""

    def __init__(self, settings: Settings, db: Database, hot: Bucket, archive: Archive | None) -> None:
        self.name = hot.name
        self.hot = hot
        self.archive = archive
        self._settings = settings
        self._db = db
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._returning: dict[str, asyncio.Task[None]] = {}
        self.restored = 0
        """Videos this process has brought back."""

    @property
    def ttl_seconds(self) -> float | None:
        """How long a video stays in the bucket once the archive has it; None is for ever."""
        if self.archive is None:
            return None
        return TTL_SECONDS if self._settings.hot_ttl is None else self._settings.hot_ttl

    @property
    def folders(self) -> set[Path]:
        """Every folder of the installation that may be full: they can be on disks of their own."""
        settings = self._settings
        own = {self.hot.root} if isinstance(self.hot, LocalBucket) else set[Path]()
        database = {settings.pg_dir} if self._db.embedded is not None else set[Path]()
        return {settings.data_dir, settings.work_dir} | own | database

    def old_files(self, before: float) -> dict[str, int]:
        """Bytes of every file of ours in the bucket that is older (seconds since 1970). Blocking."""
        # A half-written file has no row of its own name, so it is swept like any other orphan.
        return {
            key: facts.size
            for key, facts in self.hot.files()
            if facts.modified < before and key.startswith(OURS)
        }

    async def close(self) -> None:
        """Stop what is being brought back, close connections."""
        tasks = list(self._returning.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.archive is not None:
            await self.archive.close()

    async def put(self, key: str, source: Path, *, durable: bool = True) -> Stored:
        """Into the bucket; the archive gets it from there."""
        return await self.hot.put(key, source, durable=durable)

    async def delete(self, *keys: str) -> None:
        """From the bucket; what an archive has of deleted assets is the sweeper's."""
        await self.hot.delete(*keys)

    def files(self) -> Iterator[tuple[str, Facts]]:
        """Yield each key in the bucket with its size and time. Blocks."""
        return self.hot.files()

    async def sizes(self, keys: Sequence[str]) -> dict[str, int | None]:
        """Bytes of many keys, wherever they are; nothing is brought back for that."""
        sizes = await self.hot.sizes(keys)
        missing = [key for key, size in sizes.items() if size is None]
        if missing and self.archive is not None:
            async with self._db.begin() as session:
                for key, copy in (await copies.archived(session, self.archive.name, missing)).items():
                    sizes[key] = copy.size_bytes
        return sizes

    def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """The bytes of a key, brought back first if need be, also when it leaves on the way."""
        if self.archive is None:
            return self.hot.stream(key, start, length)
        return self._stream(key, start, length)

    async def _stream(self, key: str, at: int, left: int | None) -> AsyncGenerator[bytes]:
        for returns in range(RETURNS + 1):
            try:
                async with aclosing(self.hot.stream(key, at, left)) as pieces:
                    async for piece in pieces:
                        at += len(piece)
                        left = None if left is None else left - len(piece)
                        yield piece
                return
            except NotFound:
                if returns == RETURNS:
                    raise
            await self.bring_back(key)

    @asynccontextmanager
    async def local(self, key: str, *, hold: bool = False) -> AsyncGenerator[Path]:
        """The bytes as a file, brought back first if need be. With an archive it is always held."""
        async with AsyncExitStack() as stack:
            yield await self._enter(stack, key, hold=hold or self.archive is not None)

    async def _enter(self, stack: AsyncExitStack, key: str, *, hold: bool) -> Path:
        """Enter a file whose bytes are the ones that were stored: one that is not is read again."""
        for left in reversed(range(READS)):
            async with AsyncExitStack() as reading:
                file = await self._read(reading, key, hold=hold)
                if await self._is_whole(key, file):
                    stack.push_async_exit(reading.pop_all().__aexit__)
                    return file
            log.warning("%s gave other bytes of %s than were stored; %d more tries", self.name, key, left)
        raise SystemFault(
            f"The bytes of {key} in {self.name} are not the ones that were stored there.",
            error_type=ErrorType.STORAGE,
            hint="Check the storage; `rushes storage verify` looks at every file.",
        )

    async def _is_whole(self, key: str, file: Path) -> bool:
        async with self._db.statement() as session:
            stored = await session.scalar(text("SELECT sha256 FROM assets WHERE key = :key"), {"key": key})
        return stored is None or await asyncio.to_thread(sha256_of, file) == stored

    async def _read(self, stack: AsyncExitStack, key: str, *, hold: bool) -> Path:
        for _ in range(RETURNS):
            try:
                return await stack.enter_async_context(self.hot.local(key, hold=hold))
            except NotFound:
                if self.archive is None:
                    raise
            await self.bring_back(key)
        return await stack.enter_async_context(self.hot.local(key, hold=hold))

    async def link(self, key: str, seconds: float) -> str | None:
        """An address for reading; the video stays in the bucket for as long as it works."""
        if self.archive is not None:
            async with self._db.begin() as session:
                await copies.hold(session, key, self.hot.name, seconds)
            await self.bring_back(key)
        return await self.hot.link(key, seconds)

    async def bring_back(self, key: str) -> None:
        """Have the key in the bucket. Raises `NotFound` when no archive has it."""
        task = self._returning.get(key)
        if task is None:
            task = self._returning[key] = asyncio.create_task(self._bring_back(key))
            task.add_done_callback(lambda done: self._brought_back(key, done))
        # A reader who leaves does not take it away from the others.
        await asyncio.shield(task)

    def _brought_back(self, key: str, task: asyncio.Task[None]) -> None:
        del self._returning[key]
        if not task.cancelled() and (error := task.exception()):
            log.info("%s could not be brought back: %s", key, error)

    async def _bring_back(self, key: str) -> None:
        if self.archive is None:
            raise not_stored(key)
        async with self._turn, self._alone(key):
            async with self._db.begin() as session:
                copy = (await copies.archived(session, self.archive.name, [key])).get(key)
            size = (await self.hot.sizes([key]))[key]
            if size is not None and (copy is None or size == copy.size_bytes):
                return  # it was here all the time, or another process was quicker
            if copy is None:
                raise await self._not_here(key)
            file = self._settings.work_dir / f"restore-{uuid4()}{Path(key).suffix}"
            try:
                await self._fetch(self.archive, copy, file)
                await self.hot.put(key, file)
            finally:
                await asyncio.to_thread(file.unlink, missing_ok=True)
            async with self._db.begin() as session:
                await copies.set_hot(session, key, self.hot.name, gone=False)
            self.restored += 1
            log.info("brought %s back from %s", key, self.archive.name)

    async def _not_here(self, key: str) -> NotFound | SystemFault:
        async with self._db.begin() as session:
            place = await copies.kept_in(session, key)
        if place is None:
            return not_stored(key)
        return SystemFault(
            f"{key} is only in {place}, which is not the archive that is set.",
            error_type=ErrorType.STORAGE,
            hint="Set RUSHES_ARCHIVE_URL to that place again.",
        )

    async def _fetch(self, archive: Archive, copy: copies.AssetCopy, into: Path) -> None:
        await archive.fetch(copy.key, copy.ids, into)
        if await asyncio.to_thread(sha256_of, into) != copy.sha256:
            raise SystemFault(
                f"The bytes of {copy.key} in {archive.name} are not the ones that were stored there.",
                error_type=ErrorType.STORAGE,
                hint="Run `rushes storage verify`.",
            )

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncGenerator[None]:
        """No other process brings this key back, or takes it away, meanwhile. Ends with the connection."""
        name = {"key": key}
        async with self._db.statement() as connection:
            await connection.execute(
                text("SELECT pg_advisory_lock(hashtextextended('copy:' || :key, 0))"), name
            )
            try:
                yield
            finally:
                await connection.execute(
                    text("SELECT pg_advisory_unlock(hashtextextended('copy:' || :key, 0))"), name
                )


def sha256_of(file: Path) -> str:
    """The sha256 of a file in hex. Blocking."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
