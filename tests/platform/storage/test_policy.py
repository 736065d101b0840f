"""Where a video is at every moment: archived, let go, brought back; nothing is lost whatever breaks."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from standins.s3_front import Fault, S3Front
from standins.telegram.server import CHAT, TOKEN, Telegram
from standins.telegram.server import Fault as TelegramFault
from tests.api.rows import finished
from tests.jobs import accepted_keys, make_job, until, until_status, videos
from tests.platform.storage.s3 import archive_in_s3, in_s3
from tests.serving import serve
from tests.waiting import PATIENCE_SECONDS

from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import ErrorType, NotFound, SystemFault
from rushes.library.review import delete_video
from rushes.ops.archive import archive_videos
from rushes.ops.sweep import delete_from_archive, let_go, purge_deleted, sweep
from rushes.ops.views import Swept
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.storage.archive import BucketArchive, Ids, Keep
from rushes.platform.storage.local import LocalBucket
from rushes.platform.storage.places import open_archive
from rushes.settings import MIB, Settings
from rushes.worker import run_worker

CONTENTS = [os.urandom(40_000 + n) for n in range(4)]


def in_folder(settings: Settings) -> dict[str, Any]:
    """The settings that archive in another folder."""
    return {"archive_url": (settings.data_dir.parent / "cold").as_uri()}


def in_telegram(telegram: Telegram) -> dict[str, Any]:
    """The settings that archive in the stand-in, in parts of 16 KiB."""
    return {
        "archive_url": f"telegram:{CHAT}",
        "telegram_token": SecretStr(TOKEN),
        "telegram_api": telegram.url,
        "telegram_part_bytes": 16_384,
        "telegram_spacing": 0.0,
        "storage_timeout": 20.0,
    }


def changed(settings: Settings, **changes: Any) -> Settings:
    return settings.model_copy(update={"hot_ttl": 0.0, **changes})


@asynccontextmanager
async def filled(settings: Settings) -> AsyncGenerator[tuple[Runtime, list[str], list[UUID]]]:
    """An installation with finished videos: its runtime, their keys and ids, in the order of CONTENTS."""
    async with open_runtime(settings) as run:
        job_id, ids = await finished(run, CONTENTS)
        yield run, [f"jobs/{job_id}/videos/{each}.mp4" for each in ids], ids


async def read(run: Runtime, key: str) -> bytes:
    return b"".join([piece async for piece in run.bucket.stream(key)])


async def hot_keys(run: Runtime) -> set[str]:
    return {
        key
        for key in await asyncio.to_thread(lambda: {k for k, _ in run.bucket.hot.files()})
        if ".mp4" in key
    }


async def hashes(run: Runtime) -> set[str]:
    """The sha256 of every finished video."""
    async with run.db.begin() as session:
        return set((await session.execute(text("SELECT sha256 FROM videos"))).scalars())


async def states(run: Runtime, place: str) -> list[str]:
    async with run.db.begin() as session:
        rows = await session.execute(
            text("SELECT state FROM copies WHERE place = :place ORDER BY key"), {"place": place}
        )
        return list(rows.scalars())


def name_of(run: Runtime) -> str:
    assert run.bucket.archive
    return run.bucket.archive.name


async def assert_nothing_is_lost(run: Runtime, keys: list[str]) -> None:
    """Every video can be read, and is what was stored."""
    for key, data in zip(keys, CONTENTS, strict=True):
        assert await read(run, key) == data


@pytest.fixture(params=["folder", "s3", "telegram"])
def everywhere(
    request: pytest.FixtureRequest, settings: Settings, s3: S3Front, telegram: Telegram
) -> Settings:
    """Archives of every kind: the storage in a folder or in S3."""
    match request.param:
        case "folder":
            return changed(settings, **in_folder(settings))
        case "s3":
            return changed(settings, **in_s3(s3), **archive_in_s3(s3))
        case _:
            return changed(settings, **in_telegram(telegram))


async def test_archived_let_go_and_brought_back(everywhere: Settings):
    async with filled(everywhere) as (run, keys, _):
        assert await let_go(run) == Swept(), "nothing is archived yet"
        await archive_videos(run)
        assert await states(run, name_of(run)) == ["verified"] * 4
        swept = await let_go(run)
        assert (swept.videos, swept.video_bytes) == (4, sum(map(len, CONTENTS)))
        assert await hot_keys(run) == set()
        assert await let_go(run) == Swept()
        assert await run.bucket.sizes(keys) == {k: len(d) for k, d in zip(keys, CONTENTS, strict=True)}
        await assert_nothing_is_lost(run, keys)
        assert run.bucket.restored == 4
        await assert_nothing_is_lost(run, keys)
        assert (run.bucket.restored, await hot_keys(run)) == (4, set(keys))
        await archive_videos(run)
        assert (await let_go(run)).videos == 4
        async with run.bucket.local(keys[0]) as path:
            assert path.read_bytes() == CONTENTS[0]


async def test_a_new_time_begins_when_a_video_is_brought_back(settings: Settings):
    async with filled(changed(settings, **in_folder(settings))) as (run, keys, _):
        await archive_videos(run)
        await let_go(run)
        object.__setattr__(run.settings, "hot_ttl", 3600.0)
        await read(run, keys[0])
        assert (await let_go(run)).videos == 0
        async with run.db.begin() as session:
            await session.execute(text("UPDATE copies SET since = since - interval '61 minutes'"))
        assert (await let_go(run)).videos == 1


async def test_without_an_archive_nothing_ever_leaves(settings: Settings):
    async with filled(changed(settings)) as (run, keys, _):
        assert run.bucket.ttl_seconds is None
        await archive_videos(run)
        assert (await sweep(run, older_than_seconds=-1)).bytes_freed == 0
        await assert_nothing_is_lost(run, keys)


async def test_fifty_players_in_two_processes_bring_a_video_back_once(settings: Settings, telegram: Telegram):
    settings = changed(settings, **in_telegram(telegram), hot_ttl=3600.0)
    async with filled(settings) as (run, keys, ids):
        await archive_videos(run)
        object.__setattr__(settings, "hot_ttl", 0.0)
        await let_go(run)
        object.__setattr__(settings, "hot_ttl", 3600.0)
        telegram.calls.clear()
        async with (
            serve(settings, with_worker=False) as one,
            serve(settings, with_worker=False) as other,
            httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        ):
            answers = await asyncio.gather(
                *(
                    client.get(f"{each.url}/api/videos/{ids[0]}/content", headers={"range": f"bytes={n}-"})
                    for n in range(25)
                    for each in (one, other)
                )
            )
            assert [each.content for each in answers] == [CONTENTS[0][n // 2 :] for n in range(50)]
            assert one.run.bucket.restored + other.run.bucket.restored == 1
        parts = -(-len(CONTENTS[0]) // 16_384)
        assert telegram.calls.count("file") == parts
        assert await hot_keys(run) == {keys[0]}


async def test_an_archive_that_is_down_for_the_whole_job_costs_nothing(
    settings: Settings, telegram: Telegram
):
    telegram.down()
    async with open_runtime(changed(settings, **in_telegram(telegram))) as run:
        worker = asyncio.create_task(run_worker(run))
        job_id = await make_job(run, ["a", "b"])
        await until_status(run, job_id, "completed")

        async def has_tried() -> bool:
            async with run.db.begin() as session:
                faults = await session.scalar(text("SELECT max(faults) FROM copies"))
            return (faults or 0) > 1

        await until(has_tried)
        assert len(await hot_keys(run)) == 2, "what no archive has does not leave"
        telegram.faults.clear()

        async def left() -> bool:
            return await hot_keys(run) == set() and len(telegram.messages) >= 2

        await until(left)
        assert await states(run, name_of(run)) == ["verified"] * 2
        for video in await videos(run, job_id):
            data = await read(run, f"jobs/{job_id}/videos/{video.video_id}.mp4")
            assert hashlib.sha256(data).hexdigest() in await hashes(run)
        worker.cancel()
        await asyncio.wait([worker])


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.WRONG_BYTES, Fault.RESET])
async def test_a_copy_that_is_not_verified_is_no_copy(settings: Settings, s3: S3Front, fault: Fault):
    async with filled(changed(settings, **archive_in_s3(s3))) as (run, keys, _):
        s3.break_next(fault, "PUT" if fault is Fault.WRONG_BYTES else "*", "cold", times=1000)
        await archive_videos(run)
        assert await states(run, name_of(run)) == ["storing"] * 4
        assert (await let_go(run)).videos == 0
        s3.mend()
        async with run.db.begin() as session:
            await session.execute(text("UPDATE copies SET retry_at = now()"))
        await archive_videos(run)
        assert (await let_go(run)).videos == 4
        await assert_nothing_is_lost(run, keys)


async def test_a_video_stays_when_the_archive_has_lost_it_and_is_archived_again(
    settings: Settings, telegram: Telegram
):
    async with filled(changed(settings, **in_telegram(telegram))) as (run, keys, _):
        await archive_videos(run)
        gone = min(telegram.messages)
        del telegram.messages[gone]
        assert (await let_go(run)).videos == 3
        assert len(await hot_keys(run)) == 1
        await archive_videos(run)
        assert (await let_go(run)).videos == 1
        await assert_nothing_is_lost(run, keys)


@pytest.mark.parametrize("where", ["folder", "s3"])
async def test_a_video_that_leaves_during_a_download_arrives_whole(
    settings: Settings, s3: S3Front, where: str
):
    settings = changed(settings, **in_folder(settings))
    if where == "s3":
        settings = changed(settings, **in_s3(s3), **in_folder(settings))
    async with open_runtime(settings) as run:
        data = os.urandom(5 * MIB)
        job_id, (video_id,) = await finished(run, [data])
        key = f"jobs/{job_id}/videos/{video_id}.mp4"
        await archive_videos(run)
        got = bytearray()
        s3.break_next(Fault.CUT, "GET", "hot")
        async for piece in run.bucket.stream(key):
            got += piece
            if len(got) <= MIB:
                assert (await let_go(run)).videos == 1
        assert bytes(got) == data
        async with run.bucket.local(key) as path:
            assert (await let_go(run)).videos == (0 if where == "folder" and run.bucket.restored == 0 else 1)
            assert await asyncio.to_thread(path.read_bytes) == data


async def test_two_sweepers_at_once_free_everything_once(settings: Settings, telegram: Telegram):
    settings = changed(settings, **in_telegram(telegram))
    async with filled(settings) as (run, keys, _), open_runtime(settings) as other:
        await archive_videos(run)
        both = await asyncio.gather(sweep(run), sweep(other), sweep(run), sweep(other))
        total = both[0] + both[1] + both[2] + both[3]
        assert (total.videos, total.video_bytes) == (4, sum(map(len, CONTENTS)))
        await assert_nothing_is_lost(run, keys)


async def test_a_deleted_video_leaves_the_archive_too(settings: Settings, telegram: Telegram):
    at_once = changed(settings, undo_seconds=0, **in_telegram(telegram))
    async with filled(at_once) as (run, keys, ids):
        await archive_videos(run)
        await let_go(run)
        before = len(telegram.messages)
        await delete_video(run, LOCAL_OWNER, ids[0])
        assert await purge_deleted(run) == 1
        assert (await delete_from_archive(run)).archive_copies == 1
        assert len(telegram.messages) == before - 4, "three parts and their list"
        assert await delete_from_archive(run) == Swept()
        with pytest.raises(NotFound):
            await read(run, keys[0])
        assert await read(run, keys[1]) == CONTENTS[1]


async def in_archive(run: Runtime, telegram: Telegram) -> int:
    """How many files or messages the archive has."""
    archive = run.bucket.archive
    if isinstance(archive, BucketArchive):
        return len(await asyncio.to_thread(lambda: list(archive.bucket.files())))
    return len(telegram.messages)


async def delete_for_good(run: Runtime, video_id: UUID) -> None:
    """A person deletes it, its time is over, and the sweeper comes to the archive."""
    await delete_video(run, LOCAL_OWNER, video_id)
    assert await purge_deleted(run) == 1
    await delete_from_archive(run)


@pytest.mark.parametrize("moment", ["before", "amid", "after"])
async def test_what_is_deleted_while_it_is_archived_does_not_stay_in_the_archive(
    everywhere: Settings, telegram: Telegram, monkeypatch: pytest.MonkeyPatch, moment: str
):
    async with open_runtime(changed(everywhere, undo_seconds=0)) as run:
        _, (video_id,) = await finished(run, CONTENTS[:1])
        archive = run.bucket.archive
        assert archive
        store = archive.store

        async def deleted_meanwhile(key: str, source: Path, ids: Ids, keep: Keep) -> Ids:
            kept: list[Ids] = []

            async def amid(ids: Ids) -> None:
                await keep(ids)
                kept.append(ids)
                if moment == "amid" and len(kept) == 1:
                    await delete_for_good(run, video_id)

            if moment == "before":
                await delete_for_good(run, video_id)
            ids = await store(key, source, ids, amid)
            if moment == "after" or (moment == "amid" and not kept):  # a bucket takes a file whole
                await delete_for_good(run, video_id)
            return ids

        monkeypatch.setattr(archive, "store", deleted_meanwhile)
        await archive_videos(run)
        telegram.faults = [(TelegramFault.INTERNAL, "deleteMessage")]
        for _ in range(2):  # an archive that does not answer is asked again
            await delete_from_archive(run)
        assert await in_archive(run, telegram) == 0
        assert await states(run, archive.name) == []


async def test_what_was_sent_of_a_deleted_video_before_the_archive_broke_does_not_stay_there(
    settings: Settings, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
):
    async with open_runtime(changed(settings, undo_seconds=0, **in_telegram(telegram))) as run:
        _, (video_id,) = await finished(run, CONTENTS[:1])
        archive = run.bucket.archive
        assert archive
        store = archive.store

        async def deleted_meanwhile(key: str, source: Path, ids: Ids, keep: Keep) -> Ids:
            await delete_for_good(run, video_id)
            telegram.faults = [(TelegramFault.INTERNAL, "getFile")] * 1000
            return await store(key, source, ids, keep)

        monkeypatch.setattr(archive, "store", deleted_meanwhile)
        await archive_videos(run)
        telegram.faults.clear()
        assert len(telegram.messages) == 4, "three parts and their list, which nobody has read back"
        await delete_from_archive(run)
        assert (telegram.messages, await states(run, archive.name)) == ({}, [])


async def test_the_sweeper_forgets_nothing_that_is_stored_while_it_deletes(
    settings: Settings, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
):
    settings = changed(settings, undo_seconds=0, **in_folder(settings))
    async with open_runtime(settings) as run:
        _, (video_id,) = await finished(run, CONTENTS[:1])
        archive = run.bucket.archive
        assert archive
        store, delete = archive.store, archive.delete
        storing, swept = asyncio.Event(), asyncio.Event()

        async def slow(key: str, source: Path, ids: Ids, keep: Keep) -> Ids:
            storing.set()
            await swept.wait()
            return await store(key, source, ids, keep)

        async def just_before(key: str, ids: Ids) -> None:
            await delete(key, ids)
            swept.set()
            await archiving

        monkeypatch.setattr(archive, "store", slow)
        archiving = asyncio.create_task(archive_videos(run))
        await storing.wait()
        with monkeypatch.context() as patched:
            patched.setattr(archive, "delete", just_before)
            await delete_for_good(run, video_id)
        assert await in_archive(run, telegram) == 1
        await delete_from_archive(run)
        assert await in_archive(run, telegram) == 0
        assert await states(run, archive.name) == []


async def test_wrong_bytes_from_the_archive_are_not_shown(settings: Settings, s3: S3Front):
    async with filled(changed(settings, **archive_in_s3(s3))) as (run, keys, _):
        await archive_videos(run)
        await let_go(run)
        s3.break_next(Fault.WRONG_BYTES, "GET", "cold")
        with pytest.raises(SystemFault, match="not the ones"):
            await read(run, keys[0])
        assert await hot_keys(run) == set()
        await assert_nothing_is_lost(run, keys)


async def test_a_full_archive_disk_is_waited_out(settings: Settings, another_disk: Path):
    cold = another_disk / "archive"
    async with filled(changed(settings, archive_url=cold.as_uri())) as (run, keys, _):
        full = [(cold / key).with_name(f"{Path(key).name}.part") for key in keys]
        for each in full:
            each.parent.mkdir(parents=True, exist_ok=True)
            each.symlink_to("/dev/full")
        await archive_videos(run)
        async with run.db.begin() as session:
            errors = await session.execute(text("SELECT DISTINCT error FROM copies"))
        assert list(errors.scalars()) == ["The disk is full."]
        assert (await let_go(run)).videos == 0
        for each in full:
            each.unlink()
        async with run.db.begin() as session:
            await session.execute(text("UPDATE copies SET retry_at = now()"))
        await archive_videos(run)
        assert (await let_go(run)).videos == 4
        await assert_nothing_is_lost(run, keys)


async def test_a_job_whose_bucket_breaks_pauses_and_is_paid_once(settings: Settings, s3: S3Front):
    settings = changed(settings, **in_s3(s3))
    async with open_runtime(settings) as run:
        s3.break_next(Fault.SLOW_DOWN, "PUT", times=1000)
        worker = asyncio.create_task(run_worker(run))
        job_id = await make_job(run, ["a", "b"])
        job = await until_status(run, job_id, "paused")
        assert job.paused_by == "storage"
        assert "503" in str(job.pause_reason)
        assert s3.keys("hot") == set()
        s3.mend()
        await until_status(run, job_id, "completed")
        assert len(accepted_keys()) == 2
        for video in await videos(run, job_id):
            stored = s3.read("hot", f"jobs/{job_id}/videos/{video.video_id}.mp4")
            assert hashlib.sha256(stored).hexdigest() in await hashes(run)
        worker.cancel()
        await asyncio.wait([worker])


async def test_players_are_sent_to_the_bucket_and_a_link_keeps_the_video_there(
    settings: Settings, s3: S3Front
):
    settings = changed(settings, **in_s3(s3), **in_folder(settings))
    async with (
        serve(settings, with_worker=False) as served,
        httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client,
    ):
        _, (video_id, *_) = await finished(served.run, CONTENTS)
        await archive_videos(served.run)
        await let_go(served.run)
        content = f"/api/videos/{video_id}/content"
        sent = await client.get(content)
        assert sent.status_code == 307
        assert sent.headers["location"].startswith(f"{s3.url}/hot/jobs/")
        assert (await let_go(served.run)).videos == 0, "a link that was given out must work"
        got = await client.get(content, headers={"range": "bytes=10-19"}, follow_redirects=True)
        assert (got.status_code, got.content) == (206, CONTENTS[0][10:20])
        saved = await client.get(content, params={"download": 1})
        assert (saved.status_code, saved.content) == (200, CONTENTS[0])
        looked = await client.head(content)
        assert (looked.status_code, looked.headers["content-length"]) == (200, str(len(CONTENTS[0])))
        object.__setattr__(served.run.settings, "direct_links", False)
        assert (await client.get(content)).content == CONTENTS[0]
        async with served.run.db.begin() as session:
            await session.execute(text("UPDATE copies SET held_until = now() - interval '1 second'"))
        assert (await let_go(served.run)).videos == 1


async def test_a_link_that_was_given_out_before_the_video_was_archived_works_to_its_end(
    settings: Settings, s3: S3Front
):
    async with filled(changed(settings, **in_s3(s3), **in_folder(settings))) as (run, keys, _):
        assert await run.bucket.link(keys[0], 600)
        await archive_videos(run)
        assert (await let_go(run)).videos == 3
        assert await hot_keys(run) == {keys[0]}


async def test_a_video_in_an_archive_that_is_not_set_any_more_is_told(settings: Settings):
    async with filled(changed(settings, **in_folder(settings))) as (run, keys, _):
        await archive_videos(run)
        await let_go(run)
    other = (settings.data_dir.parent / "other").as_uri()
    async with open_runtime(changed(settings, archive_url=other)) as run:
        with pytest.raises(SystemFault, match=r"is only in archive file://.*/cold"):
            await read(run, keys[0])


def test_an_archive_inside_the_storage_is_refused(settings: Settings):
    for url in (settings.storage_dir.as_uri(), (settings.storage_dir / "cold").as_uri()):
        with pytest.raises(SystemFault, match="same place"):
            open_archive(settings.model_copy(update={"archive_url": url}))
    shared = {"storage_url": "s3://one/hot", "archive_url": "s3://one"}
    with pytest.raises(SystemFault, match="same place"):
        open_archive(settings.model_copy(update=shared))


async def test_telegram_without_a_token_is_told(settings: Settings):
    with pytest.raises(SystemFault, match="no token"):
        open_archive(settings.model_copy(update={"archive_url": f"telegram:{CHAT}"}))


async def test_a_part_of_an_archive_that_fails_does_not_stop_the_others(
    settings: Settings, telegram: Telegram
):
    async with filled(changed(settings, **in_telegram(telegram))) as (run, _, _):
        telegram.faults = [(TelegramFault.CHANGED, "sendDocument")]
        await archive_videos(run)
        assert sorted(await states(run, name_of(run))) == ["storing", "verified", "verified", "verified"]


@pytest.mark.parametrize("place", ["bucket", "bucket and archive"])
async def test_a_wrong_read_is_no_file_and_is_read_again(settings: Settings, s3: S3Front, place: str):
    """What leaves the storage as a file (a start image on its way to a paid provider) is what was stored."""
    archived = archive_in_s3(s3) if place != "bucket" else {}
    async with filled(changed(settings, **in_s3(s3), **archived)) as (run, keys, _):
        s3.break_next(Fault.WRONG_BYTES, "GET", keys[0])
        async with run.bucket.local(keys[0]) as file:
            assert await asyncio.to_thread(file.read_bytes) == CONTENTS[0]


async def test_bytes_that_stay_wrong_are_a_fault_of_the_storage_and_not_of_the_prompt(settings: Settings):
    async with filled(settings) as (run, keys, _):
        assert isinstance(run.bucket.hot, LocalBucket)
        file = run.bucket.hot.path(keys[0])
        whole = await asyncio.to_thread(file.read_bytes)
        for wrong in (b"", whole[:-1], whole + b"x"):
            await asyncio.to_thread(file.write_bytes, wrong)
            with pytest.raises(SystemFault, match="not the ones") as caught:
                async with run.bucket.local(keys[0]):
                    pass
            assert caught.value.error_type is ErrorType.STORAGE
        await asyncio.to_thread(file.write_bytes, whole)
        async with run.bucket.local(keys[0]) as good:
            assert await asyncio.to_thread(good.read_bytes) == whole
