"""The queue over real HTTP: the place of a job, and how it is moved."""

import asyncio
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger, nowhere, set_job
from tests.jobs import make_job
from tests.serving import Served


async def queue(api: httpx.AsyncClient) -> list[tuple[str, int | None]]:
    page = (await api.get("/api/jobs", params={"sort": "queue", "order": "asc"})).json()
    return [(job["job_name"], job["queue"] and job["queue"]["position"]) for job in page["items"]]


async def three(still: Served) -> list[UUID]:
    return [await make_job(still.run, ["a"], name=name) for name in "abc"]


async def test_lists_show_the_place_of_what_has_started_and_not_ended(api: httpx.AsyncClient, still: Served):
    a, b, _ = await three(still)
    await make_job(still.run, ["a"], name="not started", start=False)
    ended = await make_job(still.run, ["a"], name="ended")
    await set_job(still.run, ended, status="completed")
    await set_job(still.run, b, status="paused", paused_by="user")
    assert await queue(api) == [("a", 1), ("b", 2), ("c", 3), ("not started", None), ("ended", None)] or (
        await queue(api) == [("a", 1), ("b", 2), ("c", 3), ("ended", None), ("not started", None)]
    )
    assert (await api.get(f"/api/jobs/{a}")).json()["queue"] == {"position": 1, "takes_turns": True}


async def test_a_job_is_moved_and_the_answer_says_where_it_is(api: httpx.AsyncClient, still: Served):
    a, b, c = await three(still)
    top = await api.post(f"/api/jobs/{c}/move", json={"to": "top"})
    assert (top.status_code, top.json()["queue"]) == (200, {"position": 1, "takes_turns": False})
    assert await queue(api) == [("c", 1), ("a", 2), ("b", 3)]
    for _ in range(2):  # a second time nothing changes
        await api.post(f"/api/jobs/{c}/move", json={"to": "top"})
        assert await queue(api) == [("c", 1), ("a", 2), ("b", 3)]
    await api.post(f"/api/jobs/{a}/move", json={"to": "down"})
    assert await queue(api) == [("c", 1), ("b", 2), ("a", 3)]
    await api.post(f"/api/jobs/{a}/move", json={"before": str(c)})
    assert await queue(api) == [("a", 1), ("c", 2), ("b", 3)]
    await api.post(f"/api/jobs/{a}/move", json={"to": "bottom"})
    await api.post(f"/api/jobs/{b}/move", json={"to": "up"})
    assert await queue(api) == [("b", 1), ("c", 2), ("a", 3)]
    turns = (await api.post(f"/api/jobs/{b}/move", json={"to": "turns"})).json()
    assert turns["queue"]["position"] == 2, "behind what has a place above those that take turns"


@pytest.mark.parametrize(
    "body", [{}, {"to": "left"}, {"to": None}, {"before": "first"}, {"to": "top", "before": str(UUID(int=1))}]
)
async def test_a_move_that_cannot_be_understood_is_refused(
    api: httpx.AsyncClient, still: Served, body: dict[str, object]
):
    job_id = await make_job(still.run, ["a"])
    refused = await api.post(f"/api/jobs/{job_id}/move", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_what_is_in_no_queue_cannot_be_moved(api: httpx.AsyncClient, still: Served):
    waiting = await make_job(still.run, ["a"])
    others = {status: await make_job(still.run, ["a"]) for status in ("pending", "completed", "cancelled")}
    for status, job_id in others.items():
        await set_job(still.run, job_id, status=status)
        refused = await api.post(f"/api/jobs/{job_id}/move", json={"to": "top"})
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), status
        refused = await api.post(f"/api/jobs/{waiting}/move", json={"before": str(job_id)})
        assert refused.status_code == 409, status
    refused = await api.post(f"/api/jobs/{waiting}/move", json={"before": str(nowhere())})
    assert refused.status_code == 404
    refused = await api.post(f"/api/jobs/{waiting}/move", json={"before": str(waiting)})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "before")
    studio = await make_job(still.run, ["a"])
    await set_job(still.run, studio, kind="studio")
    assert (await api.post(f"/api/jobs/{studio}/move", json={"to": "top"})).status_code == 409


async def test_the_queue_of_somebody_else_is_another(api: httpx.AsyncClient, still: Served):
    await add_stranger(still.run)
    theirs = await make_job(still.run, ["a"], owner=STRANGER, name="theirs")
    await make_job(still.run, ["a"], owner=STRANGER, name="theirs too")
    mine = await make_job(still.run, ["a"], name="mine")
    assert await queue(api) == [("mine", 1)]
    assert (await api.post(f"/api/jobs/{mine}/move", json={"before": str(theirs)})).status_code == 404
    assert (await api.post(f"/api/jobs/{theirs}/move", json={"to": "top"})).status_code == 404
    await api.post(f"/api/jobs/{mine}/move", json={"to": "top"})
    async with still.run.db.begin() as session:
        ranks = await session.execute(
            text("SELECT queue_rank FROM jobs WHERE owner_id = :owner"), {"owner": STRANGER}
        )
        assert set(ranks.scalars()) == {0}


async def test_moves_at_the_same_moment_leave_one_order(api: httpx.AsyncClient, still: Served):
    jobs = [await make_job(still.run, ["a"], name=str(n)) for n in range(6)]
    moves = ("top", "up", "down", "bottom", "top", "up")
    answers = await asyncio.gather(
        *(
            api.post(f"/api/jobs/{job_id}/move", json={"to": to})
            for _ in range(3)
            for job_id, to in zip(jobs, moves, strict=True)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(place or 0 for _, place in await queue(api)) == [1, 2, 3, 4, 5, 6]


async def test_open_pages_hear_of_every_job_whose_rank_changed(api: httpx.AsyncClient, still: Served):
    a, b, c = await three(still)
    async with still.run.db.begin() as session:
        await session.execute(text("DELETE FROM events"))
    await api.post(f"/api/jobs/{c}/move", json={"to": "up"})
    await api.post(f"/api/jobs/{c}/move", json={"to": "up"})
    async with still.run.db.begin() as session:
        rows = await session.execute(text("SELECT job_id, type, data ->> 'status' AS s FROM events"))
        heard = [(row.job_id, row.type, row.s) for row in rows]
    assert {(a, "job", "processing"), (c, "job", "processing")} <= set(heard)
    assert b not in {job_id for job_id, _, _ in heard}
