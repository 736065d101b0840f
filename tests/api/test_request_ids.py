"""`Idempotency-Key`: a request that is sent again makes nothing a second time."""

import asyncio
from uuid import UUID

import httpx
from tests.jobs import accepted_keys, make_job, until_status
from tests.serving import Served

STORY = {"text": "# Bees\n\nBees dance to show the way to flowers."}


async def test_a_job_is_created_once_however_often_the_request_comes(api: httpx.AsyncClient):
    body = {"job_name": "Once", "settings": {"provider": "echo"}}
    key = {"Idempotency-Key": "b5e7"}
    answers = await asyncio.gather(*(api.post("/api/jobs/create", json=body, headers=key) for _ in range(10)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["job_id"] for each in answers}) == 1
    assert (await api.get("/api/jobs")).json()["pagination"]["total"] == 1
    other = await api.post("/api/jobs/create", json=body, headers={"Idempotency-Key": "b5e8"})
    assert other.json()["job_id"] != answers[0].json()["job_id"]


async def test_a_take_is_made_again_once(client: httpx.AsyncClient, server: Served):
    job_id = await make_job(server.run, ["a fox"])
    await until_status(server.run, job_id, "completed")
    video = (await client.get(f"/api/jobs/{job_id}/videos")).json()[0]["video_id"]
    path, key = f"/api/videos/{video}/regenerate", {"Idempotency-Key": "again"}
    answers = await asyncio.gather(*(client.post(path, json={}, headers=key) for _ in range(5)))
    assert len({each.json()["video_id"] for each in answers}) == 1
    await until_status(server.run, UUID(str(job_id)), "completed")
    assert len(accepted_keys()) == 2


async def test_a_story_is_created_once_and_not_begun_a_second_time(api: httpx.AsyncClient):
    key = {"Idempotency-Key": "story"}
    first = await api.post("/api/stories", json={**STORY, "run": True}, headers=key)
    assert first.status_code == 201, first.text
    await api.post(f"/api/stories/{first.json()['story_id']}/cancel")
    second = await api.post("/api/stories", json={**STORY, "run": True}, headers=key)
    assert second.json()["story_id"] == first.json()["story_id"]
    assert second.json()["status"] == "cancelled"
    wrong = await api.post("/api/jobs/create", json={"job_name": "x"}, headers=key)
    assert wrong.status_code == 422
    assert "used for a story" in wrong.text


async def test_a_key_that_is_none_is_refused(api: httpx.AsyncClient):
    for key in ("", "x" * 256, "with space"):
        refused = await api.post("/api/jobs/create", json={"job_name": "x"}, headers={"Idempotency-Key": key})
        assert refused.status_code == 422, key
