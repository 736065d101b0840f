"""Creates a backup: a snapshot of the database, counted and dumped, then the stored files if wanted."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from rushes import __version__
from rushes.errors import ErrorType, NotFound, SystemFault
from rushes.platform.backups.manifest import DUMP, FILES, MANIFEST, BackupReason, Manifest, backup_name
from rushes.platform.backups.places import BackupPlace, open_place
from rushes.platform.backups.programs import find_programs, run_program
from rushes.platform.db.engine import Database
from rushes.platform.private import private_folder
from rushes.platform.storage.bucket import Bucket, free_bytes, storage_fault
from rushes.settings import Settings

NOT_COUNTED = ("alembic_version", "procrastinate_")
"""Tables whose rows say nothing to a person: the version, and the queue's own."""
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
_INSTALLATION = text(
    # As JSON, since an older database has not every column.
    "SELECT to_jsonb(i) ->> 'id' AS id, to_jsonb(i) ->> 'incarnation' AS incarnation FROM installation i"
)
_SECRETS = text(
    "SELECT provider || ': ' || name FROM credentials WHERE secret IS NOT NULL ORDER BY 1 LIMIT 1000"
)


@dataclass(frozen=True)
class CreatedBackup:
    """A backup that was made."""

    name: str
    manifest: Manifest
    size: int
    elsewhere: list[str]
    """Files that are not in it: they are in the archive only, or were deleted meanwhile."""


async def create_backup(
    settings: Settings,
    db: Database,
    place: BackupPlace,
    reason: BackupReason,
    *,
    storage: Bucket | None = None,
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> CreatedBackup:
    """Put a backup into a place. `storage`: with every file of it. `progress` is given bytes of files.

    Raises `SystemFault` when there is no program for this server, no room, or nothing can be written.
    """
    folder = settings.work_dir / f"backup-{uuid4().hex}"
    try:
        held = await asyncio.to_thread(_work_folder, folder)
    except OSError as error:
        raise storage_fault(error) from error
    try:
        manifest, assets = await _dump(settings, db, folder, reason, files=storage is not None)
        archive = folder / "archive.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED, allowZip64=True) as into:
            await asyncio.to_thread(into.writestr, MANIFEST, manifest.model_dump_json(indent=1))
            await asyncio.to_thread(into.write, folder / DUMP, DUMP)
            await asyncio.to_thread((folder / DUMP).unlink)
            elsewhere = await _add_files(into, storage, assets, progress) if storage is not None else []
        size = archive.stat().st_size
        name = await _free_name(place, manifest)
        await place.put(name, archive)
    except OSError as error:
        raise storage_fault(error) from error
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        os.close(held)
    return CreatedBackup(name, manifest, size, elsewhere)


def _work_folder(folder: Path) -> int:
    """Create a folder that is locked while the descriptor returned is open; delete what a kill has left."""
    private_folder(folder)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    for other in folder.parent.glob("backup-*"):
        left = os.open(other, os.O_RDONLY)
        try:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # another process is at it
        else:
            shutil.rmtree(other, ignore_errors=True)
        finally:
            os.close(left)
    return descriptor


async def back_up_before_update(settings: Settings, db: Database) -> None:
    """Back up an embedded database before a newer version changes its tables.

    Raises `SystemFault` when that cannot be done: then nothing is changed.
    """
    if db.embedded is not None:
        await create_backup(settings, db, open_place(settings), BackupReason.UPDATE)


async def _free_name(place: BackupPlace, manifest: Manifest) -> str:
    taken = {each.name for each in await place.kept()}
    attempt = 0
    while (name := backup_name(manifest, attempt)) in taken:
        attempt += 1
    return name


async def _dump(
    settings: Settings, db: Database, folder: Path, reason: BackupReason, *, files: bool
) -> tuple[Manifest, list[tuple[str, int]]]:
    dump = folder / DUMP
    async with db.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        server = int(str(await connection.scalar(text("SHOW server_version_num")))) // 10_000
        programs = await find_programs(server, settings.pg_bin)
        snapshot = await connection.scalar(text("SELECT pg_export_snapshot()"))
        await run_program(
            programs / "pg_dump",
            db.url,
            ["--format=custom", "--compress=gzip:6", "--no-owner", "--no-privileges",
             f"--snapshot={snapshot}", f"--file={dump}"],
        )  # fmt: skip
        counts = await count_rows(connection)
        who = (await connection.execute(_INSTALLATION)).one_or_none() if "installation" in counts else None
        assets: list[tuple[str, int]] = []
        if files and "assets" in counts:
            rows = await connection.execute(text("SELECT key, size_bytes FROM assets ORDER BY key"))
            assets = [(row.key, row.size_bytes) for row in rows]
        secrets = await connection.scalars(_SECRETS) if "credentials" in counts else ()
        manifest = Manifest(
            created_at=datetime.now(UTC),
            reason=reason,
            version=__version__,
            schema_revision=str(await connection.scalar(text("SELECT version_num FROM alembic_version"))),
            postgres=server,
            installation=None if who is None else who.id,
            incarnation=None if who is None else who.incarnation,
            counts=counts,
            dump_bytes=dump.stat().st_size,
            dump_sha256=await asyncio.to_thread(sha256_of, dump),
            keys=list(secrets),
            files=len(assets) if files else None,
            file_bytes=sum(size for _, size in assets),
        )
    _refuse_full_disk(folder, manifest.dump_bytes + manifest.file_bytes)
    return manifest, assets


async def count_rows(connection: AsyncConnection) -> dict[str, int]:
    """Return the rows of every table of Rushes."""
    counts: dict[str, int] = {}
    for name in (await connection.scalars(_TABLES)).all():
        if not name.startswith(NOT_COUNTED):
            quoted = connection.dialect.identifier_preparer.quote(name)
            found = await connection.scalar(text(f"SELECT count(*) FROM {quoted}"))  # noqa: S608  # a table's quoted name
            counts[name] = int(found or 0)
    return counts


def sha256_of(file: Path) -> str:
    """Return the sha256 of a file in hex. Blocking."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _refuse_full_disk(folder: Path, needed: int) -> None:
    free = free_bytes(folder)
    if free < needed:
        raise SystemFault(
            f"The backup needs {needed:,} bytes, and the disk of {folder.parent} has {free:,} left.",
            error_type=ErrorType.DISK_FULL,
            hint="Free some space, or make a backup without files.",
        )


async def _add_files(
    into: zipfile.ZipFile,
    storage: Bucket,
    assets: list[tuple[str, int]],
    progress: Callable[[int, int], None],
) -> list[str]:
    """Write every stored file into the archive; returns those that are not in this bucket."""
    elsewhere: list[str] = []
    done, whole = 0, sum(size for _, size in assets)
    for key, size in assets:
        try:
            async with storage.local(key) as path:
                await asyncio.to_thread(into.write, path, FILES + key)
        except (NotFound, FileNotFoundError):  # deleted since the dump
            elsewhere.append(key)
        done += size
        progress(done, whole)
    return elsewhere
