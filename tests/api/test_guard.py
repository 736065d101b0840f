"""Who may ask: names we are known by, pages of our own, and nobody's pages for changes."""

import httpx
from tests.serving import Served, serve

from rushes.settings import Settings

NEW_JOB = {"job_name": "x", "settings": {"provider": "echo"}}


async def test_a_name_that_is_not_ours_is_refused(api: httpx.AsyncClient):
    for host in (
        "evil.example.org",
        "evil.example.org:8001",
        "127.0.0.1.evil.example.org",
        "",
        "[::1",
        "::1",
    ):
        refused = await api.get("/api/jobs", headers={"host": host})
        assert (refused.status_code, refused.json()["code"]) == (421, "unknown_host"), host
        assert refused.headers["content-type"] == "application/problem+json"


async def test_addresses_and_localhost_are_ours(api: httpx.AsyncClient):
    for host in (
        "localhost",
        "LOCALHOST:8001",
        "studio.localhost",
        "127.0.0.1:1",
        "[::1]:8001",
        "192.168.1.7",
    ):
        assert (await api.get("/api/jobs", headers={"host": host})).status_code == 200, host


async def test_a_name_in_the_settings_is_ours(settings: Settings):
    named = settings.model_copy(update={"allowed_hosts": ["Studio.example.org"]})
    async with serve(named, with_worker=False) as served, httpx.AsyncClient(base_url=served.url) as api:
        assert (await api.get("/api/jobs", headers={"host": "studio.example.org"})).status_code == 200
        assert (await api.get("/api/jobs", headers={"host": "other.example.org"})).status_code == 421


async def test_any_name_is_ours_if_the_operator_says_so(settings: Settings):
    named = settings.model_copy(update={"allowed_hosts": ["*"]})
    async with serve(named, with_worker=False) as served, httpx.AsyncClient(base_url=served.url) as api:
        assert (await api.get("/api/jobs", headers={"host": "other.example.org"})).status_code == 200


async def test_a_page_of_another_site_changes_nothing(api: httpx.AsyncClient, still: Served):
    for headers in (
        {"origin": "https://evil.example.org"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://[::1"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": f"{still.url}.evil.example.org"},
        {"origin": still.url, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        refused = await api.post("/api/jobs/create", json=NEW_JOB, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "other_site"), headers
    form = {"prompts_text": (None, "1. a")}
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        refused = await api.request(
            method, "/api/jobs/x/upload", files=form, headers={"origin": "https://evil.example.org"}
        )
        assert refused.status_code == 403
    assert (await api.get("/api/jobs")).json()["pagination"]["total"] == 0


async def test_what_a_proxy_left_out_is_named(api: httpx.AsyncClient):
    """nginx with its defaults sends the name of its upstream as Host: every button would answer 403."""
    proxied = {"host": "localhost:8001", "origin": "https://studio.example.org"}
    refused = (await api.post("/api/jobs/create", json=NEW_JOB, headers=proxied)).json()
    assert "'https://studio.example.org'" in refused["hint"] and "'localhost:8001'" in refused["hint"]
    assert "proxy_set_header Host $http_host;" in refused["hint"]
    crossed = (
        await api.post("/api/jobs/create", json=NEW_JOB, headers={"sec-fetch-site": "cross-site"})
    ).json()
    assert "Sec-Fetch-Site: cross-site" in crossed["hint"]


async def test_a_page_of_ours_and_a_program_may(api: httpx.AsyncClient, still: Served):
    for headers in ({"origin": still.url}, {"origin": still.url, "sec-fetch-site": "same-origin"}, {}):
        assert (await api.post("/api/jobs/create", json=NEW_JOB, headers=headers)).status_code == 201


async def test_no_other_site_may_read(api: httpx.AsyncClient):
    asked = await api.get("/api/jobs", headers={"origin": "https://evil.example.org"})
    assert not [name for name in asked.headers if name.startswith("access-control-")]
    assert asked.headers["cross-origin-resource-policy"] == "same-origin"
    assert asked.headers["x-content-type-options"] == "nosniff"
    before = await api.options("/api/jobs/create", headers={"origin": "https://evil.example.org"})
    assert not [name for name in before.headers if name.startswith("access-control-")]
