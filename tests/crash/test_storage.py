"""kill -9 of the worker while it archives and sweeps, again and again: no video is ever in no place."""

import asyncio
import hashlib
import os
import random
import sys
from collections.abc import Iterator
from subprocess import DEVNULL, Popen

import pytest
from sqlalchemy import text
from standins.telegram.server import CHAT, TOKEN, Telegram, serve_telegram

from rushes.engine.runtime import Runtime, open_runtime
from rushes.settings import Settings
from tests.api.rows import finished
from tests.jobs import until
from tests.samples import SEED

KILLS = int(os.environ.get("RUSHES_TEST_STORAGE_KILLS", "5"))
VIDEOS, BYTES, PART = 30, 60_000, 16_384


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with serve_telegram() as served:
        yield served


def environment(settings: Settings, telegram: Telegram) -> dict[str, str]:
    assert settings.database_url
    return {
        **os.environ,
        "RUSHES_DATA_DIR": str(settings.data_dir),
        "RUSHES_DATABASE_URL": settings.database_url.get_secret_value(),
        "RUSHES_MIN_FREE_BYTES": "0",
        "RUSHES_TICK_SECONDS": "0.2",
        "RUSHES_HEARTBEAT_SECONDS": "0.5",
        "RUSHES_STALLED_AFTER_SECONDS": "6",
        "RUSHES_NETWORK_RETRY_WAIT": "0.1",
        "RUSHES_ARCHIVE_URL": f"telegram:{CHAT}",
        "RUSHES_TELEGRAM_TOKEN": TOKEN,
        "RUSHES_TELEGRAM_API": telegram.url,
        "RUSHES_TELEGRAM_PART_BYTES": str(PART),
        "RUSHES_TELEGRAM_SPACING": "0.02",
        "RUSHES_HOT_TTL": "0",
    }


def start_worker(environ: dict[str, str]) -> Popen[bytes]:
    return Popen([sys.executable, "-m", "rushes.cli.main", "worker"], env=environ, stderr=DEVNULL)


async def gone_from_the_storage(run: Runtime) -> int:
    async with run.db.begin() as session:
        row = await session.execute(text("SELECT count(*) FROM copies WHERE state = 'gone'"))
        return row.scalar_one()


@pytest.mark.slow
async def test_archiving_and_sweeping_survive_being_killed_over_and_over(
    settings: Settings, telegram: Telegram
):
    chance = random.Random(SEED)
    contents = [os.urandom(BYTES + n) for n in range(VIDEOS)]
    archiving = {
        "archive_url": f"telegram:{CHAT}",
        "telegram_token": TOKEN,
        "telegram_api": telegram.url,
        "hot_ttl": 3600.0,
    }
    with_archive = Settings.model_validate({**settings.model_dump(exclude_unset=True), **archiving})
    async with open_runtime(settings) as run:
        job_id, ids = await finished(run, contents)
        keys = [f"jobs/{job_id}/videos/{each}.mp4" for each in ids]
        environ = environment(settings, telegram)
        kills = during = 0
        while kills < KILLS:
            sent = telegram.calls.count("sendDocument")
            victim = await asyncio.to_thread(start_worker, environ)

            async def at_work(sent: int = sent) -> bool:
                everything_left = await gone_from_the_storage(run) == VIDEOS
                return telegram.calls.count("sendDocument") > sent or everything_left

            await until(at_work)
            await asyncio.sleep(chance.uniform(0, 0.4))
            during += await gone_from_the_storage(run) < VIDEOS
            victim.kill()
            await asyncio.to_thread(victim.wait)
            kills += 1
        survivor = await asyncio.to_thread(start_worker, environ)

        async def all_left() -> bool:
            return await gone_from_the_storage(run) == VIDEOS

        await until(all_left)
        survivor.terminate()
        await asyncio.to_thread(survivor.wait)
        assert not [key for key, _ in run.bucket.hot.files() if key in keys]
    async with open_runtime(with_archive) as run:
        for key, data in zip(keys, contents, strict=True):
            got = b"".join([piece async for piece in run.bucket.stream(key)])
            assert hashlib.sha256(got).digest() == hashlib.sha256(data).digest(), key
    sent = telegram.calls.count("sendDocument")
    needed = VIDEOS * (-(-BYTES // PART) + 1)
    print(
        f"{kills} kills, {during} of them before the end; {sent} documents sent for {needed} needed; 0 lost"
    )
    assert during >= KILLS // 3, "the work was over before the kills were: make it more"
    # A kill between the sending and the row sends one document of each of the two at work again.
    assert needed <= sent <= needed + 2 * kills
