"""What does not start says why in every answer that shows it."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.jobs import have_worker, make_job
from tests.keyed import give_key, need_keys
from tests.serving import Served

from rushes.engine import credentials
from rushes.errors import ErrorType

REST_SECONDS = 4 * 3600


async def get(api: httpx.AsyncClient, path: str) -> Any:
    answer = await api.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def resting(still: Served, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Echo's only key is out of quota for hours; a worker is there."""
    need_keys(still.run, monkeypatch)
    await have_worker(still.run)
    key_id = await give_key(still.run, "studio")
    async with still.run.db.begin() as session:
        await credentials.rest(session, key_id, REST_SECONDS, ErrorType.QUOTA)
    return key_id


async def test_a_key_out_of_quota_is_told_of_jobs_takes_needs_and_health(
    api: httpx.AsyncClient, still: Served, resting: UUID
):
    job_id = await make_job(still.run, ["a fox", "a hen"])
    job = await get(api, f"/api/jobs/{job_id}")
    (listed,) = (await get(api, "/api/jobs"))["items"]
    takes = await get(api, f"/api/jobs/{job_id}/videos")
    alone = await get(api, f"/api/videos/{takes[0]['video_id']}")
    (key,) = await get(api, "/api/keys")
    for each in (job, listed, *takes, alone):
        assert each["waiting_for"] == "cool_down"
        assert "studio is cooling down" in each["wait_reason"]
        assert each["retry_at"] == key["resting_until"]
        assert (each["next_actor"], bool(each["next_step"])) == ("clock", True)
    assert job["eta_seconds"] is None
    (need,) = await get(api, "/api/needs")
    assert (need["kind"], need["count"], need["error_type"]) == ("stalled", 2, "quota")
    assert (need["retry_at"], need["next_actor"]) == (key["resting_until"], "clock")
    (wait,) = (await get(api, "/api/health"))["waits"]
    assert (wait["where"], wait["waiting_for"], wait["jobs"]) == ("echo", "cool_down", 1)
    assert "studio" not in wait["reason"], "health is for everybody"


async def test_a_prompt_of_the_studio_and_of_an_openai_client_say_it_too(
    api: httpx.AsyncClient, still: Served, resting: UUID
):
    asked = {"prompt": "a fox", "provider": "echo"}
    begun = (await api.post("/api/video_chat/generate", json=asked)).json()
    status = (await api.post("/api/video_chat/status", json={"operation_id": begun["operation_id"]})).json()
    assert status["status"] == "pending" and "studio is cooling down" in status["message"]
    shown = await get(api, f"/api/video_chat/operations/{begun['operation_id']}")
    assert (shown["waiting_for"], bool(shown["retry_at"])) == ("cool_down", True)
    video = (await api.post("/v1/videos", json={"prompt": "a fox", "model": "echo"})).json()
    seen = await get(api, f"/v1/videos/{video['id']}")
    assert (seen["status"], seen["error"]["code"]) == ("queued", "cool_down")
    assert "studio is cooling down" in seen["error"]["message"]


async def test_without_a_worker_for_its_queue_everything_says_so_and_health_is_degraded(
    api: httpx.AsyncClient, still: Served
):
    await have_worker(still.run, "veo", "archive")
    job_id = await make_job(still.run, ["a fox"])
    job = await get(api, f"/api/jobs/{job_id}")
    assert (job["waiting_for"], job["next_actor"]) == ("worker", "operator")
    (need,) = await get(api, "/api/needs")
    assert "worker" in need["next_step"]
    health = await get(api, "/api/health")
    assert (health["status"], health["waits"][0]["where"]) == ("degraded", "echo")


async def test_an_archive_that_is_down_is_in_health(api: httpx.AsyncClient, still: Served):
    async with still.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, faults, error,"
                " retry_at) VALUES ('a.mp4', 'telegram:-1', gen_random_uuid(), 'storing', '', 1, 3,"
                " 'It is away.', now())"
            )
        )
    (wait,) = (await get(api, "/api/health"))["waits"]
    assert (wait["where"], wait["copies"], wait["reason"]) == ("telegram:-1", 1, "It is away.")
    assert wait["retry_at"]
