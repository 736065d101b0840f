"""Jobs over real HTTP: made, filled, started, listed, stopped, deleted."""

import os
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import finished, nowhere, picture, set_job, set_video
from tests.jobs import accepted_keys, make_job, until, until_status
from tests.serving import Served


async def test_a_batch_goes_in_and_finished_videos_come_out(client: httpx.AsyncClient, server: Served):
    made = await client.post(
        "/api/jobs/create",
        json={"job_name": "Winter", "settings": {"provider": "echo", "outputs": 2, "aspect_ratio": "9:16"}},
    )
    assert made.status_code == 201
    assert made.json() == {"job_id": made.json()["job_id"], "status": "pending"}
    job = f"/api/jobs/{made.json()['job_id']}"
    report = await client.post(
        f"{job}/upload",
        files=[
            ("images", ("1.jpg", picture(10))),
            ("images", ("2.png", picture(20, kind="PNG"))),
            ("images", ("9.jpg", picture(30))),
            ("prompts_file", ("prompts.txt", b"1. a fox\n2. a harbour\n3. a train")),
        ],
    )
    assert report.status_code == 200
    body = report.json()
    assert body["unmatched_prompts"] == [{"number": 3, "line": 3, "text": "a train"}]
    assert (body["uploaded"], body["image_count"], body["prompt_count"], body["matched"]) == (True, 3, 3, 2)
    assert body["unmatched_images"] == ["9.jpg"]
    assert any("prompts.txt:3" in warning for warning in body["warnings"])
    started = await client.post(f"{job}/start")
    assert started.status_code == 202
    assert started.json()["started"] is True
    assert Decimal(started.json()["estimated_cost"]) == Decimal("0.04")
    assert started.json()["estimated_time_minutes"] > 0
    await until_status(server.run, UUID(made.json()["job_id"]), "completed")
    seen = (await client.get(job)).json()
    assert (seen["status"], seen["progress"], seen["expected_videos"]) == ("completed", 100, 4)
    assert (seen["completed_videos"], seen["failed_videos"], seen["error_summary"]) == (4, 0, [])
    videos = (await client.get(f"{job}/videos")).json()
    assert [(v["prompt_number"], v["video_index"], v["image_filename"]) for v in videos] == [
        (1, 1, "1.jpg"),
        (1, 2, "1.jpg"),
        (2, 1, "2.png"),
        (2, 2, "2.png"),
    ]
    content = await client.get(videos[0]["video_url"])
    assert content.status_code == 200
    assert content.content[4:8] == b"ftyp"
    thumbnail = await client.get(videos[0]["thumbnail_url"])
    assert thumbnail.content[:3] == b"\xff\xd8\xff"
    image = await client.get(f"/api/shots/{videos[0]['shot_id']}/image")
    assert image.headers["content-type"] == "image/jpeg"
    assert image.headers["content-disposition"] == 'inline; filename="1.jpg"'


async def test_a_video_has_every_field_that_was_promised(api: httpx.AsyncClient, still: Served):
    _, (video_id,) = await finished(still.run, [b"bytes"])
    promised = (
        "video_id job_id shot_id image_filename prompt_number prompt_text video_index status waiting_for"
        " error_type error_message retry_count provider model seed cost selected downloaded upscaled"
        " video_url thumbnail_url duration_seconds file_size_mb resolution generation_started_at"
        " generation_completed_at"
    )
    assert set(promised.split()) <= set((await api.get(f"/api/videos/{video_id}")).json())


async def test_a_second_start_is_a_conflict_and_changes_nothing(api: httpx.AsyncClient, still: Served):
    job_id = await make_job(still.run, ["a", "b"])
    again = await api.post(f"/api/jobs/{job_id}/start")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert len((await api.get(f"/api/jobs/{job_id}/videos")).json()) == 2


async def test_a_job_without_shots_does_not_start(api: httpx.AsyncClient):
    made = await api.post("/api/jobs/create", json={"job_name": "empty"})
    start = await api.post(f"/api/jobs/{made.json()['job_id']}/start")
    assert start.status_code == 409
    assert "Upload images and a prompts file first" in start.json()["hint"]


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        ("pending", "pause resume retry-failed"),
        ("processing", "start upload retry-failed"),
        ("paused", "start upload"),
        ("completed", "start upload cancel pause resume"),
        ("failed", "start upload cancel pause resume"),
        ("cancelled", "start upload pause resume"),
    ],
)
async def test_what_does_not_fit_the_state_is_a_conflict(
    api: httpx.AsyncClient, still: Served, status: str, verbs: str
):
    job_id = await make_job(still.run, ["a"], start=status != "pending")
    await set_job(still.run, job_id, status=status)
    for verb in verbs.split():
        form = {"prompts_text": (None, "1. a")} if verb == "upload" else None
        refused = await api.post(f"/api/jobs/{job_id}/{verb}", files=form)
        body = refused.json()
        assert (refused.status_code, body["code"], body["actor"]) == (409, "conflict", "caller"), verb
        assert (await api.get(f"/api/jobs/{job_id}")).json()["status"] == status, verb


async def test_a_job_is_paused_resumed_and_cancelled(api: httpx.AsyncClient, still: Served):
    job_id = await make_job(still.run, ["a", "b"])
    paused = await api.post(f"/api/jobs/{job_id}/pause")
    assert (paused.status_code, paused.json()["status"], paused.json()["paused_by"]) == (
        200,
        "paused",
        "user",
    )
    resumed = await api.post(f"/api/jobs/{job_id}/resume")
    assert (resumed.json()["status"], resumed.json()["pause_reason"]) == ("processing", None)
    cancelled = await api.post(f"/api/jobs/{job_id}/cancel")
    assert cancelled.json()["status"] == "cancelled"
    videos = (await api.get(f"/api/jobs/{job_id}/videos")).json()
    assert {video["status"] for video in videos} == {"cancelled"}


@pytest.mark.parametrize(
    ("verb", "status"), [("pause", "paused"), ("resume", "processing"), ("cancel", "cancelled")]
)
async def test_asking_again_because_the_answer_was_lost_is_safe(
    api: httpx.AsyncClient, still: Served, verb: str, status: str
):
    job_id = await make_job(still.run, ["a"])
    if verb == "resume":
        await api.post(f"/api/jobs/{job_id}/pause")
    for _ in range(2):
        answer = await api.post(f"/api/jobs/{job_id}/{verb}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)


async def test_pausing_what_a_fault_had_paused_makes_it_the_users_pause(
    api: httpx.AsyncClient, still: Served
):
    job_id = await make_job(still.run, ["a"])
    await set_job(still.run, job_id, status="paused", paused_by="disk_full", pause_reason="Full.")
    paused = (await api.post(f"/api/jobs/{job_id}/pause")).json()
    assert (paused["status"], paused["paused_by"], paused["pause_reason"]) == (
        "paused",
        "user",
        "Paused by you.",
    )


async def test_failed_videos_are_made_again(client: httpx.AsyncClient, server: Served):
    job_id = await make_job(server.run, ["fine", "[refuse:people]"])
    job = await until_status(server.run, job_id, "completed")
    assert (job.completed_videos, job.failed_videos) == (1, 1)
    seen = (await client.get(f"/api/jobs/{job_id}")).json()
    assert seen["error_summary"][0]["error_type"] == "prominent_people"
    again = await client.post(f"/api/jobs/{job_id}/retry-failed")
    assert again.json() == {"retried": 1}


async def test_deleting_a_job_removes_its_rows_and_bytes_but_not_the_ledger(
    client: httpx.AsyncClient, server: Served
):
    job_id = await make_job(server.run, ["a", "b"])
    kept, _ = await finished(server.run, [b"somebody else's"])
    await until_status(server.run, job_id, "completed")
    assert (await client.delete(f"/api/jobs/{job_id}")).status_code == 204
    assert (await client.get(f"/api/jobs/{job_id}")).status_code == 404
    async with server.run.db.begin() as session:
        for table in ("videos", "shots", "assets"):
            left = await session.execute(
                text(f"SELECT count(*) FROM {table} WHERE job_id = :id"), {"id": job_id}
            )
            assert left.scalar_one() == 0, table
        paid = await session.execute(
            text("SELECT count(*) FROM submissions WHERE job_id = :id"), {"id": job_id}
        )
        assert paid.scalar_one() == 2
    assert {key.split("/")[1] for key, _ in server.run.bucket.files()} <= {str(kept)}
    assert len(accepted_keys()) >= 2


async def test_deleting_a_running_job_cancels_it_at_the_provider(client: httpx.AsyncClient, server: Served):
    job_id = await make_job(server.run, ["a"], delay_seconds=3600)

    async def accepted() -> bool:
        return bool(accepted_keys())

    await until(accepted)
    (key,) = accepted_keys()
    assert (await client.delete(f"/api/jobs/{job_id}")).status_code == 204
    assert (await client.get(f"/api/jobs/{job_id}")).status_code == 404
    cancelled = Path(os.environ["RUSHES_ECHO_DIR"]) / "accepted" / f"{key}.cancelled"

    async def told() -> bool:
        return cancelled.exists()

    await until(told)


async def test_jobs_are_listed_in_pages(api: httpx.AsyncClient, still: Served):
    for name in ("alpha", "beta", "gamma", "delta", "beta two"):
        await api.post("/api/jobs/create", json={"job_name": name, "settings": {"provider": "echo"}})
    first = (await api.get("/api/jobs", params={"limit": 2, "sort": "name", "order": "asc"})).json()
    assert [job["job_name"] for job in first["items"]] == ["alpha", "beta"]
    assert first["pagination"] == {
        "page": 1,
        "limit": 2,
        "total": 5,
        "totalPages": 3,
        "hasNext": True,
        "hasPrev": False,
    }
    last = (await api.get("/api/jobs", params={"limit": 2, "page": 3})).json()
    assert [job["job_name"] for job in last["items"]] == ["alpha"]
    assert (last["pagination"]["hasNext"], last["pagination"]["hasPrev"]) == (False, True)
    found = (await api.get("/api/jobs", params={"search": "BETA"})).json()
    assert {job["job_name"] for job in found["items"]} == {"beta", "beta two"}
    await set_job(still.run, UUID(found["items"][0]["job_id"]), status="completed")
    done = (await api.get("/api/jobs", params={"status": "completed"})).json()
    assert [job["job_id"] for job in done["items"]] == [found["items"][0]["job_id"]]
    nothing = (await api.get("/api/jobs", params={"search": "%"})).json()
    assert nothing["items"] == []
    assert nothing["pagination"]["totalPages"] == 0


async def test_a_page_that_cannot_be_is_refused(api: httpx.AsyncClient):
    wrong = (
        "page=0 limit=0 limit=101 sort=password order=sideways status=odd page=x search=%00 page=9999999999"
    )
    for query in wrong.split():
        refused = await api.get(f"/api/jobs?{query}")
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), query
        assert refused.json()["errors"][0]["where"] == query.split("=")[0]


NOT_FITTING: list[tuple[dict[str, object], str]] = [
    ({}, "job_name"),
    ({"job_name": ""}, "job_name"),
    ({"job_name": "   "}, "job_name"),
    ({"job_name": "x" * 201}, "job_name"),
    ({"job_name": "x", "settings": {"provider": "nobody"}}, "provider"),
    ({"job_name": "x", "settings": {"provider": "echo", "model": "nothing"}}, "model"),
    ({"job_name": "x", "settings": {"provider": "echo", "outputs": 5}}, "outputs"),
    ({"job_name": "x", "settings": {"provider": "echo", "outputs": 0}}, "settings.outputs"),
    ({"job_name": "x", "settings": {"provider": "echo", "aspect_ratio": "2:1"}}, "aspect_ratio"),
    ({"job_name": "x", "settings": {"provider": "echo", "colour": "blue"}}, "colour"),
    ({"job_name": "x", "settings": {"project_id": "y"}}, "settings.project_id"),
    ({"job_name": "x", "provider": "echo"}, "provider"),
]


async def test_settings_that_do_not_fit_are_told_by_field(api: httpx.AsyncClient):
    for body, where in NOT_FITTING:
        refused = await api.post("/api/jobs/create", json=body)
        assert refused.status_code == 422, body
        assert where in [each["where"] for each in refused.json()["errors"]], body
    assert (await api.get("/api/jobs")).json()["pagination"]["total"] == 0


async def test_a_character_the_database_cannot_hold_is_refused(api: httpx.AsyncClient):
    for settings in ({}, {"negative_prompt": "no \0 please"}, {"deep": [{"k\0": 1}]}):
        refused = await api.post(
            "/api/jobs/create", json={"job_name": "a" if settings else "a\0b", "settings": settings}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), settings


async def test_a_project_of_nobody_is_not_found(api: httpx.AsyncClient):
    refused = await api.post(
        "/api/jobs/create", json={"job_name": "x", "settings": {"project_id": str(nowhere())}}
    )
    assert refused.status_code == 404


async def test_only_selected_videos_can_be_listed(api: httpx.AsyncClient, still: Served):
    job_id, videos = await finished(still.run, [b"1", b"2", b"3"])
    await set_video(still.run, videos[1], selected=True)
    chosen = (await api.get(f"/api/jobs/{job_id}/videos", params={"selected_only": True})).json()
    assert [video["video_id"] for video in chosen] == [str(videos[1])]
