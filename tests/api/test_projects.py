"""Projects over real HTTP: created, renamed, archived, deleted, and what jobs have to do with them."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger, nowhere, set_job
from tests.jobs import make_job
from tests.serving import Served

from rushes.platform.db.models import LOCAL_OWNER
from rushes.projects.actions import NewProject, create_project
from rushes.projects.views import MOST_PROJECTS


async def create(api: httpx.AsyncClient, name: str) -> str:
    made = await api.post("/api/projects", json={"name": name})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def job_in(api: httpx.AsyncClient, project: str | None, name: str = "a job") -> str:
    settings = {"provider": "echo", "project_id": project}
    made = await api.post("/api/jobs/create", json={"job_name": name, "settings": settings})
    assert made.status_code == 201, made.text
    return made.json()["job_id"]


async def names(api: httpx.AsyncClient, **query: Any) -> list[str]:
    return [each["name"] for each in (await api.get("/api/projects", params=query)).json()]


async def test_projects_are_created_listed_by_name_and_counted(api: httpx.AsyncClient, still: Served):
    winter = (await api.post("/api/projects", json={"name": "  Winter   2026 "})).json()
    assert (winter["name"], winter["archived"], winter["jobs"], winter["active_jobs"]) == (
        *("Winter 2026", False),
        *(0, 0),
    )
    await create(api, "autumn")
    assert await names(api) == ["autumn", "Winter 2026"]
    running = await job_in(api, winter["id"])
    await job_in(api, winter["id"])
    await set_job(still.run, UUID(running), status="processing")
    assert (await api.get(f"/api/projects/{winter['id']}")).json() == {**winter, "jobs": 2, "active_jobs": 1}


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\u202eb", "a\0b"])
async def test_a_name_that_cannot_be_is_refused(api: httpx.AsyncClient, name: str):
    project = await create(api, "there")
    for refused in (
        await api.post("/api/projects", json={"name": name}),
        await api.patch(f"/api/projects/{project}", json={"name": name}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert await names(api) == ["there"]


async def test_a_name_is_given_once_in_whatever_case(api: httpx.AsyncClient):
    await create(api, "Winter")
    other = await create(api, "Summer")
    for refused in (
        await api.post("/api/projects", json={"name": "WINTER"}),
        await api.patch(f"/api/projects/{other}", json={"name": "winter"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await api.patch(f"/api/projects/{other}", json={"name": "SUMMER"})).json()["name"] == "SUMMER"


async def test_fields_that_nobody_knows_are_refused(api: httpx.AsyncClient, still: Served):
    project, job = await create(api, "there"), await make_job(still.run, ["a"])
    for refused in (
        await api.post("/api/projects", json={"name": "x", "colour": "red"}),
        await api.patch(f"/api/projects/{project}", json={"colour": "red"}),
        await api.patch(f"/api/jobs/{job}", json={"status": "completed"}),
        await api.post(f"/api/jobs/{job}/move", json={"to": "top", "colour": "red"}),
    ):
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "extra_forbidden")


async def test_an_archived_project_is_listed_when_asked_for_and_takes_no_jobs(api: httpx.AsyncClient):
    old, new = await create(api, "old"), await create(api, "new")
    kept, moving = await job_in(api, old), await job_in(api, new)
    archived = await api.patch(f"/api/projects/{old}", json={"archived": True})
    assert archived.json()["archived"] is True
    assert await names(api) == ["new"]
    assert await names(api, archived=True) == ["new", "old"]
    assert (await api.get(f"/api/jobs/{kept}")).json()["project"] == {"id": old, "name": "old"}
    settings = {"provider": "echo", "project_id": old}
    for refused in (
        await api.post("/api/jobs/create", json={"job_name": "x", "settings": settings}),
        await api.patch(f"/api/jobs/{moving}", json={"project_id": old}),
        await api.delete(f"/api/projects/{new}", params={"jobs_to": old}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await api.patch(f"/api/projects/{old}", json={"archived": False})).json()["archived"] is False
    assert (await api.patch(f"/api/jobs/{moving}", json={"project_id": old})).status_code == 200


async def test_a_job_is_put_into_a_project_and_out_of_it_and_renamed(api: httpx.AsyncClient):
    project = await create(api, "Winter")
    job = f"/api/jobs/{await job_in(api, None)}"
    assert (await api.get(job)).json()["project"] is None
    put = (await api.patch(job, json={"project_id": project})).json()
    assert put["project"] == {"id": project, "name": "Winter"}
    assert put["settings"]["project_id"] == project, "as it was when the job was made in it"
    renamed = (await api.patch(job, json={"job_name": " Another  name "})).json()
    assert (renamed["job_name"], renamed["project"]) == ("Another name", put["project"])
    out = (await api.patch(job, json={"project_id": None})).json()
    assert (out["project"], out["settings"]["project_id"], out["job_name"]) == (None, None, "Another name")
    assert (await api.patch(job, json={})).status_code == 200
    for wrong in ({"job_name": "  "}, {"job_name": "x" * 201}, {"project_id": "winter"}):
        assert (await api.patch(job, json=wrong)).status_code == 422
    assert (await api.patch(job, json={"project_id": str(nowhere())})).status_code == 404


async def test_jobs_are_listed_by_project(api: httpx.AsyncClient):
    winter, summer = await create(api, "winter"), await create(api, "summer")
    for project, name in ((winter, "one"), (winter, "two"), (summer, "three"), (None, "four")):
        await job_in(api, project, name)

    async def listed(**query: Any) -> list[str]:
        page = (await api.get("/api/jobs", params={"sort": "name", "order": "asc", **query})).json()
        assert page["pagination"]["total"] == len(page["items"])
        return [job["job_name"] for job in page["items"]]

    assert await listed(project=winter) == ["one", "two"]
    assert await listed(project=summer, search="thr") == ["three"]
    assert await listed(project=summer, search="one") == []
    assert await listed(project="none") == ["four"]
    assert await listed() == ["four", "one", "three", "two"]
    refused = await api.get("/api/jobs", params={"project": "winter"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_a_project_with_jobs_is_deleted_only_when_they_have_somewhere_to_go(api: httpx.AsyncClient):
    winter, summer = await create(api, "winter"), await create(api, "summer")
    job = f"/api/jobs/{await job_in(api, winter)}"
    refused = await api.delete(f"/api/projects/{winter}")
    assert (refused.status_code, refused.json()["detail"]) == (409, "The project has a job.")
    assert (await api.delete(f"/api/projects/{winter}", params={"jobs_to": winter})).status_code == 409
    assert (
        await api.delete(f"/api/projects/{winter}", params={"jobs_to": str(nowhere())})
    ).status_code == 404
    assert (await api.get(job)).json()["project"]["id"] == winter
    moved = await api.delete(f"/api/projects/{winter}", params={"jobs_to": summer})
    assert moved.status_code == 204
    assert (await api.get(job)).json()["project"] == {"id": summer, "name": "summer"}
    assert (await api.delete(f"/api/projects/{summer}", params={"jobs_to": "none"})).status_code == 204
    assert (await api.get(job)).json()["project"] is None
    assert await names(api, archived=True) == []
    assert (await api.delete(f"/api/projects/{summer}")).status_code == 404


async def test_a_job_that_is_made_while_its_project_is_deleted_is_refused(
    api: httpx.AsyncClient, still: Served
):
    project = await create(api, "winter")
    async with still.run.db.begin() as deleting:
        await deleting.execute(text("SELECT FROM projects WHERE id = :id FOR UPDATE"), {"id": project})
        settings = {"provider": "echo", "project_id": project}
        making = asyncio.create_task(
            api.post("/api/jobs/create", json={"job_name": "x", "settings": settings})
        )
        await asyncio.wait([making], timeout=0.3)
        await deleting.execute(text("DELETE FROM projects WHERE id = :id"), {"id": project})
    assert (await making).status_code == 404


async def test_there_is_a_most_of_projects(api: httpx.AsyncClient, still: Served):
    async with still.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO projects (id, owner_id, name)"
                " SELECT gen_random_uuid(), :owner, 'project ' || n FROM generate_series(2, :most) n"
            ),
            {"owner": LOCAL_OWNER, "most": MOST_PROJECTS},
        )
    await create(api, "the last")
    refused = await api.post("/api/projects", json={"name": "one more"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_open_pages_hear_of_projects_and_of_their_jobs(api: httpx.AsyncClient, still: Served):
    async with still.run.db.begin() as session:
        await session.execute(text("DELETE FROM events"))
    project = await create(api, "winter")
    job = await job_in(api, None)
    await api.patch(f"/api/jobs/{job}", json={"project_id": project})
    await api.patch(f"/api/projects/{project}", json={"name": "winter"})  # nothing changes
    await api.patch(f"/api/projects/{project}", json={"archived": True})
    await api.delete(f"/api/projects/{project}", params={"jobs_to": "none"})
    async with still.run.db.begin() as session:
        rows = await session.execute(text("SELECT type, job_id, data FROM events ORDER BY id"))
        heard = [(row.type, str(row.job_id or row.data["project_id"]), row.data["status"]) for row in rows]
    assert heard == [
        ("project", project, "created"),
        ("job", job, "pending"),
        ("project", project, "changed"),
        ("job", job, "pending"),
        ("project", project, "deleted"),
    ]


async def test_somebody_elses_project_can_neither_be_seen_nor_used(api: httpx.AsyncClient, still: Served):
    await add_stranger(still.run)
    theirs = str((await create_project(still.run, STRANGER, NewProject(name="theirs"))).id)
    mine = await create(api, "theirs")  # the names of others are free
    job = await job_in(api, mine)
    assert (await api.patch(f"/api/jobs/{job}", json={"project_id": theirs})).status_code == 404
    assert (await api.delete(f"/api/projects/{mine}", params={"jobs_to": theirs})).status_code == 404
    assert (await api.get("/api/jobs", params={"project": theirs})).json()["items"] == []
    assert (await api.get(f"/api/jobs/{job}")).json()["project"]["id"] == mine


async def test_the_stories_of_a_project_begin_with_its_brand(api: httpx.AsyncClient):
    project = (await api.post("/api/projects", json={"name": "Rice films"})).json()
    assert project["brand"] is None
    brand = {"accent": "#00ff88", "captions": {"style": "boxed", "size": 1.2}}
    changed = await api.patch(f"/api/projects/{project['id']}", json={"brand": brand})
    assert changed.json()["brand"]["accent"] == "#00ff88"
    assert changed.json()["name"] == "Rice films"
    bad = await api.patch(f"/api/projects/{project['id']}", json={"brand": {"accent": "red"}})
    assert bad.status_code == 422

    given = {"text": "Rice", "project_id": project["id"]}
    look = (await api.post("/api/stories", json=given)).json()["document"]["look"]
    assert (look["accent"], look["captions"]["style"], look["captions"]["size"]) == ("#00ff88", "boxed", 1.2)
    assert look["background"] == "#12151c"
    own = {**given, "settings": {"look": {"accent": "#ff0000"}}}
    look = (await api.post("/api/stories", json=own)).json()["document"]["look"]
    assert (look["accent"], look["captions"]["style"]) == ("#ff0000", "boxed")
    plain = (await api.post("/api/stories", json={"text": "Rice"})).json()["document"]["look"]
    assert plain["accent"] == "#ffd84d"
