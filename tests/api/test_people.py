"""Who may what over HTTP: every route, as everybody; sessions, tokens, spaces, other sites, the network."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.accounts.people import ADMIN, HERE, PASSWORD, person, principal, signed_in, with_admin
from tests.api.rows import finished
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.accounts.admin import UserChange, change_user
from rushes.accounts.roles import Need, SpaceRole, TokenScope, missing, scope_of
from rushes.accounts.spaces import SpaceBody, SpaceInvite, accept_invite, create_space, invite_member
from rushes.accounts.tokens import NewToken, create_token
from rushes.api import live
from rushes.api.needs import declared
from rushes.settings import Settings

SEEN = ("content", "thumbnail")
"""What a share link shows of a take."""
STREAMS = {"/api/events", "/api/jobs/{job_id}/events"}


@dataclass
class Studio:
    """An installation with people: a client for each, and what is in the space they share."""

    served: Served
    space: UUID
    job_id: UUID
    video_id: UUID
    clients: dict[str, httpx.AsyncClient]
    users: dict[str, UUID]
    secrets: dict[str, str]

    @property
    def stranger(self) -> httpx.AsyncClient:
        """Nobody."""
        return self.clients["stranger"]

    async def token(self, name: str, *scopes: TokenScope, space: UUID | None = None) -> httpx.AsyncClient:
        """A client with a token of somebody's."""
        new = NewToken(name="t", scopes=list(scopes))
        made = await create_token(self.served.run, self.users[name], space or self.space, new)
        self.clients[made.token] = client_of(self.served, {"Authorization": f"Bearer {made.token}"})
        return self.clients[made.token]


def client_of(served: Served, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """A client as a page of the server is one."""
    return httpx.AsyncClient(
        base_url=served.url, timeout=PATIENCE_SECONDS, headers={"Origin": served.url, **(headers or {})}
    )


@pytest.fixture
async def studio(settings: Settings) -> AsyncGenerator[Studio]:
    """An admin (who is the manager of a space), a viewer, an editor, a manager, a lone one, nobody."""
    on = settings.model_copy(update={"accounts": "on"})
    async with serve(on, with_worker=False) as served:
        run = served.run
        admin = await with_admin(run)
        ada = await principal(run, await signed_in(run, "ada"))
        space = (await create_space(run, ada, SpaceBody(name="Film"))).id
        users = {"ada": admin}
        secrets: dict[str, str] = {"ada": await signed_in(run, "ada")}
        for name in ("viewer", "editor", "manager", "lone"):
            users[name] = await person(run, name)
            secrets[name] = await signed_in(run, name)
            if name != "lone":
                link = await invite_member(run, ada, space, SpaceInvite(role=SpaceRole(name)))
                await accept_invite(run, await principal(run, secrets[name]), link.secret, HERE)
        job_id, (video_id,) = await finished(run, [b"private"], owner=space)
        cookie = f"rushes-{served.server.app.state.installation[:8]}"
        clients = {
            name: client_of(served, {"Cookie": f"{cookie}={secret}", "Rushes-Space": str(space)})
            for name, secret in secrets.items()
        }
        del clients["lone"].headers["Rushes-Space"]
        clients["stranger"] = client_of(served)
        yield Studio(served, space, job_id, video_id, clients, users, secrets)
        for each in clients.values():
            await each.aclose()


def guarded() -> list[tuple[tuple[str, str], Need]]:
    """Every route but the public ones, some of which end the session that asks."""
    return [each for each in declared().items() if each[1] is not Need.PUBLIC]


async def status_of(client: httpx.AsyncClient, method: str, path: str) -> tuple[int, dict[str, Any]]:
    """Ask, and return the status and the problem; a stream is left at once."""
    path = path.replace(":path}", "}")
    for part in ("{number}", "{name}", "{provider_id}", "{model_id}"):
        path = path.replace(part, "1")
    while "{" in path:
        before, _, rest = path.partition("{")
        path = f"{before}{uuid4()}{rest.partition('}')[2]}"
    async with client.stream(method, path) as answered:
        kind = answered.headers.get("content-type", "")
        told: Any = json.loads(await answered.aread()) if "problem" in kind or "/v1" in path else {}
        return answered.status_code, told


async def test_every_route_but_the_public_ones_answers_401_to_a_stranger(studio: Studio):
    public: set[tuple[str, str]] = set()
    for (method, path), need in declared().items():
        status, told = await status_of(studio.stranger, method, path)
        if need is Need.PUBLIC:
            public.add((method, path))
            assert status != 401 or path == "/api/auth/refresh", path
        else:
            assert status == 401, (method, path)
            assert told.get("code", told.get("error", {}).get("code")) == "sign_in_needed"
    assert public == {
        *(("GET", path) for path in ("/api/auth/methods", "/api/health", "/healthz/live", "/healthz/ready")),
        *(("POST", f"/api/auth/{name}") for name in ("invitation", "login", "logout", "refresh", "register")),
        ("POST", "/api/auth/password/reset"),
        ("POST", "/api/setup"),
        *(("GET", f"/api/shared/{{secret}}{rest}") for rest in ("", *(f"/{{item_id}}/{of}" for of in SEEN))),
        ("POST", "/api/shared/{secret}/unlock"),
        ("PUT", "/api/shared/{secret}/{item_id}/review"),
    }


@pytest.mark.parametrize("name", ["viewer", "editor", "manager", "ada"])
async def test_every_route_is_refused_to_who_lacks_its_need_and_to_no_one_else(studio: Studio, name: str):
    role = SpaceRole.MANAGER if name == "ada" else SpaceRole(name)
    refused = 0
    for (method, path), need in guarded():
        status, told = await status_of(studio.clients[name], method, path)
        lack = missing(need, role=role, is_admin=name == "ada", scopes=None)
        if lack:
            refused += 1
            assert status == 403, (method, path)
            assert lack in json.dumps(told)
        else:
            assert status not in (401, 403), (method, path, told)
    assert (refused == 0) == (name == "ada")


async def test_a_token_may_what_its_scopes_and_its_person_may(studio: Studio):
    only = {each: await studio.token("manager", each) for each in TokenScope}
    without = {each: await studio.token("manager", *(set(TokenScope) - {each})) for each in TokenScope}
    for (method, path), need in guarded():
        scope = scope_of(need)
        if path == "/api/me/token":  # it would be the last thing that this token does
            continue
        if scope is None or need is Need.ADMIN:  # the manager is no admin
            status, _ = await status_of(without[TokenScope.REVIEW], method, path)
            assert status == 403, (method, path)
            continue
        status, told = await status_of(only[scope], method, path)
        assert status not in (401, 403), (method, path, told)
        status, told = await status_of(without[scope], method, path)
        assert (status, f"the scope {scope}" in json.dumps(told)) == (403, True), (method, path)
    ends = ("DELETE", "/api/me/token")
    assert (await status_of(only[TokenScope.RUN], *ends))[0] == 403
    assert [(await status_of(only[TokenScope.READ], *ends))[0] for _ in range(2)] == [204, 401]
    assert (await status_of(studio.clients["manager"], *ends))[0] == 404, "no token asks"
    admins = await studio.token("ada", *TokenScope)
    for (method, path), need in guarded():
        if need in (Need.PERSON, Need.PEOPLE):
            assert (await status_of(admins, method, path))[0] == 403, (method, path)
    assert (await admins.get("/api/users")).status_code == 200
    viewers = await studio.token("viewer", *TokenScope)
    assert (await viewers.get(f"/api/jobs/{studio.job_id}")).status_code == 200
    refused = await viewers.post(f"/api/jobs/{studio.job_id}/retry-failed")
    assert refused.status_code == 403
    reader = await studio.token("manager", TokenScope.READ)
    refused = await reader.post(f"/api/jobs/{studio.job_id}/retry-failed")
    assert 'scope="run"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize("how", ["disabled", "removed", "idle", "signed out", "another token", "revoked"])
async def test_what_has_ended_opens_nothing(studio: Studio, how: str):
    run, editor = studio.served.run, studio.clients["editor"]
    token = await studio.token("editor", *TokenScope)
    path = f"/api/videos/{studio.video_id}/content"
    assert (await editor.get(path)).content == (await token.get(path)).content == b"private"
    ended = {editor: 401, token: 401}
    match how:
        case "disabled":
            await change_user(run, None, studio.users["editor"], UserChange(status="disabled"))
        case "removed":
            gone = f"/api/spaces/{studio.space}/members/{studio.users['editor']}"
            assert (await studio.clients["manager"].delete(gone)).status_code == 204
            ended = {editor: 404, token: 401}
        case "idle":
            async with run.db.begin() as session:
                await session.execute(text("UPDATE sessions SET seen_at = now() - interval '15 days'"))
                await session.execute(text("UPDATE api_tokens SET expires_at = now()"))
        case "signed out":
            assert (await editor.post("/api/auth/logout")).status_code == 204
            ended = {editor: 401}
        case "another token":
            token.headers["Authorization"] = token.headers["Authorization"][:-1] + "_"
            ended = {token: 401}
        case _:
            own = client_of(studio.served, {"Cookie": editor.headers["Cookie"]})
            (listed,) = (await own.get("/api/me/tokens")).json()
            assert (await own.delete(f"/api/me/tokens/{listed['id']}")).status_code == 204
            await own.aclose()
            ended = {token: 401}
    for client, status in ended.items():
        for asked in (path, f"/api/videos/{studio.video_id}/thumbnail", "/api/jobs"):
            refused = await client.get(asked)
            assert (refused.status_code, b"private" in refused.content) == (status, False)
        if status == 401:
            for (method, other), _ in guarded()[::7]:
                assert (await status_of(client, method, other))[0] == 401, (method, other)


async def test_what_is_in_another_space_is_not_there(studio: Studio):
    lone, manager = studio.clients["lone"], studio.clients["manager"]
    token = await studio.token("lone", *TokenScope, space=studio.users["lone"])
    ids = {"{job_id}": studio.job_id, "{video_id}": studio.video_id, "{space_id}": studio.space}
    ids["{user_id}"] = studio.users["manager"]
    tried = 0
    for method, template in declared():
        if not any(each in template for each in ids) or template.startswith(("/api/users", "/v1")):
            continue
        path = template
        for name, value in ids.items():
            path = path.replace(name, str(value))
        if "{" in path:
            continue
        tried += 1
        for client in (lone, token):
            refused = await client.request(method, path, json={})
            assert refused.status_code in (403, 404, 422), (method, path)
            assert refused.status_code != 403 or client is token, "a token: no person"
            assert b"private" not in refused.content
        for query, headers in ((f"?space={studio.space}", {}), ("", {"Rushes-Space": str(studio.space)})):
            for client in (lone, token):
                refused = await client.request(method, path + query, headers=headers)
                assert refused.status_code == 404, (method, path)
    assert tried >= 40
    assert (await lone.get("/api/jobs")).json()["items"] == []
    assert [each["job_id"] for each in (await manager.get("/api/jobs")).json()["items"]] == [
        str(studio.job_id)
    ]
    assert [each["name"] for each in (await token.get("/api/spaces")).json()] == ["lone"]
    both = await studio.token("manager", *TokenScope, space=studio.users["manager"])
    assert (await both.get(f"/api/spaces/{studio.space}/members")).status_code == 404
    assert (await both.get(f"/api/jobs/{studio.job_id}")).status_code == 404
    assert (await both.get("/api/jobs?space=nonsense")).status_code == 422


async def test_an_address_can_name_the_space_where_no_header_can(studio: Studio):
    viewer = client_of(studio.served, {"Cookie": studio.clients["viewer"].headers["Cookie"]})
    path = f"/api/videos/{studio.video_id}/content"
    assert (await viewer.get(path)).status_code == 404, "the personal space"
    seen = await viewer.get(path, params={"space": str(studio.space)})
    assert seen.content == b"private"
    assert "Cookie" in seen.headers["vary"]
    uncertain = await viewer.get("/api/uncertain", params={"space": str(studio.space)})
    assert uncertain.status_code == 200, "routes that know no other parameter know this one"
    chosen = await viewer.put("/api/me/space", json={"space_id": str(studio.space)})
    assert chosen.status_code == 204
    assert (await viewer.get(path)).content == b"private", "the session has chosen it"
    assert (await viewer.get("/api/auth/me")).json()["role"] == "viewer"
    strange = await studio.clients["lone"].put("/api/me/space", json={"space_id": str(studio.space)})
    assert strange.status_code == 404
    gone = f"/api/spaces/{studio.space}/members/{studio.users['viewer']}"
    assert (await studio.clients["manager"].delete(gone)).status_code == 204
    assert (await viewer.get(path)).status_code == 404
    assert (await viewer.get("/api/auth/me")).json()["space_id"] == str(studio.users["viewer"])
    await viewer.aclose()


async def test_signing_in_gives_a_new_cookie_that_no_script_reads(studio: Studio):
    browser = client_of(studio.served)
    wrong = await browser.post("/api/auth/login", json={"email": ADMIN, "password": "wrong password"})
    unknown = await browser.post("/api/auth/login", json={"email": "no@example.org", "password": PASSWORD})
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    given = await browser.post("/api/auth/login", json={"email": ADMIN.upper(), "password": PASSWORD})
    assert given.status_code == 200
    cookie = given.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert given.headers["cache-control"] == "no-store"
    assert PASSWORD not in given.text and browser.cookies.jar is not None
    first = dict(browser.cookies)
    assert (await browser.get("/api/auth/me")).json()["email"] == ADMIN
    await browser.post("/api/auth/login", json={"email": ADMIN, "password": PASSWORD})
    second = dict(browser.cookies)
    assert first.keys() == second.keys() and first != second
    async with httpx.AsyncClient(base_url=studio.served.url, cookies=first) as old:
        assert (await old.get("/api/auth/me")).status_code == 401, "the session before has ended"
    refreshed = await browser.post("/api/auth/refresh")
    assert refreshed.status_code == 200 and dict(browser.cookies) != second
    assert (await browser.post("/api/auth/logout")).status_code == 204
    assert (await browser.get("/api/auth/me")).status_code == 401
    assert not dict(browser.cookies)
    await browser.aclose()


async def test_a_session_that_somebody_planted_is_not_taken_over(studio: Studio):
    planted = studio.secrets["lone"]
    name = f"rushes-{studio.served.server.app.state.installation[:8]}"
    async with client_of(studio.served) as victim:
        victim.cookies.set(name, planted)
        given = await victim.post("/api/auth/login", json={"email": ADMIN, "password": PASSWORD})
        assert planted not in given.headers["set-cookie"]
    assert (await studio.clients["lone"].get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
async def test_a_cookie_vouches_for_no_change_from_elsewhere(studio: Studio, headers: dict[str, str]):
    cookie = {"Cookie": studio.clients["ada"].headers["Cookie"]}
    async with httpx.AsyncClient(base_url=studio.served.url, headers=cookie | headers) as client:
        for path in ("/api/spaces", "/api/auth/logout", "/api/me/tokens"):
            refused = await client.post(path, json={"name": "x"})
            assert refused.status_code == 403, path
    assert (await studio.clients["ada"].get("/api/auth/me")).status_code == 200
    assert len((await studio.clients["ada"].get("/api/spaces")).json()) == 2


async def test_a_token_goes_before_a_cookie_and_needs_no_origin(studio: Studio):
    token = await studio.token("viewer", TokenScope.READ)
    both = {
        "Cookie": studio.clients["ada"].headers["Cookie"],
        "Authorization": token.headers["Authorization"],
    }
    async with httpx.AsyncClient(base_url=studio.served.url, headers=both) as client:
        assert (await client.get("/api/auth/me")).json()["name"] == "viewer"
        assert (await client.post("/api/spaces", json={"name": "x"})).status_code == 403
        client.headers["Authorization"] = "Bearer nonsense"
        assert (await client.get("/api/auth/me")).status_code == 401
        del client.headers["Authorization"]
        for key in ("token", "access_token", "api_key"):
            asked = await client.get(
                "/api/jobs", params={key: token.headers["Authorization"][7:]}, headers={"Cookie": ""}
            )
            assert asked.status_code == 401


async def test_openai_clients_give_a_token_as_their_key(studio: Studio):
    token = await studio.token("viewer", TokenScope.READ)
    assert (await token.get("/v1/models")).json()["object"] == "list"
    assert (await token.get("/v1/videos")).json()["data"] == []
    refused = await token.post("/v1/videos", json={"prompt": "x", "model": "echo-1"})
    assert refused.status_code == 403
    assert "scope run" in refused.json()["error"]["message"]
    stranger = await studio.stranger.get("/v1/models")
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (401, "sign_in_needed")


async def test_a_stream_ends_when_its_listener_may_no_longer(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "STILL_SECONDS", 0.1)
    async with studio.clients["viewer"].stream("GET", "/api/events") as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(("id:", "retry:"))
        gone = f"/api/spaces/{studio.space}/members/{studio.users['viewer']}"
        assert (await studio.clients["manager"].delete(gone)).status_code == 204
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for _ in lines:
                pass


async def test_what_somebody_makes_says_who_made_it(studio: Studio):
    body = {"job_name": "x", "settings": {"provider": "echo"}}
    made = await studio.clients["editor"].post("/api/jobs/create", json=body)
    assert made.status_code == 201, made.text
    async with studio.served.run.db.statement() as session:
        row = (
            await session.execute(
                text("SELECT owner_id, created_by FROM jobs WHERE id = :id"), {"id": made.json()["job_id"]}
            )
        ).one()
    assert (row.owner_id, row.created_by) == (studio.space, studio.users["editor"])


async def test_a_manager_gives_no_key_the_address_of_a_server(studio: Studio):
    key = {
        "provider": "compatible",
        "secret": "0123456789",
        "fields": {"base_url": "http://169.254.169.254/v1"},
    }
    refused = await studio.clients["manager"].post("/api/keys", json=key)
    assert (refused.status_code, "admin" in refused.text) == (403, True)


async def test_health_tells_strangers_little_and_no_secret_is_in_the_audit(studio: Studio):
    ill = await studio.stranger.get("/api/health")
    assert (ill.json()["periodic_tasks"], ill.json()["task_failures"]) == ([], [])
    async with studio.served.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO periodic_tasks (name, machine, interval_seconds, started_at)"
                " VALUES ('sweep', 'here', 60, now())"
            )
        )
    told = {
        name: len((await studio.clients[name].get("/api/health")).json()["periodic_tasks"])
        for name in ("stranger", "manager", "ada")
    }
    assert told == {"stranger": 0, "manager": 0, "ada": 1}
    audit = (await studio.clients["ada"].get("/api/audit", params={"limit": 500})).text
    for secret in (*studio.secrets.values(), PASSWORD):
        assert secret not in audit
    assert "sign_in" in audit


async def test_one_network_without_a_session_is_slowed_and_told(settings: Settings):
    few = settings.model_copy(update={"accounts": "on", "strangers_per_minute": 10})
    async with serve(few, with_worker=False) as served, client_of(served) as client:
        answered = [await client.get("/api/auth/methods") for _ in range(12)]
        assert [each.status_code for each in answered] == [200] * 10 + [429] * 2
        assert answered[0].headers["ratelimit-policy"] == '"default";q=10;w=60'
        assert int(answered[-1].headers["retry-after"]) >= 1
        others = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        assert (await client.get("/api/auth/methods", headers=others)).status_code == 200, (
            "a trusted proxy's client"
        )
        spoofed = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7"}
        left = [await client.get("/api/auth/methods", headers=spoofed) for _ in range(10)]
        assert left[-1].status_code == 429, "what is leftmost counts for nothing"


async def test_a_proxy_that_is_not_trusted_is_not_believed(settings: Settings):
    few = settings.model_copy(
        update={"accounts": "on", "strangers_per_minute": 10, "trusted_proxies": ["10.0.0.0/8"]}
    )
    async with serve(few, with_worker=False) as served, client_of(served) as client:
        answered = [
            await client.get("/api/auth/methods", headers={"X-Forwarded-For": f"203.0.{n}.1"})
            for n in range(12)
        ]
        assert [each.status_code for each in answered][-2:] == [429, 429]
        login = {"email": ADMIN, "password": PASSWORD}
        given = await client.post("/api/auth/login", json=login, headers={"X-Forwarded-Proto": "https"})
        assert given.status_code in (401, 429)


async def test_behind_tls_the_cookie_is_one_that_only_this_host_can_set(settings: Settings):
    on = settings.model_copy(update={"accounts": "on"})
    async with serve(on, with_worker=False) as served, client_of(served) as client:
        await with_admin(served.run)
        login = {"email": ADMIN, "password": PASSWORD}
        given = await client.post("/api/auth/login", json=login, headers={"X-Forwarded-Proto": "https"})
        assert given.headers["set-cookie"].startswith("__Host-rushes-")
        assert "Secure" in given.headers["set-cookie"]
        value = given.headers["set-cookie"].partition(";")[0]
        plain = await client.get("/api/auth/me", headers={"Cookie": value})
        assert plain.status_code == 401, "it is not taken without TLS"


async def test_a_page_of_another_site_may_use_tokens_where_it_is_named(settings: Settings):
    on = settings.model_copy(update={"accounts": "on", "cors_origins": ["https://studio.example"]})
    async with serve(on, with_worker=False) as served:
        admin = await with_admin(served.run)
        new = NewToken(name="t", scopes=[TokenScope.READ, TokenScope.RUN])
        token = (await create_token(served.run, admin, admin, new)).token
        bearer = {"Authorization": f"Bearer {token}"}
        for origin, allowed in (("https://studio.example", True), ("https://evil.example", False)):
            headers = {"Origin": origin}
            async with httpx.AsyncClient(base_url=served.url, headers=headers) as page:
                preflight = {"Access-Control-Request-Method": "POST"}
                asked = await page.options("/api/jobs/create", headers=preflight)
                assert ("access-control-allow-origin" in asked.headers) == allowed
                read = await page.get("/api/jobs", headers=bearer)
                assert read.headers.get("access-control-allow-origin") == (origin if allowed else None)
                assert "access-control-allow-credentials" not in read.headers
                body = {"job_name": "x", "settings": {"provider": "echo"}}
                made = await page.post("/api/jobs/create", json=body, headers=bearer)
                assert made.status_code == (201 if allowed else 403)
                assert (await page.post("/api/auth/login", json={})).status_code == 403


async def test_the_set_up_by_the_environment_and_by_the_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    on = settings.model_copy(update={"accounts": "on"})
    async with serve(on, with_worker=False) as served, client_of(served) as client:
        assert (await client.get("/api/auth/methods")).json()["setup"] is True
        (line,) = [each.message for each in caplog.records if "no admin yet" in each.message]
        code = line.partition("/setup: ")[2].partition(")")[0]
        body = {"code": "guess", "email": ADMIN, "name": "Ada", "password": PASSWORD}
        assert (await client.post("/api/setup", json=body)).status_code == 403
        assert (await client.post("/api/setup", json=body | {"code": code})).status_code == 204
        assert (await client.post("/api/setup", json=body | {"code": code})).status_code == 409
        login = {"email": ADMIN, "password": PASSWORD}
        assert (await client.post("/api/auth/login", json=login)).json()["is_admin"] is True
    assert PASSWORD not in caplog.text


async def test_the_first_admin_by_a_file_of_the_environment(settings: Settings):
    file = settings.data_dir.parent / "password"
    file.write_text(f"{PASSWORD}\n")
    on = settings.model_copy(update={"accounts": "on", "admin_email": ADMIN, "admin_password_file": file})
    for _ in range(2):
        async with serve(on, with_worker=False) as served, client_of(served) as client:
            login = {"email": ADMIN, "password": PASSWORD}
            assert (await client.post("/api/auth/login", json=login)).json()["is_admin"] is True


async def test_without_accounts_nothing_asks_who_it_is(settings: Settings):
    async with serve(settings, with_worker=False) as served, httpx.AsyncClient(base_url=served.url) as client:
        me = (await client.get("/api/auth/me")).json()
        assert (me["accounts"], me["role"], me["is_admin"]) == (False, "manager", True)
        assert (await client.get("/api/jobs", headers={"Authorization": "Bearer x"})).status_code == 200
        assert (await client.get("/api/auth/methods")).json()["accounts"] is False
        for path in ("/api/auth/login", "/api/setup", "/api/auth/register"):
            body = {"email": ADMIN, "password": PASSWORD}
            body |= {} if "login" in path else {"name": "A"} | ({"code": "x"} if "setup" in path else {})
            assert (await client.post(path, json=body)).status_code == 409, path
        assert (await client.get("/api/users")).status_code == 409
        assert "ratelimit" not in (await client.get("/api/jobs")).headers


async def test_two_servers_know_the_same_sessions(settings: Settings):
    on = settings.model_copy(update={"accounts": "on"})
    async with serve(on, with_worker=False) as one, serve(on, with_worker=False) as other:
        await with_admin(one.run)
        async with client_of(one) as browser:
            await browser.post("/api/auth/login", json={"email": ADMIN, "password": PASSWORD})
            cookies = dict(browser.cookies)
        async with client_of(other) as there:
            there.cookies.update(cookies)
            assert (await there.get("/api/auth/me")).status_code == 200
            (session,) = (await there.get("/api/me/sessions")).json()
            assert (await there.delete(f"/api/me/sessions/{session['id']}")).status_code == 204
        async with client_of(one) as browser:
            browser.cookies.update(cookies)
            assert (await browser.get("/api/auth/me")).status_code == 401
