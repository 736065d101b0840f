"""kill -9 of the worker while it puts videos into a bucket: every one arrives, none is paid twice."""

import asyncio
import hashlib
import json
import os
import random
import sys
from collections.abc import Iterator
from subprocess import DEVNULL, Popen

import pytest
from sqlalchemy import text
from standins.s3_front import ACCESS_KEY, SECRET_KEY, S3Front, serve_s3

from rushes.engine.runtime import open_runtime
from rushes.ops.ownership import MARK
from rushes.ops.sweep import sweep_orphans
from rushes.settings import Settings
from tests.jobs import accepted_keys, make_job, until, until_status, view
from tests.platform.storage.s3 import in_s3
from tests.samples import SEED

SHOTS, KILLS = 16, 3


@pytest.fixture
def s3() -> Iterator[S3Front]:
    with serve_s3("hot") as front:
        yield front


def start_worker(settings: Settings, s3: S3Front) -> Popen[bytes]:
    assert settings.database_url
    environ = {
        **os.environ,
        "RUSHES_DATA_DIR": str(settings.data_dir),
        "RUSHES_DATABASE_URL": settings.database_url.get_secret_value(),
        "RUSHES_MIN_FREE_BYTES": "0",
        "RUSHES_TICK_SECONDS": "0.3",
        "RUSHES_HEARTBEAT_SECONDS": "0.5",
        "RUSHES_STALLED_AFTER_SECONDS": "6",
        "RUSHES_NETWORK_RETRY_WAIT": "0.1",
        "RUSHES_PROVIDER_CONCURRENCY": json.dumps({"echo": 2}),
        "S3_BUCKET": "hot",
        "S3_ENDPOINT": s3.url,
        "S3_REGION": "auto",
        "S3_ACCESS_KEY": ACCESS_KEY,
        "S3_SECRET_KEY": SECRET_KEY,
    }
    return Popen([sys.executable, "-m", "rushes.cli.main", "worker"], env=environ, stderr=DEVNULL)


@pytest.mark.slow
async def test_videos_arrive_in_a_bucket_however_often_the_worker_is_killed(settings: Settings, s3: S3Front):
    chance = random.Random(SEED)
    given = Settings.model_validate({**settings.model_dump(exclude_unset=True), **in_s3(s3)})
    during = 0
    async with open_runtime(given) as run:
        job_id = await make_job(run, [f"shot {number}" for number in range(SHOTS)], delay_seconds=0.5)
        for _ in range(KILLS):
            puts = s3.count("PUT", "/jobs/")
            victim = await asyncio.to_thread(start_worker, settings, s3)

            async def storing(puts: int = puts) -> bool:
                return s3.count("PUT", "/jobs/") > puts or (await view(run, job_id)).status == "completed"

            await until(storing)
            await asyncio.sleep(chance.uniform(0, 0.1))
            victim.kill()
            await asyncio.to_thread(victim.wait)
            during += (await view(run, job_id)).status == "processing"
        survivor = await asyncio.to_thread(start_worker, settings, s3)
        job = await until_status(run, job_id, "completed")
        survivor.terminate()
        await asyncio.to_thread(survivor.wait)
        assert during > KILLS // 2, "the work was over before the kills were: make it more"
        assert (job.completed_videos, len(accepted_keys())) == (SHOTS, SHOTS)
        async with run.db.begin() as session:
            rows = (await session.execute(text("SELECT key, sha256 FROM assets"))).all()
        assert len(rows) == 2 * SHOTS
        for key, sha256 in rows:
            assert hashlib.sha256(s3.read("hot", key)).hexdigest() == sha256
        await sweep_orphans(run, -1)
        assert s3.keys("hot") - {MARK} == {key for key, _ in rows}
