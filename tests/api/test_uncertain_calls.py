"""A paid call that is uncertain can be found and decided on, also when no take waits for it."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import set_job, set_video
from tests.jobs import have_worker, ledger, make_job, videos
from tests.serving import Served

from rushes.engine.states import SubjectKind
from rushes.platform.db.models import LOCAL_OWNER


async def add_call(still: Served, kind: str, subjects: list[UUID], job_id: UUID | None = None) -> UUID:
    """A paid call of $0.40 that nobody knows the end of."""
    call_id = uuid4()
    async with still.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO submissions (id, owner_id, job_id, subject_kind, subject_ids, attempt, provider,"
                " model, state, request_hash, cost_estimate, faults, error)"
                " VALUES (:id, :owner, :job, :kind, :subjects, 1, 'echo', 'echo-1', 'uncertain', '', 0.4, 0,"
                " 'Its answer was lost.')"
            ),
            {"id": call_id, "owner": LOCAL_OWNER, "job": job_id, "kind": kind, "subjects": subjects},
        )
    return call_id


async def needs(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    return (await api.get("/api/needs")).json()


async def resolve(api: httpx.AsyncClient, call_id: UUID, decision: str) -> httpx.Response:
    return await api.post(f"/api/submissions/{call_id}/resolve", json={"decision": decision})


@pytest.mark.parametrize("kind", [*SubjectKind, "of a later version"])
@pytest.mark.parametrize(
    ("decision", "state", "cost"), [("made", "completed", "0.4"), ("give_up", "cancelled", "0")]
)
async def test_a_call_without_a_take_is_listed_and_decided_on(
    api: httpx.AsyncClient, still: Served, kind: str, decision: str, state: str, cost: str
):
    call_id = await add_call(still, str(kind), [uuid4(), uuid4()])
    (need,) = await needs(api)
    assert (need["submission_id"], need["subject_kind"], need["count"]) == (str(call_id), str(kind), 2)
    assert (need["kind"], need["waiting_for"], need["next_actor"]) == ("waiting", "uncertain", "user")
    assert (need["job_id"], need["provider"], need["message"]) == (None, "echo", "Its answer was lost.")
    assert Decimal((await api.get("/api/costs?by=kind")).json()["open"]) == Decimal("0.4")
    again = await resolve(api, call_id, "retry")
    assert (again.status_code, again.json()["code"]) == (409, "conflict"), "nobody waits for it"
    answer = await resolve(api, call_id, decision)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], Decimal(answer.json()["cost"])) == (state, Decimal(cost))
    assert await needs(api) == []
    costs = (await api.get("/api/costs?by=kind")).json()
    assert (Decimal(costs["settled"]), Decimal(costs["open"])) == (Decimal(cost), 0)
    assert (await resolve(api, call_id, decision)).status_code == 409
    assert (await resolve(api, uuid4(), decision)).status_code == 404


async def uncertain_take(still: Served, job_id: UUID) -> UUID:
    """Have the one take of the job wait for a decision; return its call."""
    (take,) = await videos(still.run, job_id)
    call_id = await add_call(still, "takes", [take.video_id], job_id)
    waits = {"status": "waiting", "waiting_for": "uncertain", "error_type": "uncertain"}
    await set_video(still.run, take.video_id, submission_id=call_id, **waits)
    return call_id


async def test_a_call_that_a_take_waits_for_is_told_of_by_the_take_alone(
    api: httpx.AsyncClient, still: Served
):
    job_id = await make_job(still.run, ["a"])
    call_id = await uncertain_take(still, job_id)
    assert [each["submission_id"] for each in await needs(api)] == [None]
    answer = await resolve(api, call_id, "give_up")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    (take,) = await videos(still.run, job_id)
    assert (take.status, take.waiting_for) == ("failed", None)


async def test_a_take_is_asked_for_again_by_the_id_of_its_call(api: httpx.AsyncClient, still: Served):
    job_id = await make_job(still.run, ["a"])
    call_id = await uncertain_take(still, job_id)
    await set_job(still.run, job_id, status="failed")
    assert (await resolve(api, call_id, "retry")).status_code == 200
    (take,) = await videos(still.run, job_id)
    assert take.status == "queued"
    async with still.run.db.statement() as session:
        belongs_to = await session.execute(text("SELECT submission_id FROM videos"))
    assert belongs_to.scalar_one() is None, "a decision on the old call has nothing to do with it"
    assert (await api.get(f"/api/jobs/{job_id}")).json()["status"] == "processing"
    assert [row.state for row in await ledger(still.run, job_id)] == ["uncertain"]
    await have_worker(still.run)
    assert await needs(api) == [], "asking for it again was the decision"
    assert (await resolve(api, call_id, "made")).status_code == 200, "and may be settled all the same"


@pytest.mark.parametrize("gone", ["job", "take", "cancelled"])
async def test_a_call_whose_take_does_not_wait_any_more_is_listed(
    api: httpx.AsyncClient, still: Served, gone: str
):
    job_id = await make_job(still.run, ["a"])
    call_id = await uncertain_take(still, job_id)
    (take,) = await videos(still.run, job_id)
    if gone == "job":
        assert (await api.delete(f"/api/jobs/{job_id}")).status_code == 204
    elif gone == "take":
        assert (await api.delete(f"/api/videos/{take.video_id}")).status_code == 204
    else:
        assert (await api.post(f"/api/jobs/{job_id}/cancel")).status_code == 200
    (need,) = await needs(api)
    assert (need["submission_id"], need["subject_kind"]) == (str(call_id), "takes")
    assert need["job_id"] == (None if gone == "job" else str(job_id))
    assert (await resolve(api, call_id, "made")).status_code == 200
    assert await needs(api) == []
    assert Decimal((await api.get("/api/costs?by=kind")).json()["settled"]) == Decimal("0.4")


async def test_a_job_of_a_kind_that_only_a_newer_version_knows_is_shown(
    api: httpx.AsyncClient, still: Served
):
    job_id = await make_job(still.run, ["a"])
    await set_job(still.run, job_id, kind="story")
    shown = await api.get(f"/api/jobs/{job_id}")
    assert (shown.status_code, shown.json()["kind"]) == (200, "story")
    (take,) = await videos(still.run, job_id)
    assert (await api.get(f"/api/videos/{take.video_id}")).status_code == 200
    assert (await api.post(f"/api/jobs/{job_id}/cancel")).json()["status"] == "cancelled"
