"""Opens the database: the embedded server or the operator's own, one pool, one session factory."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.embedded import EmbeddedPostgres, start_embedded
from rushes.settings import Settings

POOL_SIZE = 6
"""Connections kept for transactions, and as many for single statements; twice that under load."""

Executor = AsyncSession | AsyncConnection
"""What a query that is one statement can run on: a transaction's session, or `Database.statement()`."""


class Database:
    """The pool of connections. `begin()` is one transaction; leaving it without an error commits."""

    def __init__(self, url: URL, embedded: EmbeddedPostgres | None) -> None:
        self.url = url
        self.embedded = embedded
        # An error's text leaves out what was sent: a prompt, a key.
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, hide_parameters=True
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        # A pool of their own: changing a connection over and back would cost what they save.
        self._statements: AsyncEngine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
        )

    @property
    def conninfo(self) -> str:
        """The same address for psycopg itself (the queue's own pool)."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncSession]:
        """Open a transaction; commit at the end, roll back on an exception."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def statement(self) -> AsyncGenerator[AsyncConnection]:
        """For a single statement, which is a transaction by itself: two round trips less."""
        async with self._statements.connect() as connection:
            yield connection

    async def ping(self) -> None:
        """Raise `SystemFault` when the database does not answer."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError) as error:
            raise database_gone(self.url, error, self.embedded and self.embedded.trouble) from error

    async def close(self) -> None:
        """Close the pool and let go of the embedded server."""
        await self.engine.dispose()
        await self._statements.dispose()
        if self.embedded:
            await asyncio.to_thread(self.embedded.close)


def database_gone(url: URL, error: BaseException, trouble: str | None = None) -> SystemFault:
    """The fault for a database that does not answer; never shows the password. `trouble`: what is known."""
    reason = trouble or " ".join(str(getattr(error, "orig", error)).strip().splitlines()[-1:])
    return SystemFault(
        f"PostgreSQL at {url.render_as_string(hide_password=True)} does not answer: {reason}",
        error_type=ErrorType.DATABASE,
        hint="Start it, or check RUSHES_DATABASE_URL. Work continues automatically when it is back.",
    )


async def open_database(settings: Settings) -> Database:
    """Start or reach the database. Raises `SystemFault`. Does not migrate."""
    if settings.database_url is None:
        embedded = await asyncio.to_thread(start_embedded, settings.data_dir, settings.pg_dir)
        url = make_url(embedded.url)
    else:
        embedded = None
        url = make_url(settings.database_url.get_secret_value())
    database = Database(url.set(drivername="postgresql+psycopg"), embedded)
    try:
        await database.ping()
    except BaseException:
        await database.close()
        raise
    return database
