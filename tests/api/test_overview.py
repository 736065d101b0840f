"""Totals, needs, estimates and the check before an upload, over real HTTP."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import text
from tests.api.rows import finished, picture, set_job, set_video
from tests.jobs import make_job, videos
from tests.serving import Served


async def test_totals_count_what_is_there(api: httpx.AsyncClient, still: Served):
    empty = (await api.get("/api/stats")).json()
    assert (empty["videos"], empty["success_rate"], empty["average_seconds"]) == (0, None, None)
    _, made = await finished(still.run, [b"1", b"22", b"333", b"4444"])
    await set_video(still.run, made[0], status="failed", error_type="timeout")
    await set_video(still.run, made[1], status="queued")
    at = datetime(2026, 5, 1, tzinfo=UTC)
    for video_id, seconds in ((made[2], 10), (made[3], 20)):
        after = at + timedelta(seconds=seconds)
        await set_video(still.run, video_id, generation_started_at=at, generation_completed_at=after)
    async with still.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO submissions (id, owner_id, job_id, shot_id, subject_ids, attempt, provider,"
                " model, state, request_hash, cost_estimate, cost, faults)"
                " SELECT gen_random_uuid(), owner_id, job_id, shot_id, ARRAY[id], 1, provider, model,"
                " 'completed', '', 1, 1.25, 0 FROM videos"
            )
        )
    told = (await api.get("/api/stats")).json()
    assert (told["jobs"], told["active_jobs"], told["videos"]) == (1, 1, 4)
    assert (told["completed_videos"], told["failed_videos"], told["open_videos"]) == (2, 1, 1)
    assert (told["success_rate"], told["average_seconds"]) == (66.7, 15)
    assert Decimal(told["spent"]) == 5
    assert told["storage_bytes"] == 10 + 4 * len(picture())
    await api.delete(f"/api/videos/{made[3]}")
    assert (await api.get("/api/stats")).json()["completed_videos"] == 1


async def test_needs_say_who_waits_what_is_paused_and_what_failed_lately(
    api: httpx.AsyncClient, still: Served
):
    assert (await api.get("/api/needs")).json() == []
    job_id = await make_job(still.run, ["a", "b", "c", "d"])
    made = [each.video_id for each in await videos(still.run, job_id)]
    for video_id in made[:2]:
        await set_video(
            still.run,
            video_id,
            status="waiting",
            waiting_for="person",
            error_type="auth",
            error_message="Sign in.",
        )
    await set_video(still.run, made[2], status="failed", error_type="minors", error_message="Refused.")
    stopped = await make_job(still.run, ["e"])
    await set_job(
        still.run, stopped, status="paused", paused_by="disk_full", pause_reason="The disk is full."
    )
    mine = await make_job(still.run, ["f"])
    await set_job(still.run, mine, status="paused", paused_by="user", pause_reason="Paused by you.")

    def short(needs: list[dict[str, Any]]) -> list[tuple[str, str, int, str]]:
        return [(each["kind"], each["error_type"], each["count"], each["message"]) for each in needs]

    told = (await api.get("/api/needs")).json()
    assert short(told) == [
        ("waiting", "auth", 2, "Sign in."),
        ("paused", "disk_full", 0, "The disk is full."),
        ("failed", "minors", 1, "Refused."),
    ]
    assert {each["job_id"] for each in told} == {str(job_id), str(stopped)}
    await set_job(still.run, job_id, status="completed", ended_at=datetime.now(UTC) - timedelta(days=8))
    await api.delete(f"/api/videos/{made[0]}")
    assert short((await api.get("/api/needs")).json())[0] == ("waiting", "auth", 1, "Sign in.")
    assert "failed" not in {each["kind"] for each in (await api.get("/api/needs")).json()}


async def test_an_estimate_needs_no_job(api: httpx.AsyncClient):
    asked = {"settings": {"provider": "animatic", "outputs": 2, "duration_seconds": 4}, "shots": 3}
    told = (await api.post("/api/estimate", json=asked)).json()
    assert (told["videos"], Decimal(told["estimated_cost"])) == (6, 0)
    assert told["estimated_time_minutes"] > 0
    assert (await api.get("/api/jobs")).json()["pagination"]["total"] == 0
    wrong = await api.post("/api/estimate", json={"settings": {"provider": "nobody"}, "shots": 1})
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "provider")
    lite = {"provider": "veo", "model": "veo-3.1-lite-generate-001", "resolution": "4k"}
    wrong = await api.post("/api/estimate", json={"settings": lite, "shots": 1})
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "resolution")
    asked = {"settings": {"provider": "flow", "outputs": 2}, "shots": 3}
    told = (await api.post("/api/estimate", json=asked)).json()
    assert (told["estimated_credits"], told["price_known"]) == (72, True)


async def checked(api: httpx.AsyncClient, images: list[str], **fields: Any) -> dict[str, Any]:
    """The answer to a check."""
    settings = fields.pop("settings", {"provider": "echo"})
    form = {"settings": json.dumps(settings), "images": json.dumps(images)}
    form |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    answer = await api.post("/api/check", files={name: (None, value) for name, value in form.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_check_says_what_the_upload_would_say(api: httpx.AsyncClient, still: Served):
    told = await checked(
        api, ["1.jpg", "shot 2.png", "cover.jpg", "notes.pdf"], prompts_text="1. a\n2. b\n3. c"
    )
    assert [(each["number"], each["image"], each["prompt"], each["line"]) for each in told["pairs"]] == [
        (1, "1.jpg", "a", 1),
        (2, "shot 2.png", "b", 2),
        (3, None, "c", 3),
    ]
    assert (told["shots"], told["unmatched_images"], told["errors"]) == (2, ["cover.jpg"], [])
    made = await api.post("/api/jobs/create", json={"job_name": "x", "settings": {"provider": "echo"}})
    uploaded = await api.post(
        f"/api/jobs/{made.json()['job_id']}/upload",
        files=[
            *(("images", (name, picture())) for name in ("1.jpg", "shot 2.png", "cover.jpg")),
            ("images", ("notes.pdf", b"%PDF")),
            ("prompts_text", (None, b"1. a\n2. b\n3. c")),
        ],
    )
    assert sorted(uploaded.json()["warnings"]) == sorted(
        f"{each['where']}: {each['message']}" for each in told["warnings"]
    )
    assert list(still.run.settings.work_dir.iterdir()) == []


async def test_a_check_finds_faults_with_their_lines_and_stores_nothing(api: httpx.AsyncClient):
    told = await checked(api, ["1.jpg", "1.png", "2.jpg"], prompts_text="1. a\n2.\n2. b")
    codes = {(each["where"], each["code"]) for each in told["errors"]}
    assert {("pasted.txt:2", "empty_prompt"), ("pasted.txt:3", "duplicate_number")} <= codes
    assert (await api.get("/api/jobs")).json()["pagination"]["total"] == 0
    wide = await checked(
        api, ["1.jpg"], prompts_text="1. a", settings={"provider": "echo", "allow_text_only": True}
    )
    assert (wide["errors"], wide["shots"], wide["estimate"]["videos"]) == ([], 1, 1)


async def test_pairs_of_ones_own_are_checked_as_they_are(api: httpx.AsyncClient):
    pairs = [
        {"number": 2, "image": "a.jpg", "prompt": "two"},
        {"number": 1, "image": "b.jpg", "prompt": " one ", "negative_prompt": "fog"},
    ]
    told = await checked(api, ["a.jpg", "b.jpg", "c.jpg"], pairs=pairs)
    assert [(each["number"], each["image"], each["prompt"]) for each in told["pairs"]] == [
        (1, "b.jpg", "one"),
        (2, "a.jpg", "two"),
    ]
    assert (told["errors"], told["unmatched_images"], told["shots"]) == ([], ["c.jpg"], 2)
    bad = [
        {"number": 1, "image": "z.jpg", "prompt": "x"},
        {"number": 2, "image": "a.jpg", "prompt": " "},
        {"number": 2, "image": "a.jpg", "prompt": "y"},
        {"number": 0, "image": "a.jpg", "prompt": "y"},
        {"number": 3, "image": None, "prompt": "p" * 2001},
    ]
    wrong = await checked(api, ["a.jpg"], pairs=bad)
    assert [(each["where"], each["code"]) for each in wrong["errors"]] == [
        ("shot 3", "prompt_too_long"),
        ("shot 1", "unknown_image"),
        ("shot 2", "empty_prompt"),
        ("shot 2", "duplicate_number"),
        ("shot 0", "bad_number"),
    ]


async def test_a_check_that_cannot_be_read_is_refused(api: httpx.AsyncClient):
    for form in (
        {"images": "[]"},
        {"settings": "{"},
        {"settings": "{}", "images": "{}"},
        {"settings": "{}", "pairs": '[{"number": 1}]'},
        {"settings": "{}", "pairs": "[]", "prompts_text": "1. a"},
    ):
        refused = await api.post("/api/check", files={name: (None, value) for name, value in form.items()})
        assert refused.status_code == 422, form
        assert refused.headers["content-type"] == "application/problem+json"
