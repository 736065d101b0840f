"""Flow over HTTP: accounts come in and nothing secret comes out, the queue, health, what needs the user."""

import json
import logging
import stat
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from tests.api.rows import add_stranger, made_before
from tests.flow_accounts import EchoOnAccounts, on_accounts, sign_in, state_of
from tests.jobs import make_job, until, until_status
from tests.serving import Served, serve

from rushes.engine.flow_views import FLOW, FlowSignInView
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, NotFound
from rushes.flow_signins import actions as flow
from rushes.flow_signins import storage as flow_storage
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings

SECRET = "cookie-of-ada"


@pytest.fixture
async def run(server: Served) -> Runtime:
    """The runtime of the server, which runs in this process."""
    return server.run


@pytest.fixture
def echo(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoOnAccounts:
    """Flow that is an echo."""
    return on_accounts(run, monkeypatch)


async def bring_in(client: httpx.AsyncClient, state: object = None, name: str = "ada") -> httpx.Response:
    return await client.post(
        "/api/flow/sign-ins", json={"name": name, "storage_state": state or json.loads(state_of("ada"))}
    )


async def account(client: httpx.AsyncClient) -> dict[str, object]:
    (only,) = (await client.get("/api/flow/sign-ins")).json()
    return only


async def test_the_limits_of_a_sign_in_are_set_and_taken_back_and_nothing_else_is_taken(
    client: httpx.AsyncClient, echo: EchoOnAccounts
):
    sign_in_id = (await bring_in(client)).json()["id"]
    path = f"/api/flow/sign-ins/{sign_in_id}"
    changed = (await client.patch(path, json={"concurrency": 3})).json()
    assert (changed["concurrency"], changed["spacing_seconds"]) == (3, None)
    changed = (await client.patch(path, json={"spacing_seconds": 45.5})).json()
    assert (changed["concurrency"], changed["spacing_seconds"]) == (3, 45.5)
    changed = (await client.patch(path, json={"concurrency": None, "spacing_seconds": None})).json()
    assert (changed["concurrency"], changed["spacing_seconds"]) == (None, None)
    for wrong in (
        {"concurrency": 0},
        {"concurrency": 6},
        {"spacing_seconds": -1},
        {"spacing_seconds": 1e15},
        {"spacing": 3},
    ):
        assert (await client.patch(path, json=wrong)).status_code == 422, wrong
    # What used to answer 200 and change nothing.
    assert (await client.patch(f"/api/keys/{sign_in_id}", json={"spacing_seconds": 3})).status_code == 422
    strange = await client.patch(f"/api/flow/sign-ins/{LOCAL_OWNER}", json={"concurrency": 1})
    assert strange.status_code == 404


async def test_an_account_is_brought_in_checked_listed_and_signed_out(
    client: httpx.AsyncClient, echo: EchoOnAccounts, run: Runtime
):
    made = await bring_in(client)
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["checking"], made.json()["needs_you"]) == ("ada", True, False)

    async def checked() -> bool:
        return (await account(client))["last_checked_at"] is not None

    await until(checked)
    assert (await account(client))["state"] == "ready"
    echo.browser.signed_out.add("ada")
    path = f"/api/flow/sign-ins/{made.json()['id']}"
    assert (await client.post(f"{path}/check")).status_code == 202

    async def signed_out() -> bool:
        return (await account(client))["state"] == "needs_auth"

    await until(signed_out)
    (need,) = (await client.get("/api/needs")).json()
    assert (need["kind"], need["account"], need["error_type"], need["job_id"]) == (
        "account",
        "ada",
        "auth",
        None,
    )
    again = await bring_in(client, state_of("ada", 1))
    assert (again.json()["id"], again.json()["state"]) == (made.json()["id"], "ready")
    assert (await client.delete(path)).status_code == 204
    assert (await client.get("/api/flow/sign-ins")).json() == []
    assert (await client.delete(path)).status_code == 404
    assert (await client.post(f"{path}/check")).status_code == 404


@pytest.mark.parametrize("state", ["{}", '{"cookies": []}', "no JSON", '{"cookies": "SID"}'])
async def test_what_is_no_state_of_a_browser_is_refused_without_showing_it(
    client: httpx.AsyncClient, echo: EchoOnAccounts, state: str
):
    refused = await bring_in(client, state)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] == "storage_state"
    assert (await bring_in(client, name=" \t ")).json()["errors"][0]["where"] == "name"


async def test_a_cookie_is_nowhere_but_sealed_in_its_row(
    client: httpx.AsyncClient, run: Runtime, echo: EchoOnAccounts, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    said = [await bring_in(client), await bring_in(client, [SECRET])]
    job_id = await make_job(run, ["a"], provider=FLOW)
    await until_status(run, job_id, "completed")
    said += [
        await client.get(path)
        for path in ("/api/flow/sign-ins", "/api/keys", "/api/needs", f"/api/jobs/{job_id}", "/api/costs")
    ]
    for answer in said:
        assert SECRET not in answer.text, answer.request.url
    async with run.db.begin() as session:
        for table in ("credentials", "events", "submissions", "procrastinate_jobs"):
            rows = await session.execute(text(f"SELECT t::text FROM {table} t"))
            assert not [row for row in rows.scalars() if SECRET in row], table
    assert SECRET not in caplog.text


async def test_an_account_is_no_key(client: httpx.AsyncClient, run: Runtime, echo: EchoOnAccounts):
    path = f"/api/keys/{(await sign_in(run, 'ada')).id}"
    refused = await client.post("/api/keys", json={"provider": "flow", "secret": "a-key-of-some-length"})
    assert "flow login" in refused.json()["errors"][0]["message"]
    assert (await client.post(f"{path}/test")).status_code == 409
    assert (await client.patch(path, json={"secret": "a-key-of-some-length"})).status_code == 409
    assert (await client.delete(path)).status_code == 409
    off = await client.patch(path, json={"enabled": False, "name": "home"})
    assert (off.json()["state"], off.json()["name"]) == ("disabled", "home")


async def test_a_stranger_sees_and_changes_nothing(
    client: httpx.AsyncClient, run: Runtime, echo: EchoOnAccounts
):
    stranger = await add_stranger(run)
    theirs = await flow.keep_account(run, stranger, "theirs", state_of("theirs"))
    assert (await client.get("/api/flow/sign-ins")).json() == []
    assert (await client.post(f"/api/flow/sign-ins/{theirs.id}/check")).status_code == 404
    assert (await client.delete(f"/api/flow/sign-ins/{theirs.id}")).status_code == 404
    assert (await bring_in(client, name="theirs")).status_code == 201
    assert await flow.kept_state(run, theirs.id) == state_of("theirs")


async def test_the_queue_is_told_in_numbers_and_failed_ones_go_on(
    client: httpx.AsyncClient, run: Runtime, echo: EchoOnAccounts
):
    await sign_in(run, "ada")
    job_id = await make_job(run, ["[refuse:people] a", "b"], provider=FLOW)
    await until_status(run, job_id, "completed")
    assert (await client.get("/api/flow/queue/status")).json() == {"pending": 0, "processing": 0, "failed": 1}
    echo.browser.signed_out.add("ada")
    requeued = await client.post("/api/flow/queue/requeue-failed")
    assert requeued.json() == {"requeued": 1}

    async def waits() -> bool:
        return (await client.get(f"/api/jobs/{job_id}")).json()["flow_needs_auth"]

    await until(waits)
    assert (await client.get("/api/flow/queue/status")).json() == {"pending": 1, "processing": 0, "failed": 0}
    other, _ = await made_before(run, [b"x"], status="failed")
    assert (await client.post("/api/flow/queue/requeue-failed")).json() == {"requeued": 0}, other


async def test_health_tells_of_flow(client: httpx.AsyncClient, run: Runtime, echo: EchoOnAccounts):
    async def told() -> dict[str, object]:
        return (await client.get("/api/health")).json()["backends"]["flow"]

    off = {"enabled": True, "auth_configured": False, "queue_configured": True, "sign_ins": 0, "accounts": 0}
    assert await told() == off
    made = await sign_in(run, "ada")
    assert await told() == {**off, "auth_configured": True, "sign_ins": 1, "accounts": 1}
    async with run.db.begin() as session:
        await session.execute(text("UPDATE credentials SET state = 'needs_auth'"))
    assert await told() == {**off, "sign_ins": 1, "accounts": 1}, made


async def test_flow_that_is_switched_off_is_not_offered(settings: Settings):
    off = settings.model_copy(update={"flow_backend_enabled": False})
    async with serve(off, with_worker=False) as still, httpx.AsyncClient(base_url=still.url) as client:
        health = (await client.get("/api/health")).json()
        assert health["backends"]["flow"]["enabled"] is False
        assert "flow" not in [each["id"] for each in (await client.get("/api/providers")).json()]


async def test_an_account_goes_through_the_bucket_encrypted(
    run: Runtime, echo: EchoOnAccounts, settings: Settings, tmp_path: Path
):
    made = await sign_in(run, "ada lovelace/1")
    key = await flow_storage.export_to_bucket(run, LOCAL_OWNER, made.id)
    assert key == "flow/auth/ada%20lovelace%2F1/storage_state.json"
    file = settings.storage_dir / key
    assert SECRET not in file.read_text() and stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(NotFound):
        await flow_storage.import_from_bucket(run, LOCAL_OWNER, "nobody")
    async with run.db.begin() as session:
        await session.execute(text("UPDATE credentials SET state = 'needs_auth', secret = ''"))
    back = await flow_storage.import_from_bucket(run, LOCAL_OWNER, "ada lovelace/1")
    assert (back.id, back.state, back.email) == (made.id, "ready", "ada lovelace/1@example.com")
    await flow.log_out(run, LOCAL_OWNER, made.id)
    assert not file.exists()
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    (elsewhere.data_dir / "storage").mkdir(parents=True)
    async with open_runtime(elsewhere) as other:
        other.vault.seal("makes a key of its own")
        with pytest.raises(ActionNeeded, match="a key that is not here"):
            await flow_storage.import_state(other, LOCAL_OWNER, "x", sealed_state(run, made.name))


def sealed_state(run: Runtime, name: str, turn: int = 0) -> str:
    return flow_storage.Exported(rushes_sealed=run.vault.seal(state_of(name, turn))).model_dump_json()


async def grace_taken_in(
    run: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, FlowSignInView]:
    """A file that FLOW_STORAGE_STATE_URL names, and the account that came of it."""
    file = tmp_path / "flow/auth/grace/storage_state.json"
    file.parent.mkdir(parents=True)
    file.write_text(state_of("grace"))
    named = run.settings.model_copy(update={"flow_storage_state_url": SecretStr(file.as_uri())})
    monkeypatch.setattr(run, "settings", named)
    await flow_storage.take_in_state_url(run)
    (grace,) = await flow.list_all(run, LOCAL_OWNER)
    return file, grace


async def test_what_the_environment_names_is_taken_in_once_and_again_when_it_changes(
    run: Runtime, echo: EchoOnAccounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file, grace = await grace_taken_in(run, tmp_path, monkeypatch)
    assert (grace.name, grace.origin) == ("grace", "environment")
    async with run.db.begin() as session:  # as use does
        await session.execute(
            text("UPDATE credentials SET secret = :secret"), {"secret": run.vault.seal(state_of("grace", 5))}
        )
    await flow_storage.take_in_state_url(run)
    assert await flow.kept_state(run, grace.id) == state_of("grace", 5), "what was used since is newer"
    file.write_text(sealed_state(run, "grace", 9))
    await flow_storage.take_in_state_url(run)
    assert await flow.kept_state(run, grace.id) == state_of("grace", 9)
    assert [each.id for each in await flow.list_all(run, LOCAL_OWNER)] == [grace.id]


@pytest.mark.parametrize("after", ["signed in by hand", "signed out"])
async def test_what_was_taken_in_once_does_not_undo_what_its_owner_does(
    after: str, run: Runtime, echo: EchoOnAccounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _, grace = await grace_taken_in(run, tmp_path, monkeypatch)
    if after == "signed out":
        assert await flow.log_out(run, LOCAL_OWNER, grace.id) is None
        await flow_storage.take_in_state_url(run)
        assert await flow.list_all(run, LOCAL_OWNER) == []
    else:
        await flow.keep_account(run, LOCAL_OWNER, "grace", state_of("grace", 7))
        await flow_storage.take_in_state_url(run)
        assert await flow.kept_state(run, grace.id) == state_of("grace", 7)


async def test_an_address_that_cannot_be_read_is_told_without_it(
    server: Served,
    run: Runtime,
    echo: EchoOnAccounts,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    for url in (f"{server.url}/nothing?signature=hush", "file:///nowhere/hush.json", "hush", "s3:/hush"):
        caplog.clear()
        named = run.settings.model_copy(update={"flow_storage_state_url": SecretStr(url)})
        monkeypatch.setattr(run, "settings", named)
        await flow_storage.take_in_state_url(run)
        assert "FLOW_STORAGE_STATE_URL was left out" in caplog.text, url
    assert await flow.list_all(run, LOCAL_OWNER) == []


async def test_a_state_is_taken_in_over_http(
    run: Runtime, echo: EchoOnAccounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "state.json").write_text(state_of("ada"))
    files = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as there:
        Thread(target=there.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{there.server_port}/state.json?signature=hush"
        named = run.settings.model_copy(update={"flow_storage_state_url": SecretStr(url)})
        monkeypatch.setattr(run, "settings", named)
        await flow_storage.take_in_state_url(run)
        there.shutdown()
    (taken,) = await flow.list_all(run, LOCAL_OWNER)
    assert (taken.name, taken.state) == ("from the environment", CredentialState.READY)


async def test_the_paths_of_earlier_clients_are_still_answered(client: httpx.AsyncClient):
    made = await client.post(
        "/api/flow/accounts",
        json={"name": "studio", "storage_state": json.loads(state_of("ada")), "check": False},
    )
    assert made.status_code == 201, made.text
    (now,) = (await client.get("/api/flow/sign-ins")).json()
    (before,) = (await client.get("/api/flow/accounts")).json()
    assert now["id"] == before["id"] == made.json()["id"]
    assert now.keys() == before.keys()
    assert (await client.delete(f"/api/flow/accounts/{now['id']}")).status_code == 204
    assert (await client.get("/api/flow/sign-ins")).json() == []
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert paths["/api/flow/accounts"]["get"]["deprecated"]
    assert "deprecated" not in paths["/api/flow/sign-ins"]["get"]
