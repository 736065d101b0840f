"""kill -9 of the whole worker process at random instants, again and again: nothing lost, nothing paid twice.

The victim is the real `rushes worker` on the real embedded database in a folder of its own.
"""

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import text

from rushes.engine.runtime import Runtime, open_runtime
from rushes.settings import Settings
from tests.crash.victim import Victim, kill_postgres
from tests.jobs import accepted_keys, ledger, make_job, videos, view
from tests.samples import SEED

KILLS = [5, pytest.param(25, marks=pytest.mark.soak)]


async def still_open(run: Runtime, job_id: UUID) -> int:
    job = await view(run, job_id)
    return job.expected_videos - job.completed_videos - job.failed_videos


async def assert_nothing_is_left_over(run: Runtime, job_id: UUID) -> None:
    async with run.db.begin() as session:
        keys = set((await session.execute(text("SELECT key FROM assets"))).scalars())
        tasks = (
            await session.execute(
                text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
            )
        ).scalar_one()
        stuck = (
            await session.execute(
                text(
                    "SELECT count(*) FROM submissions"
                    " WHERE state NOT IN ('completed', 'failed', 'released', 'cancelled')"
                )
            )
        ).scalar_one()
    assert {key for key, _ in run.bucket.files()} == keys, "a file without a row, or a row without its file"
    assert list(run.settings.work_dir.iterdir()) == [], "a half-made file was left behind"
    assert (tasks, stuck) == (0, 0)
    assert {video.status for video in await videos(run, job_id)} == {"completed"}


async def kill_again_and_again(settings: Settings, times: int, concurrency: str, spread: float) -> None:
    """Start the worker and kill it, so many times; now and then the database with it.

    On a busy machine the job may be done before, as nobody knows when a kill comes: a few there always are.
    """
    chance = random.Random(SEED)
    for kills in range(1, times + 1):
        victim = Victim(settings, concurrency)
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(chance.uniform(0, spread))
        over = victim.process.poll() is not None
        await asyncio.to_thread(victim.kill)
        if over:
            assert kills > 2, "the job was over before the kills were: make it longer"
            return
        if kills % 4 == 0:
            await asyncio.to_thread(kill_postgres, settings)


async def finish(settings: Settings, concurrency: str) -> None:
    victim = Victim(settings, concurrency)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log


@pytest.mark.parametrize("kills", KILLS)
async def test_an_echo_job_survives_being_killed_over_and_over(kills: int, home: Settings):
    concurrency = '{"echo": 3}'
    prompts = [
        f"shot {n} " + ("", "[flaky:1]", "[damaged:1]", "[busy:1]", "[lost]")[n % 5] for n in range(40)
    ]
    async with open_runtime(home) as run:
        job_id = await make_job(run, prompts, outputs=2, delay_seconds=0.6)
    await kill_again_and_again(home, kills, concurrency, spread=0.8)
    await finish(home, concurrency)
    async with open_runtime(home) as run:
        await assert_nothing_is_left_over(run, job_id)
        job = await view(run, job_id)
        rows = await ledger(run, job_id)
        assert (job.status, job.completed_videos) == ("completed", 80)
        accepted = Counter(accepted_keys(home.data_dir.parent / "echo"))
        assert set(accepted.values()) == {1}, "a submission was sent twice"
        assert len(accepted) == 40, "a shot was paid twice, or not at all"
        assert set(accepted) == {str(row.id) for row in rows if row.state == "completed"}


@pytest.mark.parametrize("kills", KILLS)
async def test_an_animatic_job_survives_being_killed_over_and_over(kills: int, home: Settings):
    concurrency, shots = '{"animatic": 2}', kills // 2 + 2
    async with open_runtime(home) as run:
        job_id = await make_job(
            run, [f"a slow push in, {n}" for n in range(shots)], provider="animatic", aspect_ratio="9:16"
        )
    await kill_again_and_again(home, kills, concurrency, spread=1.2)
    await finish(home, concurrency)
    async with open_runtime(home) as run:
        await assert_nothing_is_left_over(run, job_id)
        assert (await view(run, job_id)).completed_videos == shots
