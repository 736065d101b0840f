"""Uncertain submissions are listed with what is known, and decided on in bulk."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger
from tests.jobs import ledger, make_job, videos
from tests.serving import Served

from rushes.engine.dispatch import dispatch_now
from rushes.engine.runtime import Runtime

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


async def undecided(run: Runtime, count: int, *, sent_at: datetime = NOON, **more: Any) -> UUID:
    """A job whose submissions are all uncertain, sent a minute after each other."""
    job_id = await make_job(run, [f"a {n}" for n in range(count)], **more)
    await dispatch_now(run, "echo")
    async with run.db.begin() as session:
        await session.execute(
            text(
                "UPDATE submissions SET state = 'uncertain', ended_at = now(), error = 'It broke (503).',"
                " sent_at = CAST(:at AS timestamptz) + interval '1 minute' * (attempt - 1)"
                " WHERE job_id = :job"
            ),
            {"job": job_id, "at": sent_at},
        )
        await session.execute(
            text(
                "UPDATE videos SET status = 'waiting', waiting_for = 'uncertain', error_type = 'uncertain',"
                " error_message = 'It broke (503).' WHERE job_id = :job"
            ),
            {"job": job_id},
        )
    return job_id


async def states(run: Runtime, job_id: UUID) -> set[str]:
    return {row.state for row in await ledger(run, job_id)}


async def test_they_are_listed_with_what_is_known_of_each(api: httpx.AsyncClient, still: Served):
    job_id = await undecided(still.run, 2)
    async with still.run.db.begin() as session:
        await session.execute(
            text("UPDATE submissions SET remote_id = id::text, cost = 0.103, finished_at = now()")
        )
    listed = (await api.get("/api/uncertain")).json()
    assert [each["job_id"] for each in listed] == [str(job_id)] * 2
    first = listed[0]
    assert first["billed"] == "0.103000"
    assert first["known_to_provider"] is True
    assert first["finished_at"]
    assert first["error_message"] == "It broke (503)."
    assert len(first["video_ids"]) == 1


@pytest.mark.parametrize(
    ("filters", "decided"),
    [
        ({}, {"first", "second"}),
        ({"provider": "echo"}, {"first", "second"}),
        ({"provider": "omni"}, set[str]()),
        ({"job_id": "first"}, {"first"}),
        ({"since": NOON + timedelta(minutes=30)}, {"second"}),
        ({"until": NOON + timedelta(minutes=30)}, {"first"}),
        ({"credential_id": "00000000-0000-0000-0000-00000000000f"}, set[str]()),
    ],
)
async def test_one_decision_holds_for_all_that_fit(
    api: httpx.AsyncClient, still: Served, filters: dict[str, Any], decided: set[str]
):
    jobs = {
        "first": await undecided(still.run, 2),
        "second": await undecided(still.run, 3, sent_at=NOON + timedelta(hours=1)),
    }
    given = {name: str(jobs.get(str(value), value)) for name, value in filters.items()}
    answer = await api.post("/api/uncertain/resolve", json={"decision": "give_up", **given})
    if not decided:
        assert answer.status_code == 409
    else:
        calls = sum({"first": 2, "second": 3}[each] for each in decided)
        assert answer.json() == {"resolved": calls, "videos": calls}
    for name, job_id in jobs.items():
        assert await states(still.run, job_id) == ({"cancelled"} if name in decided else {"uncertain"})


async def test_none_of_these_were_made_lets_them_be_asked_for_again(api: httpx.AsyncClient, still: Served):
    job_id = await undecided(still.run, 3)
    answer = await api.post("/api/uncertain/resolve", json={"decision": "retry", "job_id": str(job_id)})
    assert answer.json() == {"resolved": 3, "videos": 3}
    assert {each.status for each in await videos(still.run, job_id)} == {"queued"}


async def test_those_of_others_are_neither_seen_nor_decided(api: httpx.AsyncClient, still: Served):
    await add_stranger(still.run)
    job_id = await undecided(still.run, 1, owner=STRANGER)
    assert (await api.get("/api/uncertain")).json() == []
    assert (await api.post("/api/uncertain/resolve", json={"decision": "made"})).status_code == 409
    assert await states(still.run, job_id) == {"uncertain"}


async def test_an_unknown_filter_is_refused(api: httpx.AsyncClient):
    assert (await api.get("/api/uncertain", params={"jobs": "x"})).status_code == 422
    wrong = {"decision": "made", "jobs": "x"}
    assert (await api.post("/api/uncertain/resolve", json=wrong)).status_code == 422
