"""Google Flow through the real engine and a real Chromium, against the stand-in's page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from standins.flow import Site, serve_flow
from tests.flowing import assert_whole, flow_job, quick, sign_in, use_flow
from tests.jobs import until, until_status, videos

from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.flow_signins import actions as flow
from rushes.planning.routing import route
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings

PROMPTS = [f"A boat number {number} leaves the pier" for number in range(1, 15)]


@pytest.fixture(autouse=True)
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve_flow(quick()) as served:
        use_flow(monkeypatch, served, settings.data_dir)
        yield served


@pytest.mark.slow
@pytest.mark.parametrize(
    ("window", "images"),
    [
        ("headless", 3),
        ("headed", 2),
        *(pytest.param(window, 14, marks=pytest.mark.soak) for window in ("headless", "headed")),
    ],
)
@pytest.mark.usefixtures("worker")
async def test_images_make_two_whole_videos_each_from_its_own_image_and_prompt(
    window: str, images: int, run: Runtime, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if window == "headed":
        assert shutil.which("Xvfb"), "`python -m scripts.chromium` installs it"
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.setenv("RUSHES_FLOW_HEADLESS", "false")
    await sign_in(run, site, "ada")
    job_id = await flow_job(run, PROMPTS[:images], tmp_path, outputs=2)
    job = await until_status(run, job_id, "completed", "failed")
    assert (job.status, job.completed_videos) == ("completed", 2 * images), job.error_summary
    await assert_whole(run, site, job_id)
    assert {charge.mode for charge in site.bill} == {"frames"}
    assert {charge.outputs for charge in site.bill} == {2}


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_session_that_ends_in_the_middle_waits_for_its_person_and_goes_on_after_an_import(
    run: Runtime, site: Site, tmp_path: Path
):
    await sign_in(run, site, "ada")
    job_id = await flow_job(run, PROMPTS[:2], tmp_path)
    await until(lambda: _completed(run, job_id, 1))
    site.expire("ada@example.com")

    async def waits() -> bool:
        return any(each.waiting_for == "person" for each in await videos(run, job_id))

    await until(waits)
    (account,) = await flow.list_all(run, LOCAL_OWNER)
    assert account.state == "needs_auth"
    assert {each.error_type for each in await videos(run, job_id) if each.status == "waiting"} == {"auth"}
    await flow.keep_account(run, LOCAL_OWNER, "ada", site.sign_in_state("ada@example.com"))
    await until_status(run, job_id, "completed")
    await assert_whole(run, site, job_id)


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_job_finishes_on_the_account_that_is_signed_in_and_can_pay(
    run: Runtime, site: Site, tmp_path: Path
):
    for name in ("ada", "bob", "cleo"):
        await sign_in(run, site, name)
    site.expire("bob@example.com")
    site.account("cleo@example.com").credits = 3
    job_id = await flow_job(run, PROMPTS[:2], tmp_path)
    await until_status(run, job_id, "completed")
    await assert_whole(run, site, job_id)
    assert {charge.account for charge in site.bill} == {"ada@example.com"}
    accounts = {each.name: each for each in await flow.list_all(run, LOCAL_OWNER)}
    assert accounts["bob"].state == "needs_auth"
    assert (accounts["cleo"].state, accounts["cleo"].resting_for) == ("ready", "credits")


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_no_more_takes_are_in_flight_than_flow_allows_and_each_finds_its_way_home(
    run: Runtime, site: Site, tmp_path: Path
):
    site.scenario = quick(out_of_order=True, generation_seconds=2.0)
    account_id = await sign_in(run, site, "ada")
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE credentials SET concurrency = 4 WHERE id = :id"), {"id": account_id}
        )
    job_id = await flow_job(run, PROMPTS[:3], tmp_path, outputs=2)
    await until_status(run, job_id, "completed")
    await assert_whole(run, site, job_id)
    assert {each.retry_count for each in await videos(run, job_id)} == {0}, "none was refused"


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_an_account_that_is_too_quick_rests_and_a_refused_prompt_goes_to_its_author(
    run: Runtime, site: Site, tmp_path: Path
):
    await sign_in(run, site, "ada")
    prompts = ["A slow boat [too_quickly:1]", "A famous boat [people]", "A plain boat"]
    job_id = await flow_job(run, prompts, tmp_path)
    await until_status(run, job_id, "completed")
    slow, famous, plain = await videos(run, job_id)
    assert (slow.status, plain.status) == ("completed", "completed")
    assert (famous.status, famous.error_type) == ("failed", "prominent_people")
    assert "prominent people" in (famous.error_message or "")
    async with run.db.begin() as session:
        rested = await session.scalar(text("SELECT resting_for FROM credentials"))
    assert rested == "rate_limited"


async def test_a_job_that_names_no_provider_goes_to_flow_when_only_an_account_is_there(
    run: Runtime, site: Site
):
    settings = JobSettings.model_validate({})
    assert (await route(run, LOCAL_OWNER, settings)).provider == "animatic"
    await sign_in(run, site, "ada")
    found = await route(run, LOCAL_OWNER, settings)
    assert (found.provider, found.model) == ("flow", "omni-1.1-flash")


async def _completed(run: Runtime, job_id: UUID, least: int) -> bool:
    return sum(each.status == "completed" for each in await videos(run, job_id)) >= least
