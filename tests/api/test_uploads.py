"""Uploads over real HTTP: every form they come in, every limit, and nothing left behind."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import nowhere, picture, zipped
from tests.jobs import until
from tests.serving import Served, serve

from rushes.settings import Settings

PROMPTS = b"1. a fox\n2. a harbour"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Small limits, so that reaching them costs nothing."""
    return settings.model_copy(
        update={
            "max_upload_bytes": 200_000,
            "max_image_bytes": 50_000,
            "max_prompts_bytes": 5_000,
            "max_shots": 3,
        }
    )


async def new_job(api: httpx.AsyncClient, **settings: object) -> str:
    made = await api.post(
        "/api/jobs/create", json={"job_name": "x", "settings": {"provider": "echo", **settings}}
    )
    return made.json()["job_id"]


def left_behind(still: Served) -> list[Path]:
    """Everything in the work folder and the bucket."""
    settings = still.run.settings
    return [
        *settings.work_dir.rglob("*"),
        *(path for path in settings.storage_dir.rglob("*") if path.is_file()),
    ]


async def shots(still: Served, job_id: str) -> int:
    async with still.run.db.begin() as session:
        row = await session.execute(
            text("SELECT count(*) FROM shots WHERE job_id = :id"), {"id": UUID(job_id)}
        )
        return row.scalar_one()


async def test_a_zip_with_its_prompts_inside(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    bundle = zipped({"set/1.jpg": picture(1), "set/2.jpg": picture(2), "set/prompts.txt": PROMPTS})
    report = await api.post(f"/api/jobs/{job_id}/upload", files={"images_folder": ("set.zip", bundle)})
    assert (report.status_code, report.json()["matched"]) == (200, 2)
    assert await shots(still, job_id) == 2
    assert list(still.run.settings.work_dir.iterdir()) == []


async def test_a_zip_and_a_prompts_file(api: httpx.AsyncClient):
    job_id = await new_job(api)
    files = {
        "images_folder": ("set.zip", zipped({"1.jpg": picture(1), "2.jpg": picture(2)})),
        "prompts_file": ("prompts.csv", b"number,prompt\n1,a fox\n2,a harbour"),
    }
    report = await api.post(f"/api/jobs/{job_id}/upload", files=files)
    assert (report.json()["matched"], report.json()["image_count"]) == (2, 2)


async def test_pasted_prompts_and_images_by_folder_name(api: httpx.AsyncClient):
    job_id = await new_job(api)
    files = [
        ("images", ("C:\\photos\\1.jpg", picture(1))),
        ("images", ("../../etc/2.jpg", picture(2))),
        ("prompts_text", (None, "1. ein Fuchs im Schnee\n2. 夜の港".encode())),
    ]
    assert (await api.post(f"/api/jobs/{job_id}/upload", files=files)).json()["matched"] == 2
    await api.post(f"/api/jobs/{job_id}/start")
    videos = (await api.get(f"/api/jobs/{job_id}/videos")).json()
    assert [(v["image_filename"], v["prompt_text"]) for v in videos] == [
        ("1.jpg", "ein Fuchs im Schnee"),
        ("2.jpg", "夜の港"),
    ]


async def test_a_second_upload_replaces_the_first(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    for count in (3, 1):
        files: list[tuple[str, tuple[str | None, bytes]]] = [
            ("images", (f"{n}.jpg", picture(n))) for n in range(1, count + 1)
        ]
        files.append(("prompts_text", (None, b"\n".join(b"%d. x" % n for n in range(1, count + 1)))))
        assert (await api.post(f"/api/jobs/{job_id}/upload", files=files)).json()["matched"] == count
    assert await shots(still, job_id) == 1
    assert len(list(still.run.bucket.files())) == 1


async def test_a_field_left_empty_in_a_browser_is_no_file(api: httpx.AsyncClient):
    job_id = await new_job(api, allow_text_only=True)
    files = [("images_folder", ("", b"")), ("prompts_file", ("", b"")), ("prompts_text", (None, PROMPTS))]
    boundary = "frontier"
    body = b"".join(
        b'--frontier\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (name.encode(), b"" if filename is None else b'; filename=""', data)
        for name, (filename, data) in files
    )
    report = await api.post(
        f"/api/jobs/{job_id}/upload",
        content=body + b"--frontier--\r\n",
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
    )
    assert (report.status_code, report.json()["matched"]) == (200, 2)


async def test_faults_are_told_with_file_and_line_and_nothing_stays(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    files = [
        ("images", ("1.jpg", picture(1)[:200])),
        ("images", ("2.jpg", b"not an image at all")),
        ("prompts_file", ("p.txt", b"1. a\n2. b\n2. c")),
    ]
    refused = await api.post(f"/api/jobs/{job_id}/upload", files=files)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    where = [each["where"] for each in refused.json()["errors"]]
    assert {"1.jpg", "2.jpg"} <= set(where)
    assert any(place.startswith("p.txt:") for place in where)
    assert left_behind(still) == []
    assert await shots(still, job_id) == 0


async def test_what_is_no_zip_is_told_and_nothing_stays(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    files = {"images_folder": ("set.zip", b"no zip"), "prompts_file": ("p.txt", PROMPTS)}
    refused = await api.post(f"/api/jobs/{job_id}/upload", files=files)
    assert refused.status_code == 422
    assert refused.json()["errors"]
    assert left_behind(still) == []


async def test_the_same_thing_in_two_ways_is_refused(api: httpx.AsyncClient):
    job_id = await new_job(api)
    files = [
        ("images", ("1.jpg", picture(1))),
        ("images_folder", ("set.zip", zipped({"1.jpg": picture(1)}))),
        ("prompts_file", ("p.txt", PROMPTS)),
        ("prompts_text", (None, PROMPTS)),
    ]
    refused = await api.post(f"/api/jobs/{job_id}/upload", files=files)
    assert [each["where"] for each in refused.json()["errors"]] == ["images", "prompts_file"]


async def test_wrong_fields_are_named(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    for files, where, code in (
        ([("pictures", ("1.jpg", picture(1)))], "pictures", "unknown_field"),
        ([("images", (None, b"1.jpg"))], "images", "not_a_file"),
        (
            [("prompts_file", ("a.txt", PROMPTS)), ("prompts_file", ("b.txt", PROMPTS))],
            "prompts_file",
            "too_many",
        ),
        ([("images", (f"{n}.jpg", b"x")) for n in range(7)], "images", "too_many"),
    ):
        refused = await api.post(f"/api/jobs/{job_id}/upload", files=files)
        fault = refused.json()["errors"][0]
        assert (refused.status_code, fault["where"], fault["code"]) == (422, where, code)
    assert left_behind(still) == []


async def test_what_is_no_form_is_refused(api: httpx.AsyncClient, still: Served):
    url = f"/api/jobs/{await new_job(api)}/upload"
    form = "multipart/form-data; boundary=frontier"
    for body, kind in (
        (b"{}", "application/json"),
        (b"x=1", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
        (b"", form),
        (b"rubbish", form),
        (b"--frontier\r\nrubbish", form),
        (b'--frontier\r\nContent-Disposition: form-data; name="prompts_text"\r\n\r\n1. a', form),
        (b"x", f"multipart/form-data; boundary={'x' * 300}"),
    ):
        refused = await api.post(url, content=body, headers={"content-type": kind})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), (body, kind)
    assert left_behind(still) == []


async def test_each_limit_answers_413_and_leaves_nothing(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    large = {
        "an image": [("images", ("1.jpg", b"x" * 60_000))],
        "the prompts file": [("prompts_file", ("p.txt", b"x" * 6_000))],
        "pasted prompts": [("prompts_text", (None, b"x" * 6_000))],
        "the ZIP": [("images_folder", ("set.zip", b"x" * 250_000))],
        "everything": [("images", (f"{n}.jpg", b"x" * 45_000)) for n in range(6)],
    }
    for what, files in large.items():
        refused = await api.post(f"/api/jobs/{job_id}/upload", files=files)
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large"), what
        assert refused.headers["content-type"] == "application/problem+json"
        assert left_behind(still) == [], what


async def test_a_body_that_does_not_tell_its_length_is_cut_off_at_the_limit(
    api: httpx.AsyncClient, still: Served
):
    job_id = await new_job(api)
    reader, writer = await connect(still)
    writer.write(
        f"POST /api/jobs/{job_id}/upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: multipart/form-data; boundary=frontier\r\n\r\n".encode()
    )
    sent = 0

    async def endless() -> None:
        nonlocal sent
        piece = (
            b'--frontier\r\nContent-Disposition: form-data; name="images_folder"; filename="a.zip"\r\n\r\n'
        )
        with suppress(ConnectionError):
            while True:
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                sent += len(piece)
                piece = b"x" * 16_384

    sending = asyncio.create_task(endless())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in head.lower()
    await sending
    assert sent < 50_000_000
    assert left_behind(still) == []


async def connect(still: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(still.url.rsplit(":", 1)[1]))


async def test_a_client_that_leaves_leaves_nothing(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    _, writer = await connect(still)
    head = (
        f"POST /api/jobs/{job_id}/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 150000\r\n"
        "Content-Type: multipart/form-data; boundary=frontier\r\n\r\n"
        '--frontier\r\nContent-Disposition: form-data; name="images_folder"; filename="a.zip"\r\n\r\n'
    )
    writer.write(head.encode() + b"x" * 100_000)
    await writer.drain()

    async def begun() -> bool:
        return bool(list(still.run.settings.work_dir.iterdir()))

    await until(begun)
    writer.close()

    async def gone() -> bool:
        return left_behind(still) == []

    await until(gone)
    assert await shots(still, job_id) == 0


async def test_the_job_is_looked_for_before_a_byte_is_read(api: httpx.AsyncClient, still: Served):
    files = {"prompts_file": ("p.txt", PROMPTS)}
    assert (await api.post(f"/api/jobs/{nowhere()}/upload", files=files)).status_code == 404
    assert left_behind(still) == []


async def test_other_requests_have_small_bodies(api: httpx.AsyncClient):
    body = json.dumps({"job_name": "x" * 2_000_000}).encode()

    async def pieces() -> AsyncGenerator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    for content in (body, pieces()):
        refused = await api.post(
            "/api/jobs/create", content=content, headers={"content-type": "application/json"}
        )
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


async def test_hostile_names_only_reach_the_eyes(api: httpx.AsyncClient, still: Served):
    job_id = await new_job(api)
    names = ['1 "quoted".jpg', "2\r\nX-Evil: 1.jpg", "3<script>alert(1)</script>.jpg"]
    files: list[tuple[str, tuple[str | None, bytes]]] = [("images", (name, picture(9))) for name in names]
    files.append(("prompts_text", (None, b"1. a\n2. b\n3. c")))
    report = await api.post(f"/api/jobs/{job_id}/upload", files=files)
    assert report.status_code == 200, report.text
    keys = [key for key, _ in still.run.bucket.files()]
    assert len(keys) == report.json()["matched"]
    assert all(set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/.") for key in keys)
    await api.post(f"/api/jobs/{job_id}/start")
    for video in (await api.get(f"/api/jobs/{job_id}/videos")).json():
        image = await api.get(f"/api/shots/{video['shot_id']}/image")
        assert image.status_code == 200
        assert "x-evil" not in image.headers
        assert image.headers["content-type"] == "image/jpeg"


async def test_nothing_is_written_outside_the_data_folder(settings: Settings, tmp_path: Path):
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(settings.data_dir)}
    async with serve(settings, with_worker=False) as served, httpx.AsyncClient(base_url=served.url) as api:
        job_id = await new_job(api)
        bundle = zipped({"../../../outside.jpg": picture(), "1.jpg": picture()})
        refused = await api.post(
            f"/api/jobs/{job_id}/upload",
            files={"images_folder": ("../../evil.zip", bundle), "prompts_text": (None, b"1. a")},
        )
        assert refused.status_code == 422
        assert left_behind(served) == []
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(settings.data_dir)} == before
