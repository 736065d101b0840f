"""Images that a batch names by link: fetched once, bounded, and never from where they must not come."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response
from standins._server import serve_app
from tests.api.rows import picture
from tests.jobs import until_status
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.settings import Settings

ECHO = {"job_name": "Links", "settings": {"provider": "echo"}}
FAULTS: list[tuple[str, str]] = [
    ("/gone.png", "status 404"),
    ("/loop.png", "redirects more than 5 times"),
    ("/large.png", "more than 100,000 bytes"),
    ("/text.png", "image"),
]


@pytest.fixture
def shop() -> Iterator[tuple[str, list[str]]]:
    """A server with pictures; what it was asked for."""
    app, asked = FastAPI(), list[str]()

    @app.get("/{name}")
    def answer(name: str) -> Response:
        asked.append(name)
        if name == "moved.png":
            return RedirectResponse("/fox.png")
        if name == "loop.png":
            return RedirectResponse("/loop.png")
        if name == "large.png":
            return Response(b"x" * 200_000, media_type="image/png")
        if name == "text.png":
            return Response(b"<html>not here</html>", media_type="image/png")
        return Response(picture(10), media_type="image/png", status_code=404 if name == "gone.png" else 200)

    with serve_app(app) as url:
        yield url, asked


@pytest.fixture
async def trusting(settings: Settings) -> AsyncGenerator[Served]:
    """A server whose operator allows links into its own network."""
    settings = settings.model_copy(update={"private_links": True, "max_image_bytes": 100_000})
    async with serve(settings) as served:
        yield served


async def uploaded(url: str, pairs: list[dict[str, Any]]) -> tuple[str, httpx.Response]:
    """Make a job and give it these pairs. Return its id and the answer."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
        job_id = (await client.post("/api/jobs/create", json=ECHO)).json()["job_id"]
        numbered = [{"number": n, "prompt": "a fox", **each} for n, each in enumerate(pairs, start=1)]
        form = {"pairs": (None, httpx.Response(200, json=numbered).text)}
        return job_id, await client.post(f"/api/jobs/{job_id}/upload", files=form)


async def test_images_are_fetched_once_each_and_are_the_shots(trusting: Served, shop: tuple[str, list[str]]):
    url, asked = shop
    links = [f"{url}/fox.png", f"{url}/moved.png", f"{url}/fox.png"]
    job_id, answer = await uploaded(trusting.url, [{"image_url": each} for each in links])
    assert answer.status_code == 200, answer.text
    assert answer.json()["matched"] == 3
    assert sorted(asked) == ["fox.png", "fox.png", "moved.png"]
    async with httpx.AsyncClient(base_url=trusting.url, timeout=PATIENCE_SECONDS) as client:
        await client.post(f"/api/jobs/{job_id}/start")
        await until_status(trusting.run, UUID(job_id), "completed")
        videos = (await client.get(f"/api/jobs/{job_id}/videos")).json()
    assert [each["image_filename"] for each in videos] == ["1 fox.png", "2 fox.png", "1 fox.png"]


@pytest.mark.parametrize(("path", "words"), FAULTS)
async def test_what_is_no_image_of_allowed_size_is_refused_with_its_place(
    trusting: Served, shop: tuple[str, list[str]], path: str, words: str
):
    _, answer = await uploaded(
        trusting.url, [{"image_url": f"{shop[0]}/fox.png"}, {"image_url": shop[0] + path}]
    )
    assert answer.status_code == 422
    assert words in answer.text
    if path != "/text.png":
        assert [each["where"] for each in answer.json()["errors"]] == ["pairs[1].image_url"]


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:{port}/fox.png",
        "https://127.0.0.1:{port}/fox.png",
        "https://[::ffff:127.0.0.1]/fox.png",
        "https://localhost:{port}/fox.png",
        "https://user:pass@localhost/fox.png",
        "file:///etc/passwd",
        "fox.png",
        "https://",
        "http://[",
    ],
)
async def test_links_into_the_own_network_and_no_links_are_refused_unfetched(
    still: Served, shop: tuple[str, list[str]], link: str
):
    url, asked = shop
    _, answer = await uploaded(still.url, [{"image_url": link.format(port=url.rpartition(":")[2])}])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "pairs[0].image_url"
    assert asked == []


async def test_a_shot_has_one_image(still: Served):
    _, answer = await uploaded(still.url, [{"image_url": "https://example.com/a.png", "image": "b.png"}])
    assert answer.status_code == 422
    assert "one image" in answer.text
