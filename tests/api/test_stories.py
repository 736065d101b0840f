"""Stories over real HTTP: created, changed, versions, sections, estimates, batches; one video as of old."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.api.rows import STRANGER, add_stranger
from tests.serving import Served

from rushes.errors import Conflict
from rushes.story import batch as batches

SECTIONS = [
    {"id": "grass", "heading": "A grass", "narration": "Rice is a grass. It grows in water."},
    {"id": "bowl", "heading": "A bowl", "narration": "In 1969 most people ate it."},
]

OF_STORIES = (
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("GET", "/estimate"),
    ("GET", "/speech"),
    ("POST", "/run"),
    ("GET", "/status"),
    ("POST", "/cancel"),
    ("POST", "/render"),
    ("POST", "/export"),
    ("GET", "/films"),
    ("POST", "/duplicate"),
    ("POST", "/translate"),
    ("POST", "/improve"),
    ("POST", "/sections"),
    ("PUT", "/sections/order"),
    ("PATCH", "/sections/{section_id}"),
    ("DELETE", "/sections/{section_id}"),
    ("POST", "/sections/{section_id}/split"),
    ("POST", "/sections/{section_id}/merge"),
    ("POST", "/sections/{section_id}/another"),
    ("GET", "/analysis"),
    ("GET", "/versions"),
    ("GET", "/versions/{number}"),
    ("POST", "/versions/{number}/restore"),
    ("GET", "/pictures"),
    ("GET", "/timeline"),
    ("GET", "/frame"),
    ("POST", "/uploads"),
    ("GET", "/files/{name}"),
    ("GET", "/preview"),
    ("GET", "/proxies/{name}"),
    ("GET", "/camera/{name}"),
    ("GET", "/sound/{which}"),
)
"""Every route of one story: method, and what follows its id."""
QUERIES: dict[str, dict[str, Any]] = {
    "/frame": {"frame": 0},
    "/camera/{name}": {"move": "static", "frames": 9},
}
BODIES: dict[str, dict[str, Any]] = {
    "": {"change": {}},
    "/sections": {"section": {"narration": "x"}},
    "/sections/order": {"order": []},
    "/sections/{section_id}": {"change": {}},
    "/sections/{section_id}/split": {"at": 3},
    "/sections/{section_id}/another": {"what": "speech"},
    "/translate": {"language": "de"},
    "/improve": {"instruction": "x"},
    "/duplicate": {},
}
OTHERS = (
    *(("GET", "/api/batch/{batch_id}"), ("GET", "/api/batch/{batch_id}/results")),
    *(("POST", "/api/batch/{batch_id}/retry"), ("GET", "/api/films/{film_id}")),
    ("GET", "/api/films/{film_id}/files/{name}"),
    *(("GET", "/api/veo3/status/{video_id}"), ("GET", "/api/veo3/download/{video_id}")),
    ("POST", "/api/veo3/cancel/{video_id}"),
)


async def create(api: httpx.AsyncClient, **settings: Any) -> dict[str, Any]:
    made = await api.post(
        "/api/stories", json={"sections": SECTIONS, "settings": {"title": "Rice", **settings}}
    )
    assert made.status_code == 201, made.text
    return made.json()


async def test_a_story_is_created_listed_and_found(api: httpx.AsyncClient, still: Served):
    story = await create(api)
    assert (story["name"], story["status"], story["version"]) == ("Rice", "draft", 1)
    assert story["document"]["voice"]["provider"] == "hibari"
    assert story["document"]["voice"]["voice"]
    states = {(each["step"], each["section_id"]): each["state"] for each in story["parts"]}
    assert states["voice", "grass"] == "missing"
    page = (await api.get("/api/stories", params={"search": "ric", "limit": 1})).json()
    assert [each["story_id"] for each in page["items"]] == [story["story_id"]]
    assert page["pagination"]["total"] == 1
    assert (await api.get("/api/stories", params={"status": "completed"})).json()["items"] == []


async def test_what_cannot_be_is_refused_by_field_and_nothing_is_created(
    api: httpx.AsyncClient, still: Served
):
    nothing = await api.post("/api/stories", json={"text": "  "})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid")
    wrong = await api.post(
        "/api/stories", json={"text": "rice", "settings": {"shape": "round", "voice": {"speed": 9}}}
    )
    assert {each["where"] for each in wrong.json()["errors"]} == {"shape", "voice.speed"}
    nobody = await api.post("/api/stories", json={"text": "rice", "settings": {"voice": {"provider": "x"}}})
    assert [each["where"] for each in nobody.json()["errors"]] == ["voice.provider"]
    nul = await api.post("/api/stories", json={"text": "rice\0"})
    assert nul.status_code == 422
    assert (await api.get("/api/stories")).json()["pagination"]["total"] == 0


async def test_a_change_is_a_version_that_can_be_restored(api: httpx.AsyncClient, still: Served):
    story = await create(api)
    url = f"/api/stories/{story['story_id']}"
    changed = await api.patch(url, json={"change": {"title": "Paddy"}, "version": 1, "note": "Shorter."})
    assert (changed.json()["version"], changed.json()["name"]) == (2, "Paddy")
    late = await api.patch(url, json={"change": {"title": "Other"}, "version": 1})
    assert (late.status_code, "version 2" in late.json()["detail"]) == (409, True)
    versions = (await api.get(f"{url}/versions")).json()
    assert [(each["number"], each["change"], each["by"]) for each in versions] == [
        (2, "Shorter.", "person"),
        (1, "Created.", "person"),
    ]
    assert (await api.get(f"{url}/versions/1")).json()["title"] == "Rice"
    restored = (await api.post(f"{url}/versions/1/restore")).json()
    assert (restored["version"], restored["document"]["title"]) == (3, "Rice")
    assert (await api.get(f"{url}/versions/9")).status_code == 404


async def test_sections_are_added_split_merged_reordered_locked_and_removed(
    api: httpx.AsyncClient, still: Served
):
    url = f"/api/stories/{(await create(api))['story_id']}/sections"

    def narrations(answer: httpx.Response) -> list[str]:
        assert answer.is_success, answer.text
        return [each["narration"] for each in answer.json()["document"]["sections"]]

    split = await api.post(f"{url}/grass/split", json={"at": 17})
    assert narrations(split)[:2] == ["Rice is a grass.", "It grows in water."]
    assert narrations(await api.post(f"{url}/grass/merge"))[0] == SECTIONS[0]["narration"]
    new = {"section": {"heading": "End", "narration": "That is all."}, "after": "grass"}
    assert narrations(await api.post(url, json=new))[1] == "That is all."
    ids = [
        each["id"] for each in (await api.get(url.removesuffix("/sections"))).json()["document"]["sections"]
    ]
    assert narrations(await api.put(f"{url}/order", json={"order": ids[::-1]}))[1] == "That is all."
    locked = await api.patch(f"{url}/bowl", json={"change": {"locked": True}})
    assert [each["locked"] for each in locked.json()["document"]["sections"]].count(True) == 1
    another = await api.post(f"{url}/bowl/another", json={"what": "speech"})
    assert max(each["variants"]["speech"] for each in another.json()["document"]["sections"]) == 1
    assert len(narrations(await api.delete(f"{url}/grass"))) == 2
    assert (await api.post(f"{url}/grass/merge")).status_code == 404
    assert (await api.put(f"{url}/order", json={"order": ["bowl"]})).status_code == 422


async def test_an_estimate_and_an_analysis_cost_nothing(api: httpx.AsyncClient, still: Served):
    url = f"/api/stories/{(await create(api))['story_id']}"
    free = (await api.get(f"{url}/estimate")).json()
    assert (float(free["cost"]), free["stills"], free["videos"], free["price_known"]) == (0.0, 2, 0, True)
    assert 3 < free["seconds"] < 15
    change = {"scenes": {"source": "veo"}}
    await api.patch(url, json={"change": change})
    paid = (await api.get(f"{url}/estimate")).json()
    assert float(paid["cost_by_step"]["scenes"]) > 0
    assert paid["videos"] == 2
    found = (await api.get(f"{url}/analysis")).json()
    assert found["hook"] == "Rice is a grass."
    assert [each["section_id"] for each in found["to_check"]] == ["bowl"]


async def test_a_timeline_that_is_not_complete_says_so(api: httpx.AsyncClient, still: Served):
    url = f"/api/stories/{(await create(api))['story_id']}"
    for method, path in (
        ("GET", "timeline"),
        ("POST", "render"),
        ("POST", "export"),
        ("GET", "frame?frame=0"),
    ):
        told = await api.request(method, f"{url}/{path}")
        assert (told.status_code, told.json()["code"]) == (409, "conflict"), path


async def test_a_run_is_asked_for_followed_and_cancelled_in_the_older_words(
    api: httpx.AsyncClient, still: Served
):
    story = await create(api)
    url = f"/api/stories/{story['story_id']}"
    begun = await api.post(f"{url}/run")
    assert (begun.status_code, begun.json()["status"], begun.json()["jobId"]) == (
        202,
        "PROCESSING",
        story["story_id"],
    )
    assert set(begun.json()) >= {"jobId", "status", "progress", "estimatedTime", "result"}
    cancelled = (await api.post(f"{url}/cancel")).json()
    assert cancelled["status"] == "cancelled"
    assert (await api.get(f"{url}/status")).json()["status"] == "FAILED"
    events = await _events(still)
    assert [each["status"] for each in events][-1] == "cancelled"


async def _events(still: Served) -> list[dict[str, Any]]:
    async with still.run.db.statement() as session:
        rows = await session.execute(text("SELECT data FROM events WHERE type = 'story' ORDER BY xid, id"))
        return list(rows.scalars())


async def test_a_copy_has_its_own_changes_and_a_deleted_story_is_gone(api: httpx.AsyncClient, still: Served):
    story = await create(api)
    url = f"/api/stories/{story['story_id']}"
    copy = (await api.post(f"{url}/duplicate", json={"change": {"shape": "16:9"}})).json()
    assert (copy["shape"], copy["story_id"] != story["story_id"]) == ("16:9", True)
    assert (await api.delete(url)).status_code == 204
    assert (await api.get(url)).status_code == 404
    assert (await api.get(f"/api/stories/{copy['story_id']}")).status_code == 200


async def test_the_stories_of_somebody_else_are_not_there(api: httpx.AsyncClient, still: Served):
    story = await create(api)
    await add_stranger(still.run)
    async with still.run.db.statement() as session:
        for table in ("stories", "story_versions"):
            await session.execute(text(f"UPDATE {table} SET owner_id = :owner"), {"owner": STRANGER})
    assert (await api.get("/api/stories")).json()["items"] == []
    for method, path in OF_STORIES:
        url = f"/api/stories/{story['story_id']}{path}".format(
            section_id="grass", number=1, name="speech/x.wav", which="voice"
        )
        query = QUERIES.get(path, {})
        body = BODIES.get(path) if method in ("POST", "PUT", "PATCH") else None
        files = {"file": b"x"} if path == "/uploads" else None
        told = await api.request(method, url, params=query, json=body, files=files)
        assert told.status_code == 404, (method, path, told.text)
    for method, path in OTHERS:
        url = path.format(batch_id=uuid4(), film_id=uuid4(), video_id=uuid4(), name="film.mp4")
        assert (await api.request(method, url)).status_code == 404, path


async def test_a_batch_is_created_whole_or_not_at_all(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    begun: list[UUID] = []
    begin = batches.begin_story

    async def begin_two(session: AsyncSession, owner: UUID, story_id: UUID) -> None:
        begun.append(story_id)
        if len(begun) > 2:
            raise Conflict("Enough.")
        await begin(session, owner, story_id)

    monkeypatch.setattr(batches, "begin_story", begin_two)
    assert (await api.post("/api/batch", json={"topics": ["Tea", "Salt", "Rice"]})).status_code == 409
    assert len(begun) == 3
    assert (await api.get("/api/stories")).json()["items"] == []
    unknown = {"topics": ["Tea"], "project_id": str(uuid4())}
    assert (await api.post("/api/batch", json=unknown)).status_code == 404
    assert (await api.get("/api/stories")).json()["items"] == []


async def test_a_batch_reads_lines_tables_and_objects(api: httpx.AsyncClient, still: Served):
    table = "topic;language\nRice;en\nReis ist ein Gras. Es wächst.;de\n"
    made = await api.post("/api/batch", json={"text": table, "settings": {"shape": "16:9"}})
    assert made.status_code == 202, made.text
    batch = made.json()
    assert [(each["story"]["name"], each["story"]["language"]) for each in batch["stories"]] == [
        ("Rice", "en"),
        ("Reis ist ein Gras. Es wächst.", "de"),
    ]
    assert (batch["total"], batch["completed"], batch["status"]) == (2, 0, "PROCESSING")
    url = f"/api/batch/{batch['batch_id']}"
    assert (await api.get(f"{url}/results")).json() == []
    await api.post(f"/api/stories/{batch['stories'][0]['story']['story_id']}/cancel")
    assert (await api.post(f"{url}/retry")).json() == {"retried": 1}
    objects = await api.post("/api/batch", json={"topics": ["Tea", {"topic": "Salt", "target_seconds": 30}]})
    assert objects.json()["total"] == 2
    wrong = await api.post("/api/batch", json={"topics": [{"topic": "Salt", "shape": "round"}]})
    assert [each["where"] for each in wrong.json()["errors"]] == ["topic 1, shape"]
    assert (await api.post("/api/batch", json={"text": "topic,colour\na,red"})).status_code == 422
    assert (await api.get(f"/api/batch/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    "given", [{"prompt": "a fox"}, {"prompt": "a fox", "aspectRatio": "9:16", "duration": 1}]
)
async def test_one_video_under_the_older_paths(api: httpx.AsyncClient, still: Served, given: dict[str, Any]):
    made = await api.post("/api/veo3/generate", json={"prompt": "a fox", **given, "provider": "echo"})
    assert made.status_code == 202, made.text
    video = made.json()["jobId"]
    assert (await api.get(f"/api/veo3/status/{video}")).json()["status"] == "QUEUED"
    assert (await api.get(f"/api/veo3/download/{video}")).status_code == 404
    assert (await api.post(f"/api/veo3/cancel/{video}")).json()["status"] == "FAILED"


@pytest.mark.parametrize("sections", [[{}], [{"narration": "x" * 9000}] * 30])
async def test_a_script_without_words_or_with_very_many_is_estimated(
    api: httpx.AsyncClient, sections: list[dict[str, str]]
):
    answer = await api.post("/api/stories/estimate", json={"sections": sections})
    assert answer.status_code == 200, answer.text
