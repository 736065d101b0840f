"""Verifies a backup: restores it into a PostgreSQL of its own that is thrown away, and counts."""

import asyncio
import contextlib
import shutil
import zipfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from rushes.errors import Invalid
from rushes.platform.backups.create import count_rows, sha256_of
from rushes.platform.backups.manifest import DUMP, FILES, MANIFEST, Manifest, read_manifest
from rushes.platform.backups.programs import find_programs, run_program
from rushes.platform.db.embedded import scratch_postgres
from rushes.platform.private import private_folder
from rushes.platform.storage.bucket import check_key
from rushes.settings import Settings


@dataclass(frozen=True)
class VerifiedBackup:
    """What was found. `wrong` is empty for a backup that is good."""

    manifest: Manifest
    rows: int
    files: int
    wrong: list[str]


async def verify_backup(settings: Settings, file: Path) -> VerifiedBackup:
    """Restore a backup into a scratch database, and compare its rows and files with what it says.

    Touches neither the database nor the stored files of this installation. Raises `Invalid` for a file that
    is no backup.
    """
    manifest = await asyncio.to_thread(read_manifest, file)
    wrong: list[str] = []
    rows = 0
    try:
        async with unpacked_dump(settings, file, manifest) as dump:
            with contextlib.ExitStack() as stack:
                server = scratch_postgres(settings.data_dir if settings.database_url is None else None)
                address = await asyncio.to_thread(stack.enter_context, server)
                counts = await _restored_counts(settings, manifest, address, dump)
                await asyncio.to_thread(stack.close)
        rows = sum(counts.values())
        wrong += [
            f"{table}: {counts.get(table, 0):,} rows instead of {expected:,}"
            for table, expected in manifest.counts.items()
            if counts.get(table) != expected
        ]
    except Invalid as error:
        wrong.append(error.message)
    files, damaged = await asyncio.to_thread(_read_files, file)
    return VerifiedBackup(manifest, rows, files, wrong + damaged)


async def _restored_counts(
    settings: Settings, manifest: Manifest, address: str, dump: Path
) -> dict[str, int]:
    url = make_url(address).set(drivername="postgresql+psycopg")
    programs = await find_programs(manifest.postgres, settings.pg_bin)
    await run_program(programs / "pg_restore", url, [*RESTORE, dump])
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await count_rows(connection)
    finally:
        await engine.dispose()


RESTORE = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
"""All of it or nothing."""


@asynccontextmanager
async def unpacked_dump(settings: Settings, file: Path, manifest: Manifest) -> AsyncGenerator[Path]:
    """Have the dump as a file. Raises `Invalid` when it is not what the backup says."""
    folder = settings.work_dir / f"restore-{uuid4().hex}"
    dump = folder / DUMP
    try:
        await asyncio.to_thread(_unpack, file, folder)
        if dump.stat().st_size != manifest.dump_bytes or (
            await asyncio.to_thread(sha256_of, dump) != manifest.dump_sha256
        ):
            raise Invalid(f"The dump in {file.name} is damaged.", hint="Use another backup.")
        yield dump
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _unpack(file: Path, folder: Path) -> None:
    private_folder(folder)
    try:
        with zipfile.ZipFile(file) as archive, archive.open(DUMP) as source, (folder / DUMP).open("wb") as to:
            shutil.copyfileobj(source, to)
    except (zipfile.BadZipFile, KeyError) as error:
        raise Invalid(f"The dump in {file.name} is damaged.", hint="Use another backup.") from error


def stored_files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries that are stored files. Raises `Invalid` for a name that would leave the storage."""
    found: list[zipfile.ZipInfo] = []
    for entry in archive.infolist():
        if entry.filename in (MANIFEST, DUMP):
            continue
        try:
            check_key(entry.filename.removeprefix(FILES))
        except ValueError as error:
            raise Invalid(f"The backup has a file with an impossible name: {entry.filename!r}.") from error
        if entry.filename.startswith(FILES):
            found.append(entry)
    return found


def _read_files(file: Path) -> tuple[int, list[str]]:
    """Read every file of the archive: their number, and those whose bytes changed."""
    wrong: list[str] = []
    with zipfile.ZipFile(file) as archive:
        entries = stored_files(archive)
        for entry in entries:
            try:
                with archive.open(entry) as source:
                    while source.read(1024 * 1024):
                        pass
            except (zipfile.BadZipFile, OSError) as error:
                wrong.append(f"{entry.filename.removeprefix(FILES)} is damaged: {error}")
    return len(entries), wrong
