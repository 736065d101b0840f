"""What an operator can ask: what is where, whether it is whole, mending it, moving it, making room."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from subprocess import run as run_process

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from standins.s3_front import SECRET_KEY, S3Front
from tests.api.rows import finished
from tests.jobs import folder, make_job, until_status
from tests.platform.storage.s3 import in_s3
from tests.serving import serve
from tests.waiting import PATIENCE_SECONDS

from rushes.engine.dispatch import check_disk
from rushes.engine.runtime import Runtime, open_runtime
from rushes.ops.archive import archive_videos
from rushes.ops.installation import identity, set_turns
from rushes.ops.ownership import MARK, adopt
from rushes.ops.storage import check, migrate, verify
from rushes.ops.sweep import let_go, sweep_orphans
from rushes.ops.views import StorageFinding
from rushes.platform.storage.local import LocalBucket
from rushes.settings import Settings

CONTENTS = [os.urandom(1000 + n) for n in range(3)]


@pytest.fixture
def cold(settings: Settings) -> Path:
    """The folder of the archive."""
    return settings.data_dir.parent / "cold"


@pytest.fixture
async def archived(settings: Settings, cold: Path) -> AsyncGenerator[tuple[Runtime, list[str]]]:
    """An installation whose three videos are in the storage and in the archive: it, and their keys."""
    given = settings.model_copy(update={"archive_url": cold.as_uri(), "hot_ttl": 0.0})
    async with open_runtime(given) as run:
        job_id, ids = await finished(run, CONTENTS)
        await archive_videos(run)
        yield run, [f"jobs/{job_id}/videos/{each}.mp4" for each in ids]


async def test_a_storage_that_is_whole_has_nothing_to_tell(archived: tuple[Runtime, list[str]]):
    run, _ = archived
    for report in (await check(run), await verify(run)):
        assert (report.looked_at, report.found, report.lost) == (6, [], 0)


async def test_damage_is_seen_and_mended_from_the_other_place(
    archived: tuple[Runtime, list[str]], cold: Path
):
    run, keys = archived
    folder(run).path(keys[0]).write_bytes(b"x" * len(CONTENTS[0]))  # the size is right
    (cold / keys[1]).write_bytes(b"shorter")
    (cold / keys[2]).unlink()
    report = await verify(run)
    assert {(each.key, each.where == run.bucket.name, each.wrong) for each in report.found} == {
        (keys[0], True, "damaged"),
        (keys[1], False, "damaged"),
        (keys[2], False, "missing"),
    }
    assert all(each.mended for each in report.found)
    assert report.lost == 0
    assert [each.wrong for each in (await check(run)).found] == ["not archived"] * 2
    await archive_videos(run)
    assert (await verify(run)).found == []
    assert folder(run).path(keys[0]).read_bytes() == CONTENTS[0]


async def test_what_is_nowhere_any_more_is_told_as_lost(archived: tuple[Runtime, list[str]], cold: Path):
    run, keys = archived
    await let_go(run)
    (cold / keys[0]).unlink()
    report = await verify(run)
    assert report.lost == 2, "missing in both places"
    assert {each.key for each in report.found} == {keys[0]}


async def test_a_storage_moves_to_s3(settings: Settings, s3: S3Front):
    async with open_runtime(settings) as run:
        _, ids = await finished(run, CONTENTS)
    before = LocalBucket(settings.storage_dir, name="before")
    async with open_runtime(settings.model_copy(update=in_s3(s3))) as run:
        assert (await check(run)).lost == 6
        damaged = next(key for key, _ in before.files() if str(ids[0]) in key and "videos" in key)
        before.path(damaged).write_bytes(b"other")
        first = await migrate(run, before)
        assert (first.copied, first.there_already) == (5, 0)
        assert first.found == [StorageFinding(key=damaged, where="before", wrong="damaged")]
        before.path(damaged).write_bytes(CONTENTS[0])
        again = await migrate(run, before)
        assert (again.copied, again.copied_bytes, again.there_already) == (1, 1000, 5)
        assert (await verify(run)).found == []
        assert len(list(before.files())) == 6, "nothing is deleted where it comes from"


async def test_what_is_not_ours_in_a_bucket_is_left_alone(run: Runtime, s3: S3Front, settings: Settings):
    async with open_runtime(settings.model_copy(update=in_s3(s3))) as run:
        s3.write("hot", "holiday/beach.mp4", b"somebody's")
        s3.write("hot", "jobs/of/nobody.mp4", b"an orphan")
        assert (await sweep_orphans(run, 3600)).orphans == 0, "it is young"
        swept = await sweep_orphans(run, -1)
        assert (swept.orphans, swept.orphan_bytes) == (1, 9)
        assert s3.keys("hot") == {"holiday/beach.mp4", MARK}
        s3.write("hot", "jobs/of/another.mp4", b"another installation's")
        s3.write("hot", MARK, b"another installation")
        assert (await sweep_orphans(run, -1)).orphans == 0
        assert "jobs/of/another.mp4" in s3.keys("hot")


async def turns(run: Runtime, change_to: list[str] | None = None) -> list[str]:
    """What the database knows of the mark; a copy of the database knows what it knew then."""
    async with run.db.begin() as session:
        if change_to is not None:
            await set_turns(session, change_to)
        return (await session.execute(text("SELECT bucket_turns FROM installation"))).scalar_one()


async def sweeps(run: Runtime) -> bool:
    """Whether a file that no row knows is swept."""
    stray = folder(run).path("jobs/of/nobody.mp4")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")
    return (await sweep_orphans(run, -1)).orphans == 1


async def test_a_restored_copy_of_the_database_deletes_nothing_until_it_is_told_to(
    run: Runtime, caplog: pytest.LogCaptureFixture
):
    assert await sweeps(run)
    copy = await turns(run)
    assert await sweeps(run) and await sweeps(run)
    original = await turns(run)
    await turns(run, copy)  # from here on this is the copy
    assert not await sweeps(run)
    assert "another copy of this database" in caplog.text and "rushes storage adopt" in caplog.text
    await turns(run, original)
    assert await sweeps(run), "the original goes on"
    original = await turns(run)
    await turns(run, copy)
    await adopt(run)
    assert await sweeps(run) and await sweeps(run)
    await turns(run, original)
    assert not await sweeps(run), "and now it is the original that has lost the storage"


async def test_an_installation_that_lost_its_name_sweeps_nothing_of_the_old_one_until_it_is_told_to(
    run: Runtime, caplog: pytest.LogCaptureFixture
):
    assert await sweeps(run)
    for _ in range(2):
        async with run.db.begin() as session:
            await session.execute(text("DELETE FROM installation"))
        assert not await sweeps(run)
        assert "the row that names this installation was lost" in caplog.text
        assert "another installation" in caplog.text
        assert not await sweeps(run)
        await adopt(run)
        assert await sweeps(run) and await sweeps(run)


async def test_an_installation_without_a_name_may_adopt_a_storage(run: Runtime):
    assert await sweeps(run)
    async with run.db.begin() as session:
        await session.execute(text("DELETE FROM installation"))
    await adopt(run)
    assert await sweeps(run) and await sweeps(run)


async def killed(*_: object) -> None:
    raise asyncio.CancelledError


async def test_a_sweeper_that_dies_before_it_has_marked_the_storage_still_owns_it(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    assert await sweeps(run)
    for _ in range(3):
        with monkeypatch.context() as broken:
            broken.setattr(LocalBucket, "put", killed)
            with pytest.raises(asyncio.CancelledError):
                await sweeps(run)
    assert await sweeps(run)


async def test_the_mark_of_an_earlier_version_is_known(run: Runtime):
    name = (await identity(run.db)).name
    folder(run).path(MARK).write_text(name)
    assert await sweeps(run) and await sweeps(run)
    folder(run).path(MARK).write_text(name)
    assert not await sweeps(run), "a copy from that time"


async def test_the_api_tells_what_is_where_and_makes_room(settings: Settings, cold: Path):
    given = settings.model_copy(update={"archive_url": cold.as_uri(), "hot_ttl": 0.0})
    async with (
        serve(given, with_worker=False) as served,
        httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client,
    ):
        await finished(served.run, CONTENTS)
        total = sum(map(len, CONTENTS))
        before = (await client.get("/api/storage")).json()
        assert (before["videos"], before["waiting_for_archive"], before["can_be_freed_bytes"]) == (3, 3, 0)
        await archive_videos(served.run)
        between = (await client.get("/api/storage")).json()
        assert (between["waiting_for_archive"], between["can_be_freed_bytes"]) == (0, total)
        assert between["archive"] == {"name": f"archive {cold.as_uri()}", "files": 3, "bytes": total}
        swept = (await client.post("/api/storage/sweep")).json()
        assert (swept["videos"], swept["video_bytes"]) == (3, total)
        after = (await client.get("/api/storage")).json()
        assert (after["storage"]["files"], after["can_be_freed_bytes"]) == (3, 0)
        assert after["storage"]["bytes"] == before["storage"]["bytes"] - total
        assert (await client.post("/api/storage/sweep")).json()["videos"] == 0


async def test_the_commands_say_it_too(archived: tuple[Runtime, list[str]], cold: Path, tmp_path: Path):
    run, keys = archived
    database = run.settings.database_url
    assert database
    environ = {
        **os.environ,
        "RUSHES_DATA_DIR": str(run.settings.data_dir),
        "RUSHES_DATABASE_URL": database.get_secret_value(),
        "RUSHES_ARCHIVE_URL": cold.as_uri(),
        "RUSHES_HOT_TTL": "0",
    }

    async def rushes(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "rushes.cli.main", "storage", *words]
        done = await asyncio.to_thread(
            run_process, command, env=environ, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    assert await rushes("check") == (0, "6 files looked at, 0 lost\n")
    code, said = await rushes("sweep", "--json")
    assert (code, json.loads(said)["videos"]) == (0, 3)
    (cold / keys[0]).write_bytes(b"damaged")
    code, said = await rushes("verify")
    assert code == 1
    assert "6 files looked at, 2 lost" in said
    assert f"damaged in archive {cold.as_uri()}: {keys[0]}" in said
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / keys[0]).parent.mkdir(parents=True)
    (elsewhere / keys[0]).write_bytes(CONTENTS[0])
    code, said = await rushes("migrate", "--from", elsewhere.as_uri(), "--json")
    assert json.loads(said)["copied"] == 1
    assert folder(run).path(keys[0]).read_bytes() == CONTENTS[0]


async def test_a_disk_of_any_folder_can_be_full(
    run: Runtime, worker: object, another_disk: Path, monkeypatch: pytest.MonkeyPatch
):
    folder(run).root = another_disk / "nothing-is-written-here"
    free = dict.fromkeys(run.bucket.folders, 10000 * 2**20)
    free[folder(run).root] = 5 * 2**20
    monkeypatch.setattr("rushes.engine.dispatch.free_bytes", free.__getitem__)
    object.__setattr__(run.settings, "min_free_bytes", 100 * 2**20)
    job_id = await make_job(run, ["a"])
    job = await until_status(run, job_id, "paused")
    assert job.paused_by == "disk_full"
    assert job.pause_reason is not None
    assert f"Only 5 MiB are free on the disk of {another_disk}/nothing" in job.pause_reason
    folder(run).root = run.settings.storage_dir
    free[run.settings.storage_dir] = 10_000 * 2**20
    check_disk(run)
    await until_status(run, job_id, "completed")


async def test_no_secret_is_in_what_is_told(settings: Settings, s3: S3Front):
    secret = {**in_s3(s3), "s3_secret_key": SecretStr("wrong " + SECRET_KEY)}
    async with (
        serve(settings.model_copy(update=secret), with_worker=False) as served,
        httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client,
    ):
        job_id = await make_job(served.run, ["a"])
        async with served.run.db.begin() as session:
            await session.execute(
                text(
                    "INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)"
                    " SELECT 'jobs/x.mp4', owner_id, job_id, 'video/mp4', 'x', 1 FROM videos;"
                )
            )
            await session.execute(text("UPDATE videos SET video_key = 'jobs/x.mp4', status = 'completed'"))
            video_id = await session.scalar(text("SELECT id FROM videos WHERE job_id = :id"), {"id": job_id})
        told = await client.get(f"/api/videos/{video_id}/content")
        assert (told.status_code, told.json()["code"]) == (503, "system_fault")
        assert SECRET_KEY not in told.text + (await client.get("/api/storage")).text
