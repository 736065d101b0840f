"""`rushes worker --queues flow` on other machines: one database and bucket, data folders of their own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from standins.flow import Site, serve_flow

from rushes.engine.runtime import Runtime
from rushes.flow_signins import actions as flow
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from tests.flowing import assert_whole, flow_job, quick, sign_in, use_flow
from tests.jobs import until, until_status, view
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve_flow(quick(generation_seconds=1.0)) as served:
        use_flow(monkeypatch, served, settings.data_dir)
        yield served


@contextmanager
def machine(run: Runtime, folder: Path) -> Generator[subprocess.Popen[bytes]]:
    """A worker with nothing but the address of the database and the bucket, and the key of the secrets."""
    assert run.settings.database_url is not None
    process = subprocess.Popen(
        [sys.executable, "-m", "rushes.cli.main", "worker", "--queues", "flow"],
        env={
            **os.environ,
            "RUSHES_DATA_DIR": str(folder),
            "RUSHES_DATABASE_URL": run.settings.database_url.get_secret_value(),
            "RUSHES_STORAGE_URL": run.settings.storage_dir.as_uri(),
            "RUSHES_SECRET_KEYS": run.vault.file.read_text().split()[0],
            "RUSHES_MIN_FREE_BYTES": "0",
            "RUSHES_HEARTBEAT_SECONDS": "1",
            "RUSHES_STALLED_AFTER_SECONDS": "6",
            "RUSHES_TICK_SECONDS": "1",
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)


@pytest.mark.slow
async def test_another_machine_takes_over_the_account_of_one_that_died(
    run: Runtime, site: Site, tmp_path: Path
):
    account = await sign_in(run, site, "ada")
    job_id = await flow_job(run, [f"A boat number {number}" for number in range(1, 4)], tmp_path)

    async def holder() -> str | None:
        return (await flow.get(run, LOCAL_OWNER, account)).in_use_by

    async def first_made() -> bool:
        return (await view(run, job_id)).completed_videos >= 1

    with machine(run, tmp_path / "one") as one, machine(run, tmp_path / "two") as two:
        await until(first_made)
        killed = await holder()
        assert killed is not None
        dead, alive = (one, two) if f":{one.pid}:" in killed else (two, one)
        dead.kill()
        await asyncio.to_thread(dead.wait)
        await until_status(run, job_id, "completed")
        assert f":{alive.pid}:" in (await holder() or "")
    await assert_whole(run, site, job_id)
    assert await holder() is None, "who ends in order gives it back"
