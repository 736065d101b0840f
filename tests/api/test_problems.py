"""Every answer that is not what was asked for: one shape, a stable code, who acts next."""

import asyncio
import errno
import logging
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.api.rows import finished, nowhere
from tests.conftest import PostgresServer
from tests.jobs import until
from tests.serving import Served
from tests.waiting import PATIENCE_SECONDS

from rushes.api.problems import add_handlers
from rushes.errors import (
    ActionNeeded,
    Conflict,
    Damaged,
    ErrorType,
    Fault,
    Forbidden,
    GenerationFailed,
    Gone,
    Invalid,
    NotFound,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
    SignInNeeded,
    SystemFault,
    TooLarge,
    TooManyRequests,
)

TREE: list[RushesError] = [
    RetryLater("Busy.", after=2.2, error_type=ErrorType.RATE_LIMITED),
    RetryLater("Busy."),
    ActionNeeded("Sign in.", hint="Do it there."),
    Rejected("No."),
    GenerationFailed("It failed."),
    Damaged("Half."),
    ProviderChanged("odd", step="status"),
    SystemFault("Full.", error_type=ErrorType.DISK_FULL),
    SignInNeeded("Sign in."),
    Forbidden("No."),
    TooManyRequests("Wait.", after=1.2),
    NotFound("Gone."),
    Gone("Over.", hint="Ask for another."),
    Conflict("Not now."),
    TooLarge("Too much."),
    Invalid("Wrong.", [Fault("prompts.txt:12", "No prompt. Write one.", "empty")]),
]


def raising(error: Exception) -> httpx.AsyncClient:
    """A client of an application whose one route raises."""
    app = FastAPI()
    add_handlers(app)

    async def route() -> None:
        raise error

    app.get("/")(route)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://localhost"
    )


def test_the_tests_know_the_whole_tree():
    # The command line has one of its own, for what a server answers; it is loaded by other tests.
    there = {cls for cls in RushesError.__subclasses__() if cls.__module__ == "rushes.errors"}
    assert {type(error) for error in TREE} == there


async def test_every_expected_failure_leaves_as_a_problem():
    for error in TREE:
        async with raising(error) as client:
            told = await client.get("/")
        body = told.json()
        assert told.headers["content-type"] == "application/problem+json"
        assert (told.status_code, body["status"]) == (error.http_status, error.http_status)
        assert (body["code"], body["title"], body["detail"]) == (error.code, error.title, error.message)
        assert (body["actor"], body["type"]) == (error.actor, f"urn:rushes:problem:{error.code}")
        assert body.get("hint") == error.hint
        assert body.get("error_type") == getattr(error, "error_type", None)
        assert told.headers.get("retry-after") == (
            "3" if error is TREE[0] else "2" if isinstance(error, TooManyRequests) else None
        )
        if isinstance(error, Invalid):
            assert body["errors"] == [
                {"where": "prompts.txt:12", "message": "No prompt. Write one.", "code": "empty"}
            ]


async def test_a_bug_is_told_with_a_number_that_is_in_the_log_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.ERROR):
        async with raising(ZeroDivisionError("the secret inside")) as client:
            told = await client.get("/")
    body = told.json()
    assert (told.status_code, body["code"], body["actor"]) == (500, "internal", "us")
    assert told.headers["content-type"] == "application/problem+json"
    assert "secret" not in told.text
    assert "ZeroDivisionError" not in told.text
    incident = body["instance"].removeprefix("urn:uuid:")
    UUID(incident)
    assert incident in body["detail"]
    (record,) = [each for each in caplog.records if incident in each.getMessage()]
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_what_the_router_refuses_is_a_problem_too(api: httpx.AsyncClient):
    nothing = await api.get("/api/nothing")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    assert "/api/nothing" in nothing.json()["detail"]
    method = await api.put("/api/jobs/create", json={})
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert method.headers["allow"] in method.json()["hint"]
    for answer in (nothing, method):
        assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_not_json_is_a_problem(api: httpx.AsyncClient):
    for body in (b"", b"{", b"[]", b"\xff\xfe", b'"x"', b'{"job_name": "\\ud800"}', b"[" * 100_000):
        told = await api.post("/api/jobs/create", content=body, headers={"content-type": "application/json"})
        assert 400 <= told.status_code < 500, body[:20]
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["code"] in ("invalid", "bad_request")
    cut = await api.post(
        "/api/jobs/create", content=b'{"job_name": x}', headers={"content-type": "application/json"}
    )
    [fault] = cut.json()["errors"]
    assert fault["where"] == "body"
    assert fault["message"] == "This is not JSON: Expecting value, at character 13."


async def test_ids_of_nothing_are_not_found_everywhere(api: httpx.AsyncClient):
    some = nowhere()
    for method, path in (
        ("GET", "/api/jobs/{}"),
        ("DELETE", "/api/jobs/{}"),
        ("GET", "/api/jobs/{}/videos"),
        ("GET", "/api/jobs/{}/events"),
        *(
            ("POST", f"/api/jobs/{{}}/{verb}")
            for verb in ("start", "cancel", "pause", "resume", "retry-failed")
        ),
        ("GET", "/api/videos/{}"),
        ("DELETE", "/api/videos/{}"),
        ("GET", "/api/videos/{}/content"),
        ("GET", "/api/videos/{}/thumbnail"),
        ("POST", "/api/videos/{}/regenerate"),
        ("GET", "/api/shots/{}/image"),
        ("GET", "/api/providers/{}"),
    ):
        told = await api.request(method, path.format(some))
        assert (told.status_code, told.json()["code"]) == (404, "not_found"), path
        assert str(some) in told.json()["detail"]
    selected = await api.put(f"/api/videos/{some}/select", json={"selected": True})
    assert selected.status_code == 404
    resolved = await api.post(f"/api/videos/{some}/resolve", json={"decision": "made"})
    assert resolved.status_code == 404
    download = await api.post("/api/videos/download", json={"video_ids": [str(some)]})
    assert (download.status_code, str(some) in download.json()["detail"]) == (404, True)


async def test_ids_that_are_none_are_invalid(api: httpx.AsyncClient):
    for path in (
        "/api/jobs/1",
        "/api/videos/..%2f..%2fetc%2fpasswd",
        "/api/videos/x/content",
        "/api/shots/y/image",
    ):
        told = await api.get(path)
        assert told.status_code in (404, 422)
        assert told.headers["content-type"] == "application/problem+json"


async def test_a_database_that_is_gone_is_a_problem_and_health_still_answers(
    api: httpx.AsyncClient, still: Served, postgres: PostgresServer
):
    job_id, (video_id,) = await finished(still.run, [b"bytes"])
    name = still.run.db.url.database
    assert name
    postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    await still.run.db.engine.dispose()
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for path in (f"/api/jobs/{job_id}", "/api/jobs", f"/api/videos/{video_id}/content"):
        told = await api.get(path)
        assert (told.status_code, told.json()["code"]) == (503, "system_fault"), told.text
        assert (told.json()["error_type"], told.json()["actor"]) == ("database", "operator")
        assert "retry-after" in told.headers
        assert name not in told.text
    health = await api.get("/api/health")
    assert health.status_code == 503
    assert health.headers["content-type"] == "application/json"
    assert (health.json()["status"], health.json()["database"]) == ("down", False)
    ready = await api.get("/healthz/ready")
    assert (ready.status_code, ready.json()) == (503, {"status": "database"})
    assert (await api.get("/healthz/live")).json() == {"status": "ok"}, "it must not be restarted for that"
    postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")

    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await api.get("/api/health")).status_code != 200:
            await asyncio.sleep(0.05)
    assert (await api.get(f"/api/jobs/{job_id}")).status_code == 200


async def test_health_tells_of_workers_and_disk(client: httpx.AsyncClient, server: Served):
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (health := (await client.get("/api/health")).json())["status"] != "ok":
            await asyncio.sleep(0.05)
    assert (health["workers"], health["database"], health["disk_ok"]) == (2, True, True)
    assert health["disk_free_bytes"] > 0
    assert health["version"].count(".") == 2


async def test_a_server_is_ready_when_the_tables_are_of_its_version(api: httpx.AsyncClient, server: Served):
    assert (await api.get("/healthz/ready")).json() == {"status": "ok"}
    async with server.run.db.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ready = await api.get("/healthz/ready")
    assert (ready.status_code, ready.json()) == (503, {"status": "schema"})


async def test_without_a_worker_health_is_degraded(api: httpx.AsyncClient):
    health = await api.get("/api/health")
    assert (health.status_code, health.json()["status"], health.json()["workers"]) == (200, "degraded", 0)


async def test_a_broken_statement_is_our_bug_and_not_the_databases_absence(still: Served):
    with pytest.raises(DBAPIError) as broken:
        async with still.run.db.begin() as session:
            await session.execute(text("SELECT * FROM no_such_table"))
    async with raising(broken.value) as client:
        assert (await client.get("/")).json()["code"] == "internal"


async def test_an_upload_that_its_client_cancels_is_one_line_in_the_log(
    api: httpx.AsyncClient, still: Served, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    job = await api.post("/api/jobs/create", json={"job_name": "x", "settings": {"provider": "echo"}})
    where = urlsplit(still.url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    path = f"/api/jobs/{job.json()['job_id']}/upload"
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n".encode()
    )
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()

    async def told() -> bool:
        return "was cancelled by its client" in caplog.text

    await until(told)
    assert "Traceback" not in caplog.text
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert not list(still.run.settings.work_dir.iterdir())


async def test_a_work_folder_that_cannot_be_written_is_a_fault_of_the_system_until_it_can(
    api: httpx.AsyncClient, still: Served, monkeypatch: pytest.MonkeyPatch
):
    job = await api.post("/api/jobs/create", json={"job_name": "x", "settings": {"provider": "echo"}})
    path = f"/api/jobs/{job.json()['job_id']}/upload"
    files = {"prompts": ("prompts.txt", b"1. a fox", "text/plain")}
    with monkeypatch.context() as broken:

        def read_only(*_args: object, **_given: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        broken.setattr(Path, "mkdir", read_only)
        told = await api.post(path, files=files)
    assert (told.status_code, told.json()["error_type"]) == (503, "storage"), told.text
    assert "Read-only file system" in told.json()["detail"]
    assert "RUSHES_DATA_DIR" in told.json()["hint"]
    assert (await api.post(path, files=files)).status_code != 503
