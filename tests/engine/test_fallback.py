"""A job that chose so goes on with another provider; what was accepted is still looked after where it is."""

import pytest
from tests.jobs import accepted_keys, ledger, make_job, small_animatics, until, until_status, videos, view

from rushes.engine.runtime import Runtime
from rushes.jobs import fallback

pytestmark = pytest.mark.usefixtures("worker")


async def test_what_a_busy_provider_does_not_take_is_made_by_another(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    small_animatics(monkeypatch)
    job_id = await make_job(
        run, ["[slow:4] a", "[busy:99] b"], when_down="fallback", aspect_ratio="9:16", delay_seconds=0.1
    )

    async def moved() -> bool:
        return (await view(run, job_id)).provider == "animatic"

    await until(moved)
    here = [row for row in await ledger(run, job_id) if row.provider == "echo"]
    (accepted,) = [row for row in here if row.state in ("submitted", "completed")]
    work = await run.ledger.take_over(accepted.id)
    assert work is None or work.options["delay_seconds"] == 0.1, "it keeps the options it was asked for with"
    job = await until_status(run, job_id, "completed")
    assert job.completed_videos == 2
    assert [v.provider for v in await videos(run, job_id)] == ["echo", "animatic"]
    assert len(accepted_keys()) == 1
    assert "Echo is in high demand" in (job.route_reason or "")
    assert job.settings["options"]["aspect_ratio"] == "9:16"


async def test_a_job_that_waits_by_default_stays_with_its_provider(run: Runtime):
    job_id = await make_job(run, ["[busy:99] b"])
    job = await until_status(run, job_id, "failed")
    assert (job.provider, job.failed_videos) == ("echo", 1)


async def test_what_no_other_provider_can_make_fails_instead_of_waiting_for_ever(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    async def nobody(*_: object) -> None:
        """No other provider can do it."""

    monkeypatch.setattr(fallback, "_another", nobody)
    job_id = await make_job(run, ["[busy:99] b"], when_down="fallback")
    job = await until_status(run, job_id, "failed")
    assert (job.provider, job.failed_videos) == ("echo", 1)
    (video,) = await videos(run, job_id)
    assert (video.error_type, video.waiting_for, video.next_actor) == ("high_demand", None, "user")
