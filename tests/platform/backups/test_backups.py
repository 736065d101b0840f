"""Backups: nothing is paid twice after one, what is damaged is refused, no secret leaves by a program."""

import asyncio
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from tests.conftest import PostgresServer
from tests.jobs import accepted_keys, make_job, sql, until, view
from tests.serving import working

from rushes.engine.reconcile import tick
from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import Conflict, Invalid, NotFound, SystemFault
from rushes.jobs.actions import resume_job
from rushes.ops.backups import back_up_when_due, prune_backups
from rushes.platform.backups.create import create_backup
from rushes.platform.backups.manifest import DUMP, BackupReason, backup_name, read_manifest, read_name
from rushes.platform.backups.places import BackupPlace, open_place
from rushes.platform.backups.programs import find_programs, run_program
from rushes.platform.backups.restore import restore_database, restore_files
from rushes.platform.backups.verify import verify_backup
from rushes.platform.db import schema
from rushes.platform.db.engine import open_database
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings

New = Callable[[], Settings]


@pytest.fixture
def new(postgres: PostgresServer, settings: Settings, tmp_path: Path) -> Iterator[New]:
    """Settings of another installation, with an empty database."""
    made: list[str] = []

    def make() -> Settings:
        made.append(f"test_{uuid4().hex}")
        postgres.execute(f"CREATE DATABASE {made[-1]}")
        return settings.model_copy(
            update={
                "database_url": SecretStr(postgres.address(made[-1])),
                "data_dir": tmp_path / made[-1],
            }
        )

    yield make
    for name in made:
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def age_a_job(run: Runtime) -> None:
    await make_job(run, ["an older boat"], start=False)
    await sql(run, "UPDATE jobs SET created_at = now() - interval '2 hours'")


async def backed_up(run: Runtime, *, files: bool = False) -> tuple[BackupPlace, str]:
    place = open_place(run.settings)
    storage = run.bucket.hot if files else None
    made = await create_backup(run.settings, run.db, place, BackupReason.ASKED, storage=storage)
    return place, made.name


async def finish(run: Runtime, job_id: UUID) -> None:
    async with working(run):
        await until(lambda: _ended(run, job_id))


async def _ended(run: Runtime, job_id: UUID) -> bool:
    return (await view(run, job_id)).ended_at is not None


async def test_what_was_open_in_a_restored_backup_is_paid_once(settings: Settings, new: New):
    async with open_runtime(settings) as run:
        job_id = await make_job(run, [f"boat {number}" for number in range(5)])
        place, name = await backed_up(run)
        await finish(run, job_id)
        assert len(accepted_keys()) == 5
    other = new()
    async with place.file(name) as file:
        restored = await restore_database(other, file, replace=False)
    assert restored.before is None
    async with open_runtime(other) as run:
        job = await view(run, job_id)
        assert (job.status, job.paused_by) == ("paused", "restored")
        async with working(run):
            for _ in range(3):
                await tick(run)
            assert len(accepted_keys()) == 5, "nothing is sent before a person says so"
            await resume_job(run, LOCAL_OWNER, job_id)
            await until(lambda: _ended(run, job_id))
        assert len(accepted_keys()) == 10, "the person wanted it"


async def test_files_come_back_and_those_that_are_there_stay(settings: Settings, new: New):
    async with open_runtime(settings) as run:
        job_id = await make_job(run, ["a boat"])
        await finish(run, job_id)
        place, name = await backed_up(run, files=True)
        stored = await sql(run, "SELECT key, size_bytes, sha256 FROM assets ORDER BY key")
    other = new()
    async with place.file(name) as file:
        manifest = read_manifest(file)
        assert manifest.files
        found = await verify_backup(other, file)
        assert (found.wrong, found.files) == ([], manifest.files)
        await restore_database(other, file, replace=False)
        async with open_runtime(other) as run:
            assert await restore_files(other, file, run.bucket.hot) == manifest.files
            for asset in stored:
                assert await run.bucket.measure(asset.key) == (asset.size_bytes, asset.sha256)
            assert await restore_files(other, file, run.bucket.hot) == 0


async def test_a_database_is_replaced_only_when_asked_and_after_a_backup_of_it(settings: Settings, new: New):
    async with open_runtime(settings) as run:
        await make_job(run, ["the old boat"])
        place, name = await backed_up(run)
    other = new()
    async with open_runtime(other) as run:
        newer = await make_job(run, ["the new boat"])
    async with place.file(name) as file:
        with pytest.raises(Conflict, match="not empty"):
            await restore_database(other, file, replace=False)
        restored = await restore_database(other, file, replace=True)
    assert restored.before is not None
    async with open_runtime(other) as run:
        assert [row.name for row in await sql(run, "SELECT name FROM jobs")] != []
        assert not await sql(run, "SELECT 1 FROM jobs WHERE id = :id", id=newer)
    async with open_place(other).file(Path(restored.before).name) as file:
        assert read_manifest(file).counts["jobs"] == 1


async def test_while_somebody_is_connected_nothing_is_replaced(settings: Settings, new: New):
    async with open_runtime(settings) as run:
        await make_job(run, ["a boat"])
        place, name = await backed_up(run)
        async with place.file(name) as file:
            with pytest.raises(Conflict, match="running"):
                await restore_database(settings, file, replace=True)
        assert len(await sql(run, "SELECT 1 FROM jobs")) == 1


async def test_a_damaged_backup_is_refused_before_anything_changes(run: Runtime, new: New, tmp_path: Path):
    await make_job(run, ["a boat"])
    place, name = await backed_up(run)
    damaged = tmp_path / name
    async with place.file(name) as file:
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(damaged, "w") as target:
            for entry in source.infolist():
                content = bytearray(source.read(entry))
                if entry.filename == DUMP:
                    content[len(content) // 2] ^= 0xFF
                target.writestr(entry.filename, bytes(content))
    other = new()
    assert (await verify_backup(other, damaged)).wrong
    with pytest.raises(Invalid, match="damaged"):
        await restore_database(other, damaged, replace=False)
    db = await open_database(other)
    async with db.statement() as connection:
        tables = await connection.exec_driver_sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
        assert tables.all() == []
    await db.close()


@pytest.mark.parametrize("content", [b"", b"not a ZIP", b"PK\x05\x06" + bytes(18)])
async def test_what_is_no_backup_is_said_to_be_none(settings: Settings, tmp_path: Path, content: bytes):
    file = tmp_path / "rushes.zip"
    file.write_bytes(content)
    with pytest.raises(Invalid, match="no backup"):
        await restore_database(settings, file, replace=True)


async def test_a_backup_whose_rows_are_others_is_not_good(run: Runtime, tmp_path: Path):
    place, name = await backed_up(run)
    other = tmp_path / name
    async with place.file(name) as file:
        said = read_manifest(file)
        told = said.model_copy(update={"counts": said.counts | {"jobs": 7}})
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
            target.writestr("manifest.json", told.model_dump_json())
            target.writestr(DUMP, source.read(DUMP))
    assert (await verify_backup(run.settings, other)).wrong == ["jobs: 0 rows instead of 7"]


async def test_a_password_is_neither_in_arguments_nor_in_the_environment(tmp_path: Path):
    spy, seen = tmp_path / "bin" / "pg_dump", tmp_path / "seen"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} > {seen}\ncp "$PGPASSFILE" {seen}.pass\n')
    spy.chmod(spy.stat().st_mode | stat.S_IEXEC)
    url = make_url("postgresql+psycopg://ada:se:cr\\et@db.example/rushes")
    await run_program(spy, url, [])
    assert "cr\\et" not in seen.read_text()
    assert Path(f"{seen}.pass").read_text() == "*:*:*:*:se\\:cr\\\\et\n"
    left = seen.read_text().split("PGPASSFILE=")[1].split("\n")[0]
    assert not os.path.exists(left)  # noqa: PTH110  # a path that is only looked for


async def test_a_server_that_is_newer_than_every_program_is_named(tmp_path: Path):
    with pytest.raises(SystemFault, match="PostgreSQL 99"):
        await find_programs(99, None)
    with pytest.raises(SystemFault, match="no pg_dump"):
        await find_programs(16, tmp_path)


async def test_the_worker_makes_one_when_it_is_due_and_keeps_some(run: Runtime):
    settings = run.settings.model_copy(update={"backup_hours": 1.0, "backup_keep": 2})
    assert await back_up_when_due(run) is None, "a database of one's own is not backed up unless asked"
    run.settings = settings
    assert await back_up_when_due(run) is None, "there is nothing to lose yet"
    await age_a_job(run)
    place = open_place(settings)
    assert await back_up_when_due(run) is not None
    assert await back_up_when_due(run) is None, "the last one is fresh"
    [daily] = await place.kept()
    folder = Path(place.shown)
    for hours in (30, 20, 10):
        older = daily.name.replace(daily.name.split("-")[1], f"20250101T{hours - 10:02}0000Z")
        await asyncio.to_thread(shutil.copy, folder / daily.name, folder / older)
    asked = daily.name.replace(daily.name.split("-")[1], "20240101T000000Z").replace("daily", "asked")
    await asyncio.to_thread((folder / daily.name).rename, folder / asked)
    (folder / "mine.txt").write_text("not ours")
    assert await back_up_when_due(run) is not None
    reasons = [each.reason for each in await place.kept()]
    assert reasons == ["daily", "daily", "asked"], "the oldest are gone, what was asked for stays"
    assert len(await prune_backups(place, 1, asked=True)) == 2
    assert (folder / "mine.txt").exists()


async def test_what_a_kill_left_of_a_backup_is_deleted_by_the_next(run: Runtime):
    left = run.settings.work_dir / "backup-of-a-killed-process"
    left.mkdir()
    (left / DUMP).write_bytes(b"half")
    await backed_up(run)
    assert list(run.settings.work_dir.iterdir()) == []


async def test_two_workers_make_one(run: Runtime):
    run.settings = run.settings.model_copy(update={"backup_hours": 1.0})
    await age_a_job(run)
    made = await asyncio.gather(back_up_when_due(run), back_up_when_due(run))
    assert sum(each is not None for each in made) == 1


async def test_before_tables_change_a_backup_is_made(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    made: list[bool] = []

    async def before() -> None:
        made.append(True)

    await schema.bring_up_to_date(run.db, 30.0, before=before)
    assert made == []
    monkeypatch.setattr(schema, "newest", lambda: "9999")
    await schema.bring_up_to_date(run.db, 30.0, before=before)
    assert made == [True]


def test_the_name_of_a_backup_tells_when_and_why(tmp_path: Path):
    assert read_name("rushes-20261130T120000Z-daily.zip") is not None
    assert read_name("rushes-20261130T120000Z-daily-1.zip") is not None
    assert read_name("holiday.zip") is None


async def test_a_backup_that_is_not_there_is_named_with_those_that_are(run: Runtime):
    place, name = await backed_up(run)
    with pytest.raises(NotFound) as caught:
        async with place.file("rushes-20200101T000000Z-asked.zip"):
            pass
    assert name in (caught.value.hint or "")


async def test_two_of_one_second_have_two_names(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    place, first = await backed_up(run)
    async with place.file(first) as file:
        manifest = read_manifest(file)
    assert backup_name(manifest) == first
    assert backup_name(manifest, 1) == first.replace(".zip", "-1.zip")
