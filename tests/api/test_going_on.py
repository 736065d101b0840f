"""Last frames, reference images, takes changed and made longer: from the route to what the service gets."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from standins._server import serve_app
from standins.gemini.app import create_app
from standins.gemini.remote import Gemini, Interaction
from tests.api.rows import made_before, picture
from tests.jobs import ledger, make_job, until, until_status, videos
from tests.serving import Served

from rushes.settings import Settings

CHAT = "/api/video_chat"


@pytest.fixture
def gemini() -> Gemini:
    return Gemini(tiny=True)


@pytest.fixture(autouse=True)
def served(settings: Settings, gemini: Gemini, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert settings  # which takes every RUSHES_… out of the environment first
    with serve_app(create_app(gemini)) as url:
        monkeypatch.setenv("RUSHES_OMNI_BASE_URL", url)
        monkeypatch.setenv("RUSHES_OMNI_POLL_SECONDS", "0.05")
        yield


async def give_key(client: httpx.AsyncClient, name: str) -> str:
    new = {"provider": "omni", "name": name, "secret": f"secret-{name}-0000"}
    answer = await client.post("/api/keys", json=new)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def video_of(client: httpx.AsyncClient, video_id: str) -> dict[str, Any]:
    return (await client.get(f"/api/videos/{video_id}")).json()


async def until_there(client: httpx.AsyncClient, video_id: str) -> dict[str, Any]:
    async def there() -> bool:
        return (await video_of(client, video_id))["status"] == "completed"

    await until(there)
    return await video_of(client, video_id)


def made(gemini: Gemini, prompt: str) -> Interaction:
    (found,) = [each for each in gemini.interactions.values() if prompt in each.request.prompt]
    return found


def task(made: Interaction) -> str | None:
    config = made.request.generation_config.video_config
    return config and config.task


async def test_a_take_of_a_batch_is_made_longer_by_the_key_that_made_it(
    client: httpx.AsyncClient, server: Served, gemini: Gemini
):
    first_key = await give_key(client, "first")
    job_id = await make_job(server.run, ["a fox"], provider="omni", duration_seconds=3)
    await until_status(server.run, job_id, "completed")
    await give_key(client, "second")  # never used, so any other video would be made with this one
    (take,) = await videos(server.run, job_id)
    begun = await client.post(f"/api/videos/{take.video_id}/extend", json={"prompt": " it runs "})
    assert begun.status_code == 202, begun.text
    new = await until_there(client, begun.json()["video_id"])
    assert (new["job_id"], new["prompt_number"], new["prompt_text"]) == (str(job_id), 2, "it runs")
    source, longer = made(gemini, "a fox"), made(gemini, "it runs")
    assert (longer.request.previous_interaction_id, task(longer)) == (source.id, "extend")
    assert longer.key == source.key
    assert {str(row.credential_id) for row in await ledger(server.run, job_id)} == {first_key}
    assert (await until_status(server.run, job_id, "completed")).completed_videos == 2


async def test_what_only_one_key_can_make_waits_for_it_and_says_so(
    client: httpx.AsyncClient, server: Served, gemini: Gemini
):
    first_key = await give_key(client, "first")
    job_id = await make_job(server.run, ["a fox"], provider="omni", duration_seconds=3)
    await until_status(server.run, job_id, "completed")
    await give_key(client, "second")
    await client.patch(f"/api/keys/{first_key}", json={"enabled": False})
    (take,) = await videos(server.run, job_id)
    begun = await client.post(f"/api/videos/{take.video_id}/edit", json={"prompt": "at night"})
    new_id = begun.json()["video_id"]

    async def waits() -> bool:
        return (await video_of(client, new_id))["status"] == "waiting"

    await until(waits)
    waiting = await video_of(client, new_id)
    assert (waiting["waiting_for"], waiting["error_type"]) == ("person", "auth")
    assert "made with first, which is not working" in waiting["error_message"]
    other = await make_job(server.run, ["a bear"], provider="omni", duration_seconds=3)
    await until_status(server.run, other, "completed")  # the other key works, and is of no use to it
    assert (await video_of(client, new_id))["status"] == "waiting"
    await client.patch(f"/api/keys/{first_key}", json={"enabled": True})
    await until_there(client, new_id)
    assert task(made(gemini, "at night")) == "edit"


async def test_a_take_whose_key_was_deleted_cannot_be_gone_on_from(client: httpx.AsyncClient, server: Served):
    key_id = await give_key(client, "first")
    job_id = await make_job(server.run, ["a fox"], provider="omni", duration_seconds=3)
    await until_status(server.run, job_id, "completed")
    await client.delete(f"/api/keys/{key_id}")
    (take,) = await videos(server.run, job_id)
    refused = await client.post(f"/api/videos/{take.video_id}/edit", json={"prompt": "at night"})
    assert refused.status_code == 422
    assert "a key that has been deleted" in refused.json()["detail"]


async def test_an_operation_that_is_changed_becomes_another_one(client: httpx.AsyncClient, gemini: Gemini):
    await give_key(client, "mine")
    wanted = {"prompt": "a fox", "duration": "4", "session_id": "winter"}  # and whoever has a key makes it
    first = (await client.post(f"{CHAT}/generate", json=wanted)).json()["operation_id"]
    assert (await until_there(client, first))["provider"] == "omni"
    begun = await client.post(f"/api/videos/{first}/edit", json={"prompt": "at night"})
    second = begun.json()["video_id"]
    await until_there(client, second)
    assert made(gemini, "at night").request.previous_interaction_id == made(gemini, "a fox").id
    shown = (await client.get(f"{CHAT}/operations/{second}")).json()
    assert (shown["mode"], shown["source_video_id"], shown["session_id"]) == ("edit", first, "winter")
    again = await client.post(f"/api/videos/{second}/regenerate", json={"new_prompt": "at dawn"})
    await until_there(client, again.json()["video_id"])
    dawn = made(gemini, "at dawn")
    assert (dawn.request.previous_interaction_id, task(dawn)) == (made(gemini, "a fox").id, "edit")


async def test_a_last_frame_and_reference_images_reach_the_service(client: httpx.AsyncClient, gemini: Gemini):
    await give_key(client, "mine")
    frames = {"image": ("a.png", picture(10, kind="PNG")), "last_image": ("b.jpg", picture(20))}
    wanted = {"prompt": "from here to there", "duration": "4"}
    first = await client.post(f"{CHAT}/generate_with_image", data=wanted, files=frames)
    assert first.status_code == 200, first.text
    looks = [("reference_images", (f"{n}.jpg", picture(n))) for n in (30, 40)]
    wanted = {"prompt": "with these", "duration": "4"}
    second = await client.post(f"{CHAT}/generate_with_image", data=wanted, files=looks)
    assert second.status_code == 200, second.text
    modes: list[str] = []
    for begun in (first, second):
        operation_id = begun.json()["operation_id"]
        await until_there(client, operation_id)
        modes.append((await client.get(f"{CHAT}/operations/{operation_id}")).json()["mode"])
    assert modes == ["first_last_frame", "references"]
    between, kept = made(gemini, "from here to there"), made(gemini, "with these")
    assert (between.images, kept.images) == (2, 2)
    assert "<LAST_FRAME>" in between.request.prompt and "<IMAGE_REF_1>" in kept.request.prompt


async def test_without_a_key_nobody_is_chosen_for_what_nobody_can_do(still: Served, api: httpx.AsyncClient):
    looks = [("reference_images", ("1.jpg", picture()))]
    refused = await api.post(f"{CHAT}/generate_with_image", data={"prompt": "with this"}, files=looks)
    assert refused.status_code == 422
    assert "reference" in refused.text
    assert await left_behind(still) == 0


async def test_what_a_provider_cannot_do_is_told_in_words(still: Served, api: httpx.AsyncClient):
    form = {"prompt": "with this", "provider": "animatic"}
    looks = [("reference_images", ("1.jpg", picture()))]
    refused = await api.post(f"{CHAT}/generate_with_image", data=form, files=looks)
    assert refused.status_code == 422
    assert "does not take reference images" in refused.text
    assert await left_behind(still) == 0
    _, (video_id,) = await made_before(still.run, [b"bytes"], provider="animatic", model="animatic-1")
    for what, words in (("extend", "a take to make longer"), ("edit", "a take to change")):
        refused = await api.post(f"/api/videos/{video_id}/{what}", json={"prompt": "x"})
        assert refused.status_code == 422, refused.text
        assert f"does not take {words}" in refused.text


async def left_behind(still: Served) -> int:
    """Files and rows of jobs."""
    async with still.run.db.statement() as session:
        rows = (await session.execute(text("SELECT count(*) FROM jobs"))).scalar_one()
    return rows + len([each for each in still.run.settings.storage_dir.rglob("*") if each.is_file()])


async def test_only_what_is_finished_is_gone_on_from(still: Served, api: httpx.AsyncClient):
    job_id = await make_job(still.run, ["a fox"])
    (take,) = await videos(still.run, job_id)
    refused = await api.post(f"/api/videos/{take.video_id}/extend", json={"prompt": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_one_of_several_takes_of_a_call_cannot_be_told_to_the_provider(
    client: httpx.AsyncClient, server: Served
):
    job_id = await make_job(server.run, ["a fox"], outputs=2)
    await until_status(server.run, job_id, "completed")
    take, _ = await videos(server.run, job_id)
    refused = await client.post(f"/api/videos/{take.video_id}/edit", json={"prompt": "x"})
    assert refused.status_code == 422
    assert "made together with other takes" in refused.json()["detail"]


async def test_the_images_of_an_operation_go_with_it(client: httpx.AsyncClient, server: Served):
    frames = {"image": ("a.jpg", picture(10)), "last_image": ("b.jpg", picture(20))}
    form = {"prompt": "from here to there", "provider": "echo"}
    begun = await client.post(f"{CHAT}/generate_with_image", data=form, files=frames)
    operation_id = begun.json()["operation_id"]
    video = await until_there(client, operation_id)
    async with server.run.db.statement() as session:
        keys = await session.execute(
            text("SELECT key FROM assets WHERE job_id = :id"), {"id": UUID(video["job_id"])}
        )
        images = [key for key in keys.scalars() if "/images/" in key]
    assert len(images) == 2
    await client.delete(f"{CHAT}/operations/{operation_id}")
    assert await left_behind(server) == 0
