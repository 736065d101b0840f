"""One prompt, one video: over real HTTP, with a worker, to the end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import picture, set_job
from tests.jobs import have_worker, ledger, make_job, until
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.errors import ErrorType
from rushes.ops.sweep import sweep
from rushes.settings import Settings
from rushes.studio.advice import ADVICE

API = "/api/video_chat"


async def generate(client: httpx.AsyncClient, prompt: str = "a fox", **more: Any) -> str:
    """Begin an operation with echo."""
    begun = await client.post(f"{API}/generate", json={"prompt": prompt, "provider": "echo", **more})
    assert begun.status_code == 200, begun.text
    return begun.json()["operation_id"]


async def status(client: httpx.AsyncClient, operation_id: str) -> dict[str, Any]:
    """What `status` says."""
    answer = await client.post(f"{API}/status", json={"operation_id": operation_id})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ended(client: httpx.AsyncClient, operation_id: str) -> dict[str, Any]:
    """Wait for the end; what `status` says then."""

    async def there() -> bool:
        return (await status(client, operation_id))["status"] in ("completed", "error")

    await until(there)
    return await status(client, operation_id)


async def operation(client: httpx.AsyncClient, operation_id: str) -> dict[str, Any]:
    """The operation as the list has it."""
    return (await client.get(f"{API}/operations/{operation_id}")).json()


async def test_a_prompt_becomes_a_video(client: httpx.AsyncClient):
    begun = await client.post(
        f"{API}/generate",
        json={"prompt": " a fox ", "duration": "4", "provider": "echo", "aspect_ratio": "9:16"},
    )
    assert set(begun.json()) == {"operation_id", "status", "message"}
    assert begun.json()["status"] == "pending"
    operation_id = begun.json()["operation_id"]
    done = await ended(client, operation_id)
    assert set(done) == {"status", "video_url", "video_path", "prompt", "duration"}
    assert (done["status"], done["prompt"], done["duration"]) == ("completed", "a fox", "4")
    video = await client.get(done["video_url"])
    assert video.headers["content-type"] == "video/mp4" and video.content[4:8] == b"ftyp"
    shown = await operation(client, operation_id)
    assert (shown["mode"], shown["aspect_ratio"], shown["image_url"]) == ("text_to_video", "9:16", None)
    thumbnail = await client.get(shown["thumbnail_url"])
    assert thumbnail.headers["content-type"] == "image/jpeg"


async def test_an_operation_on_its_way_says_what_it_is_doing(api: httpx.AsyncClient, still: Served):
    operation_id = await generate(api)
    alone = await status(api, operation_id)
    assert (alone["status"], "worker" in alone["message"]) == ("pending", True)
    await have_worker(still.run)
    waiting = await status(api, operation_id)
    assert set(waiting) == {"status", "elapsed_seconds", "message"}
    assert (waiting["status"], waiting["message"]) == ("pending", "It waits for its turn.")
    assert waiting["elapsed_seconds"] >= 0
    async with still.run.db.begin() as session:
        await session.execute(text("UPDATE videos SET status = 'generating', progress = 0.42"))
    making = await status(api, operation_id)
    assert (making["status"], making["message"]) == ("processing", "The video is being made. 42 % are done.")
    shown = await operation(api, operation_id)
    assert (shown["progress"], shown["expires_at"]) == (42.0, None)
    await set_job(still.run, UUID(shown["job_id"]), status="paused", pause_reason="The disk is full.")
    assert (await status(api, operation_id))["message"] == "Paused: The disk is full."


async def test_what_waits_for_a_person_says_so(client: httpx.AsyncClient):
    operation_id = await generate(client, "a fox [auth]")

    async def waits() -> bool:
        return "waits for you" in (await status(client, operation_id))["message"]

    await until(waits)
    told = await status(client, operation_id)
    assert told["status"] == "processing"
    assert "Sign in to echo." in told["message"]


@pytest.mark.parametrize(
    ("tag", "error_type", "said"),
    [
        ("people", ErrorType.PROMINENT_PEOPLE, "prominent person"),
        ("policy", ErrorType.POLICY_VIOLATION, "content policy"),
        ("minors", ErrorType.MINORS, "minor"),
        ("copyright", ErrorType.COPYRIGHT, "protected content"),
    ],
)
async def test_a_refusal_says_what_kind_it_is_and_suggests_a_change(
    client: httpx.AsyncClient, tag: str, error_type: ErrorType, said: str
):
    operation_id = await generate(client, f"a fox [refuse:{tag}]")
    told = await ended(client, operation_id)
    advice = ADVICE[error_type]
    assert set(told) == {"status", "detail", "suggestion"}
    assert told["detail"].startswith(f"{advice.kind}: ") and said in told["detail"]
    assert told["suggestion"] == advice.suggestion
    shown = await operation(client, operation_id)
    assert (shown["status"], shown["error_type"]) == ("error", error_type)
    assert (shown["message"], shown["suggestion"]) == (told["detail"], told["suggestion"])


async def test_an_image_becomes_the_first_frame(client: httpx.AsyncClient):
    begun = await client.post(
        f"{API}/generate_with_image",
        data={"prompt": "the fox moves", "provider": "echo", "session_id": "winter"},
        files={"image": ("fox.png", picture(kind="PNG"))},
    )
    assert begun.status_code == 200, begun.text
    assert begun.json()["status"] == "pending"
    operation_id = begun.json()["operation_id"]
    assert (await ended(client, operation_id))["status"] == "completed"
    shown = await operation(client, operation_id)
    assert (shown["mode"], shown["session_id"]) == ("image_to_video", "winter")
    image = await client.get(shown["image_url"])
    assert image.headers["content-type"] == "image/jpeg" and image.content.startswith(b"\xff\xd8\xff")


async def test_a_video_goes_on_from_the_last_frame_of_another(client: httpx.AsyncClient):
    first = await generate(client)
    await ended(client, first)
    frame = await client.get((await operation(client, first))["last_frame_url"])
    assert frame.headers["content-type"] == "image/jpeg"
    second = await generate(client, "the fox goes on", start_frame_video_id=first)
    assert (await ended(client, second))["status"] == "completed"
    shown = await operation(client, second)
    assert (shown["source_video_id"], shown["mode"]) == (first, "image_to_video")
    assert (await client.get(shown["image_url"])).content == frame.content
    await client.delete(f"{API}/operations/{first}")
    assert (await client.get(shown["image_url"])).content == frame.content, "it has a copy of its own"
    assert (await client.get(f"/api/videos/{first}/last-frame")).status_code == 404


async def test_nothing_goes_on_from_a_video_that_is_not_there_yet(api: httpx.AsyncClient):
    going_on = {"prompt": "more", "provider": "echo", "start_frame_video_id": await generate(api)}
    refused = await api.post(f"{API}/generate", json=going_on)
    assert refused.status_code == 404
    assert "queued" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "a\0b"}, "body"),
        ({"prompt": "x" * 2001}, "prompt"),
        ({"duration": "5"}, "duration"),
        ({"duration": 4}, "duration"),
        ({"duration": "8"}, "duration"),
        ({"resolution": "1080p"}, "resolution"),
        ({"aspect_ratio": "2:1"}, "aspect_ratio"),
        ({"provider": "nobody"}, "provider"),
        ({"model": "nothing"}, "model"),
        ({"session_id": ""}, "session_id"),
        ({"start_frame_video_id": "that one"}, "start_frame_video_id"),
        ({"colour": "blue"}, "colour"),
    ],
    ids=str,
)
async def test_one_clear_fault_for_each_thing_that_is_wrong(
    api: httpx.AsyncClient, wrong: dict[str, Any], where: str
):
    refused = await api.post(f"{API}/generate", json={"prompt": "a fox", "provider": "echo", **wrong})
    assert refused.status_code == 422
    told = refused.json()
    assert [each["where"] for each in told["errors"]] == [where]
    assert (await api.get(f"{API}/operations")).json()["items"] == []


async def test_every_field_a_provider_cannot_do_is_told_at_once(api: httpx.AsyncClient):
    wanted = {"prompt": "a fox", "provider": "echo", "duration": "6", "resolution": "1080p"}
    refused = await api.post(f"{API}/generate", json=wanted)
    assert {each["where"] for each in refused.json()["errors"]} == {"duration", "resolution"}


@pytest.mark.parametrize(
    ("fields", "image", "where"),
    [
        ({"prompt": "a fox"}, None, "image"),
        ({"prompt": "a fox"}, b"GIF89a", "fox.png"),
        ({}, picture(), "prompt"),
        ({"prompt": "a fox", "duration": "7"}, picture(), "duration"),
        ({"prompt": "a fox", "size": "large"}, picture(), "size"),
    ],
    ids=["no image", "no picture", "no prompt", "no such duration", "no such field"],
)
async def test_a_form_is_checked_as_strictly(
    api: httpx.AsyncClient, still: Served, fields: dict[str, str], image: bytes | None, where: str
):
    files: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
    if image:
        files["image"] = ("fox.png", image)
    refused = await api.post(f"{API}/generate_with_image", files=files)
    assert refused.status_code == 422, refused.text
    assert [each["where"] for each in refused.json()["errors"]] == [where]
    assert list(still.run.bucket.files()) == []
    assert list(still.run.settings.work_dir.iterdir()) == []


async def test_operations_survive_a_restart(settings: Settings):
    async with (
        serve(settings, with_worker=False) as before,
        httpx.AsyncClient(base_url=before.url, timeout=PATIENCE_SECONDS) as client,
    ):
        operation_id = await generate(client)
        assert (await status(client, operation_id))["status"] == "pending"
    async with (
        serve(settings) as after,
        httpx.AsyncClient(base_url=after.url, timeout=PATIENCE_SECONDS) as client,
    ):
        assert (await ended(client, operation_id))["status"] == "completed"
        assert len(await ledger(after.run, UUID((await operation(client, operation_id))["job_id"]))) == 1


async def test_operations_are_listed_by_session_newest_first(api: httpx.AsyncClient, still: Served):
    await make_job(still.run, ["a batch"])
    ids = [await generate(api, f"fox {n}", session_id="a" if n % 2 else "b") for n in range(5)]
    listed = (await api.get(f"{API}/operations", params={"limit": 2})).json()
    assert [each["operation_id"] for each in listed["items"]] == ids[:2:-1]
    assert listed["pagination"]["total"] == 5 and listed["pagination"]["hasNext"]
    last = (await api.get(f"{API}/operations", params={"limit": 2, "page": 3})).json()
    assert [each["operation_id"] for each in last["items"]] == ids[:1]
    mine = (await api.get(f"{API}/operations", params={"session_id": "a"})).json()
    assert [each["prompt"] for each in mine["items"]] == ["fox 3", "fox 1"]
    nul = await api.get(f"{API}/operations", params={"session_id": "a\0"})
    assert nul.status_code == 422


async def test_lists_of_jobs_show_batches_unless_asked(api: httpx.AsyncClient, still: Served):
    batch = await make_job(still.run, ["a batch"])
    await generate(api, "a fox")
    jobs = (await api.get("/api/jobs")).json()
    assert [each["job_id"] for each in jobs["items"]] == [str(batch)]
    assert (jobs["items"][0]["kind"], jobs["pagination"]["total"]) == ("batch", 1)
    studio = (await api.get("/api/jobs", params={"kind": "studio"})).json()["items"]
    assert [(each["job_name"], each["kind"]) for each in studio] == [("a fox", "studio")]


async def test_deleting_an_operation_takes_all_of_it_but_the_ledger(
    client: httpx.AsyncClient, server: Served
):
    operation_id = await generate(client)
    await ended(client, operation_id)
    shown = await operation(client, operation_id)
    await client.get(shown["last_frame_url"])
    assert (await client.delete(f"{API}/operations/{operation_id}")).status_code == 204
    assert (await client.get(f"{API}/operations/{operation_id}")).status_code == 404
    assert (await client.delete(f"{API}/operations/{operation_id}")).status_code == 404
    assert (await client.get(f"/api/jobs/{shown['job_id']}")).status_code == 404
    assert list(server.run.bucket.files()) == []
    assert len(await ledger(server.run, UUID(shown["job_id"]))) == 1


async def test_a_variation_is_an_operation_of_its_own(client: httpx.AsyncClient):
    first = await generate(client, session_id="winter")
    await ended(client, first)
    varied = await client.post(f"/api/videos/{first}/regenerate")
    second = varied.json()["video_id"]
    assert (await ended(client, second))["status"] == "completed"
    listed = (await client.get(f"{API}/operations", params={"session_id": "winter"})).json()["items"]
    assert [each["operation_id"] for each in listed] == [second, first]
    assert (await client.delete(f"{API}/operations/{first}")).status_code == 204
    assert (await operation(client, second))["status"] == "completed"


async def test_a_batch_is_no_operation(api: httpx.AsyncClient, still: Served):
    await make_job(still.run, ["a batch"])
    async with still.run.db.begin() as session:
        video_id = (await session.execute(text("SELECT id FROM videos"))).scalar_one()
    assert (await api.get(f"{API}/operations/{video_id}")).status_code == 404
    assert (await api.delete(f"{API}/operations/{video_id}")).status_code == 404


async def test_operations_nobody_kept_are_deleted_after_their_time(client: httpx.AsyncClient, server: Served):
    run = server.run
    batch = await make_job(run, ["a batch"])
    old, kept, young = [await generate(client, f"fox {name}") for name in ("old", "kept", "young")]
    waiting = await generate(client, "fox [auth]")
    for each in (old, kept, young):
        await ended(client, each)

    async def all_over() -> bool:
        jobs = [(await operation(client, each))["job_id"] for each in (old, kept, young)] + [batch]
        views = [(await client.get(f"/api/jobs/{each}")).json() for each in jobs]
        return all(each["status"] == "completed" for each in views)

    await until(all_over)
    await client.put(f"/api/videos/{kept}/select", json={"selected": True})
    shown = await operation(client, old)
    assert datetime.fromisoformat(shown["expires_at"]) > datetime.now(UTC) + timedelta(days=1.9)
    assert (await operation(client, kept))["expires_at"] is None
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE jobs SET expires_at = expires_at - interval '49 hours' WHERE name <> 'fox young'")
        )
    await sweep(run, older_than_seconds=-60)
    assert (await client.get(f"{API}/operations/{old}")).status_code == 404
    assert {key for key, _ in run.bucket.files() if old in key} == set()
    for each in (kept, young):
        done = await status(client, each)
        assert (await client.get(done["video_url"])).status_code == 200
    assert (await status(client, waiting))["status"] == "processing"
    assert (await client.get(f"/api/jobs/{batch}")).status_code == 200
    assert len(await ledger(run, UUID(shown["job_id"]))) == 1


async def test_what_is_asked_for_to_be_kept_or_is_kept_later_never_expires(client: httpx.AsyncClient):
    kept, one, other = [await generate(client, keep=each) for each in (True, False, False)]
    for each in (kept, one, other):
        await ended(client, each)
    assert (await operation(client, kept))["expires_at"] is None
    assert (await operation(client, one))["expires_at"]
    answer = await client.post(f"{API}/keep", json={"operation_ids": [one, kept]})
    assert answer.json() == {"kept": 1}
    assert (await operation(client, one))["expires_at"] is None
    assert (await operation(client, other))["expires_at"]
    assert (await client.post(f"{API}/keep", json={})).json() == {"kept": 1}
    assert (await operation(client, other))["expires_at"] is None
    varied = (await client.post(f"/api/videos/{one}/regenerate")).json()["video_id"]
    await ended(client, varied)
    assert (await operation(client, varied))["expires_at"] is None, "its job is kept"


async def test_a_deleted_video_of_one_prompt_leaves_no_empty_job(client: httpx.AsyncClient, server: Served):
    operation_id = await generate(client)
    await ended(client, operation_id)
    job_id = (await operation(client, operation_id))["job_id"]
    await client.delete(f"/api/videos/{operation_id}")
    assert (await client.get(f"{API}/operations")).json()["items"] == []
    assert (await client.get(f"/api/jobs/{job_id}")).status_code == 200, "it can be restored"
    await client.post("/api/deleted/purge", json={"video_ids": [operation_id]})
    assert (await client.get(f"/api/jobs/{job_id}")).status_code == 404
    assert len(await ledger(server.run, UUID(job_id))) == 1


async def test_a_seed_is_passed_on(client: httpx.AsyncClient):
    operation_id = await generate(client, seed=42)
    await ended(client, operation_id)
    assert (await operation(client, operation_id))["seed"] == 42


async def test_operations_stay_when_the_operator_says_so(settings: Settings):
    async with (
        serve(settings.model_copy(update={"operation_days": 0.0})) as served,
        httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_SECONDS) as client,
    ):
        operation_id = await generate(client)
        await ended(client, operation_id)
        async with served.run.db.begin() as session:
            await session.execute(text("UPDATE jobs SET ended_at = now() - interval '1 year'"))
        await sweep(served.run)
        assert (await operation(client, operation_id))["expires_at"] is None
