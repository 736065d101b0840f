"""Pictures over the API: recommended, described, drawn, fetched."""

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from standins._server import serve_app
from standins.openai_images import KEY, OpenAiImagesStandIn
from standins.stock import KEYS, StockStandIn
from tests.serving import Served
from tests.waiting import until

from rushes.settings import Settings


@pytest.fixture(scope="module")
def stock() -> Iterator[tuple[StockStandIn, str]]:
    standin = StockStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


@pytest.fixture(autouse=True)
def sources(settings: Settings, stock: tuple[StockStandIn, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """All sources are the stand-in."""
    assert settings  # which takes every RUSHES_… out of the environment first
    for name in ("pexels", "pixabay", "unsplash", "openverse", "commons"):
        monkeypatch.setenv(f"RUSHES_{name.upper()}_BASE_URL", f"{stock[1]}/{name}")


async def drawn(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """The job once it has ended."""
    asked = await client.post("/api/images/generate", json=body)
    assert asked.status_code == 202, asked.text
    job: dict[str, Any] = asked.json()

    async def over() -> bool:
        job.update((await client.get(f"/api/images/status/{job['jobId']}")).json())
        return job["status"] in {"COMPLETED", "FAILED"} or job["waitingFor"] is not None

    await until(over)
    return job


async def test_all_sources_without_a_key_are_searched_and_put_in_order(client: httpx.AsyncClient):
    body = {"keywords": ["rice field"], "shape": "9:16", "count": 8}
    answer = await client.post("/api/images/recommend", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {each["provider"] for each in found["candidates"]} == {"openverse", "commons"}
    assert len(found["candidates"]) == 8 and found["troubles"] == []
    best = found["candidates"][0]
    assert best["height"] > best["width"], "it has the shape of the frame"
    assert best["attribution"]["author"] == "Ann Example" and best["attribution"]["licence"]


async def test_keywords_come_from_the_text_and_a_source_in_trouble_is_named(client: httpx.AsyncClient):
    body = {"text": "Rice fields are flooded in spring.", "sources": ["commons"]}
    found = (await client.post("/api/images/recommend", json=body)).json()
    assert "Rice" in found["keywords"] and found["candidates"]
    busy = {"keywords": ["rice [429:1]"], "sources": ["openverse", "commons", "pexels"]}
    found = (await client.post("/api/images/recommend", json=busy)).json()
    troubles = {each["source"]: each["message"] for each in found["troubles"]}
    assert "may be searched again in 7 seconds" in str(troubles) and "needs a key" in troubles["pexels"]


async def test_a_source_with_a_key_is_searched_too(client: httpx.AsyncClient):
    made = await client.post("/api/keys", json={"provider": "pexels", "secret": KEYS["pexels"]})
    assert made.status_code == 201, made.text
    body = {"keywords": ["wind"], "form": "clip"}
    found = (await client.post("/api/images/recommend", json=body)).json()
    assert {each["provider"] for each in found["candidates"]} == {"pexels"}
    assert KEYS["pexels"] not in str(found)


async def test_narrations_are_described_by_their_own_words(client: httpx.AsyncClient):
    narrations = [{"narration": "Rice takes 120 days."}, {"narration": "Water keeps weeds away from rice."}]
    answer = await client.post("/api/images/prompts", json={"narrations": narrations, "style": "watercolour"})
    prompts = answer.json()["prompts"]
    assert len(prompts) == 2
    assert all("watercolour" in each["visual_prompt"] and each["keywords"] for each in prompts)


async def test_without_a_key_a_card_is_drawn_and_its_file_can_be_had(client: httpx.AsyncClient):
    body = {"prompt": "How rice grows", "shape": "1:1", "options": {"palette": "dark"}}
    job = await drawn(client, body)
    assert (job["status"], job["provider"], float(job["cost"])) == ("COMPLETED", "card", 0), job
    [picture] = job["result"]["pictures"]
    assert (picture["width"], picture["height"], picture["media_type"]) == (1080, 1080, "image/png")
    file = await client.get(picture["url"])
    assert file.headers["content-type"] == "image/png"
    with Image.open(BytesIO(file.content)) as opened:
        assert opened.size == (1080, 1080)
    assert (await client.get(f"/api/images/{job['jobId']}/content?index=1")).status_code == 404
    again = (await client.post("/api/images/generate", json=body)).json()
    assert again["jobId"] == job["jobId"]


async def test_with_a_key_a_model_draws_and_is_paid_once(client: httpx.AsyncClient):
    standin = OpenAiImagesStandIn()
    with serve_app(standin.app) as url:
        key = {"provider": "openai_picture", "secret": KEY, "fields": {"base_url": f"{url}/v1"}}
        made = await client.post("/api/keys", json=key)
        assert made.status_code == 201, made.text
        body = {"prompt": "A rice field", "shape": "16:9"}
        job = await drawn(client, body)
        paid = job["status"], job["provider"], Decimal(job["cost"])
        assert paid == ("COMPLETED", "openai_picture", Decimal("0.07")), job
        await client.post("/api/images/generate", json=body)
        another = await drawn(client, {**body, "variant": 1})
        assert another["jobId"] != job["jobId"]
        assert len(standin.book.created) == 2
        refused = await drawn(client, {"prompt": "A [moderated] picture"})
        assert (refused["status"], refused["error"]["type"]) == ("FAILED", "policy_violation")


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("generate", {"prompt": " "}, "prompt"),
        ("generate", {"prompt": "x", "shape": "3:1"}, "shape"),
        ("generate", {"prompt": "x", "provider": "commons"}, "provider"),
        ("generate", {"prompt": "x", "provider": "card", "options": {"palette": "pink"}}, "options.palette"),
        ("generate", {"prompt": "x" * 5000, "provider": "card"}, "prompt"),
        ("recommend", {}, "keywords"),
        ("recommend", {"keywords": ["x"], "sources": ["card"]}, "sources"),
        ("recommend", {"keywords": ["x"], "form": "clip", "sources": ["commons"]}, "sources"),
        ("prompts", {"narrations": []}, "narrations"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, path: str, body: dict[str, Any], where: str):
    answer = await client.post(f"/api/images/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert where in answer.json()["errors"][0]["where"]


async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, server: Served):
    assert (await client.get(f"/api/images/status/{uuid4()}")).status_code == 404
    assert (await client.get(f"/api/images/{uuid4()}/content")).status_code == 404
