"""kill -9 of a worker while Omni is being paid: before the id is saved, after it, and in the download.

The victim is the real `rushes worker` with the real SDK; the stand-in holds its answer until it is dead.
"""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
from standins._clips import code_of, read_code
from standins._server import serve_app
from standins.gemini.app import create_app
from standins.gemini.remote import Gemini

from rushes.engine.runtime import open_runtime
from rushes.engine.states import Decision
from rushes.keys.actions import NewKey, add_key
from rushes.library.actions import resolve
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from tests.crash.victim import Victim
from tests.jobs import folder, ledger, make_job, until, videos, view

CONCURRENCY = "{}"


@pytest.fixture
def gemini(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gemini]:
    remote = Gemini(tiny=True)
    with serve_app(create_app(remote)) as url:
        monkeypatch.setenv("RUSHES_OMNI_BASE_URL", url)
        monkeypatch.setenv("RUSHES_OMNI_POLL_SECONDS", "0.05")
        yield remote
        remote.go.set()


async def begun(home: Settings, prompt: str) -> UUID:
    async with open_runtime(home) as run:
        new = {"provider": "omni", "secret": "key-of-the-owner"}
        await add_key(run, LOCAL_OWNER, NewKey.model_validate(new))
        return await make_job(run, [prompt], provider="omni", resolution="360p", duration_seconds=3)


async def kill_while_held(home: Settings, gemini: Gemini, where: str) -> None:
    """Start a worker, wait until the stand-in holds it there, kill it."""
    victim = Victim(home, CONCURRENCY)
    await asyncio.to_thread(victim.until_at_work)

    async def held() -> bool:
        return gemini.held[where] == 1

    await until(held)
    await asyncio.to_thread(victim.kill)
    gemini.go.set()


async def finish(home: Settings) -> None:
    victim = Victim(home, CONCURRENCY)
    assert await asyncio.to_thread(victim.finish) == 0, victim.log


@pytest.mark.slow
@pytest.mark.parametrize("where", ["look", "download"])
async def test_a_worker_killed_after_the_id_was_saved_pays_once_and_the_video_arrives(
    home: Settings, gemini: Gemini, where: str
):
    job_id = await begun(home, f"a boat [hold_{where}]")
    await kill_while_held(home, gemini, where)
    await finish(home)
    async with open_runtime(home) as run:
        job = await view(run, job_id)
        (video,) = await videos(run, job_id)
        (row,) = await ledger(run, job_id)
        assert (job.status, video.status, row.state) == ("completed", "completed", "completed")
        file = folder(run).path(f"jobs/{job_id}/videos/{video.video_id}.mp4")
        assert read_code(file) == code_of(f"a boat [hold_{where}]")
        assert list(run.settings.work_dir.iterdir()) == [], "half a download was left"
    assert list(gemini.creates.values()) == [1]
    assert gemini.requests["create"] == 1


@pytest.mark.slow
async def test_a_worker_killed_before_the_id_was_saved_sends_nothing_again_and_asks_its_owner(
    home: Settings, gemini: Gemini
):
    job_id = await begun(home, "a boat [hold_create]")
    await kill_while_held(home, gemini, "create")
    victim = Victim(home, CONCURRENCY)
    await asyncio.to_thread(victim.finish)
    async with open_runtime(home) as run:
        (video,) = await videos(run, job_id)
        (row,) = await ledger(run, job_id)
        assert (video.status, video.waiting_for, row.state) == ("waiting", "uncertain", "uncertain")
        assert (gemini.requests["create"], gemini.made_of("a boat")) == (1, 1)
        await resolve(run, LOCAL_OWNER, video.video_id, Decision.RETRY)
    await finish(home)
    async with open_runtime(home) as run:
        assert (await view(run, job_id)).status == "completed"
    assert gemini.requests["create"] == 2, "only when its owner said so"
