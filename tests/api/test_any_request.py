"""Whatever is asked of any route: no undocumented 5xx, a code with every refusal, answers as described."""

from random import Random
from uuid import uuid4

import httpx
import pytest
from tests.api.wild import Wild, faults_of, operations_of
from tests.jobs import make_job, videos
from tests.serving import Served

from rushes.api.app import create_app

ROUNDS = 2
"""Requests to each route in one test."""
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 22))]
SECRET = "sk-of-the-wild-0123456789"


async def known_of(served: Served, api: httpx.AsyncClient) -> dict[str, str]:
    """Path parameters of things that exist."""
    job_id = await make_job(served.run, ["A fox", "A hen"])
    take = (await videos(served.run, job_id))[0]
    project = (await api.post("/api/projects", json={"name": "Rice"})).json()
    story = await api.post("/api/stories", json={"title": "Rice", "script": "# Rice\n\nRice grows in water."})
    key = await api.post("/api/keys", json={"service": "fal", "name": "wild", "secret": SECRET})
    found = {
        "job_id": job_id,
        "video_id": take.video_id,
        "shot_id": take.shot_id,
        "project_id": project["id"],
        "story_id": story.json().get("id") or uuid4(),
        "key_id": key.json().get("id") or uuid4(),
        "provider_id": "echo",
        "provider": "echo",
        "model_id": "echo",
        "number": "1",
        "name": "film.mp4",
    }
    return {name: str(value) for name, value in found.items()}


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_request_is_answered_otherwise_than_described(
    seed: int, still: Served, api: httpx.AsyncClient
):
    description = create_app(still.run.settings, with_worker=False).openapi()
    operations = operations_of(description) * ROUNDS
    Random(seed).shuffle(operations)
    wild = Wild(description, await known_of(still, api), seed)
    found = list[str]()
    for operation in operations:
        request = wild.request(operation)
        try:
            answer = await api.request(**request)
        except httpx.InvalidURL:  # httpx itself does not send it
            continue
        body = request.get("content") or request.get("data") or request.get("files") or b""
        said = f"{operation} {request['url']} {request['params']} {body!r}"[:600]
        found += [f"{fault}\n    {said}" for fault in faults_of(description, operation, answer)]
        if SECRET in answer.text:
            found.append(f"the secret of a key is in the answer\n    {said}")
    assert found == [], "\n".join(found)
