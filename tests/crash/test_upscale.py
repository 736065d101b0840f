"""kill -9 of the worker amid upscales and of the server amid a ZIP: nothing lost, nothing left."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Generator
from pathlib import Path
from subprocess import Popen

import httpx
import psutil
import pytest
from sqlalchemy import text

from rushes.downloads.actions import DownloadSelection, prepare_download, prepare_link
from rushes.engine.local_work_states import WorkStatus
from rushes.engine.runtime import Runtime, open_runtime
from rushes.ops.ownership import MARK
from rushes.ops.sweep import sweep
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.media.probe import probe
from rushes.platform.media.upscaling import Quality, Recipe
from rushes.platform.storage.local import HELD
from rushes.settings import Settings
from rushes.upscale.actions import start_upscale
from rushes.upscale.task_rows import view_task
from tests.api.rows import made_before
from tests.crash.victim import Victim, kill_postgres
from tests.jobs import folder, until
from tests.platform.media.clips import clip, encoders_at_work
from tests.waiting import PATIENCE_SECONDS

KILLS = 2


async def running(settings: Settings) -> list[psutil.Process]:
    """The encoders, as soon as there is one."""
    found: list[psutil.Process] = []

    async def some() -> bool:
        found[:] = encoders_at_work(settings.work_dir)
        return bool(found)

    await until(some)
    return found


@pytest.mark.slow
async def test_upscales_survive_being_killed_and_no_encoder_outlives_its_worker(
    home: Settings, tmp_path: Path
):
    source = await clip(tmp_path / "clip.mp4", seconds=0.5)
    async with open_runtime(home) as run:
        _, videos = await made_before(
            run, [source.read_bytes()] * 2, width=160, height=90, duration_seconds=0.5
        )
        begun = await start_upscale(
            run, LOCAL_OWNER, videos, Recipe.model_validate({"quality": Quality.FAST})
        )
    for number in range(KILLS):
        victim = Victim(home, "{}")
        await asyncio.to_thread(victim.until_at_work)
        at_work = await running(home)
        await asyncio.to_thread(victim.kill)
        _, alive = await asyncio.to_thread(psutil.wait_procs, at_work, timeout=PATIENCE_SECONDS)
        assert alive == []
        if number == 1:
            await asyncio.to_thread(kill_postgres, home)
    victim = Victim(home, "{}")
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(home) as run:
        async with run.db.begin() as session:
            view = await view_task(session, LOCAL_OWNER, begun.task_id)
            keys = set((await session.execute(text("SELECT key FROM assets"))).scalars())
            large = list((await session.execute(text("SELECT key FROM upscales"))).scalars())
        assert view.status is WorkStatus.COMPLETED
        assert {each.status for each in view.videos} == {WorkStatus.COMPLETED}
        # Second names of what was read at a kill cost no room; what was just being stored goes with them.
        assert {key for key, _ in run.bucket.files() if not key.startswith(f"{HELD}/")} >= keys
        await sweep(run, older_than_seconds=0)
        assert {key for key, _ in run.bucket.files()} - {MARK} == keys
        assert list(home.work_dir.iterdir()) == []
        assert [probe(folder(run).path(key)).width for key in large] == [3840, 3840]


@contextlib.contextmanager
def api(settings: Settings) -> Generator[tuple[Popen[bytes], str]]:
    """`rushes api` in a process of its own, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = Popen(
        [sys.executable, "-m", "rushes.cli.main", "api", "--port", str(port)],
        env={**os.environ, "RUSHES_DATA_DIR": str(settings.data_dir)},
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


async def answers(client: httpx.AsyncClient) -> None:
    async def there() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return (await client.get("/api/health")).status_code == 200
        return False

    await until(there)


async def big_link(run: Runtime) -> tuple[str, bytes]:
    _, videos = await made_before(run, [bytes([n]) * 8_000_000 for n in range(1, 6)])
    wanted = DownloadSelection(video_ids=videos)
    link = await prepare_link(run, LOCAL_OWNER, wanted)
    whole = await prepare_download(run, LOCAL_OWNER, wanted)
    return link.url, b"".join([piece async for piece in whole.read(0, whole.length)])


@pytest.mark.slow
async def test_a_download_goes_on_where_it_was_when_the_server_was_killed(home: Settings):
    async with open_runtime(home) as run:
        url, whole = await big_link(run)
    got, etag = bytearray(), ""
    # A killed server's kernel sends on what it was given, some MB: the stops are far enough apart.
    for stop in (3_000_000, 17_000_000, None):
        with api(home) as (process, address):
            async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as client:
                await answers(client)
                headers = {"range": f"bytes={len(got)}-"} | ({"if-range": etag} if etag else {})
                with contextlib.suppress(httpx.TransportError):
                    async with client.stream("GET", url, headers=headers) as answer:
                        assert answer.status_code == 206
                        etag = answer.headers["etag"]
                        async for piece in answer.aiter_bytes():
                            got += piece
                            if stop and len(got) >= stop:
                                process.send_signal(signal.SIGKILL)
    assert got == whole
