"""kill -9 of a worker while it works Flow's page, at any instant: nothing is generated twice, or lost.

The victim is the real `rushes worker` with a real Chromium; the stand-in's bill outlives them all.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.flow import Site, serve_flow

from rushes.engine.runtime import open_runtime
from rushes.settings import Settings
from tests.crash.victim import Victim
from tests.flowing import assert_whole, flow_job, quick, sign_in, use_flow
from tests.jobs import ledger, videos, view
from tests.waiting import until

CONCURRENCY = "{}"
LONGEST_SECONDS = 7.0
"""A worker that is not killed has made a shot by then."""


@pytest.fixture
def site(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve_flow(quick(submit_reply_seconds=0.5, generation_seconds=1.0)) as served:
        use_flow(monkeypatch, served, home.data_dir, settle_seconds=3)
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.soak)])
async def test_a_worker_killed_at_any_instant_makes_every_shot_once(
    kills: int, home: Settings, site: Site, tmp_path: Path
):
    chance = random.Random(kills)
    prompts = [f"A boat number {number}" for number in range(1, 3 + kills // 2)]
    async with open_runtime(home) as run:
        await sign_in(run, site, "ada")
        job_id = await flow_job(run, prompts, tmp_path, outputs=2)
    for _ in range(kills):
        victim = Victim(home, CONCURRENCY)
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(chance.uniform(0.3, LONGEST_SECONDS))
        await asyncio.to_thread(victim.kill)
    victim = Victim(home, CONCURRENCY)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    asked = Counter(charge.prompt for charge in site.bill)
    assert set(asked.values()) <= {1}, asked
    async with open_runtime(home) as run:
        told = [(each.status, each.waiting_for, each.error_message) for each in await videos(run, job_id)]
        assert (await view(run, job_id)).status == "completed", told
        await assert_whole(run, site, job_id)
        assert {row.state for row in await ledger(run, job_id)} <= {"completed", "released"}
    assert not list((home.data_dir / "flow" / "profiles").glob("*-*-*-*-????????????")), "a profile was left"


@pytest.mark.slow
async def test_a_worker_killed_between_the_click_and_its_answer_finds_what_was_made(
    home: Settings, site: Site, tmp_path: Path
):
    site.scenario = quick(submit_reply_seconds=3.0)
    async with open_runtime(home) as run:
        await sign_in(run, site, "ada")
        job_id = await flow_job(run, ["A boat"], tmp_path, outputs=2)
    victim = Victim(home, CONCURRENCY)
    await asyncio.to_thread(victim.until_at_work)

    async def clicked() -> bool:
        return bool(site.bill)

    await until(clicked)
    await asyncio.to_thread(victim.kill)
    async with open_runtime(home) as run:
        (row,) = await ledger(run, job_id)
        assert (row.state, row.remote_id) == ("submitting", None)
    again = Victim(home, CONCURRENCY)
    assert await asyncio.to_thread(again.finish) == 0, again.log
    assert len(site.bill) == 1
    async with open_runtime(home) as run:
        await assert_whole(run, site, job_id)
