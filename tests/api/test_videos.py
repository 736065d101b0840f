"""Single videos over real HTTP: chosen, made again, decided on, deleted."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text
from tests.api.rows import finished, picture, set_video
from tests.jobs import accepted_keys, make_job, until, until_status, videos
from tests.serving import Served

from rushes.ops.sweep import purge_deleted
from rushes.platform.db.models import LOCAL_OWNER

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_take_is_chosen_and_not(api: httpx.AsyncClient, still: Served):
    _, (video_id, _) = await finished(still.run, [b"1", b"2"])
    for selected in (True, False):
        answer = await api.put(f"/api/videos/{video_id}/select", json={"selected": selected})
        assert (answer.status_code, answer.json()["selected"]) == (200, selected)
        assert (await api.get(f"/api/videos/{video_id}")).json()["selected"] is selected
    assert (await api.put(f"/api/videos/{video_id}/select", json={})).status_code == 422


async def test_films_and_takes_are_one_list(api: httpx.AsyncClient, still: Served):
    _, takes = await finished(still.run, [b"1", b"22", b"333"])
    made = await api.post("/api/stories", json={"name": "Rice", "text": "Rice grows."})
    story_id = made.json()["story_id"]
    film_id = uuid4()
    async with still.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO films (id, owner_id, story_id, version, purpose, shape, language, timeline_hash,"
                " work_id, files, seconds, completed_at) VALUES (:id, :owner, :story, 1, 'film', '9:16',"
                " 'en', 'x', :id, CAST(:files AS jsonb), 61.5, now())"
            ),
            {"id": film_id, "owner": LOCAL_OWNER, "story": story_id, "files": '{"film.mp4": "k"}'},
        )
    found = (await api.get("/api/videos")).json()
    assert found["pagination"]["total"] == 4
    assert {each["id"] for each in found["items"]} == {str(film_id), *map(str, takes)}
    (film,) = (await api.get("/api/videos", params={"kind": "film"})).json()["items"]
    assert (film["name"], film["status"], film["seconds"]) == ("Rice", "COMPLETED", 61.5)
    assert film["video_url"] == f"/api/films/{film_id}/files/film.mp4"
    small = {"sort": "size_bytes", "order": "asc", "limit": 2, "kind": "take"}
    first = (await api.get("/api/videos", params=small)).json()
    assert [each["size_bytes"] for each in first["items"]] == [1, 2] and first["pagination"]["hasNext"]
    second = (await api.get("/api/videos", params={**small, "page": 2})).json()
    assert [each["size_bytes"] for each in second["items"]] == [3]
    longest = (await api.get("/api/videos", params={"sort": "seconds"})).json()["items"][0]
    assert longest["id"] == str(film_id), "what has no length comes last"
    assert (await api.get("/api/videos", params={"status": "FAILED"})).json()["items"] == []
    assert (await api.get("/api/videos", params={"sort": "sha256"})).status_code == 422
    await api.delete(f"/api/videos/{takes[0]}")
    assert (await api.get("/api/videos")).json()["pagination"]["total"] == 3


async def test_another_take_with_another_prompt_keeps_the_earlier_one(
    client: httpx.AsyncClient, server: Served
):
    job_id = await make_job(server.run, ["a fox"])
    await until_status(server.run, job_id, "completed")
    (first,) = (await client.get(f"/api/jobs/{job_id}/videos")).json()
    again = await client.post(f"/api/videos/{first['video_id']}/regenerate", json={"new_prompt": "  a bear "})
    assert again.status_code == 202
    assert (again.json()["prompt_text"], again.json()["video_index"]) == ("a bear", 2)
    assert again.json()["video_id"] != first["video_id"]
    assert again.json()["status"] in ("queued", "generating", "completed")
    await until_status(server.run, job_id, "completed")

    async def both() -> bool:
        return [str(each.status) for each in await videos(server.run, job_id)] == ["completed"] * 2

    await until(both)
    earlier, later = (await client.get(f"/api/jobs/{job_id}/videos")).json()
    assert (earlier["video_id"], earlier["prompt_text"]) == (first["video_id"], "a fox")
    assert (await client.get(earlier["video_url"])).content != (await client.get(later["video_url"])).content


async def test_another_take_with_nothing_new_and_with_another_image(api: httpx.AsyncClient, still: Served):
    _, (video_id,) = await finished(still.run, [b"1"])
    url = f"/api/videos/{video_id}/regenerate"
    assert (await api.post(url)).json()["video_index"] == 2
    assert (await api.post(url, json={})).json()["video_index"] == 3
    form = {"new_image": ("other.png", picture(9, kind="PNG")), "new_prompt": (None, "bär".encode())}
    new = await api.post(url, files=form)
    assert (new.status_code, new.json()["video_index"]) == (202, 4)
    assert (new.json()["image_filename"], new.json()["prompt_text"]) == ("other.png", "bär")
    assert list(still.run.settings.work_dir.iterdir()) == []
    assert [key for key, _ in still.run.bucket.files() if "/images/" in key]


async def test_what_cannot_be_made_again_is_told_and_leaves_nothing(api: httpx.AsyncClient, still: Served):
    _, (video_id,) = await finished(still.run, [b"1"])
    url = f"/api/videos/{video_id}/regenerate"
    before = sorted(key for key, _ in still.run.bucket.files())
    large = still.run.settings.max_image_bytes + 1
    for sent, status in (
        (api.post(url, json={"new_prompt": ""}), 422),
        (api.post(url, json={"new_prompt": "x" * 2001}), 422),
        (api.post(url, json={"new_prompt": "a\0b"}), 422),
        (api.post(url, json={"new_prompt": 5}), 422),
        (api.post(url, json={"prompt": "x"}), 422),
        (api.post(url, content=b"{"), 422),
        (api.post(url, files={"new_prompt": (None, b"a\0b")}), 422),
        (api.post(url, files={"new_prompt": (None, b"\xff\xfe")}), 422),
        (api.post(url, files={"new_image": ("1.jpg", b"no image")}), 422),
        (api.post(url, files={"new_image": ("1.jpg", picture()[:300])}), 422),
        (api.post(url, files={"image": ("1.jpg", picture())}), 422),
        (api.post(url, files={"new_image": ("1.jpg", b"x" * large)}), 413),
    ):
        refused = await sent
        assert refused.status_code == status, refused.text
        assert refused.headers["content-type"] == "application/problem+json"
    assert sorted(key for key, _ in still.run.bucket.files()) == before
    assert list(still.run.settings.work_dir.iterdir()) == []


async def test_an_uncertain_video_waits_for_the_word_of_its_owner(client: httpx.AsyncClient, server: Served):
    for decision, status in (("retry", "completed"), ("made", "failed"), ("give_up", "failed")):
        job_id = await make_job(server.run, ["[lost]" + decision], findable=False)

        async def uncertain(job_id: UUID = job_id) -> bool:
            return [v.waiting_for for v in await videos(server.run, job_id)] == ["uncertain"]

        await until(uncertain)
        (video,) = (await client.get(f"/api/jobs/{job_id}/videos")).json()
        assert (video["status"], video["error_type"]) == ("waiting", "uncertain")
        url = f"/api/videos/{video['video_id']}/resolve"
        answer = await client.post(url, json={"decision": decision})
        assert answer.status_code == 200

        async def decided(job_id: UUID = job_id, status: str = status) -> bool:
            return [str(v.status) for v in await videos(server.run, job_id)] == [status]

        await until(decided)
        again = await client.post(url, json={"decision": decision})
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await client.post(url, json={"decision": "perhaps"})).status_code == 422
    assert len(accepted_keys()) == 4  # three that were lost, one asked for anew


async def test_a_deleted_video_is_gone_at_once_and_its_bytes_for_good_later(
    api: httpx.AsyncClient, still: Served
):
    job_id, (video_id, other) = await finished(still.run, [b"1", b"2"])
    assert (await api.delete(f"/api/videos/{video_id}")).status_code == 204
    assert (await api.get(f"/api/videos/{video_id}")).status_code == 404
    assert (await api.delete(f"/api/videos/{video_id}")).status_code == 404
    left = (await api.get(f"/api/jobs/{job_id}/videos")).json()
    assert [video["video_id"] for video in left] == [str(other)]
    for rest in ("/content", "/thumbnail"):
        assert (await api.get(f"/api/videos/{video_id}{rest}")).status_code == 404
    await set_video(still.run, video_id, deleted_at=LONG_AGO)
    await purge_deleted(still.run)
    assert not [key for key, _ in still.run.bucket.files() if str(video_id) in key]
    assert (await api.get(left[0]["video_url"])).content == b"2"


async def test_a_video_in_the_making_is_not_deleted(api: httpx.AsyncClient, still: Served):
    _, (video_id,) = await finished(still.run, [b"1"])
    await set_video(still.run, video_id, status="generating")
    refused = await api.delete(f"/api/videos/{video_id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await api.get(f"/api/videos/{video_id}")).status_code == 200


async def test_providers_tell_their_options(api: httpx.AsyncClient):
    everyone = (await api.get("/api/providers")).json()
    assert {each["id"] for each in everyone} >= {"animatic", "echo"}
    for each in everyone:
        assert (await api.get(f"/api/providers/{each['id']}")).json() == each
        assert each["models"][0]["price_per_second"]
        assert each["max_outputs"] >= 1
        assert set(each["options"]["properties"]) >= {"aspect_ratio", "resolution", "duration_seconds"}
