"""Options of a shot or of a take in the API: sent with a pair, a regeneration or a change; shown with it."""

import json
from uuid import UUID

import httpx
import pytest
from tests.jobs import make_job, until_status, videos
from tests.serving import Served

LONG = {"duration_seconds": 4}


async def test_pairs_carry_options_of_their_own(client: httpx.AsyncClient, server: Served):
    settings = {"provider": "echo", "allow_text_only": True}
    pairs = [
        {"number": 1, "prompt": "a", "options": LONG},
        {"number": 2, "prompt": "b"},
    ]
    form = {"settings": (None, json.dumps(settings)), "pairs": (None, json.dumps(pairs))}
    checked = (await client.post("/api/check", files=form)).json()
    assert (checked["errors"], checked["estimate"]["estimated_cost"]) == ([], "0.05")
    assert [each["options"] for each in checked["pairs"]] == [LONG, {}]
    made = await client.post("/api/jobs/create", json={"job_name": "scenes", "settings": settings})
    job_id = made.json()["job_id"]
    sent = await client.post(f"/api/jobs/{job_id}/upload", files={"pairs": (None, json.dumps(pairs))})
    assert sent.status_code == 200, sent.text
    assert (await client.post(f"/api/jobs/{job_id}/start")).json()["estimated_cost"] == "0.05"
    await until_status(server.run, UUID(job_id), "completed")
    made = (await client.get(f"/api/jobs/{job_id}/videos")).json()
    assert [round(each["duration_seconds"]) for each in made] == [4, 1]
    assert [(each["options"]["duration_seconds"], each["price"]) for each in made] == [
        (4, "0.040000"),
        (1, "0.010000"),
    ]
    shots = [(await client.get(f"/api/shots/{each['shot_id']}")).json() for each in made]
    assert [(each["number"], each["prompt"], each["options"]) for each in shots] == [
        (1, "a", LONG),
        (2, "b", {}),
    ]
    assert (await client.get(f"/api/shots/{job_id}")).status_code == 404


async def test_an_option_that_does_not_exist_is_reported_with_its_shot(client: httpx.AsyncClient):
    settings = {"provider": "echo", "allow_text_only": True}
    pairs = [{"number": 7, "prompt": "a", "options": {"duration_seconds": 99}}]
    form = {"settings": (None, json.dumps(settings)), "pairs": (None, json.dumps(pairs))}
    checked = (await client.post("/api/check", files=form)).json()
    assert [each["where"] for each in checked["errors"]] == ["shot 7, duration_seconds"]
    made = await client.post("/api/jobs/create", json={"job_name": "scenes", "settings": settings})
    sent = await client.post(
        f"/api/jobs/{made.json()['job_id']}/upload", files={"pairs": (None, json.dumps(pairs))}
    )
    assert sent.status_code == 422
    assert sent.json()["errors"][0]["where"] == "shot 7, duration_seconds"


async def finished_take(server: Served) -> str:
    """The id of a take that is one second long."""
    job_id = await make_job(server.run, ["a"])
    await until_status(server.run, job_id, "completed")
    (made,) = await videos(server.run, job_id)
    return str(made.video_id)


@pytest.mark.parametrize("form", [False, True])
async def test_a_take_is_made_again_with_options_of_its_own(
    client: httpx.AsyncClient, server: Served, form: bool
):
    path = f"/api/videos/{await finished_take(server)}/regenerate"
    sent = {"files": {"options": (None, json.dumps(LONG))}} if form else {"json": {"options": LONG}}
    again = await client.post(path, **sent)  # pyright: ignore[reportArgumentType]  # one of the two
    assert again.status_code == 202, again.text
    assert (again.json()["options"]["duration_seconds"], again.json()["price"]) == (4, "0.040000")
    job = await until_status(server.run, UUID(again.json()["job_id"]), "completed")
    lengths = [round(each.duration_seconds or 0) for each in await videos(server.run, job.job_id)]
    assert (lengths, str(job.cost)) == ([1, 4], "0.050000")


@pytest.mark.parametrize("what", ["edit", "extend"])
async def test_what_continues_from_a_take_may_have_options_of_its_own(
    client: httpx.AsyncClient, server: Served, what: str
):
    take = await finished_take(server)
    changed = await client.post(f"/api/videos/{take}/{what}", json={"prompt": "at night", "options": LONG})
    assert changed.status_code == 202, changed.text
    assert (changed.json()["options"]["duration_seconds"], changed.json()["price"]) == (4, "0.040000")
    shot = (await client.get(f"/api/shots/{changed.json()['shot_id']}")).json()
    assert (shot["prompt"], shot["options"]) == ("at night", LONG)


async def test_options_that_do_not_fit_a_take_are_refused_by_name(client: httpx.AsyncClient, server: Served):
    take = await finished_take(server)
    for options, where in (
        ({"duration_seconds": 3}, "duration_seconds"),
        ({"camera": "auto"}, "camera"),
        ({"aspect_ratio": "9:16\0"}, "U+0000"),
    ):
        for path, body in (("regenerate", {}), ("edit", {"prompt": "at night"})):
            answer = await client.post(f"/api/videos/{take}/{path}", json={**body, "options": options})
            assert answer.status_code == 422, answer.text
            assert where in str(answer.json()["errors"]), answer.text
