"""Whose takes are claimed first: the order a person gave, fair turns where nobody gave one."""

from uuid import UUID

from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger, set_job, set_video
from tests.jobs import make_job, videos, view

from rushes.engine.dispatch import dispatch_now
from rushes.engine.runtime import Runtime
from rushes.jobs.actions import retry_failed
from rushes.jobs.queue_order import move_job, move_job_before
from rushes.jobs.queue_views import QueueMove
from rushes.platform.db.models import LOCAL_OWNER


async def claims(run: Runtime, jobs: dict[UUID, str], *, at_once: int = 1) -> str:
    """The names of the jobs in the order in which their takes are claimed, each done before the next."""
    run.settings.provider_concurrency["echo"] = at_once
    claimed = ""
    while True:
        await dispatch_now(run, "echo")
        async with run.db.begin() as session:
            rows = await session.execute(
                text(
                    "WITH done AS (UPDATE submissions SET state = 'completed', ended_at = now()"
                    " WHERE state = 'claimed' RETURNING job_id, subject_ids), taken AS ("
                    "UPDATE videos SET status = 'completed' FROM done"
                    " WHERE videos.id = ANY(done.subject_ids))"
                    " SELECT job_id FROM done"
                )
            )
            found = "".join(sorted(jobs[row.job_id] for row in rows))
        if not found:
            return claimed
        claimed += found


async def three_jobs(run: Runtime, owner: UUID = LOCAL_OWNER) -> list[UUID]:
    return [await make_job(run, [f"shot {n}" for n in range(2)], owner=owner, name=name) for name in "abc"]


async def test_jobs_that_nobody_has_moved_take_turns(run: Runtime):
    jobs = dict(zip(await three_jobs(run), "abc", strict=True))
    claimed = await claims(run, jobs, at_once=3)
    assert [claimed[:3], claimed[3:]] == ["abc", "abc"]


async def test_a_job_at_the_top_is_done_before_the_others_take_turns(run: Runtime):
    a, b, c = await three_jobs(run)
    await move_job(run, LOCAL_OWNER, c, QueueMove.TOP)
    claimed = await claims(run, {a: "a", b: "b", c: "c"}, at_once=2)
    assert claimed == "cc" + "ab" + "ab"


async def test_a_job_at_the_bottom_gets_what_the_others_leave_also_what_starts_later(run: Runtime):
    a, b, c = await three_jobs(run)
    await move_job(run, LOCAL_OWNER, a, QueueMove.BOTTOM)
    d = await make_job(run, ["later"], name="d")
    claimed = await claims(run, {a: "a", b: "b", c: "c", d: "d"})
    assert sorted(claimed[:5]) == list("bbccd")
    assert claimed[5:] == "aa"


async def test_the_order_of_a_list_is_the_order_of_the_claims(run: Runtime):
    a, b, c = await three_jobs(run)
    await move_job_before(run, LOCAL_OWNER, c, a)
    await move_job(run, LOCAL_OWNER, b, QueueMove.UP)
    assert await claims(run, {a: "a", b: "b", c: "c"}) == "ccbbaa"


async def test_a_job_that_gives_its_place_up_takes_turns_again(run: Runtime):
    a, b, c = await three_jobs(run)
    await move_job(run, LOCAL_OWNER, c, QueueMove.TOP)
    await move_job(run, LOCAL_OWNER, c, QueueMove.TURNS)
    place = (await view(run, c)).queue
    assert place is not None
    assert (place.position, place.takes_turns) == (3, True)
    claimed = await claims(run, {a: "a", b: "b", c: "c"}, at_once=3)
    assert claimed == "abcabc"


async def test_turns_between_owners_stay_whatever_one_of_them_moves(run: Runtime):
    await add_stranger(run)
    mine, theirs = await three_jobs(run), await three_jobs(run, STRANGER)
    for each in mine:
        await move_job(run, LOCAL_OWNER, each, QueueMove.TOP)
    names = dict.fromkeys(mine, "m") | dict.fromkeys(theirs, "t")
    assert await claims(run, names, at_once=2) == "mt" * 6


async def test_what_a_person_waits_for_takes_turns_with_the_first_batch(run: Runtime):
    batch = await make_job(run, [f"shot {n}" for n in range(3)])
    prompt = await make_job(run, ["one prompt", "another"])
    await set_job(run, prompt, kind="studio")
    await move_job(run, LOCAL_OWNER, batch, QueueMove.TOP)
    assert await claims(run, {batch: "b", prompt: "p"}, at_once=2) == "bp" + "bp" + "b"


async def test_a_job_is_moved_while_its_takes_are_in_flight(run: Runtime):
    a, b, _ = await three_jobs(run)
    run.settings.provider_concurrency["echo"] = 1
    await dispatch_now(run, "echo")
    async with run.db.begin() as session:
        first = (await session.execute(text("SELECT job_id FROM submissions"))).scalar_one()
    behind = b if first == a else a
    await move_job(run, LOCAL_OWNER, behind, QueueMove.TOP)
    await dispatch_now(run, "echo")
    async with run.db.begin() as session:
        claimed = await session.execute(text("SELECT job_id FROM submissions WHERE state = 'claimed'"))
        assert list(claimed.scalars()) == [first], "what is claimed stays, and nothing passes the limit"
        await session.execute(text("UPDATE submissions SET state = 'completed'"))
    await dispatch_now(run, "echo")
    async with run.db.begin() as session:
        claimed = await session.execute(text("SELECT job_id FROM submissions WHERE state = 'claimed'"))
        assert list(claimed.scalars()) == [behind]


async def test_an_ended_job_that_is_made_again_has_no_place_of_its_own_any_more(run: Runtime):
    job_id, other = await make_job(run, ["a"]), await make_job(run, ["b"])
    await move_job(run, LOCAL_OWNER, job_id, QueueMove.TOP)
    (take,) = await videos(run, job_id)
    await set_video(run, take.video_id, status="failed", error_type="timeout", error_message="Late.")
    await set_job(run, job_id, status="failed")
    assert (await view(run, job_id)).queue is None
    await retry_failed(run, LOCAL_OWNER, job_id)
    places = [(await view(run, each)).queue for each in (job_id, other)]
    assert all(place and place.takes_turns for place in places)
