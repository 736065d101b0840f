"""Keys over HTTP: what goes in never comes out, strangers see nothing, and the route is explained."""

import codecs
import logging
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger
from tests.jobs import make_job, small_animatics, until_status, view
from tests.keyed import EchoWithKeys, give_key, need_keys
from tests.serving import Served

from rushes.engine.credentials import list_credentials
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.keys.actions import KeyChange, NewKey, add_key, change_key
from rushes.keys.environment import take_in_environment
from rushes.platform.db.models import LOCAL_OWNER

SECRET = "sk-very-secret-indeed-x3Fq"


@pytest.fixture
async def run(server: Served) -> Runtime:
    """The runtime of the server, which runs in this process."""
    return server.run


@pytest.fixture
def echo(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoWithKeys:
    """Echo that needs a key."""
    return need_keys(run, monkeypatch)


async def add(client: httpx.AsyncClient, **more: object) -> httpx.Response:
    return await client.post("/api/keys", json={"provider": "echo", "secret": SECRET, **more})


async def test_a_key_is_tried_kept_listed_changed_and_deleted(client: httpx.AsyncClient, echo: EchoWithKeys):
    made = await add(client, name="work", fields={"base_url": "https://x.example.com"})
    assert made.status_code == 201, made.text
    key = made.json()
    assert (key["last_four"], key["state"], key["name"]) == ("x3Fq", "ready", "work")
    assert key["last_checked_at"] and key["fields"] == {"base_url": "https://x.example.com"}
    path = f"/api/keys/{key['id']}"
    off = await client.patch(path, json={"enabled": False, "name": "home"})
    assert (off.json()["state"], off.json()["name"]) == ("disabled", "home")
    assert (await client.post(f"{path}/test")).json()["state"] == "disabled"
    assert (await client.patch(path, json={"enabled": True})).json()["state"] == "ready"
    assert [each["name"] for each in (await client.get("/api/keys")).json()] == ["home"]
    assert (await client.delete(path)).status_code == 204
    assert (await client.get("/api/keys")).json() == []
    assert (await client.delete(path)).status_code == 404


async def test_a_key_that_the_provider_does_not_take_is_not_kept(
    client: httpx.AsyncClient, echo: EchoWithKeys
):
    echo.bad.add(SECRET)
    refused = await add(client)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "The API key is not valid. Enter another."
    assert (await client.get("/api/keys")).json() == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"fields": {"colour": "red"}}, "fields.colour"),
        ({"provider": "animatic"}, "provider"),
        ({"secret": "short"}, "secret"),
    ],
)
async def test_what_does_not_fit_is_told_with_its_place(
    client: httpx.AsyncClient, echo: EchoWithKeys, body: dict[str, object], where: str
):
    told = (await add(client, **body)).json()
    assert told["errors"][0]["where"] == where, told


async def test_two_keys_of_one_name_are_a_conflict(client: httpx.AsyncClient, echo: EchoWithKeys):
    assert (await add(client, name="work")).status_code == 201
    assert (await add(client, name="work")).status_code == 409


async def test_a_stranger_sees_and_changes_nothing(
    client: httpx.AsyncClient, run: Runtime, echo: EchoWithKeys
):
    stranger = await add_stranger(run)
    theirs = await give_key(run, "theirs", owner=stranger)
    assert (await client.get("/api/keys")).json() == []
    for answer in (
        await client.patch(f"/api/keys/{theirs}", json={"enabled": False}),
        await client.post(f"/api/keys/{theirs}/test"),
        await client.delete(f"/api/keys/{theirs}"),
    ):
        assert answer.status_code == 404
    async with run.db.begin() as session:
        (kept,) = await list_credentials(session, STRANGER)
    assert kept.state == "ready"


async def test_a_secret_is_nowhere_but_sealed_in_its_row(
    client: httpx.AsyncClient, run: Runtime, echo: EchoWithKeys, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    said = [
        await add(client, name="work"),
        await add(client, name="work"),
        await add(client, secret=SECRET * 2000),
    ]
    key_id = said[0].json()["id"]
    job_id = await make_job(run, ["a", "b"])
    await until_status(run, job_id, "completed")
    echo.bad.add(SECRET)
    said += [
        await client.post(f"/api/keys/{key_id}/test"),
        await add(client, name="again"),
        await client.patch(f"/api/keys/{key_id}", json={"secret": [SECRET]}),
        *[
            await client.get(path)
            for path in (
                "/api/keys",
                f"/api/jobs/{job_id}",
                f"/api/jobs/{job_id}/videos",
                "/api/costs?by=key",
            )
        ],
    ]
    for answer in said:
        assert SECRET not in answer.text, answer.request.url
    async with run.db.begin() as session:
        tables = (
            await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        ).scalars()
        for table in list(tables):
            rows = await session.execute(text(f"SELECT t::text FROM {table} t"))
            assert not [row for row in rows.scalars() if SECRET in row], table
    assert SECRET not in caplog.text
    assert all(
        SECRET not in path.read_text(errors="replace") for path in run.settings.data_dir.rglob("*.log")
    )


async def test_a_key_of_the_environment_is_taken_in_and_a_new_one_replaces_it(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    async def keys() -> list[tuple[str, str, dict[str, str]]]:
        async with run.db.begin() as session:
            return [
                (each.name, each.last_four, each.fields)
                for each in await list_credentials(session, LOCAL_OWNER)
            ]

    fields = {"base_url": "https://env.example.com"}
    monkeypatch.setenv("ECHO_TOKEN", "token-of-the-vendor-1111")
    monkeypatch.setenv("RUSHES_ECHO_BASE_URL", fields["base_url"])
    await take_in_environment(run)
    await take_in_environment(run)
    assert await keys() == [("from the environment", "1111", fields)]
    monkeypatch.setenv("RUSHES_ECHO_API_KEY", "token-of-our-own-2222")
    await take_in_environment(run)
    assert await keys() == [("from the environment", "2222", fields)]
    async with run.db.begin() as session:
        (key,) = await list_credentials(session, LOCAL_OWNER)
    await change_key(run, LOCAL_OWNER, key.id, KeyChange(enabled=False))
    monkeypatch.setenv("RUSHES_ECHO_API_KEY", "token-of-our-own-3333")
    await take_in_environment(run)
    assert await keys() == [("from the environment", "3333", fields)]
    async with run.db.begin() as session:
        assert [str(each.state) for each in await list_credentials(session, LOCAL_OWNER)] == ["disabled"]


async def test_the_choice_is_explained_stored_and_follows_the_keys(
    client: httpx.AsyncClient, run: Runtime, echo: EchoWithKeys
):
    none = (await client.get("/api/route")).json()
    assert (none["provider"], none["price_per_video"]) == ("animatic", "0")
    await add(client, name="work")
    route = (await client.get("/api/route", params={"aspect_ratio": "9:16"})).json()
    assert (route["provider"], route["model"]) == ("echo", "echo-1")
    assert route["reason"] == "You have a key for Echo (for tests), and it can do this."
    wide = (await client.get("/api/route", params={"resolution": "1080p"})).json()
    assert wide["provider"] == "animatic"
    assert "resolution" in next(each["reason"] for each in wide["considered"] if each["provider"] == "echo")
    made = await client.post(
        "/api/jobs/create",
        json={"job_name": "auto", "settings": {"aspect_ratio": "9:16", "allow_text_only": True}},
    )
    job = (await client.get(f"/api/jobs/{made.json()['job_id']}")).json()
    assert (job["provider"], job["route_reason"]) == ("echo", route["reason"])
    assert job["settings"]["options"]["aspect_ratio"] == "9:16"


async def test_with_a_key_of_fal_alone_its_model_that_takes_images_is_chosen(
    client: httpx.AsyncClient, run: Runtime
):
    await add_key(
        run, LOCAL_OWNER, NewKey.model_validate({"provider": "fal", "secret": SECRET, "test": False})
    )
    made = await client.post("/api/jobs/create", json={"job_name": "auto"})
    job = (await client.get(f"/api/jobs/{made.json()['job_id']}")).json()
    assert (job["provider"], job["model"]) == ("fal", "fal-ai/veo3.1/fast")
    estimated = await client.post("/api/estimate", json={"settings": {}, "shots": 2})
    assert (estimated.status_code, estimated.json()["estimated_cost"]) == (200, "2.40")
    form = {"settings": (None, "{}"), "images": (None, '["1.jpg"]'), "prompts_text": (None, "1. a")}
    checked = (await client.post("/api/check", files=form)).json()
    assert (checked["errors"], checked["estimate"]["estimated_cost"]) == ([], "1.20")


async def test_health_counts_the_keys_that_can_be_used(
    client: httpx.AsyncClient, run: Runtime, echo: EchoWithKeys
):
    async def available() -> int:
        return (await client.get("/api/health")).json()["backends"]["api"]["available_keys"]

    assert await available() == 0
    key_id = await give_key(run, "mine")
    assert await available() == 1
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE credentials SET resting_until = now() + interval '1 hour' WHERE id = :id"),
            {"id": key_id},
        )
    assert await available() == 0


async def test_a_job_that_chose_so_goes_on_with_another_provider(
    run: Runtime, echo: EchoWithKeys, monkeypatch: pytest.MonkeyPatch
):
    small_animatics(monkeypatch)
    job_id = await make_job(run, ["a"], when_down="fallback", aspect_ratio="9:16")
    job = await until_status(run, job_id, "completed")
    assert (job.provider, job.completed_videos) == ("animatic", 1)
    assert "No working key for Echo" in (job.route_reason or "")
    assert job.settings["options"]["aspect_ratio"] == "9:16"


async def test_budgets_and_costs_are_told_over_http(client: httpx.AsyncClient, run: Runtime):
    put = await client.put("/api/budgets", json={"day": "5"})
    assert put.json()["day"] == {"cap": "5.000000", "spent": "0", "left": "5.000000"}
    assert (await client.put("/api/budgets", json={"day": -1})).status_code == 422
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    assert (await client.get("/api/costs", params={"by": "job"})).json()["settled"] == "0.010000"
    exported = await client.get("/api/costs.csv", params={"by": "provider"})
    assert exported.headers["content-type"].startswith("text/csv")
    assert exported.content.startswith(codecs.BOM_UTF8)  # or Excel reads it as another encoding
    assert exported.text.splitlines()[1] == "echo,echo,1,1,0.010000,0.000000"
    assert (await client.put(f"/api/jobs/{UUID(int=5)}/budget", json={"budget": 1})).status_code == 404
    pending = await make_job(run, ["b"], start=False)
    assert (await client.put(f"/api/jobs/{pending}/budget", json={"budget": "1"})).status_code == 204
    assert (await view(run, pending)).budget == 1


def test_settings_that_name_nobody_leave_the_choice_open():
    assert JobSettings.model_validate({}).provider is None


async def test_an_estimate_knows_over_how_many_keys_the_work_goes(
    client: httpx.AsyncClient, run: Runtime, echo: EchoWithKeys
):
    assert echo.limits.concurrency == 4

    async def minutes() -> float:
        asked = {"settings": {"provider": "echo"}, "shots": 240}
        return (await client.post("/api/estimate", json=asked)).json()["estimated_time_minutes"]

    without = await minutes()  # as it will be with the one that is needed
    await give_key(run, "first")
    assert await minutes() == without
    off = await give_key(run, "second", concurrency=8)
    assert await minutes() == pytest.approx(without / 3, rel=0.05)
    await change_key(run, LOCAL_OWNER, off, KeyChange(enabled=False))
    assert await minutes() == without
