"""Share links: what a guest sees, saves and says; what ends a link; who may make one."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.accounts.people import actions
from tests.api.rows import finished
from tests.api.test_people import Studio, client_of, studio
from tests.serving import serve

from rushes.settings import Settings

__all__ = ["studio"]
BYTES = b"private"
PASSWORD = "under the bridge"


async def shared(studio: Studio, **more: Any) -> str:
    """Make a link, and return where the API has what it shows."""
    body = {"job_id": str(studio.job_id), **more}
    made = await studio.clients["editor"].post("/api/shares", json=body)
    assert made.status_code == 201, made.text
    return f"/api/shared/{made.json()['url'].rpartition('/')[2]}"


async def test_a_link_shows_the_takes_and_nothing_else(studio: Studio):
    base = await shared(studio)
    opened = await studio.stranger.get(base)
    assert (opened.headers["x-robots-tag"], opened.headers["referrer-policy"]) == (
        "noindex, nofollow",
        "no-referrer",
    )
    assert "no-store" in opened.headers["cache-control"]
    (take,) = opened.json()["takes"]
    assert set(take) == {"id", "number", "take", "seconds", "url", "thumbnail_url"}
    played = await studio.stranger.get(take["url"], headers={"Range": "bytes=2-4"})
    assert (played.status_code, played.content) == (206, BYTES[2:5])
    assert (await studio.stranger.get(f"/api/videos/{studio.video_id}/content")).status_code == 401
    _, (other,) = await finished(studio.served.run, [b"other"], owner=studio.space)
    assert (await studio.stranger.get(f"{base}/{other}/content")).status_code == 404


async def test_a_revoked_link_is_unknown_and_an_expired_one_is_gone(studio: Studio):
    base = await shared(studio)
    (listed,) = (await studio.clients["viewer"].get("/api/shares")).json()
    secret = base.rpartition("/")[2]
    assert secret not in str(listed)
    async with studio.served.run.db.begin() as session:
        await session.execute(text("UPDATE share_links SET expires_at = now()"))
    for path in (base, f"{base}/{studio.video_id}/content", f"{base}/{studio.video_id}/thumbnail"):
        assert (await studio.stranger.get(path)).status_code == 410, path
    revoke = f"/api/shares/{listed['share_id']}"
    assert (await studio.clients["viewer"].delete(revoke)).status_code == 403
    assert (await studio.clients["lone"].delete(revoke)).status_code == 404
    assert (await studio.clients["editor"].delete(revoke)).status_code == 204
    unknown = await studio.stranger.get("/api/shared/not-a-link")
    gone = await studio.stranger.get(base)
    assert (gone.status_code, gone.json()["detail"]) == (404, unknown.json()["detail"])
    async with studio.served.run.db.begin() as session:
        assert [each for each in await actions(session) if each.startswith("share.")] == [
            *("share.created", "share.revoked"),
        ]
        kept = await session.scalar(
            text("SELECT count(*) FROM audit a WHERE a::text LIKE :it"), {"it": f"%{secret}%"}
        )
        assert kept == 0, "no secret is in the audit"


async def test_a_password_opens_one_link_for_one_browser_and_is_guessed_slowly(studio: Studio):
    base = await shared(studio, password=PASSWORD)
    other = await shared(studio, password=PASSWORD)
    locked = (await studio.stranger.get(base)).json()
    assert (locked["locked"], locked["takes"], locked["name"]) == (True, [], "")
    content = f"{base}/{studio.video_id}/content"
    assert (await studio.stranger.get(content)).status_code == 401
    async with client_of(studio.served) as guest:
        wrong = await guest.post(f"{base}/unlock", json={"password": "over the bridge"})
        assert wrong.status_code == 401
        assert (await guest.post(f"{base}/unlock", json={"password": PASSWORD})).status_code == 204
        assert (await guest.get(content)).content == BYTES
        assert (await guest.get(f"{other}/{studio.video_id}/content")).status_code == 401
        (cookie,) = guest.cookies.jar
        assert PASSWORD not in str(cookie.value)
        stolen = {"Cookie": f"rushes-share={cookie.value}"}
        assert (
            await studio.stranger.get(f"{other}/{studio.video_id}/content", headers=stolen)
        ).status_code == 401
        statuses = [
            (await guest.post(f"{base}/unlock", json={"password": f"guess number {number}"})).status_code
            for number in range(8)
        ]
    assert 429 in statuses, "who guesses waits"


async def test_what_is_for_looking_only_is_not_saved_and_what_is_saved_is_counted(studio: Studio):
    looking = await shared(studio, download=False)
    save = {"download": "true"}
    refused = await studio.stranger.get(f"{looking}/{studio.video_id}/content", params=save)
    assert refused.status_code == 403
    base = await shared(studio)
    await studio.stranger.get(base)
    for headers in ({}, {"Range": "bytes=3-"}):
        saved = await studio.stranger.get(f"{base}/{studio.video_id}/content", params=save, headers=headers)
        assert saved.headers["content-disposition"].startswith("attachment")
    newest, oldest = (await studio.clients["viewer"].get("/api/shares")).json()
    assert (newest["views"], newest["downloads"]) == (1, 1), "a download that continues is one"
    assert (oldest["views"], oldest["downloads"]) == (0, 0)


async def test_guests_give_stars_and_notes_where_the_link_takes_them(studio: Studio):
    plain, base = await shared(studio), await shared(studio, feedback=True)
    said = {"guest": "Grace", "stars": 4, "note": "The second half."}
    refused = await studio.stranger.put(f"{plain}/{studio.video_id}/review", json=said)
    assert refused.status_code == 403
    for given in ({**said, "stars": 2}, said):
        kept = await studio.stranger.put(f"{base}/{studio.video_id}/review", json=given)
        assert kept.status_code == 204
    nothing = await studio.stranger.put(f"{base}/{studio.video_id}/review", json={"guest": "Grace"})
    assert nothing.status_code == 422
    share = (await studio.clients["viewer"].get("/api/shares")).json()[0]
    (review,) = (await studio.clients["viewer"].get(f"/api/shares/{share['share_id']}/reviews")).json()
    assert {name: review[name] for name in said} == said, "the same name replaces what it said"
    lone = await studio.clients["lone"].get(f"/api/shares/{share['share_id']}/reviews")
    assert lone.status_code == 404


async def test_a_link_to_takes_shows_them_in_their_order_and_not_what_is_deleted(studio: Studio):
    _, videos = await finished(studio.served.run, [b"one", b"two", b"three"], owner=studio.space)
    wanted = [str(videos[2]), str(videos[0])]
    base = await shared(studio, job_id=None, video_ids=wanted)
    assert [each["id"] for each in (await studio.stranger.get(base)).json()["takes"]] == wanted
    assert (await studio.stranger.get(f"{base}/{videos[1]}/content")).status_code == 404
    assert (await studio.clients["editor"].delete(f"/api/videos/{videos[0]}")).status_code == 204
    assert [each["id"] for each in (await studio.stranger.get(base)).json()["takes"]] == wanted[:1]
    assert (await studio.stranger.get(f"{base}/{videos[0]}/content")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"job_id": "0d9f2f6e-1f43-4d3a-8c2b-7e6a5d4c3b33"}, 404),
        ({"film_id": "0d9f2f6e-1f43-4d3a-8c2b-7e6a5d4c3b33"}, 404),
        ({"film_id": "0d9f2f6e-1f43-4d3a-8c2b-7e6a5d4c3b33", "feedback": True}, 422),
        ({"video_ids": ["0d9f2f6e-1f43-4d3a-8c2b-7e6a5d4c3b33"]}, 404),
        ({"video_ids": ["0d9f2f6e-1f43-4d3a-8c2b-7e6a5d4c3b33"], "password": "short"}, 422),
    ],
)
async def test_what_cannot_be_shared_is_refused(studio: Studio, body: dict[str, Any], status: int):
    assert (await studio.clients["editor"].post("/api/shares", json=body)).status_code == status


async def test_one_space_does_not_share_what_is_anothers(studio: Studio):
    made = await studio.clients["lone"].post("/api/shares", json={"job_id": str(studio.job_id)})
    assert made.status_code == 404


async def test_without_accounts_there_are_no_links(settings: Settings):
    async with serve(settings, with_worker=False) as served:
        job_id, _ = await finished(served.run, [b"mine"])
        async with httpx.AsyncClient(base_url=served.url) as client:
            refused = await client.post("/api/shares", json={"job_id": str(job_id)})
            assert (refused.status_code, "RUSHES_ACCOUNTS" in refused.json()["hint"]) == (409, True)
            assert (await client.get("/api/shared/anything")).status_code == 404
