"""A review over real HTTP: stars, many at once, deleting with undo, retrying one, some, or all of a kind."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.api.rows import finished, nowhere, picture, set_job, set_video, store
from tests.jobs import make_job, videos
from tests.serving import Served

from rushes.ops.sweep import purge_deleted
from rushes.platform.db.models import LOCAL_OWNER


async def ids(api: httpx.AsyncClient, job_id: UUID, **params: object) -> list[str]:
    """The videos that are shown."""
    listed = await api.get(f"/api/jobs/{job_id}/videos", params=params)  # pyright: ignore[reportArgumentType]
    return [each["video_id"] for each in listed.json()]


async def failed(still: Served, *kinds: str) -> tuple[UUID, list[UUID]]:
    """An ended job with one failed video of each kind."""
    job_id = await make_job(still.run, [f"shot {n}" for n in range(len(kinds))])
    made = [each.video_id for each in await videos(still.run, job_id)]
    for video_id, kind in zip(made, kinds, strict=True):
        await set_video(still.run, video_id, status="failed", error_type=kind, error_message=f"{kind}!")
    await set_job(still.run, job_id, status="failed", ended_at=datetime.now(UTC))
    return job_id, made


async def test_takes_are_given_stars_and_found_by_them(api: httpx.AsyncClient, still: Served):
    job_id, (first, second) = await finished(still.run, [b"1", b"2"])
    rated = await api.put(f"/api/videos/{first}/rate", json={"rating": 4})
    assert (rated.status_code, rated.json()["rating"]) == (200, 4)
    assert await ids(api, job_id, min_rating=4) == [str(first)]
    assert await ids(api, job_id, min_rating=5) == []
    assert (await api.put(f"/api/videos/{first}/rate", json={"rating": 0})).json()["rating"] == 0
    assert await ids(api, job_id) == [str(first), str(second)]
    for wrong in (-1, 6, 2.5, "many", None):
        assert (await api.put(f"/api/videos/{first}/rate", json={"rating": wrong})).status_code == 422


async def test_many_are_chosen_at_once(api: httpx.AsyncClient, still: Served):
    job_id, made = await finished(still.run, [b"1", b"2", b"3"])
    some = [str(each) for each in made[:2]]
    answer = await api.post(
        "/api/videos/select", json={"video_ids": [*some, str(nowhere())], "selected": True}
    )
    assert sorted(answer.json()["video_ids"]) == sorted(some)
    assert await ids(api, job_id, selected_only=True) == some
    assert (await api.post("/api/videos/select", json={"video_ids": [], "selected": True})).status_code == 422


async def test_a_rejected_take_is_no_pick_and_a_pick_is_not_rejected(api: httpx.AsyncClient, still: Served):
    _, (first, second) = await finished(still.run, [b"1", b"2"])
    both = {"video_ids": [str(first), str(second)]}
    await api.post("/api/videos/select", json={**both, "selected": True})
    gone = await api.post("/api/videos/reject", json={"video_ids": [str(first)], "rejected": True})
    assert gone.json() == {"video_ids": [str(first)]}
    one, other = [(await api.get(f"/api/videos/{each}")).json() for each in (first, second)]
    assert [(each["selected"], each["rejected"]) for each in (one, other)] == [(False, True), (True, False)]
    await api.put(f"/api/videos/{first}/select", json={"selected": True})
    assert (await api.get(f"/api/videos/{first}")).json()["rejected"] is False
    await api.post("/api/videos/reject", json={"video_ids": [str(second)], "rejected": False})
    assert (await api.get(f"/api/videos/{second}")).json()["selected"] is True


async def test_what_was_deleted_comes_back_as_it_was(api: httpx.AsyncClient, still: Served):
    job_id, (first, second) = await finished(still.run, [b"1", b"2"])
    await api.put(f"/api/videos/{first}/rate", json={"rating": 3})
    before = (await api.get(f"/api/videos/{first}")).json()
    assert (await api.delete(f"/api/videos/{first}")).status_code == 204
    assert await ids(api, job_id) == [str(second)]
    assert (await api.get(f"/api/jobs/{job_id}")).json()["completed_videos"] == 1
    assert (await api.post("/api/videos/download", json={"video_ids": [str(first)]})).status_code == 404
    back = await api.post(f"/api/videos/{first}/restore")
    assert (back.status_code, back.json()) == (200, before)
    assert (await api.get(before["video_url"])).content == b"1"
    assert (await api.post(f"/api/videos/{first}/restore")).json() == before  # asked for twice


async def test_many_are_deleted_and_brought_back_but_not_what_is_being_made(
    api: httpx.AsyncClient, still: Served
):
    job_id, made = await finished(still.run, [b"1", b"2", b"3"])
    await set_video(still.run, made[2], status="generating")
    body = {"video_ids": [str(each) for each in made]}
    gone = (await api.post("/api/videos/delete", json=body)).json()["video_ids"]
    assert sorted(gone) == sorted(body["video_ids"][:2])
    assert await ids(api, job_id) == [str(made[2])]
    assert sorted((await api.post("/api/videos/restore", json=body)).json()["video_ids"]) == sorted(gone)
    assert await ids(api, job_id) == body["video_ids"]


async def test_after_its_time_a_deleted_video_stays_deleted(api: httpx.AsyncClient, still: Served):
    job_id, (first, _) = await finished(still.run, [b"1", b"2"])
    await api.delete(f"/api/videos/{first}")
    late = datetime.now(UTC) - timedelta(seconds=still.run.settings.undo_seconds + 1)
    await set_video(still.run, first, deleted_at=late)
    refused = await api.post(f"/api/videos/{first}/restore")
    assert (refused.status_code, refused.json()["hint"]) == (
        404,
        "A deleted video can be restored for 30 days.",
    )
    assert (await api.post("/api/videos/restore", json={"video_ids": [str(first)]})).json() == {
        "video_ids": []
    }
    assert await purge_deleted(still.run) == 1
    assert len(await ids(api, job_id)) == 1


async def test_a_deleted_take_keeps_its_place_while_another_of_its_call_is_being_made(still: Served):
    _, (first, second) = await finished(still.run, [b"1", b"2"])
    async with still.run.db.begin() as session:
        row = await session.execute(
            text(
                "INSERT INTO submissions (id, owner_id, job_id, shot_id, subject_ids, attempt, provider,"
                " model, state, remote_id, request_hash, cost_estimate, faults)"
                " SELECT gen_random_uuid(), owner_id, job_id, shot_id, :both, 1, provider, model,"
                " 'submitted', 'r', '', 1, 0 FROM videos WHERE id = :first RETURNING id"
            ),
            {"both": [first, second], "first": first},
        )
        submission_id = row.scalar_one()
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    await set_video(still.run, first, submission_id=submission_id, deleted_at=long_ago)
    await set_video(still.run, second, submission_id=submission_id, status="generating")
    assert await purge_deleted(still.run) == 0, "outputs are told apart by their place in the call"
    await set_video(still.run, second, status="completed", deleted_at=long_ago)
    assert await purge_deleted(still.run) == 2, "nobody wants any of them"


async def test_an_image_goes_with_the_last_video_that_starts_from_it(api: httpx.AsyncClient, still: Served):
    job_id, (first, second) = await finished(still.run, [b"1", b"2"])
    own, shared = f"jobs/{job_id}/images/own.jpg", f"jobs/{job_id}/images/shared.jpg"
    for key in (own, shared):
        await store(still.run, (await still_owner(still)), job_id, key, picture(), "image/jpeg")
    await set_video(still.run, second, image_key=shared)
    for video_id, key in ((first, own), (first, shared)):
        await set_video(still.run, video_id, image_key=key, deleted_at=datetime(2026, 1, 1, tzinfo=UTC))
        if key == own:
            await purge_deleted(still.run)
            assert own not in [name for name, _ in still.run.bucket.files()]
    assert shared in [name for name, _ in still.run.bucket.files()]


async def still_owner(still: Served) -> UUID:
    async with still.run.db.begin() as session:
        return (await session.execute(text("SELECT id FROM users"))).scalar_one()


async def test_one_some_or_all_of_one_kind_are_retried(api: httpx.AsyncClient, still: Served):
    job_id, made = await failed(still, "policy_violation", "network", "network", "timeout")

    async def status() -> list[str]:
        return [str(each.status) for each in await videos(still.run, job_id)]

    one = await api.post(f"/api/videos/{made[3]}/retry")
    assert (one.status_code, one.json()["status"], one.json()["error_type"]) == (200, "queued", None)
    assert (await api.post(f"/api/videos/{made[3]}/retry")).status_code == 409
    kind = await api.post(f"/api/jobs/{job_id}/retry-failed", params={"error_type": "network"})
    assert kind.json() == {"retried": 2}
    assert await status() == ["failed", "queued", "queued", "queued"]
    assert (await api.get(f"/api/jobs/{job_id}")).json()["status"] == "processing"
    none = await api.post(f"/api/jobs/{job_id}/retry-failed", params={"error_type": "minors"})
    assert none.status_code == 409
    some = await api.post("/api/videos/retry", json={"video_ids": [str(made[0]), str(made[1])]})
    assert some.json() == {"video_ids": [str(made[0])]}
    assert await status() == ["queued"] * 4


async def test_an_uncertain_video_is_not_retried_before_its_owner_has_decided(
    api: httpx.AsyncClient, still: Served
):
    job_id, (video_id,) = await failed(still, "network")
    await set_video(still.run, video_id, status="waiting", waiting_for="uncertain", error_type="uncertain")
    assert (await api.post(f"/api/videos/{video_id}/retry")).status_code == 409
    assert (await api.post("/api/videos/retry", json={"video_ids": [str(video_id)]})).json() == {
        "video_ids": []
    }
    assert (await api.post(f"/api/jobs/{job_id}/retry-failed")).status_code == 409


async def test_a_failed_take_gets_another_image_in_its_own_place(api: httpx.AsyncClient, still: Served):
    job_id, (video_id,) = await failed(still, "bad_input")
    url = f"/api/videos/{video_id}"
    names: list[list[str]] = []
    shown: set[str] = set()
    for shade in (10, 200):
        form = {"new_image": ("other.png", picture(shade, kind="PNG"))}
        again = await api.post(f"{url}/regenerate", files=form)
        assert (again.json()["video_id"], again.json()["status"]) == (str(video_id), "queued")
        assert again.json()["image_filename"] == "other.png"
        shown.add(again.json()["image_url"])
        names.append([name for name, _ in still.run.bucket.files()])
        await set_video(still.run, video_id, status="failed")
    assert [len(each) for each in names] == [1, 1]  # the one it replaces is gone
    assert names[0] != names[1]
    assert len(shown) == 2  # a page that has the old one asks for the new one
    assert (await api.get(f"{url}/image")).headers["content-type"] == "image/jpeg"
    assert len(await ids(api, job_id)) == 1


async def test_deleted_takes_are_listed_with_their_bytes_until_they_are_gone_for_good(
    api: httpx.AsyncClient, still: Served
):
    job_id, (first, second) = await finished(still.run, [b"1", b"22"])
    assert (await api.get("/api/deleted")).json()["items"] == []
    body = {"video_ids": [str(first), str(second)]}
    await api.post("/api/videos/delete", json=body)
    listed = (await api.get("/api/deleted")).json()
    assert {each["video"]["video_id"] for each in listed["items"]} == set(body["video_ids"])
    assert (listed["bytes"], listed["pagination"]["total"]) == (3, 2)
    deleted, gone = (datetime.fromisoformat(listed["items"][0][each]) for each in ("deleted_at", "gone_at"))
    assert gone - deleted == timedelta(days=30)

    purged = await api.post("/api/deleted/purge", json={"video_ids": [str(first), str(nowhere())]})
    assert purged.json() == {"video_ids": [str(first)]}
    assert (await api.post("/api/videos/restore", json=body)).json() == {"video_ids": [str(second)]}
    assert await ids(api, job_id) == [str(second)]
    assert (await api.get("/api/deleted")).json()["bytes"] == 0


async def test_only_deleted_takes_are_deleted_for_good(api: httpx.AsyncClient, still: Served):
    job_id, (first, _) = await finished(still.run, [b"1", b"2"])
    purged = await api.post("/api/deleted/purge", json={"video_ids": [str(first)]})
    assert purged.json() == {"video_ids": []}
    assert len(await ids(api, job_id)) == 2


async def test_a_deleted_take_shows_its_picture(api: httpx.AsyncClient, still: Served):
    job_id, (first, _) = await finished(still.run, [b"1", b"2"])
    key = f"thumbs/{first}.jpg"
    await store(still.run, LOCAL_OWNER, job_id, key, picture(), "image/jpeg")
    await set_video(still.run, first, thumbnail_key=key)
    await api.delete(f"/api/videos/{first}")
    (listed,) = (await api.get("/api/deleted")).json()["items"]
    shown = await api.get(listed["thumbnail_url"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert (await api.get(f"/api/deleted/{nowhere()}/thumbnail")).status_code == 404
