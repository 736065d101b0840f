"""kill -9 of the whole worker process at random instants, again and again: nothing lost, nothing paid twice.

The victim is the real `rushes worker` on the real embedded database in a folder of its own.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from uuid import UUID

import psutil
import pytest
from sqlalchemy import text

from rushes.runtime import Runtime, open_runtime
from rushes.settings import Settings
from tests.jobs import accepted_keys, ledger, make_job, videos, view

KILLS = int(os.environ.get("RUSHES_TEST_KILLS", "25"))
SEED = int(os.environ.get("RUSHES_TEST_SEED", "20261121"))


@pytest.fixture
def home(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A data folder with an embedded database of its own, stopped at the end."""
    monkeypatch.setenv("RUSHES_ECHO_DIR", str(open_folder / "echo"))
    monkeypatch.delenv("RUSHES_DATABASE_URL", raising=False)
    settings = Settings(
        data_dir=open_folder / "data",
        min_free_bytes=0,
        network_retry_wait=0.1,
        tick_seconds=1.0,
        high_demand_wait=0.1,
    )
    yield settings
    kill_postgres(settings)


def postmaster(settings: Settings) -> psutil.Process | None:
    pid_file = settings.pg_dir / "postmaster.pid"
    if not pid_file.exists():
        return None
    try:
        return psutil.Process(int(pid_file.read_text().split()[0]))
    except psutil.NoSuchProcess:
        return None


def kill_postgres(settings: Settings) -> None:
    """SIGKILL for the server too: the next start has to recover from its log."""
    server = postmaster(settings)
    if server:
        family = [*server.children(recursive=True), server]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)


class Victim:
    """A `rushes worker` process."""

    def __init__(self, settings: Settings, concurrency: str) -> None:
        self.process = Popen(
            [sys.executable, "-m", "rushes.cli.main", "worker", "--until-idle"],
            env={
                **os.environ,
                "RUSHES_DATA_DIR": str(settings.data_dir),
                "RUSHES_MIN_FREE_BYTES": "0",
                "RUSHES_NETWORK_RETRY_WAIT": "0.1",
                "RUSHES_HIGH_DEMAND_WAIT": "0.1",
                "RUSHES_TICK_SECONDS": "1",
                "RUSHES_PROVIDER_CONCURRENCY": concurrency,
            },
            stderr=PIPE,
            text=True,
        )
        self.log = ""

    def until_at_work(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log += line
            if "at work" in line:
                return
        raise AssertionError(f"the worker ended: {self.log}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stderr
        self.process.stderr.close()

    def finish(self) -> int:
        _, rest = self.process.communicate(timeout=300)
        self.log += rest
        return self.process.returncode


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


async def kill_again_and_again(settings: Settings, job_id: UUID, concurrency: str, spread: float) -> int:
    """Start the worker and kill it, KILLS times or until nothing is left to do. Returns the kills."""
    chance = random.Random(SEED)
    kills = 0
    while kills < KILLS:
        victim = Victim(settings, concurrency)
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(chance.uniform(0, spread))
        assert victim.process.poll() is None, "the job was over before the kills were: make it longer"
        await asyncio.to_thread(victim.kill)
        kills += 1
        if kills % 8 == 0:
            await asyncio.to_thread(kill_postgres, settings)
    return kills


async def finish(settings: Settings, concurrency: str) -> None:
    victim = Victim(settings, concurrency)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log


async def test_an_echo_job_survives_being_killed_over_and_over(home: Settings):
    concurrency = '{"echo": 3}'
    prompts = [
        f"shot {n} " + ("", "[flaky:1]", "[damaged:1]", "[busy:1]", "[lost]")[n % 5] for n in range(40)
    ]
    async with open_runtime(home) as run:
        job_id = await make_job(run, prompts, outputs=2, delay_seconds=0.6)
    assert await kill_again_and_again(home, job_id, concurrency, spread=0.8) == KILLS
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


async def test_an_animatic_job_survives_being_killed_over_and_over(home: Settings):
    concurrency = '{"animatic": 2}'
    async with open_runtime(home) as run:
        job_id = await make_job(
            run, [f"a slow push in, {n}" for n in range(14)], provider="animatic", aspect_ratio="9:16"
        )
    started = time.monotonic()
    kills = await kill_again_and_again(home, job_id, concurrency, spread=1.2)
    await finish(home, concurrency)
    async with open_runtime(home) as run:
        await assert_nothing_is_left_over(run, job_id)
        assert (await view(run, job_id)).completed_videos == 14
    assert kills == KILLS, time.monotonic() - started
