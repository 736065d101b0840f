"""Builds the parts once and hands them out: the only place where they meet."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import procrastinate
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from rushes.engine.flow_views import FLOW
from rushes.engine.incarnation import notice_copy
from rushes.engine.ledger_batches import Ledger
from rushes.engine.replies import Replies
from rushes.errors import NotFound
from rushes.platform.backups.create import back_up_before_update
from rushes.platform.db.engine import Database, open_database
from rushes.platform.db.schema import bring_up_to_date
from rushes.platform.db.supervise import supervise
from rushes.platform.media.receive import Reception
from rushes.platform.private import data_folder, private_folder
from rushes.platform.storage.bucket import storage_fault
from rushes.platform.storage.places import access_of_storage, open_archive, open_bucket
from rushes.platform.storage.policy import Storage
from rushes.platform.variables import WRONG_SETTINGS, settings_fault
from rushes.platform.vault import Vault
from rushes.providers.catalogue import Catalogue, CatalogueEntry, load_catalogue
from rushes.providers.kinds import Kind
from rushes.providers.registry import AnyKind, AnyProvider, class_of, every_id, ids_of
from rushes.providers.video_contract import VideoProvider
from rushes.redaction import remember_settings
from rushes.settings import Settings

QUEUE_POOL = 5


class Providers:
    """The providers by id, each built when first asked for."""

    def __init__(self, catalogue: Catalogue, without: frozenset[str] = frozenset()) -> None:
        self._catalogue = catalogue
        self._without = without
        self._built: dict[str, AnyKind] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every video provider there is, but for those that are switched off."""
        return self.of_kind(Kind.VIDEO)

    @property
    def every_id(self) -> tuple[str, ...]:
        """Every provider of all kinds, but for those that are switched off."""
        return tuple(each for kind in Kind for each in self.of_kind(kind))

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """The providers of a kind, sorted, but for those that are switched off."""
        return tuple(each for each in ids_of(kind) if each not in self._without)

    def preferred(self, kind: Kind) -> tuple[str, ...]:
        """Return the providers of a kind in the order of the catalogue: who comes first when several can."""
        return tuple(each for each in self._catalogue.entries if each in self.of_kind(kind))

    @property
    def by_preference(self) -> tuple[str, ...]:
        """Every video provider, in the order of the catalogue: who comes first when several can."""
        return tuple(each for each in self._catalogue.providers if each in self.ids)

    def service_of(self, provider_id: str) -> str:
        """The service whose credentials a provider uses."""
        return self._catalogue.service_of(provider_id)

    def of_service(self, service: str) -> tuple[str, ...]:
        """The providers that use the credentials of a service, in the order of the catalogue."""
        return tuple(each for each in self._catalogue.providers_of(service) if each in self.every_id)

    def service_title(self, service: str) -> str:
        """What people call a service: its own title, or that of its only provider."""
        named = self._catalogue.services.get(service)
        return named.title if named else self.of_any_kind(service).title

    def get(self, provider_id: str) -> AnyProvider:
        """A video provider. Raises as `of_any_kind`."""
        provider = self.of_any_kind(provider_id)
        if not isinstance(provider, VideoProvider):
            raise NotFound(f"{provider.title} makes no videos. Those that do: {', '.join(self.ids)}.")
        return provider

    def of_any_kind(self, provider_id: str) -> AnyKind:
        """A provider. Raises `NotFound` with the ids there are, `Invalid` for a setting of it that does not
        hold."""
        if provider_id not in self._built:
            if provider_id not in every_id():
                there = ", ".join(self.every_id)
                raise NotFound(f"There is no provider {provider_id!r}. There are: {there}.")
            cls = class_of(provider_id)
            try:
                settings = cls.Settings()
            except WRONG_SETTINGS as error:
                raise settings_fault(error, cls.Settings) from error
            remember_settings(settings)
            provider = cls(settings)
            provider.read_models(self._catalogue)
            self._built[provider_id] = provider
        return self._built[provider_id]

    def catalogue(self, provider_id: str) -> CatalogueEntry:
        """What the catalogue says of a video provider."""
        return self._catalogue.providers[provider_id]

    def usage_url(self, provider_id: str) -> str | None:
        """Where a provider of any kind shows what was used and billed; None where that is not known."""
        entry = self._catalogue.entries.get(provider_id)
        return entry.usage_url if entry is not None and provider_id in self.every_id else None

    async def close(self) -> None:
        """Close those that were built."""
        for provider in self._built.values():
            await provider.close()


@dataclass
class CallUnderWay:
    """A call for a generation that this process makes. `paid`: it has begun, and repeating it would cost."""

    task: asyncio.Task[None] | None = None
    paid: bool = False


@dataclass
class Runtime:
    """What tasks and routes work with. `worker` names this process in the ledger (the fence)."""

    settings: Settings
    db: Database
    bucket: Storage
    providers: Providers
    queue: procrastinate.App
    ledger: Ledger
    reception: Reception
    vault: Vault
    worker: str
    replies: Replies
    incarnation: str
    """Of the database: empty for the first one, another one after each restored backup or copy."""
    dispatching: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    asked_again: set[str] = field(default_factory=set[str])
    """Providers whose dispatcher was asked for while it was at work."""
    under_way: dict[str, tuple[asyncio.Lock, int]] = field(
        default_factory=dict[str, tuple[asyncio.Lock, int]]
    )
    """Submissions that this process works on, each with how many tasks want it."""
    calls: dict[UUID, CallUnderWay] = field(default_factory=dict[UUID, CallUnderWay])
    """The calls for generations that this process makes, by submission."""
    fallback: "Callable[[Runtime, str], Awaitable[None]] | None" = None
    """Moves jobs that chose so from a provider that cannot be used to another one; the worker sets it."""

    @asynccontextmanager
    async def one_at_a_time(self, submission_id: str) -> AsyncGenerator[None]:
        """Wait until no other task of this process works on a submission, then keep others waiting.

        The queue's lock does not do that alone: a process that was silent for long (suspended) finds its
        own tasks given out a second time.
        """
        lock, wanted = self.under_way.get(submission_id, (asyncio.Lock(), 0))
        self.under_way[submission_id] = lock, wanted + 1
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self.under_way.pop(submission_id)
            if wanted > 1:
                self.under_way[submission_id] = lock, wanted - 1


async def _for_the_queue(connection: AsyncConnection[Any]) -> None:
    """The queue's own statements are each a transaction by themselves, and do not wait for the disk.

    A power cut may take back that a task was fetched or finished: it runs again, which every task may.
    What puts tasks into the queue, and the ledger, are other connections and do wait.
    """
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit = off")


def _make_folders(settings: Settings) -> None:
    try:
        data_folder(settings.data_dir, embedded=settings.database_url is None)
        for folder in (
            settings.work_dir,
            settings.generations_dir,
            settings.storage_dir,
            settings.cache_dir,
            settings.log_dir,
        ):
            private_folder(folder)
    except OSError as error:
        raise storage_fault(error) from error


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncGenerator[Runtime]:
    """Start or reach the database, bring it up to date, build the rest; close it all at the end.

    Raises `SystemFault` when the database cannot be had.
    """
    remember_settings(settings)
    async with contextlib.AsyncExitStack() as stack:
        db = await open_database(settings)
        stack.push_async_callback(db.close)
        if db.embedded is not None:
            stack.push_async_callback(_stop, asyncio.create_task(supervise(db.embedded)))
        _make_folders(settings)
        await bring_up_to_date(
            db, settings.operation_days, before=partial(back_up_before_update, settings, db)
        )
        incarnation = await notice_copy(db, settings.data_dir)
        queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
        pool = AsyncConnectionPool(
            db.conninfo, min_size=1, max_size=QUEUE_POOL, open=False, configure=_for_the_queue
        )
        await stack.enter_async_context(pool)
        await queue.open_async(pool)  # pyright: ignore[reportUnknownMemberType]
        off = frozenset[str]() if settings.flow_backend_enabled else frozenset({FLOW})
        providers = Providers(load_catalogue(settings.catalogue_file), without=off)
        stack.push_async_callback(providers.close)
        hot = open_bucket(settings, settings.bucket_url, access_of_storage(settings))
        bucket = Storage(settings, db, hot, open_archive(settings))
        stack.push_async_callback(bucket.close)
        reception = Reception()
        stack.push_async_callback(reception.close)
        worker = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        ledger = Ledger(db, worker)
        replies = Replies(ledger, settings.data_dir)
        stack.push_async_callback(replies.close)
        run = Runtime(
            settings=settings,
            db=db,
            bucket=bucket,
            providers=providers,
            queue=queue,
            ledger=ledger,
            replies=replies,
            incarnation=incarnation,
            reception=reception,
            vault=Vault(settings),
            worker=worker,
        )
        try:
            yield run
        finally:
            calls = [each.task for each in run.calls.values() if each.task is not None]
            await asyncio.gather(*calls, return_exceptions=True)  # those left are paid for
            for task in list(run.dispatching.values()):
                await _stop(task)
