"""Restores a backup: the database as a whole or not at all, then the files that are not there.

What the backup still holds as open may have been made and paid for since. So the restored database is marked
as another one, and the next start pauses everything open (`engine/incarnation.py`): nothing is submitted
before a person says so.
"""

import asyncio
import logging
import shutil
import time
import zipfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from rushes.errors import Conflict, Invalid, RushesError
from rushes.platform.backups.create import create_backup
from rushes.platform.backups.manifest import FILES, BackupReason, Manifest, read_manifest
from rushes.platform.backups.places import open_place
from rushes.platform.backups.programs import find_programs, run_program
from rushes.platform.backups.verify import RESTORE, stored_files, unpacked_dump
from rushes.platform.db.embedded import stop_unused
from rushes.platform.db.engine import Database, open_database
from rushes.platform.db.schema import bring_up_to_date, newest
from rushes.platform.private import private_folder
from rushes.platform.storage.bucket import Bucket
from rushes.settings import Settings

RESTORED_MARK = "restored from a backup"
"""What no database says of itself: the next start takes it for another one, whatever server it is on."""
_TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
_SESSIONS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_ROW = text("INSERT INTO installation DEFAULT VALUES ON CONFLICT DO NOTHING")
_MARK = text("UPDATE installation SET database_mark = :mark")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RestoredBackup:
    """What was restored."""

    manifest: Manifest
    before: str | None
    """Where the database that was there is now: a folder, or the name of a backup of it."""


async def restore_database(settings: Settings, file: Path, *, replace: bool) -> RestoredBackup:
    """Restore the database of a backup. `replace`: also where there is one already.

    The embedded database that was there is moved aside, never deleted, and need not work any more. Raises
    `Invalid` for a file that is no backup or damaged, or of a newer version; `Conflict` while Rushes runs, or
    where there is a database and `replace` is not given.
    """
    manifest = await asyncio.to_thread(read_manifest, file)
    if manifest.schema_revision > newest():
        raise Invalid(
            f"{file.name} was made by a newer version of Rushes ({manifest.version}).",
            hint="Install that version, and restore it there.",
        )
    aside: Path | None = None
    before: str | None = None
    async with unpacked_dump(settings, file, manifest) as dump:
        if settings.database_url is None:
            aside = await asyncio.to_thread(_make_room, settings, replace=replace)
        try:
            db = await open_database(settings)
            try:
                before = await _fill(settings, db, manifest, dump, replace=replace)
            finally:
                await db.close()
        except BaseException:
            if settings.database_url is None:
                await asyncio.to_thread(_undo, settings, aside)
            raise
    return RestoredBackup(manifest, before or (aside and str(aside)))


def _make_room(settings: Settings, *, replace: bool) -> Path | None:
    """Move the embedded database aside; returns where to."""
    folder = settings.pg_dir
    if not stop_unused(settings.data_dir, folder):
        raise _running()
    if not folder.exists():
        return None
    if not replace:
        raise Conflict(
            f"There is a database in {settings.data_dir}.",
            hint="Restore into a new data folder (RUSHES_DATA_DIR), or replace it: --replace moves it aside.",
        )
    aside = folder.with_name(f"{folder.name}-before-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    folder.rename(aside)
    return aside


def _undo(settings: Settings, aside: Path | None) -> None:
    shutil.rmtree(settings.pg_dir, ignore_errors=True)
    if aside is not None:
        aside.rename(settings.pg_dir)


def _running() -> Conflict:
    return Conflict(
        "Rushes is running on this database.", hint="Stop it first (`rushes up`, workers), then restore."
    )


async def _fill(
    settings: Settings, db: Database, manifest: Manifest, dump: Path, *, replace: bool
) -> str | None:
    """Restore the dump; returns the name of a backup of what was there."""
    before: str | None = None
    await db.engine.dispose()  # the connection that tried it would be counted
    async with db.statement() as connection:
        if await connection.scalar(_SESSIONS):
            raise _running()
        there = bool(await connection.scalar(_TABLES))
    if there and not replace:
        raise Conflict(
            "The database is not empty.",
            hint="Restore into an empty database, or replace everything in this one: --replace.",
        )
    if there:
        before = await _restore_point(settings, db)
        async with db.statement() as connection:
            await _empty(connection)
    programs = await find_programs(manifest.postgres, settings.pg_bin)
    await run_program(programs / "pg_restore", db.url, [*RESTORE, dump])
    await bring_up_to_date(db, settings.operation_days)  # an older one has no place for the mark
    async with db.begin() as session:
        await session.execute(_ROW)
        await session.execute(_MARK, {"mark": RESTORED_MARK})
    return before


async def _restore_point(settings: Settings, db: Database) -> str | None:
    """Back up what is replaced. A database that is damaged can be replaced all the same."""
    place = open_place(settings)
    try:
        made = await create_backup(settings, db, place, BackupReason.RESTORE)
    except (RushesError, SQLAlchemyError) as error:
        log.warning("what is replaced could not be backed up: %s", error)
        return None
    return f"{place.shown}/{made.name}"


async def _empty(connection: AsyncConnection) -> None:
    schema = await connection.scalar(text("SELECT quote_ident(current_schema())"))
    await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    await connection.execute(text(f"CREATE SCHEMA {schema}"))


async def restore_files(settings: Settings, file: Path, storage: Bucket) -> int:
    """Put those files of a backup into the storage that are not there with their size; returns how many."""
    restored = 0
    folder = settings.work_dir / f"restore-{uuid4().hex}"
    await asyncio.to_thread(private_folder, folder)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = stored_files(archive)
            keys = [each.filename.removeprefix(FILES) for each in entries]
            there = await storage.sizes(keys) if keys else {}
            for key, entry in zip(keys, entries, strict=True):
                if there[key] != entry.file_size:
                    await asyncio.to_thread(_unpack, archive, entry, folder / "file")
                    await storage.put(key, folder / "file")
                    restored += 1
    except zipfile.BadZipFile as error:
        raise Invalid(f"A file in {file.name} is damaged: {error}.", hint="Use another backup.") from error
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return restored


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> None:
    with archive.open(entry) as source, to.open("wb") as target:
        shutil.copyfileobj(source, target)


@asynccontextmanager
async def nobody_works(settings: Settings) -> AsyncGenerator[None]:
    """Keep workers of this data folder away. Raises `Conflict` when one is at work."""
    lock = FileLock(settings.data_dir / "worker.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise _running() from error
    try:
        yield
    finally:
        lock.release()
