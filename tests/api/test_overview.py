"""Totals, needs, estimates and the check before an upload, over real HTTP."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from tests.api.rows import finished, picture, set_job, set_video
from tests.jobs import have_worker, make_job, videos
from tests.serving import Served

CASES = Path(__file__).parents[1] / "intake/cases"
CASES_OF_ZIPS = {
    "K1-backslash.zip": ["1.jpg", "2.jpg", "3.jpg"],
    "K3-gbk-names.zip": ["图片1.jpg", "图片2.jpg", "图片3.jpg"],
    "K4-colon.zip": ["A: 1.jpg", "B: 2.jpg", "C: 3.jpg"],
    "K5-hidden-root.zip": ["1.jpg", "2.jpg", "3.jpg"],
}


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
    await have_worker(still.run)
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


def directory_of(zipped: bytes) -> bytes:
    """The end of a ZIP, from its central directory on, as the page cuts it off."""
    return zipped[int.from_bytes(zipped[-6:-2], "little") :]


async def listed(api: httpx.AsyncClient, zipped: bytes, images: str | None = None) -> httpx.Response:
    """The answer to a look into a ZIP."""
    fields = {} if images is None else {"images": images}
    return await api.post("/api/check/zip", data=fields, files={"directory": ("a.zip", directory_of(zipped))})


async def test_a_zip_is_looked_into_by_its_directory_alone(api: httpx.AsyncClient):
    for name, expected in CASES_OF_ZIPS.items():
        answer = await listed(api, (CASES / name).read_bytes())
        assert answer.status_code == 200, answer.text
        assert [each["name"] for each in answer.json() if each["kind"] == "image"] == expected, name
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("shots/picture", picture())
        bundle.writestr("shots/prompts.txt", "1. a")
        bundle.writestr("__MACOSX/._1.jpg", "")
    whole = zipped.getvalue()
    kinds = [(each["index"], each["name"], each["kind"]) for each in (await listed(api, whole)).json()]
    assert kinds == [(1, "prompts.txt", "prompts"), (0, "shots/picture", "other")]
    told = (await listed(api, whole, "[0]")).json()
    assert [(each["index"], each["name"], each["kind"]) for each in told] == [
        (0, "picture", "image"),
        (1, "prompts.txt", "prompts"),
    ]


async def test_what_is_wrong_with_the_directory_of_a_zip_is_told_before_the_upload(
    api: httpx.AsyncClient,
):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as bundle:
        bundle.writestr("../1.jpg", "x")
        bundle.writestr("2.zip", "x")
    refused = await listed(api, zipped.getvalue())
    assert refused.status_code == 422
    assert [each["code"] for each in refused.json()["errors"]] == ["path_escape", "nested_archive"]
    for wrong in (b"", b"no ZIP at all", b"PK\x05\x06" + b"\xff" * 18):
        answer = await api.post("/api/check/zip", files={"directory": ("a.zip", wrong)})
        assert answer.status_code == 422, answer.text
    assert (await api.post("/api/check/zip", files={"images": (None, "[0]")})).status_code == 422


async def test_a_check_takes_the_choice_of_pairing_and_offers_the_others(api: httpx.AsyncClient):
    names, prompts = ["IMG_7.jpg", "IMG_9.jpg", "IMG_12.jpg"], "1. a\n2. b\n3. c"
    dates = {"IMG_7.jpg": 3.0, "IMG_9.jpg": 1.0, "IMG_12.jpg": 2}
    asked = await checked(api, names, prompts_text=prompts, dates=dates)
    assert [each["code"] for each in asked["errors"]] == ["no_number_meets"]
    assert (asked["paired_by"], asked["shots"]) == (None, 0)
    assert asked["pairings"] == ["name", "order", "date"]
    for pair, expected in {
        "name": ["IMG_7.jpg", "IMG_9.jpg", "IMG_12.jpg"],
        "order": ["IMG_12.jpg", "IMG_7.jpg", "IMG_9.jpg"],
        "date": ["IMG_9.jpg", "IMG_12.jpg", "IMG_7.jpg"],
    }.items():
        told = await checked(api, names[2:] + names[:2], prompts_text=prompts, dates=dates, pair=pair)
        assert ([each["image"] for each in told["pairs"]], told["errors"]) == (expected, []), pair
        assert told["paired_by"] == pair


async def test_a_check_offers_the_ways_to_read_and_takes_one(api: httpx.AsyncClient):
    text = "A fox.\nIt runs.\n\nA crow.\nIt flies."
    asked = await checked(api, [], prompts_text=text, settings={"provider": "echo", "allow_text_only": True})
    assert [each["code"] for each in asked["errors"]] == ["two_readings"]
    assert asked["readings"] == {"lines": 4, "paragraphs": 2}
    told = await checked(
        api,
        [],
        prompts_text=text,
        reading="paragraphs",
        settings={"provider": "echo", "allow_text_only": True},
    )
    assert (told["shots"], told["errors"]) == (2, [])


async def test_texts_among_the_images_are_used_as_in_a_folder(api: httpx.AsyncClient):
    form = {"settings": json.dumps({"provider": "echo"}), "images": '["1.jpg", "2.jpg"]'}
    captions = [("texts", ("1.txt", b"a fox")), ("texts", ("2.txt", b"a crow"))]
    told = (await api.post("/api/check", data=form, files=captions)).json()
    assert [(each["image"], each["prompt"]) for each in told["pairs"]] == [
        ("1.jpg", "a fox"),
        ("2.jpg", "a crow"),
    ]
    several = [("texts", ("prompts.txt", b"1. a fox\n2. a crow")), ("texts", ("notes.txt", b"later"))]
    told = (await api.post("/api/check", data=form, files=several)).json()
    assert (told["shots"], [each["code"] for each in told["warnings"]]) == (2, ["not_used"])
