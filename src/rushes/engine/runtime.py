"""Builds the parts once and hands them out: the only place where they meet."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import procrastinate
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from rushes.engine.flow_views import FLOW
from rushes.engine.ledger_batches import Ledger
from rushes.errors import NotFound
from rushes.platform.db.engine import Database, open_database
from rushes.platform.db.schema import bring_up_to_date
from rushes.platform.media.receive import Reception
from rushes.platform.storage.places import access_of_storage, open_archive, open_bucket
from rushes.platform.storage.policy import Storage
from rushes.platform.variables import WRONG_SETTINGS, settings_fault
from rushes.platform.vault import Vault
from rushes.providers.catalogue import Catalogue, CatalogueEntry, load_catalogue
from rushes.providers.registry import AnyProvider, provider_class, provider_ids
from rushes.settings import Settings

QUEUE_POOL = 5


class Providers:
    """The providers by id, each built when first asked for."""

    def __init__(self, catalogue: Catalogue, without: frozenset[str] = frozenset()) -> None:
        self._catalogue = catalogue
        self._without = without
        self._built: dict[str, AnyProvider] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every provider there is, but for those that are switched off."""
        return tuple(each for each in provider_ids() if each not in self._without)

    @property
    def by_preference(self) -> tuple[str, ...]:
        """Every provider, in the order of the catalogue: who comes first when several can."""
        return tuple(each for each in self._catalogue.providers if each in self.ids)

    def get(self, provider_id: str) -> AnyProvider:
        """A provider. Raises `NotFound` with the ids there are, `Invalid` for a setting of it that does not
        hold."""
        if provider_id not in self._built:
            if provider_id not in provider_ids():
                raise NotFound(f"There is no provider {provider_id!r}. There are: {', '.join(self.ids)}.")
            cls = provider_class(provider_id)
            try:
                settings = cls.Settings()
            except WRONG_SETTINGS as error:
                raise settings_fault(error, cls.Settings) from error
            provider = cls(settings)
            provider.models = self.catalogue(provider_id)
            self._built[provider_id] = provider
        return self._built[provider_id]

    def catalogue(self, provider_id: str) -> CatalogueEntry:
        """What the catalogue says of a provider."""
        return self._catalogue.providers[provider_id]

    async def close(self) -> None:
        """Close those that were built."""
        for provider in self._built.values():
            await provider.close()


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
    dispatching: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    asked_again: set[str] = field(default_factory=set[str])
    """Providers whose dispatcher was asked for while it was at work."""


async def _for_the_queue(connection: AsyncConnection[Any]) -> None:
    """The queue's own statements are each a transaction by themselves, and do not wait for the disk.

    A power cut may take back that a task was fetched or finished: it runs again, which every task may.
    What puts tasks into the queue, and the ledger, are other connections and do wait.
    """
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit = off")


_current: Runtime | None = None


def runtime() -> Runtime:
    """The runtime of this process. Tasks reach the world through it."""
    if _current is None:
        raise RuntimeError("no runtime is open")
    return _current


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncGenerator[Runtime]:
    """Start or reach the database, bring it up to date, build the rest; close it all at the end.

    Raises `SystemFault` when the database cannot be had.
    """
    global _current  # noqa: PLW0603  # the one composition root of the process
    async with contextlib.AsyncExitStack() as stack:
        db = await open_database(settings)
        stack.push_async_callback(db.close)
        await bring_up_to_date(db)
        settings.work_dir.mkdir(parents=True, exist_ok=True)
        settings.storage_dir.mkdir(parents=True, exist_ok=True)
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
        previous, _current = (
            _current,
            Runtime(
                settings=settings,
                db=db,
                bucket=bucket,
                providers=providers,
                queue=queue,
                ledger=Ledger(db, worker),
                reception=reception,
                vault=Vault(settings),
                worker=worker,
            ),
        )
        try:
            yield _current
        finally:
            for task in list(_current.dispatching.values()):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            _current = previous
