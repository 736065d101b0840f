"""Whether the tables are up to date, told without Alembic: loading it costs a start 0.3 s and 10 MiB."""

import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from rushes.platform.db.engine import Database

VERSIONS = Path(__file__).with_name("migrations") / "versions"


def newest() -> str:
    """The newest revision there is: migrations are numbered in the order in which they run."""
    return max(path.name.split("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


async def bring_up_to_date(
    database: Database,
    operation_days: float,
    *,
    before: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Migrate, if that is needed (`operation_days`: see `migrate`). `before` is awaited when tables that hold
    something are going to change.

    Raises `SystemFault` for a database of a newer version.
    """
    try:
        async with database.statement() as connection:
            current = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:  # no such table: a new database
        current = None
    if current != newest():
        if before is not None and current is not None and current < newest():
            await before()
        migration = importlib.import_module("rushes.platform.db.migrate")
        await migration.migrate(database, operation_days)
