"""The page beside the API: each answers what is its own."""

import gzip
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from rushes.api.app import create_app
from rushes.api.page import mount_page
from rushes.settings import Settings


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A page as the build leaves it."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Rushes</title>")
    (folder / "assets/index-1a2b.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not served")
    return folder


def with_page(settings: Settings, built: Path) -> FastAPI:
    app = create_app(settings)
    app.router.routes[:] = [each for each in app.router.routes if getattr(each, "name", "") != "page"]
    mount_page(app, built)
    return app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")


@pytest.fixture
async def page(tmp_path: Path, built: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The application with the page. Not started: nothing here needs the database."""
    async with client_of(with_page(Settings(data_dir=tmp_path / "data"), built)) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/new", "/jobs/0197f0a0-0000-7000-8000-000000000000"])
async def test_every_address_of_the_page_shows_the_page(page: httpx.AsyncClient, path: str):
    answer = await page.get(path)
    assert answer.status_code == 200
    assert "<title>Rushes</title>" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


async def test_files_named_by_their_content_are_kept_for_ever(page: httpx.AsyncClient):
    answer = await page.get("/assets/index-1a2b.js")
    assert answer.text == "export {}"
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


async def test_a_client_that_takes_files_packed_gets_what_the_build_packed(
    page: httpx.AsyncClient, built: Path
):
    plain = await page.get("/assets/index-1a2b.js", headers={"accept-encoding": "identity"})
    (built / "assets/index-1a2b.js.gz").write_bytes(gzip.compress(b"export {}"))
    packed = await page.get("/assets/index-1a2b.js", headers={"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == (built / "assets/index-1a2b.js.gz").stat().st_size
    for name in ("content-type", "cache-control", "vary", "content-security-policy"):
        assert packed.headers[name] == plain.headers[name]
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.text == plain.text == "export {}"
    assert "content-encoding" not in plain.headers
    assert (await page.get("/assets/../../secret.txt")).status_code == 404


async def test_a_page_that_is_known_is_not_sent_again(page: httpx.AsyncClient):
    first = await page.get("/")
    again = await page.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


async def test_a_missing_file_is_not_the_page(page: httpx.AsyncClient):
    answer = await page.get("/assets/gone-9z.js")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"])
async def test_nothing_outside_of_the_built_folder_is_served(page: httpx.AsyncClient, path: str):
    answer = await page.get(path)
    assert "not served" not in answer.text
    assert answer.status_code == 404


async def test_unknown_places_of_the_api_stay_problems(page: httpx.AsyncClient):
    answer = await page.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/.well-known/oauth-protected-resource", "/metrics", "/healthz", "/mcp/x", "/healthz/nothing"]
)
async def test_what_programs_look_for_is_never_the_page(page: httpx.AsyncClient, path: str):
    answer = await page.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_wrong_methods_of_the_api_are_still_told_as_such(page: httpx.AsyncClient):
    answer = await page.post("/api/health")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_the_documents_of_the_api_stay_where_they_were(page: httpx.AsyncClient):
    assert (await page.get("/openapi.json")).json()["info"]["title"] == "Rushes"
    assert "swagger" in (await page.get("/docs")).text.lower()


async def test_the_documents_load_nothing_from_elsewhere(page: httpx.AsyncClient):
    loaded = re.findall(r'(?:src|href)="([^"]+)"', (await page.get("/docs")).text)
    assert len(loaded) == 3
    for each in loaded:
        assert each.startswith("/docs/assets/")
        assert (await page.get(each)).status_code == 200


async def test_the_documents_may_load_only_what_is_our_own(page: httpx.AsyncClient):
    for path in ("/docs", "/docs/assets/swagger-ui.css"):
        policy = (await page.get(path)).headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy


async def test_the_page_may_load_only_what_is_its_own(page: httpx.AsyncClient):
    policy = (await page.get("/")).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy, "scripts fall under default-src, without exceptions"
    assert "frame-ancestors 'none'" in policy


async def test_without_a_built_page_the_api_is_there_alone(tmp_path: Path):
    app = with_page(Settings(data_dir=tmp_path / "data"), tmp_path / "not built")
    async with client_of(app) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.get("/openapi.json")).status_code == 200


async def test_long_answers_are_packed_and_short_ones_are_not(page: httpx.AsyncClient):
    document = await page.get("/openapi.json")
    assert document.headers["content-encoding"] == "gzip"
    assert int(document.headers["content-length"]) < len(document.content) / 5
    assert (
        await page.get("/openapi.json", headers={"accept-encoding": "identity"})
    ).json() == document.json()
    assert "content-encoding" not in (await page.get("/api/nothing")).headers
