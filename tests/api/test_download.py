"""The ZIP over real HTTP: the bytes that were made, good names, a list, and marks on what went home."""

import asyncio
import csv
import io
import zipfile
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import finished, nowhere
from tests.jobs import folder, make_job, until, until_status
from tests.serving import Served


def unpack(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name) for name in bundle.namelist()}


def wanted(video_ids: list[UUID], **more: object) -> dict[str, object]:
    return {"video_ids": [str(each) for each in video_ids], **more}


async def test_made_videos_come_home_as_they_were_made(client: httpx.AsyncClient, server: Served):
    job_id = await make_job(server.run, ["a fox", "the Harbour, at night!"], outputs=2)
    await until_status(server.run, job_id, "completed")
    videos = (await client.get(f"/api/jobs/{job_id}/videos")).json()
    answer = await client.post(
        "/api/videos/download",
        json={"video_ids": [v["video_id"] for v in videos], "folder_name": "Winter", "resolution": "720p"},
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"] == 'attachment; filename="Winter.zip"'
    files = unpack(answer.content)
    names = ["001_1_a-fox", "001_2_a-fox", "002_1_the-harbour-at-night", "002_2_the-harbour-at-night"]
    assert list(files) == [*(f"Winter/{name}.mp4" for name in names), "Winter/manifest.csv"]
    for name, video in zip(names, videos, strict=True):
        assert files[f"Winter/{name}.mp4"] == (await client.get(video["video_url"])).content
    listed = list(csv.DictReader(io.StringIO(files["Winter/manifest.csv"].decode())))
    assert [row["file"] for row in listed] == [f"{name}.mp4" for name in names]
    for row, video in zip(listed, videos, strict=True):
        assert (row["number"], row["take"]) == (str(video["prompt_number"]), str(video["video_index"]))
        assert (row["prompt"], row["provider"], row["model"]) == (video["prompt_text"], "echo", "echo-1")
        assert (row["seed"], float(row["cost"])) == (str(video["seed"]), float(video["cost"]))
        etag = (await client.head(video["video_url"])).headers["etag"]
        assert etag == f'"{row["sha256"]}"'
    after = (await client.get(f"/api/jobs/{job_id}/videos")).json()
    assert [video["downloaded"] for video in after] == [True] * 4
    again = await client.post(
        "/api/videos/download", json={"video_ids": [v["video_id"] for v in videos], "folder_name": "Winter"}
    )
    assert again.content == answer.content


async def test_names_cannot_lead_anywhere_and_never_meet(api: httpx.AsyncClient, still: Served):
    _, first = await finished(still.run, [b"1", b"2"], ["../../etc/passwd", "CON: a\\b"])
    _, second = await finished(still.run, [b"3"], ["../../etc/passwd"])
    answer = await api.post(
        "/api/videos/download", json=wanted([*first, *second, *first], folder_name="../..\\evil\r\nX: y")
    )
    files = unpack(answer.content)
    assert len(files) == 4
    folder = next(iter(files)).split("/")[0]
    assert ".." not in folder.split("/")
    assert all(name.count("/") == 1 and "\\" not in name and "\n" not in name for name in files)
    assert list(files)[2].endswith("_2.mp4")
    assert list(files.values())[:3] == [b"1", b"2", b"3"]
    assert "x" not in answer.headers


async def test_names_of_every_script_arrive(api: httpx.AsyncClient, still: Served):
    _, videos = await finished(still.run, [b"1"], ["Füchse 夜の港"])
    answer = await api.post("/api/videos/download", json=wanted(videos, folder_name="Größe 夜"))
    disposition = answer.headers["content-disposition"]
    assert unquote(disposition.split("filename*=UTF-8''")[1]) == "Größe 夜.zip"
    assert list(unpack(answer.content)) == [
        "Größe 夜/001_1_füchse-夜の港.mp4",
        "Größe 夜/manifest.csv",
    ]


async def test_the_folder_is_named_after_the_job(api: httpx.AsyncClient, still: Served):
    _, one = await finished(still.run, [b"1"])
    answer = await api.post("/api/videos/download", json=wanted(one))
    assert answer.headers["content-disposition"] == 'attachment; filename="a job.zip"'


async def test_what_is_not_there_or_not_finished_is_named(api: httpx.AsyncClient, still: Served):
    _, videos = await finished(still.run, [b"1", b"2"])
    job_id = await make_job(still.run, ["a"])
    queued = UUID((await api.get(f"/api/jobs/{job_id}/videos")).json()[0]["video_id"])
    gone = nowhere()
    missing = await api.post("/api/videos/download", json=wanted([*videos, gone]))
    assert (missing.status_code, str(gone) in missing.json()["detail"]) == (404, True)
    unfinished = await api.post("/api/videos/download", json=wanted([*videos, queued]))
    assert (unfinished.status_code, str(queued) in unfinished.json()["detail"]) == (409, True)
    lost = folder(still.run).path(f"jobs/{await job_of(still, videos[0])}/videos/{videos[0]}.mp4")
    lost.write_bytes(b"longer than it was")
    damaged = await api.post("/api/videos/download", json=wanted(videos))
    assert (damaged.status_code, str(videos[0]) in damaged.json()["detail"]) == (404, True)
    lost.unlink()
    assert (await api.post("/api/videos/download", json=wanted(videos))).status_code == 404
    listed = (await api.get(f"/api/videos/{videos[1]}")).json()
    assert listed["downloaded"] is False


async def job_of(still: Served, video_id: UUID) -> UUID:
    async with still.run.db.begin() as session:
        row = await session.execute(text("SELECT job_id FROM videos WHERE id = :id"), {"id": video_id})
        return row.scalar_one()


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "video_ids"),
        ({"video_ids": []}, "video_ids"),
        ({"video_ids": ["x"]}, "video_ids.0"),
        ({"resolution": "4K"}, "resolution"),
        ({"resolution": "1080p"}, "resolution"),
        ({"folder_name": "x" * 201}, "folder_name"),
    ],
)
async def test_what_cannot_be_downloaded_is_told_by_field(
    api: httpx.AsyncClient, body: dict[str, object], where: str
):
    refused = await api.post(
        "/api/videos/download", json={"video_ids": [str(nowhere())], **body} if body else {}
    )
    assert refused.status_code == 422
    assert where in [each["where"] for each in refused.json()["errors"]]


async def test_a_download_that_breaks_off_does_not_count(api: httpx.AsyncClient, still: Served):
    large = b"x" * 60_000_000  # more than fits on the way
    _, videos = await finished(still.run, [large])
    async with api.stream("POST", "/api/videos/download", json=wanted(videos)) as answer:
        async for _ in answer.aiter_bytes():
            break

    async def over() -> bool:
        return not [task for task in asyncio.all_tasks() if "RequestResponseCycle" in repr(task.get_coro())]

    await until(over)
    assert (await api.get(f"/api/videos/{videos[0]}")).json()["downloaded"] is False
    whole = await api.post("/api/videos/download", json=wanted(videos))
    assert len(whole.content) > 60_000_000

    async def marked() -> bool:
        return (await api.get(f"/api/videos/{videos[0]}")).json()["downloaded"]

    await until(marked)
