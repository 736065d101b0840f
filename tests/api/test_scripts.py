"""Scripts over the API: written, changed, translated, analysed, stored; nothing paid twice."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standins._server import serve_app
from standins.openai_chat import KEY, OpenAiChatStandIn
from tests.serving import Served
from tests.waiting import until

NOTES = (
    "# How rice grows\n\nRice takes about 120 days from seed to harvest. Water keeps weeds away from it.\n"
)
SCRIPT = {
    "title": "Rice",
    "language": "en",
    "sections": [{"narration": "Rice grows. It takes 120 days."}] * 2,
}


@pytest.fixture(scope="module")
def chat() -> Iterator[tuple[OpenAiChatStandIn, str]]:
    standin = OpenAiChatStandIn()
    with serve_app(standin.app) as url:
        yield standin, f"{url}/v1"


@pytest.fixture
async def keyed(client: httpx.AsyncClient, chat: tuple[OpenAiChatStandIn, str]) -> OpenAiChatStandIn:
    """There is a key for a language model."""
    body = {"provider": "openai_script", "secret": KEY, "fields": {"base_url": chat[1]}}
    made = await client.post("/api/keys", json=body)
    assert made.status_code == 201, made.text
    return chat[0]


async def ended(client: httpx.AsyncClient, asked: httpx.Response) -> dict[str, Any]:
    """The job once it has ended."""
    assert asked.status_code == 202, asked.text
    job: dict[str, Any] = asked.json()
    assert set(job) >= {"jobId", "status", "progress", "estimatedTime", "result"}

    async def over() -> bool:
        job.update((await client.get(f"/api/scripts/{job['jobId']}")).json())
        return job["status"] in {"COMPLETED", "FAILED"} or job["waitingFor"] is not None

    await until(over)
    return job


async def test_notes_become_a_script_without_a_key(client: httpx.AsyncClient):
    job = await ended(client, await client.post("/api/scripts/generate", json={"text": NOTES}))
    assert (job["status"], job["progress"], job["provider"]) == ("COMPLETED", 100.0, "outline")
    assert float(job["cost"]) == 0
    draft = job["result"]["draft"]
    assert draft["title"] == "How rice grows" and not draft["is_outline"]
    assert draft["sections"][0]["narration"].startswith("Rice takes about 120 days from seed to harvest.")
    again = (await client.post("/api/scripts/generate", json={"text": NOTES})).json()
    assert (again["jobId"], again["status"]) == (job["jobId"], "COMPLETED")
    other = (await client.post("/api/scripts/generate", json={"text": NOTES, "variant": 1})).json()
    assert other["jobId"] != job["jobId"]
    topic = await ended(client, await client.post("/api/scripts/generate", json={"text": "Rice"}))
    assert topic["result"]["draft"]["is_outline"]


async def test_with_a_key_a_model_writes_and_is_paid_once(
    client: httpx.AsyncClient, keyed: OpenAiChatStandIn
):
    before = len(keyed.book.created)
    body = {"text": "How rice grows, for the API", "seconds": 30}
    job = await ended(client, await client.post("/api/scripts/generate", json=body))
    assert (job["status"], job["provider"], job["model"]) == ("COMPLETED", "openai_script", "gpt-6-luna"), job
    assert float(job["cost"]) > 0 and len(job["result"]["draft"]["sections"]) == 3
    again = (await client.post("/api/scripts/generate", json=body)).json()
    assert again["jobId"] == job["jobId"]
    assert len(keyed.book.created) == before + 1
    costs = (await client.get("/api/costs", params={"by": "provider"})).json()
    assert "openai_script" in str(costs)
    translated = await ended(
        client,
        await client.post("/api/scripts/translate", json={"script_id": job["jobId"], "language": "de"}),
    )
    draft = translated["result"]["draft"]
    assert draft["language"] == "de" and len(draft["sections"]) == 3
    improved = await ended(
        client,
        await client.post(
            "/api/scripts/improve",
            json={"script_id": job["jobId"], "instruction": "Warmer. [meddle]", "locked": [0]},
        ),
    )
    sections = improved["result"]["draft"]["sections"]
    assert sections[0] == job["result"]["draft"]["sections"][0]
    assert sections[1]["narration"].startswith("better: ")


async def test_a_refusal_fails_and_says_so(client: httpx.AsyncClient, keyed: OpenAiChatStandIn):
    body = {"text": "Something that is refused [refuse]", "provider": "openai_script"}
    job = await ended(client, await client.post("/api/scripts/generate", json=body))
    assert job["status"] == "FAILED" and job["result"] is None
    assert job["error"]["type"] == "policy_violation" and "can't help" in job["error"]["message"]


async def test_a_person_stores_a_version_and_what_was_written_stays(client: httpx.AsyncClient):
    job = await ended(client, await client.post("/api/scripts/generate", json={"text": NOTES}))
    stored = await client.put(f"/api/scripts/{job['jobId']}", json=SCRIPT)
    assert stored.status_code == 200, stored.text
    assert stored.json()["result"]["edited"] and stored.json()["result"]["draft"]["title"] == "Rice"
    shown = (await client.get(f"/api/scripts/{job['jobId']}")).json()
    assert shown["result"]["draft"]["sections"][0]["narration"] == "Rice grows. It takes 120 days."
    shorter = await ended(
        client,
        await client.post(
            "/api/scripts/improve",
            json={"script_id": job["jobId"], "instruction": "Make it shorter", "provider": "outline"},
        ),
    )
    said = " ".join(each["narration"] for each in shorter["result"]["draft"]["sections"])
    assert said.count(".") == 3, "of what the person has stored, one sentence less"
    again = (await client.post("/api/scripts/generate", json={"text": NOTES})).json()
    assert again["jobId"] == job["jobId"], "it is still the script of these notes"


async def test_a_script_is_analysed_at_once(client: httpx.AsyncClient):
    answer = await client.post("/api/scripts/analyze", json={"script": SCRIPT})
    assert answer.status_code == 200, answer.text
    analysis = answer.json()
    assert analysis["words"] == 12 and analysis["hook"] == "Rice grows." and len(analysis["sections"]) == 2
    job = await ended(client, await client.post("/api/scripts/generate", json={"text": NOTES}))
    of_before = await client.post("/api/scripts/analyze", json={"script_id": job["jobId"]})
    assert of_before.json()["hook"].startswith("Rice takes about 120 days")


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("generate", {"text": ""}, "text"),
        ("generate", {"text": "x", "language": "not a tag"}, "language"),
        ("generate", {"text": "x", "provider": "omni"}, "provider"),
        ("generate", {"text": "x", "provider": "outline", "model": "gpt"}, "model"),
        ("generate", {"text": "x", "provider": "outline", "options": {"nothing": 1}}, "options.nothing"),
        ("translate", {"script": SCRIPT, "language": "de"}, "provider"),
        ("translate", {"script": SCRIPT, "language": "de", "provider": "outline"}, "provider"),
        ("improve", {"instruction": "shorter"}, ""),
        ("improve", {"script": SCRIPT, "script_id": str(uuid4()), "instruction": "shorter"}, ""),
        ("improve", {"script": SCRIPT, "instruction": "shorter", "locked": [7]}, "locked"),
        ("analyze", {"script": {"title": "x", "sections": []}}, "script.sections"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, path: str, body: dict[str, Any], where: str):
    answer = await client.post(f"/api/scripts/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert where in answer.json()["errors"][0]["where"]


async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, server: Served):
    nothing = uuid4()
    assert (await client.get(f"/api/scripts/{nothing}")).status_code == 404
    assert (await client.put(f"/api/scripts/{nothing}", json=SCRIPT)).status_code == 404
    body = {"script_id": str(nothing), "instruction": "shorter", "provider": "outline"}
    assert (await client.post("/api/scripts/improve", json=body)).status_code == 404


async def test_who_writes_is_listed_with_prices(client: httpx.AsyncClient):
    listed = {each["id"]: each for each in (await client.get("/api/providers?kind=script")).json()}
    assert set(listed) == {"outline", "gemini_script", "openai_script"}
    model = listed["openai_script"]["models"][0]
    assert (model["price_per_million_input"], model["price_per_million_output"]) == ("0.10", "0.50")
    assert listed["outline"]["needs"] is None
    drawing = (await client.get("/api/providers/gemini_picture")).json()
    assert drawing["models"][0]["price_per_picture"]["2K"] == "0.101"
    assert not (await client.get("/api/providers/unsplash")).json()["offered"]
