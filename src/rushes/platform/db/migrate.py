"""Brings the tables up to date: at every start, in a second process at once, or by hand."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.engine import Database

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 0x52555348  # "RUSH": two processes starting at once must not both migrate


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings, without a file of them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, operation_days: float | None) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    config = alembic_config(connection)
    if operation_days is not None:
        config.attributes["operation_days"] = operation_days
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise SystemFault(
            f"The database was made by a newer Rushes (schema {current}).",
            error_type=ErrorType.DATABASE,
            hint="Install that version again, or restore an older backup; nothing was changed.",
        )
    command.upgrade(config, "head")


async def migrate(database: Database, operation_days: float | None = None) -> None:
    """Upgrade to the newest schema. Cheap when there is nothing to do.

    `operation_days` is the setting of that name: a migration that gives existing jobs their time needs it.
    """
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade, operation_days)
