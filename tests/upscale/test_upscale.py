"""Upscales of odd clips and on bad days, by the real FFmpeg: turned, square, recoded, let go, disk full; and
what two do with one at the same time.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import av
import pytest
from pydantic import JsonValue
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.api.rows import made_before
from tests.jobs import folder, until
from tests.platform.media.clips import clip, encoders_at_work
from tests.waiting import result_of

from rushes.engine import local_work_rows
from rushes.engine.local_work_rows import ClaimedWork
from rushes.engine.local_work_run import carry_on
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import VideoStatus
from rushes.engine.transitions import touch_takes
from rushes.errors import NotFound
from rushes.jobs.rows import locked_job
from rushes.library.review import delete_videos
from rushes.ops.archive import archive_videos
from rushes.ops.sweep import let_go, sweep_orphans
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.media.commands import UpscaleJob, upscale_args
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.probe import probe
from rushes.platform.media.upscaling import Quality, Recipe
from rushes.platform.storage.bucket import Stored
from rushes.settings import Settings
from rushes.upscale import rows as upscales
from rushes.upscale import task_rows as upscale_tasks
from rushes.upscale import tasks as upscaling
from rushes.upscale.actions import cancel_upscale, start_upscale

Make = Callable[[Path], Awaitable[Path]]
T = TypeVar("T")


async def begun(run: Runtime, source: Path, **recipe: object) -> UUID:
    """An upscale that was asked for and that nobody has begun."""
    facts = probe(source)
    _, ids = await made_before(
        run, [source.read_bytes()], width=facts.width, height=facts.height,
        duration_seconds=facts.duration_seconds,
    )  # fmt: skip
    await start_upscale(run, LOCAL_OWNER, ids, Recipe.model_validate({"quality": "fast", **recipe}))
    return (await row_of(run)).id


async def row_of(run: Runtime) -> Row[tuple[UUID, str, str | None, str]]:
    """The one upscale there is."""
    async with run.db.begin() as session:
        rows = await session.execute(
            text(
                "SELECT w.id, w.status, w.error, u.key, v.video_key, v.upscaled FROM local_work w"
                " JOIN videos v ON v.id = w.video_id LEFT JOIN upscales u ON u.id = w.id"
            )
        )
        return rows.one()


async def made(run: Runtime) -> Path:
    """The file of the upscale, which is completed and the only trace of it."""
    row = await row_of(run)
    assert (row.status, row.upscaled) == ("completed", True), row.error
    assert list(run.settings.work_dir.iterdir()) == []
    return folder(run).path(row.key)


async def remade(into: Path, *args: str, inputs: tuple[str, ...] = ()) -> Path:
    """A tiny clip made into another kind of clip."""
    plain = await clip(into.with_name("plain.mp4"), seconds=0.25)
    await run_ffmpeg([*inputs, "-i", str(plain), *args, "-f", "mp4"], into=into)
    return into


async def portrait(into: Path) -> Path:
    return await remade(into, "-vf", "scale=90:160,setsar=1")


async def square(into: Path) -> Path:
    return await remade(into, "-vf", "scale=100:100,setsar=1")


async def turned(into: Path) -> Path:
    """Stored wide, shown high: as a phone films."""
    return await remade(into, "-c", "copy", inputs=("-display_rotation", "90"))


async def wide_pixels(into: Path) -> Path:
    """120x90 pixels, each 4/3 as wide as high: 16:9."""
    return await remade(into, "-vf", "scale=120:90,setsar=4/3")


async def turned_wide_pixels(into: Path) -> Path:
    """The same turned, so that its pixels are higher than wide."""
    await wide_pixels(into.with_name("wide.mp4"))
    args = ["-display_rotation", "90", "-i", str(into.with_name("wide.mp4")), "-c", "copy", "-f", "mp4"]
    await run_ffmpeg(args, into=into)
    return into


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "size"),
    [
        (portrait, (2160, 3840)),
        (square, (2160, 2160)),
        (turned, (2160, 3840)),
        (wide_pixels, (3840, 2160)),
        (turned_wide_pixels, (2160, 3840)),
    ],
)
async def test_a_clip_keeps_its_shape_and_its_orientation(
    settings: Settings, tmp_path: Path, make: Make, size: tuple[int, int]
):
    source = await make(tmp_path / "odd.mp4")
    async with open_runtime(settings) as run:
        await carry_on(run, await begun(run, source))
        with av.open(str(await made(run))) as film:
            (video,) = film.streams.video
            frames = list(film.decode(video))
            assert {(each.width, each.height, each.rotation) for each in frames} == {(*size, 0)}
            assert video.sample_aspect_ratio == 1
            assert len(frames) == probe(source).frames


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "name"), [("h264", "h264"), ("h265", "hevc"), ("av1", "av1")])
async def test_every_codec_keeps_frames_times_and_colour_tags_also_enhanced(
    settings: Settings, tmp_path: Path, codec: str, name: str
):
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    source = await remade(tmp_path / "tagged.mp4", "-vf", tags)
    async with open_runtime(settings) as run:
        await carry_on(run, await begun(run, source, codec=codec, enhance=True))
        with av.open(str(source)) as film:
            times = [frame.time for frame in film.decode(video=0)]
        with av.open(str(await made(run))) as film:
            context = film.streams.video[0].codec_context
            assert [frame.time for frame in film.decode(video=0)] == pytest.approx(times, abs=0.001)
            assert (context.codec.canonical_name, context.width) == (
                name,
                3840,
            )
            assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (
                1, 1, 1, 1,
            )  # fmt: skip


@pytest.mark.slow
async def test_enhancing_changes_the_picture(tmp_path: Path):
    source = str(await clip(tmp_path / "in.mp4", seconds=0.1))
    for enhance in (False, True):
        wanted = UpscaleJob(source, 320, 180, 12, None, Quality.FAST, "libx264", enhance)
        await run_ffmpeg(upscale_args(wanted), into=tmp_path / f"{enhance}.mp4")
    assert (tmp_path / "True.mp4").read_bytes() != (tmp_path / "False.mp4").read_bytes()


@pytest.mark.slow
async def test_a_video_whose_time_ends_in_the_middle_is_upscaled_all_the_same(
    settings: Settings, tmp_path: Path
):
    archiving = {"archive_url": (tmp_path / "cold").as_uri(), "hot_ttl": 0.0}
    source = await clip(tmp_path / "clip.mp4", seconds=1)
    async with open_runtime(settings.model_copy(update=archiving)) as run:
        upscale_id = await begun(run, source)
        key = (await row_of(run)).video_key
        await archive_videos(run)
        assert (await let_go(run)).videos == 1, "it is gone before anybody begins"
        upscale = asyncio.create_task(carry_on(run, upscale_id))

        async def encoding() -> bool:
            return bool(encoders_at_work(run.settings.work_dir))

        await until(encoding)
        assert run.bucket.restored == 1
        assert (await let_go(run)).videos == 1, "and once more in the middle"
        assert not upscale.done(), "the upscale was over before: make the clip longer"
        await upscale
        assert probe(await made(run)).frames == probe(source).frames
        assert (await run.bucket.hot.sizes([key]))[key] is None
        again = b"".join([piece async for piece in run.bucket.stream(key)])
        assert again == source.read_bytes()


@pytest.mark.slow
async def test_a_disk_that_is_full_is_waited_out(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def onto_a_full_disk(wanted: UpscaleJob) -> list[str]:
        # A second output of the same command meets a device that is always full.
        raw = ["-c:v", "rawvideo", "-f", "rawvideo"]
        return [*upscale_args(wanted), "-y", "/dev/full", "-map", "0:v:0", *raw]

    source = await clip(tmp_path / "clip.mp4", seconds=0.25)
    async with open_runtime(settings) as run:
        upscale_id = await begun(run, source)
        with monkeypatch.context() as patched:
            patched.setattr(upscaling, "upscale_args", onto_a_full_disk)
            await carry_on(run, upscale_id)
        row = await row_of(run)
        assert (row.status, row.upscaled) == ("queued", False)
        assert "disk is full" in row.error
        assert list(run.settings.work_dir.iterdir()) == []
        async with run.db.begin() as session:
            later = await session.execute(
                text(
                    "SELECT count(*) FROM procrastinate_jobs"
                    " WHERE queue_name = 'upscale' AND status = 'todo' AND scheduled_at IS NOT NULL"
                )
            )
            assert later.scalar_one() == 1, "it comes again by itself"
        await carry_on(run, upscale_id)
        assert probe(await made(run)).width == 3840
        assert (await row_of(run)).error is None


async def test_a_disk_that_is_nearly_full_is_not_filled(settings: Settings, tmp_path: Path):
    source = await clip(tmp_path / "clip.mp4", seconds=0.1)
    async with open_runtime(settings.model_copy(update={"min_free_bytes": 2**60})) as run:
        await carry_on(run, await begun(run, source))
        row = await row_of(run)
        assert row.status == "queued"
        assert "MiB are free" in row.error


async def test_the_sweeper_leaves_what_is_being_made(settings: Settings, tmp_path: Path):
    source = await clip(tmp_path / "clip.mp4", seconds=0.1)
    async with open_runtime(settings) as run:
        upscale_id = await begun(run, source)
        async with run.db.begin() as session:
            assert await local_work_rows.claim(session, upscale_id, run.worker)
        ours, nobodys = (run.settings.work_dir / f"{each}.mp4.part" for each in (upscale_id, uuid4()))
        ours.write_bytes(b"half made")
        nobodys.write_bytes(b"left behind")
        assert (await sweep_orphans(run, 0)).work_bytes == len(b"left behind")
        assert (ours.exists(), nobodys.exists()) == (True, False)


async def finished_elsewhere(settings: Settings, run: Runtime, upscale_id: UUID) -> None:
    """Another machine with the same database and storage makes the copy, from its beginning to its end."""
    elsewhere = {
        "data_dir": settings.data_dir.parent / "elsewhere",
        "storage_url": folder(run).root.as_uri(),
    }
    async with open_runtime(settings.model_copy(update=elsewhere)) as other:
        await carry_on(other, upscale_id)


async def assert_one_copy(run: Runtime) -> None:
    """The copy that the row tells of is stored, byte for byte, and no other."""
    copy = await made(run)
    async with run.db.begin() as session:
        sha256 = await session.scalar(text("SELECT sha256 FROM upscales"))
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == sha256
    assert list(copy.parent.iterdir()) == [copy]


@pytest.mark.slow
async def test_who_has_made_what_another_has_finished_meanwhile_stores_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = await clip(tmp_path / "clip.mp4", seconds=0.1)
    async with open_runtime(settings) as run:
        upscale_id = await begun(run, source)
        stored: list[str] = []
        put = folder(run).put

        async def noted(key: str, source: Path, *, durable: bool = True) -> Stored:
            stored.append(key)
            return await put(key, source, durable=durable)

        others: list[asyncio.Task[None]] = []

        async def overtaken(args: list[str], *, into: Path, **_: object) -> None:
            await run_ffmpeg(args, into=into)
            if into.is_relative_to(run.settings.work_dir):
                # A task apart: who makes it here may be stopped at any moment from now on.
                others.append(asyncio.create_task(finished_elsewhere(settings, run, upscale_id)))
                await asyncio.shield(others[0])

        monkeypatch.setattr(folder(run), "put", noted)
        monkeypatch.setattr(upscaling, "run_ffmpeg", overtaken)
        await carry_on(run, upscale_id)
        await others[0]
        await assert_one_copy(run)
        assert stored == []


@pytest.mark.slow
async def test_who_is_overtaken_while_storing_leaves_the_copy_of_the_other(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = await clip(tmp_path / "clip.mp4", seconds=0.1)
    async with open_runtime(settings) as run:
        upscale_id = await begun(run, source)
        put = folder(run).put

        async def overtaken(key: str, source: Path, *, durable: bool = True) -> Stored:
            await finished_elsewhere(settings, run, upscale_id)
            return await put(key, source, durable=durable)

        monkeypatch.setattr(folder(run), "put", overtaken)
        await carry_on(run, upscale_id)
        await assert_one_copy(run)


@pytest.mark.slow
async def test_two_tries_of_one_worker_do_not_meet_in_a_file(
    run: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    upscale_id = await begun(run, await clip(tmp_path / "clip.mp4", seconds=0.1))
    tries: list[Path] = []
    others: list[asyncio.Task[None]] = []

    async def again(args: list[str], *, into: Path, **_: object) -> None:
        tries.append(into)
        await run_ffmpeg(args, into=into)
        if len(tries) == 1:  # taken for dead: the worker begins it once more
            others.append(asyncio.create_task(carry_on(run, upscale_id)))
            await asyncio.shield(others[0])

    monkeypatch.setattr(upscaling, "run_ffmpeg", again)
    await carry_on(run, upscale_id)
    await others[0]
    assert len(tries) == 2
    await assert_one_copy(run)


async def test_who_hears_that_another_makes_it_stops(
    run: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def without_an_end(wanted: UpscaleJob) -> list[str]:
        return ["-re", "-f", "lavfi", "-i", "color=s=64x36:r=12", "-f", "mp4"]

    monkeypatch.setattr(upscaling, "upscale_args", without_an_end)
    upscale_id = await begun(run, await clip(tmp_path / "clip.mp4", seconds=20))
    upscale = asyncio.create_task(carry_on(run, upscale_id))

    async def under_way() -> bool:
        async with run.db.begin() as session:
            return bool(await session.scalar(text("SELECT progress > 0 FROM local_work")))

    await until(under_way)
    async with run.db.begin() as session:
        assert await local_work_rows.claim(session, upscale_id, "another")
    try:
        await result_of(upscale)
    finally:
        upscale.cancel()
    assert encoders_at_work(run.settings.work_dir) == []
    assert list(run.settings.work_dir.iterdir()) == []
    assert (await row_of(run)).status == "running", "the other goes on"


async def waits_or_ends(run: Runtime, task: asyncio.Task[Any]) -> None:
    """Until the task waits for a row that another transaction holds, or is done."""

    async def one_of_both() -> bool:
        async with run.db.statement() as session:
            waiting = await session.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            )
        return task.done() or waiting.scalar_one() > 0

    await until(one_of_both)


FAST = Recipe.model_validate({"quality": "fast"})


async def test_giving_up_leaves_what_another_is_just_asking_for(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    _, ids = await made_before(run, [b"a video"], width=160, height=90, duration_seconds=0.5)
    first = await start_upscale(run, LOCAL_OWNER, ids, FAST)
    giving_up: list[asyncio.Task[None]] = []

    link = upscale_tasks.link

    async def linked_late(
        session: AsyncSession, owner: UUID, task_id: UUID, work_ids: Sequence[UUID]
    ) -> None:
        giving_up.append(asyncio.create_task(cancel_upscale(run, LOCAL_OWNER, first.task_id)))
        await waits_or_ends(run, giving_up[0])
        await link(session, owner, task_id, work_ids)

    monkeypatch.setattr(upscale_tasks, "link", linked_late)
    second = await start_upscale(run, LOCAL_OWNER, ids, FAST)
    await giving_up[0]
    assert (await row_of(run)).status == "queued"
    await cancel_upscale(run, LOCAL_OWNER, second.task_id)
    assert (await row_of(run)).status == "cancelled"


async def test_the_last_two_who_give_up_at_once_leave_nothing_running(run: Runtime):
    _, ids = await made_before(run, [b"a video"], width=160, height=90, duration_seconds=0.5)
    first, second = [await start_upscale(run, LOCAL_OWNER, ids, FAST) for _ in range(2)]
    async with run.db.begin() as session:
        await upscale_tasks.cancel_task(session, LOCAL_OWNER, first.task_id)
        other = asyncio.create_task(cancel_upscale(run, LOCAL_OWNER, second.task_id))
        await waits_or_ends(run, other)
    await other
    assert (await row_of(run)).status == "cancelled"


async def taken_over(run: Runtime) -> ClaimedWork:
    """The one upscale there is, in our hands."""
    upscale_id = (await row_of(run)).id
    async with run.db.begin() as session:
        work = await local_work_rows.claim(session, upscale_id, run.worker)
    assert work
    return work


async def end(session: AsyncSession, run: Runtime, work: ClaimedWork) -> list[str] | None:
    """Say that its copy is there, as the last step of a try does. Returns what it replaces, None: lost."""
    if not await local_work_rows.lock_claimed(session, work):
        return None
    stored = Stored(f"jobs/{work.job_id}/upscales/{work.id}.mp4", 1, "0", 0)
    size: dict[str, JsonValue] = {"width": 3840, "height": 2160}
    replaced = await upscales.record_copy(session, work, FAST, stored, size)
    await local_work_rows.complete(session, work, size, [(stored, "video/mp4")])
    return replaced


@pytest.mark.parametrize("what", ["task", "video"])
async def test_what_is_stopped_while_it_ends_is_not_locked_crosswise(run: Runtime, what: str):
    _, ids = await made_before(run, [b"a video"], width=160, height=90, duration_seconds=0.5)
    task_id = (await start_upscale(run, LOCAL_OWNER, ids, FAST)).task_id
    work = await taken_over(run)
    stop = (
        cancel_upscale(run, LOCAL_OWNER, task_id) if what == "task" else delete_videos(run, LOCAL_OWNER, ids)
    )
    async with run.db.begin() as session:
        assert await end(session, run, work) == []
        stopping = asyncio.create_task(stop)
        await waits_or_ends(run, stopping)
        assert await touch_takes(session, ids, among=[VideoStatus.COMPLETED], upscaled=True) == ids
    await stopping
    assert (await row_of(run)).status == "completed"


async def deleted_beside(run: Runtime, job_id: UUID, other: Coroutine[Any, Any, T]) -> T:
    """What comes of the other when the job is deleted that somebody holds already."""
    async with run.db.begin() as session:
        await locked_job(session, LOCAL_OWNER, job_id, to_delete=True)
        task = asyncio.create_task(other)
        await waits_or_ends(run, task)
        await session.execute(text("DELETE FROM jobs WHERE id = :id"), {"id": job_id})
    return await task


async def test_what_ends_while_its_job_is_deleted_is_not_locked_crosswise(run: Runtime):
    job_id, ids = await made_before(run, [b"a video"], width=160, height=90, duration_seconds=0.5)
    await start_upscale(run, LOCAL_OWNER, ids, FAST)
    work = await taken_over(run)

    async def ending() -> list[str] | None:
        async with run.db.begin() as session:
            return await end(session, run, work)

    assert await deleted_beside(run, job_id, ending()) is None


async def test_what_is_asked_for_while_its_job_is_deleted_is_not_locked_crosswise(run: Runtime):
    job_id, ids = await made_before(run, [b"a video"], width=160, height=90, duration_seconds=0.5)
    with pytest.raises(NotFound):
        await deleted_beside(run, job_id, start_upscale(run, LOCAL_OWNER, ids, FAST))
