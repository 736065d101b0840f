"""A shot may be asked for otherwise than its job: as long as its voice, and priced and capped so."""

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.jobs import ledger, make_job, until_status, videos, view
from tests.waiting import until

from rushes.engine.dispatch import dispatch_now
from rushes.engine.runtime import Runtime
from rushes.engine.views import VideoView
from rushes.errors import Invalid
from rushes.jobs.fallback import move_on
from rushes.jobs.start import start_job
from rushes.library.actions import regenerate
from rushes.money.actions import put_job_budget
from rushes.platform.db.models import LOCAL_OWNER
from rushes.studio.change_video import change_video

CENT = Decimal("0.01")
LONG = {"duration_seconds": 4}


async def estimates(run: Runtime, job_id: UUID) -> list[Decimal]:
    """What each submission of a job was expected to cost, by the place of its first take."""
    rows = {row.subject_ids[0]: row.cost_estimate for row in await ledger(run, job_id)}
    return [rows[each.video_id] for each in await videos(run, job_id) if each.video_id in rows]


def lengths(made: list[VideoView]) -> list[float]:
    """How long the takes are, in whole seconds."""
    return [round(each.duration_seconds or 0) for each in made]


@pytest.mark.usefixtures("worker")
async def test_each_shot_is_asked_for_with_its_own_length_and_price(run: Runtime):
    job_id = await make_job(run, ["a", "b", "c"], of_shots=[LONG], outputs=2, start=False)
    started = await start_job(run, LOCAL_OWNER, job_id)
    assert (started.estimated_cost, started.price_per_video) == (12 * CENT, 2 * CENT)
    job = await until_status(run, job_id, "completed")
    assert lengths(await videos(run, job_id)) == [4, 4, 1, 1, 1, 1]
    assert await estimates(run, job_id) == [8 * CENT, 2 * CENT, 2 * CENT]
    assert (job.estimated_cost, job.cost) == (12 * CENT, 12 * CENT)
    assert len({row.request_hash for row in await ledger(run, job_id)}) == 3


@pytest.mark.usefixtures("worker")
async def test_a_dear_shot_waits_for_the_budget_and_stands_in_no_others_way(run: Runtime):
    job_id = await make_job(run, ["a", "b", "c"], of_shots=[LONG], budget="0.03")

    async def cheap_ones_there() -> bool:
        job = await view(run, job_id)
        return (job.completed_videos, job.waiting_videos) == (2, 1)

    await until(cheap_ones_there)
    first, *_ = await videos(run, job_id)
    assert first.waiting_for == "budget"
    assert "the next video costs $0.04" in (first.error_message or "")
    await put_job_budget(run, LOCAL_OWNER, job_id, 6 * CENT)
    job = await until_status(run, job_id, "completed")
    assert (job.cost, lengths(await videos(run, job_id))) == (6 * CENT, [4, 1, 1])


async def test_one_look_starts_all_that_the_budget_allows(run: Runtime):
    own = [LONG, {}, LONG, {}, LONG]
    job_id = await make_job(run, ["a", "b", "c", "d", "e"], of_shots=own, budget="0.06")
    await dispatch_now(run, "echo")
    assert sum(await estimates(run, job_id)) == 6 * CENT
    waiting = [each.waiting_for == "budget" for each in await videos(run, job_id)]
    assert waiting == [False, False, True, False, True]


@pytest.mark.usefixtures("worker")
async def test_a_take_that_is_made_again_keeps_its_length(run: Runtime):
    job_id = await make_job(run, ["a", "b"], of_shots=[LONG])
    await until_status(run, job_id, "completed")
    first, _ = await videos(run, job_id)
    await regenerate(run, LOCAL_OWNER, first.video_id, new_prompt="another")

    async def three() -> bool:
        return (await view(run, job_id)).completed_videos == 3

    await until(three)
    assert sorted(lengths(await videos(run, job_id))) == [1, 4, 4]
    assert (await view(run, job_id)).cost == 9 * CENT


@pytest.mark.usefixtures("worker")
async def test_what_goes_on_from_a_take_is_as_long(run: Runtime):
    job_id = await make_job(run, ["a", "b"], of_shots=[LONG])
    await until_status(run, job_id, "completed")
    first, _ = await videos(run, job_id)
    changed = await change_video(run, LOCAL_OWNER, first.video_id, "at night", extend=False)

    async def three() -> bool:
        return (await view(run, job_id)).completed_videos == 3

    await until(three)
    made = {each.video_id: each for each in await videos(run, job_id)}
    assert lengths([made[changed]]) == [4]
    async with run.db.statement() as session:
        row = await session.execute(
            text("SELECT options FROM shots WHERE id = :id"), {"id": made[changed].shot_id}
        )
        assert row.scalar_one() == LONG


async def test_another_provider_makes_each_take_as_it_was_asked_for_where_it_can(run: Runtime):
    own = [{"aspect_ratio": "9:16"}, {}, {"duration_seconds": 4}]
    job_id = await make_job(run, ["a", "b", "c"], of_shots=own, when_down="fallback")
    async with run.db.begin() as session:  # echo is down, and was asked for what only others can do
        await session.execute(
            text(
                "UPDATE videos SET status = 'waiting', waiting_for = 'provider', error_type = 'high_demand',"
                """ options = CASE prompt_number WHEN 3 THEN
                        options || '{"duration_seconds": 8, "resolution": "360p"}' ELSE options END"""
            )
        )
    await move_on(run, "echo")
    made = await videos(run, job_id)
    assert [each.provider for each in made] == ["animatic"] * 3
    shapes = [(each.options["aspect_ratio"], each.options["duration_seconds"]) for each in made]
    assert shapes == [("9:16", 4), ("16:9", 4), ("16:9", 8)]
    assert all(each.options.keys() >= {"camera", "fit"} for each in made)


async def test_options_that_do_not_fit_are_refused_by_the_shot(run: Runtime):
    own = [{}, {"duration_seconds": 3}, {"camera": "auto"}]
    job_id = await make_job(run, ["a", "b", "c"], of_shots=own, start=False)
    with pytest.raises(Invalid) as refused:
        await start_job(run, LOCAL_OWNER, job_id)
    assert [each.where for each in refused.value.faults] == ["shot 2, duration_seconds", "shot 3, camera"]
