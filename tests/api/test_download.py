"""The ZIP over real HTTP: the bytes that were made, good names, a list, and marks on what went home."""

import asyncio
import csv
import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import text
from tests.api.rows import finished, nowhere, store
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
    listed = list(csv.DictReader(io.StringIO(files["Winter/manifest.csv"].decode("utf-8-sig"))))
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
    _, videos = await finished(still.run, [b"1", b"2"], ["Füchse 夜の港", "b"])
    answer = await api.post("/api/videos/download", json=wanted(videos, folder_name="Größe 夜"))
    disposition = answer.headers["content-disposition"]
    assert unquote(disposition.split("filename*=UTF-8''")[1]) == "Größe 夜.zip"
    assert list(unpack(answer.content)) == [
        "Größe 夜/001_1_füchse-夜の港.mp4",
        "Größe 夜/002_1_b.mp4",
        "Größe 夜/manifest.csv",
    ]


async def test_the_folder_is_named_after_the_job(api: httpx.AsyncClient, still: Served):
    _, two = await finished(still.run, [b"1", b"2"])
    answer = await api.post("/api/videos/download", json=wanted(two))
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
    _, videos = await finished(still.run, [large, b"1"])
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


async def give_4k(still: Served, video: UUID, data: bytes) -> None:
    """The video has a 4K copy with these bytes."""
    async with still.run.db.begin() as session:
        row = await session.execute(
            text(
                "WITH work AS (INSERT INTO local_work (id, owner_id, kind, subject, params, job_id, video_id,"
                "  status, priority, progress, tries, ended_at)"
                " SELECT gen_random_uuid(), owner_id, 'upscale', id::text, '{}', job_id, id,"
                "  'completed', 0, 1, 1, now() FROM videos WHERE id = :id RETURNING *)"
                " INSERT INTO upscales (id, owner_id, video_id, job_id, quality, codec, enhance, hardware,"
                "  width, height, size_bytes, sha256, key)"
                " SELECT id, owner_id, video_id, job_id, 'fast', 'h264', false, false,"
                "  3840, 2160, :size, :sha256, 'jobs/' || job_id || '/upscales/' || video_id || '.mp4'"
                " FROM work RETURNING owner_id, job_id, key"
            ),
            {"id": video, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()},
        )
        made = row.one()
    await store(still.run, made.owner_id, made.job_id, made.key, data, "video/mp4")


async def test_one_video_comes_as_itself(api: httpx.AsyncClient, still: Served):
    _, (video, _) = await finished(still.run, [b"1", b"2"], ["A fox", "b"])
    answer = await api.post("/api/videos/download", json=wanted([video]))
    assert (answer.content, answer.headers["content-type"]) == (b"1", "video/mp4")
    assert answer.headers["content-disposition"] == 'attachment; filename="001_1_a-fox.mp4"'
    assert (await api.get(f"/api/videos/{video}")).json()["downloaded"] is True


async def test_a_deleted_video_has_no_4k_copy_and_gets_none(api: httpx.AsyncClient, still: Served):
    _, (video,) = await finished(still.run, [b"1"])
    await give_4k(still, video, b"large one")
    address = f"/api/videos/{video}/content?resolution=4k"
    assert (await api.get(address)).content == b"large one"
    assert (await api.delete(f"/api/videos/{video}")).status_code == 204
    assert (await api.get(address)).status_code == 404
    asked = await api.post("/api/videos/upscale", json={"video_ids": [str(video)]})
    assert asked.status_code == 404


async def test_4k_is_taken_where_it_is_and_the_list_says_where_it_is_not(
    api: httpx.AsyncClient, still: Served
):
    _, videos = await finished(still.run, [b"small one", b"small two"])
    await give_4k(still, videos[0], b"large one")
    answer = await api.post("/api/videos/download", json=wanted(videos, resolution="4k", folder_name="Both"))
    files = unpack(answer.content)
    assert list(files.values())[:2] == [b"large one", b"small two"]
    rows = list(csv.DictReader(io.StringIO(files["Both/manifest.csv"].decode("utf-8-sig"))))
    assert [(row["resolution"], row["note"]) for row in rows] == [
        ("3840x2160", ""),
        ("", "no 4K copy: as made"),
    ]
    assert [row["sha256"] for row in rows] == [
        hashlib.sha256(each).hexdigest() for each in (b"large one", b"small two")
    ]
    plain = await api.post("/api/videos/download", json=wanted(videos, resolution="720p"))
    assert list(unpack(plain.content).values())[:2] == [b"small one", b"small two"]


async def test_names_follow_the_template_and_stay_in_the_zip(api: httpx.AsyncClient, still: Served):
    _, videos = await finished(still.run, [b"1", b"2"], ["../../etc/passwd", "b"])
    template = "../{provider}/{job}/{number:02d} {slug} {id}{{x}}"
    answer = await api.post("/api/videos/download", json=wanted(videos, names=template))
    assert list(unpack(answer.content)) == [
        f"echo/a job/01 etc-passwd {str(videos[0])[:8]}{{x}}.mp4",
        f"echo/a job/02 b {str(videos[1])[:8]}{{x}}.mp4",
        "echo/manifest.csv",
    ]
    by_image = await api.post("/api/videos/download", json=wanted(videos, names="{image}_{number}"))
    shots = [(await api.get(f"/api/videos/{each}")).json() for each in videos]
    images = [Path(each["image_filename"] or "").stem for each in shots]
    plain = ["etc-passwd", "b"]  # where there is no image, its prompt's first words
    stems = [image or words for image, words in zip(images, plain, strict=True)]
    assert list(unpack(by_image.content))[:2] == [f"{stems[0]}_1.mp4", f"{stems[1]}_2.mp4"]
    same = await api.post("/api/videos/download", json=wanted(videos, names="{job}"))
    assert list(unpack(same.content)) == ["a job.mp4", "a job_2.mp4", "manifest.csv"]


@pytest.mark.parametrize(
    "template",
    [
        "{number.__class__}", "{nothing}", "{number:999999999d}", "{slug:>9}", "{number!r}", "{", "all.mp4",
        "{}", "a/b/c/d/e/f/g/{number}",
    ],
)  # fmt: skip
async def test_a_template_that_is_none_is_refused(template: str, api: httpx.AsyncClient):
    refused = await api.post("/api/videos/download", json=wanted([nowhere()], names=template))
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "names")


async def test_what_is_known_of_each_take_lies_beside_it(api: httpx.AsyncClient, still: Served):
    _, videos = await finished(still.run, [b"1", b"2"], ["=HYPERLINK(1)", "b"])
    answer = await api.post(
        "/api/videos/download", json=wanted(videos, sidecars=True, contact_sheets=True, folder_name="X")
    )
    files = unpack(answer.content)
    assert list(files) == [
        "X/001_1_hyperlink-1.mp4", "X/002_1_b.mp4", "X/001_1_hyperlink-1.json", "X/002_1_b.json",
        "X/contact-sheet.png", "X/manifest.csv",
    ]  # fmt: skip
    told = json.loads(files["X/001_1_hyperlink-1.json"])
    assert (told["prompt"], told["provider"], told["seed"]) == ("=HYPERLINK(1)", "echo", 100)
    with Image.open(io.BytesIO(files["X/contact-sheet.png"])) as sheet:
        assert sheet.width > 400
    # A spreadsheet runs no prompt.
    (row, _) = csv.DictReader(io.StringIO(files["X/manifest.csv"].decode("utf-8-sig")))
    assert row["prompt"] == "'=HYPERLINK(1)"


async def linked(api: httpx.AsyncClient, videos: list[UUID], **more: object) -> dict[str, Any]:
    made = await api.post("/api/videos/download", json=wanted(videos, prepare=True, **more))
    assert made.status_code == 201
    return made.json()


async def test_a_link_gives_the_same_bytes_in_parts_as_in_one(api: httpx.AsyncClient, still: Served):
    contents = [bytes([n]) * 70_000 for n in range(3)]
    _, videos = await finished(still.run, contents)
    link = await linked(api, videos, contact_sheets=True)
    assert (link["filename"], link["video_count"]) == ("a job.zip", 3)
    head = await api.head(link["url"])
    size = int(head.headers["content-length"])
    assert (size, head.headers["accept-ranges"]) == (link["size_bytes"], "bytes")
    # Parts first, the end before the beginning: no sum is known yet.
    got = b""
    for first in range(0, size, 30_011):
        part = await api.get(
            link["url"],
            headers={"range": f"bytes={first}-{first + 30_010}", "if-range": head.headers["etag"]},
        )
        assert part.status_code == 206
        got += part.content
    assert (await api.get(f"/api/videos/{videos[0]}")).json()["downloaded"] is True
    whole = await api.get(link["url"])
    assert got == whole.content
    assert list(unpack(got).values())[:3] == contents
    async with still.run.db.begin() as session:
        sums = await session.execute(text("SELECT crc32 FROM asset_sums ORDER BY crc32"))
        assert list(sums.scalars()) == sorted(zlib.crc32(each) for each in contents)
    beyond = await api.get(link["url"], headers={"range": f"bytes={size}-"})
    assert beyond.status_code == 416
    known = await api.get(link["url"], headers={"if-none-match": head.headers["etag"]})
    assert known.status_code == 304


async def test_a_link_to_what_has_changed_begins_anew(api: httpx.AsyncClient, still: Served):
    _, videos = await finished(still.run, [b"small one", b"small two"])
    link = await linked(api, videos, resolution="4k")
    before = (await api.head(link["url"])).headers["etag"]
    await give_4k(still, videos[0], b"large one")
    answer = await api.get(link["url"], headers={"range": "bytes=10-", "if-range": before})
    assert answer.status_code == 200
    assert next(iter(unpack(answer.content).values())) == b"large one"
    assert (await api.delete(f"/api/videos/{videos[1]}")).status_code == 204
    gone = await api.get(link["url"])
    assert (gone.status_code, str(videos[1]) in gone.json()["detail"]) == (404, True)


async def test_a_link_ends(api: httpx.AsyncClient, still: Served):
    _, videos = await finished(still.run, [b"1", b"2"])
    link = await linked(api, videos)
    async with still.run.db.begin() as session:
        await session.execute(text("UPDATE download_links SET expires_at = now()"))
    over = await api.get(link["url"])
    assert (over.status_code, over.json()["code"]) == (404, "not_found")
    assert (await api.get(f"/api/downloads/{nowhere()}")).status_code == 404


async def test_a_form_gives_the_same_zip_as_json(api: httpx.AsyncClient, still: Served):
    _, made = await finished(still.run, [b"one", b"two"])
    by_json = await api.post(
        "/api/videos/download", json={"video_ids": [str(each) for each in made], "folder_name": "Winter"}
    )
    fields = {"video_ids": ",".join(map(str, made)), "folder_name": "Winter"}
    by_form = await api.post("/api/videos/download-form", data=fields)
    assert by_form.status_code == 200
    assert by_form.headers["content-disposition"] == by_json.headers["content-disposition"]
    assert by_form.content == by_json.content
    for wrong in ({"video_ids": "nothing"}, {"video_ids": ""}, {}):
        assert (await api.post("/api/videos/download-form", data=wrong)).status_code == 422
