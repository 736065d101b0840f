"""The library over real HTTP: found, filtered, paged; many takes made again; presets; jobs duplicated."""

from uuid import UUID

import httpx
import pytest
from tests.api.rows import finished, nowhere, picture, set_video
from tests.jobs import make_job, videos
from tests.serving import Served


async def found(api: httpx.AsyncClient, **params: object) -> list[str]:
    """The prompts of the takes that are found, in order."""
    listed = await api.get("/api/library", params=params)  # pyright: ignore[reportArgumentType]
    assert listed.status_code == 200, listed.text
    return [each["video"]["prompt_text"] for each in listed.json()["items"]]


async def test_takes_of_all_jobs_are_found_by_what_people_remember(api: httpx.AsyncClient, still: Served):
    _, (fox, owl) = await finished(still.run, [b"1", b"2"], ["a Fox in snow", "an owl"])
    _, (hare,) = await finished(still.run, [b"3"], ["a hare"])
    await make_job(still.run, ["a fox that is not finished"])
    await set_video(still.run, hare, rating=4, upscaled=True)
    await api.post("/api/videos/select", json={"video_ids": [str(owl)], "selected": True})
    await api.post("/api/videos/reject", json={"video_ids": [str(fox)], "rejected": True})
    assert sorted(await found(api)) == ["a Fox in snow", "a hare", "an owl"]
    assert await found(api, search="fox") == ["a Fox in snow"]
    assert len(await found(api, search="A JOB")) == 3
    assert await found(api, picked=True) == ["an owl"]
    assert await found(api, rejected=True) == ["a Fox in snow"]
    assert await found(api, min_rating=3) == ["a hare"]
    assert await found(api, upscaled=True) == ["a hare"]
    assert len(await found(api, kind="batch", provider="echo")) == 3
    assert await found(api, kind="studio") == []
    assert await found(api, since="2099-01-01T00:00:00Z") == []
    assert len(await found(api, until="2099-01-01T00:00:00Z")) == 3
    assert (await found(api, sort="stars"))[0] == "a hare"
    page = (await api.get("/api/library", params={"limit": 2, "page": 2, "sort": "oldest"})).json()
    assert [each["video"]["prompt_text"] for each in page["items"]] == ["a hare"]
    assert (page["providers"], page["pagination"]["total"]) == (["echo"], 3)
    await api.delete(f"/api/videos/{hare}")
    assert "a hare" not in await found(api)


async def test_more_takes_of_many_and_corrected_prompts(api: httpx.AsyncClient, still: Served):
    job_id, (first, second) = await finished(still.run, [b"1", b"2"])
    some = [{"video_id": str(first)}, {"video_id": str(second)}, {"video_id": str(nowhere())}]
    answer = await api.post("/api/library/regenerate", json={"videos": some, "takes": 2})
    assert (answer.status_code, len(answer.json()["video_ids"])) == (202, 4)
    (refused,) = answer.json()["refused"]
    assert refused["message"].startswith("There is no video")
    assert len(await videos(still.run, job_id)) == 6

    await set_video(still.run, second, status="failed", error_type="policy_violation")
    body = {"videos": [{"video_id": str(second), "new_prompt": "milder"}]}
    assert (await api.post("/api/library/regenerate", json=body)).json()["video_ids"] == [str(second)]
    now = (await api.get(f"/api/videos/{second}")).json()
    assert (now["status"], now["prompt_text"]) == ("queued", "milder")


async def test_presets_are_saved_replaced_and_deleted(api: httpx.AsyncClient):
    assert (await api.get("/api/presets")).json() == []
    settings = {"provider": "animatic", "aspect_ratio": "9:16", "outputs": 2}
    saved = await api.put("/api/presets", json={"name": " Portrait ", "settings": settings})
    assert (saved.status_code, saved.json()["name"]) == (200, "Portrait")
    assert {name: saved.json()["settings"][name] for name in settings} == settings
    again = await api.put("/api/presets", json={"name": "Portrait", "settings": {**settings, "outputs": 3}})
    (listed,) = (await api.get("/api/presets")).json()
    assert (listed["settings"]["outputs"], listed["preset_id"]) == (3, again.json()["preset_id"])
    used = await api.post("/api/jobs/create", json={"job_name": "x", "settings": listed["settings"]})
    assert used.status_code == 201, used.text
    assert (await api.delete(f"/api/presets/{listed['preset_id']}")).status_code == 204
    assert (await api.delete(f"/api/presets/{listed['preset_id']}")).status_code == 404


@pytest.mark.parametrize("given", [{}, {"provider": "nobody"}, {"provider": "animatic", "nope": 1}])
async def test_a_preset_that_cannot_be_used_is_not_saved(api: httpx.AsyncClient, given: dict[str, object]):
    refused = await api.put("/api/presets", json={"name": "x", "settings": given})
    assert refused.status_code == 422
    assert (await api.get("/api/presets")).json() == []


async def test_a_job_is_duplicated_with_its_images_and_started_on_its_own(
    api: httpx.AsyncClient, still: Served
):
    made = await api.post(
        "/api/jobs/create",
        json={"job_name": "fox", "settings": {"provider": "echo", "outputs": 2, "allow_text_only": True}},
    )
    job_id = made.json()["job_id"]
    files = [("images", ("1.jpg", picture(), "image/jpeg"))]
    form = {"prompts_text": "1. a fox\n2. an owl"}
    await api.post(f"/api/jobs/{job_id}/upload", files=files, data=form)
    await api.post(f"/api/jobs/{job_id}/start")
    copied = await api.post(f"/api/jobs/{job_id}/duplicate")
    assert copied.status_code == 201, copied.text
    copy = copied.json()
    assert (copy["job_name"], copy["status"], copy["outputs"]) == ("fox (copy)", "pending", 2)
    assert (copy["total_images"], len(copy["previews"])) == (1, 1)
    assert (await api.get(copy["previews"][0])).status_code == 200
    assert (await api.delete(f"/api/jobs/{job_id}")).status_code == 204
    assert (await api.get(copy["previews"][0])).status_code == 200, "its image is its own"
    assert (await api.post(f"/api/jobs/{copy['job_id']}/start")).status_code == 202
    assert len(await videos(still.run, UUID(copy["job_id"]))) == 4


async def test_a_job_shows_up_to_four_of_its_finished_takes(api: httpx.AsyncClient, still: Served):
    job_id, made = await finished(still.run, [b"1", b"2", b"3", b"4", b"5"])
    shown = (await api.get(f"/api/jobs/{job_id}")).json()["previews"]
    assert shown == [f"/api/videos/{each}/thumbnail" for each in made[:4]]
