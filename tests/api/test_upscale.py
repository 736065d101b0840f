"""Upscaling over real HTTP, by a real worker and the real FFmpeg: 4K copies, shared, cancelled, deleted."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest
from sqlalchemy import text
from tests.api.rows import add_stranger, finished, made_before, nowhere, set_video
from tests.jobs import folder, make_job, until
from tests.platform.media.clips import clip, encoders_at_work
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.engine.runtime import Runtime
from rushes.library import review_rows as review
from rushes.platform.media.probe import probe
from rushes.settings import Settings

ENDED = ("completed", "failed", "cancelled")


async def made(
    run: Runtime, folder: Path, *, seconds: float = 0.25, videos: int = 1, sound: bool = False
) -> list[UUID]:
    """Finished videos of tiny real clips."""
    source = await clip(folder / "clip.mp4", seconds=seconds, sound=sound)
    _, ids = await made_before(
        run, [source.read_bytes()] * videos, width=160, height=90, duration_seconds=seconds
    )
    return ids


async def ask(client: httpx.AsyncClient, ids: list[UUID], **more: object) -> httpx.Response:
    return await client.post(
        "/api/videos/upscale", json={"video_ids": [str(each) for each in ids], "quality": "fast", **more}
    )


async def status(client: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    answer = await client.get(f"/api/videos/upscale/{task_id}/status")
    assert answer.status_code == 200
    return answer.json()


async def until_ended(client: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    async def ended() -> bool:
        return (await status(client, task_id))["status"] in ENDED

    await until(ended)
    return await status(client, task_id)


def reports(client: httpx.AsyncClient, task_id: str, wanted: str) -> Callable[[], Awaitable[bool]]:
    """Whether a task has this status."""

    async def there() -> bool:
        return (await status(client, task_id))["status"] == wanted

    return there


async def test_a_video_gets_a_4k_copy_that_plays_beside_the_original(
    client: httpx.AsyncClient, server: Served, tmp_path: Path
):
    run = server.run
    (video,) = await made(run, tmp_path, sound=True)
    nothing = await client.get(f"/api/videos/{video}/content?resolution=4k")
    assert (nothing.status_code, "4K copy" in nothing.json()["detail"]) == (404, True)
    begun = await ask(client, [video])
    assert begun.status_code == 202
    assert begun.json() | {"task_id": ""} == {
        "task_id": "",
        "started": True,
        "video_count": 1,
        "quality": "fast",
        "message": "4K (fast, H.264): 1 to make.",
    }
    task = begun.json()["task_id"]
    done = await until_ended(client, task)
    assert (done["status"], done["progress"], done["current_video"], done["total_videos"]) == (
        "completed", 100, 1, 1,
    )  # fmt: skip
    assert done["videos"] == [{"video_id": str(video), "status": "completed", "progress": 100, "error": None}]
    large = await client.get(f"/api/videos/{video}/content?resolution=4k")
    (tmp_path / "large.mp4").write_bytes(large.content)
    facts = probe(tmp_path / "large.mp4")
    assert (facts.width, facts.height, facts.frames) == (3840, 2160, 3)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    original = await client.get(f"/api/videos/{video}/content?resolution=720p")
    assert original.content == (tmp_path / "clip.mp4").read_bytes()
    assert (await client.get(f"/api/videos/{video}")).json()["upscaled"] is True
    part = await client.get(f"/api/videos/{video}/content?resolution=4k", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, large.content[10:20])

    again = (await ask(client, [video])).json()
    assert (again["started"], again["message"]) == (False, "4K (fast, H.264): 1 there already.")
    assert (await status(client, again["task_id"]))["status"] == "completed"

    assert (await client.delete(f"/api/videos/{video}")).status_code == 204
    assert len(list(run.bucket.files())) == 3, "it can still be brought back"
    async with run.db.begin() as session:
        videos, keys = await review.purge(session, after_seconds=0, limit=10)
    await run.bucket.delete(*keys)
    assert (videos, list(run.bucket.files())) == (1, [])
    async with run.db.begin() as session:
        left = await session.execute(text("SELECT count(*) FROM assets"))
        assert left.scalar_one() == 0


async def test_another_recipe_replaces_the_copy_and_its_bytes(
    client: httpx.AsyncClient, server: Served, tmp_path: Path
):
    (video,) = await made(server.run, tmp_path, seconds=0.1)
    await until_ended(client, (await ask(client, [video])).json()["task_id"])
    before = await client.get(f"/api/videos/{video}/content?resolution=4k")
    await until_ended(client, (await ask(client, [video], codec="h265")).json()["task_id"])
    after = await client.get(f"/api/videos/{video}/content?resolution=4k")
    (tmp_path / "after.mp4").write_bytes(after.content)
    assert probe(tmp_path / "after.mp4").video_codec == "hevc"
    assert after.headers["etag"] != before.headers["etag"]
    stored = [key for key, _ in server.run.bucket.files() if "/upscales/" in key]
    assert len(stored) == 1


async def test_who_asks_for_the_same_shares_it_and_who_asks_for_another_is_told(
    api: httpx.AsyncClient, still: Served, tmp_path: Path
):
    one, two = await made(still.run, tmp_path, videos=2)
    first, second = await asyncio.gather(ask(api, [one]), ask(api, [two, one]))
    assert {first.status_code, second.status_code} == {202}
    async with still.run.db.begin() as session:
        rows = await session.execute(text("SELECT video_id FROM local_work"))
        assert sorted(rows.scalars()) == sorted([one, two])
        tasks = await session.execute(
            text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'upscale'")
        )
        assert tasks.scalar_one() == 2
    other = await ask(api, [one], quality="high")
    assert (other.status_code, str(one) in other.json()["detail"]) == (409, True)
    assert "fast, H.264" in other.json()["detail"]
    listed = (await api.get("/api/videos/upscale")).json()
    assert {each["task_id"] for each in listed} == {first.json()["task_id"], second.json()["task_id"]}
    # What another task still wants goes on.
    cancelled = (await api.post(f"/api/videos/upscale/{second.json()['task_id']}/cancel")).json()
    assert [each["status"] for each in cancelled["videos"]] == ["cancelled", "cancelled"]
    assert (await status(api, first.json()["task_id"]))["status"] == "queued"
    assert [each["task_id"] for each in (await api.get("/api/videos/upscale")).json()] == [
        first.json()["task_id"]
    ]


async def test_what_cannot_be_upscaled_is_named_and_nothing_begins(
    api: httpx.AsyncClient, still: Served, tmp_path: Path
):
    one, large = await made(still.run, tmp_path, videos=2)
    await set_video(still.run, large, width=3840, height=2160)
    job_id = await make_job(still.run, ["a"])
    queued = UUID((await api.get(f"/api/jobs/{job_id}/videos")).json()[0]["video_id"])
    gone = nowhere()
    for bad, code in ((gone, 404), (queued, 409), (large, 409)):
        refused = await ask(api, [one, bad])
        assert (refused.status_code, str(bad) in refused.json()["detail"]) == (code, True)
    bodies: list[dict[str, object]] = [
        {"video_ids": []},
        {"video_ids": [str(one)], "quality": "best"},
        {"video_ids": [str(one)], "target": "8k"},
    ]
    for body in bodies:
        assert (await api.post("/api/videos/upscale", json=body)).status_code == 422
    stranger = await add_stranger(still.run)
    _, theirs = await finished(still.run, [b"x"], owner=stranger)
    assert (await ask(api, [theirs[0]])).status_code == 404
    assert (await api.get("/api/videos/upscale")).json() == []
    missing = await api.get(f"/api/videos/upscale/{nowhere()}/status")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_video_whose_bytes_are_no_video_fails_alone(
    client: httpx.AsyncClient, server: Served, tmp_path: Path
):
    good, bad = await made(server.run, tmp_path, seconds=0.1, videos=2)
    async with server.run.db.begin() as session:
        row = await session.execute(text("SELECT video_key FROM videos WHERE id = :id"), {"id": bad})
        key, data = row.scalar_one(), b"not a video at all"
        folder(server.run).path(key).write_bytes(data)
        await session.execute(  # it came like that: bytes that have changed since are the storage's fault
            text("UPDATE assets SET sha256 = :sha256 WHERE key = :key"),
            {"key": key, "sha256": hashlib.sha256(data).hexdigest()},
        )
    done = await until_ended(client, (await ask(client, [bad, good])).json()["task_id"])
    assert [each["status"] for each in done["videos"]] == ["failed", "completed"]
    assert "not a video" in done["videos"][0]["error"]
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert [path.name for path in server.run.settings.work_dir.iterdir()] == []
    again = await ask(client, [bad])  # and may be asked for once more
    assert (again.status_code, again.json()["started"]) == (202, True)


async def running(client: httpx.AsyncClient, server: Served, folder: Path) -> tuple[UUID, str]:
    """A long upscale that is under way: its video and its task."""
    (video,) = await made(server.run, folder, seconds=60)
    task = (await ask(client, [video])).json()["task_id"]

    async def at_work() -> bool:
        return bool(encoders_at_work(server.run.settings.data_dir))

    await until(at_work)
    return video, task


async def test_cancelling_kills_the_encoder_and_leaves_nothing(
    client: httpx.AsyncClient, server: Served, tmp_path: Path
):
    video, task = await running(client, server, tmp_path)
    (encoder,) = encoders_at_work(server.run.settings.data_dir)
    cancelled = (await client.post(f"/api/videos/upscale/{task}/cancel")).json()
    assert (cancelled["status"], cancelled["videos"][0]["status"]) == ("cancelled", "cancelled")
    await asyncio.to_thread(psutil.wait_procs, [encoder], timeout=PATIENCE_SECONDS)
    assert not encoder.is_running()

    async def empty() -> bool:
        return not list(server.run.settings.work_dir.iterdir())

    await until(empty)
    assert not [key for key, _ in server.run.bucket.files() if "/upscales/" in key]
    assert (await client.post(f"/api/videos/upscale/{task}/cancel")).json()["status"] == "cancelled"
    assert (await client.get(f"/api/videos/{video}")).json()["upscaled"] is False


@pytest.mark.parametrize("what", ["video", "job"])
async def test_deleting_what_is_being_upscaled_stops_it(
    what: str, client: httpx.AsyncClient, server: Served, tmp_path: Path
):
    video, task = await running(client, server, tmp_path)
    (encoder,) = encoders_at_work(server.run.settings.data_dir)
    job = (await client.get(f"/api/videos/{video}")).json()["job_id"]
    gone = await client.delete(f"/api/videos/{video}" if what == "video" else f"/api/jobs/{job}")
    assert gone.status_code == 204
    await asyncio.to_thread(psutil.wait_procs, [encoder], timeout=PATIENCE_SECONDS)
    assert not encoder.is_running()

    async def nothing_is_left() -> bool:
        half_made = list(server.run.settings.work_dir.iterdir())
        stored = len(list(server.run.bucket.files()))  # a deleted video can still be brought back
        return not half_made and stored == (2 if what == "video" else 0)

    await until(nothing_is_left)
    told = await status(client, task)
    assert [each["status"] for each in told["videos"]] == (["cancelled"] if what == "video" else [])


async def test_progress_is_told_as_events_and_with_the_time_left(
    client: httpx.AsyncClient, server: Served, tmp_path: Path
):
    (video,) = await made(server.run, tmp_path, seconds=10)
    job = (await client.get(f"/api/videos/{video}")).json()["job_id"]
    seen: list[str] = []
    async with client.stream("GET", f"/api/jobs/{job}/events", timeout=PATIENCE_SECONDS) as events:
        lines = events.aiter_lines()
        task = (await ask(client, [video])).json()["task_id"]
        async for line in lines:
            seen.append(line)
            if '"progress":0.' in line.replace(" ", ""):
                break
    assert "event: upscale" in seen
    told = await status(client, task)
    assert told["status"] == "running"
    assert 0 < told["progress"] < 100
    assert told["eta_seconds"] > 0
    assert told["current_video"] == 1
    await client.post(f"/api/videos/upscale/{task}/cancel")


async def test_no_more_run_at_once_than_are_allowed(settings: Settings, tmp_path: Path):
    one_at_a_time = settings.model_copy(update={"upscale_concurrency": 1})
    async with (
        serve(one_at_a_time) as served,
        httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client,
    ):
        ids = await made(served.run, tmp_path, seconds=0.1, videos=3)
        most = 0
        task = (await ask(client, ids)).json()["task_id"]
        while (now := await status(client, task))["status"] not in ENDED:
            most = max(most, sum(each["status"] == "running" for each in now["videos"]))
            await asyncio.sleep(0.02)
        assert now["status"] == "completed"
        assert most == 1
