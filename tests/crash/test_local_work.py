"""kill -9 of a worker amid local work: its processes die with it, the next worker has the work at once."""

import asyncio

import psutil
import pytest
from sqlalchemy import text

from rushes.engine.local_work import add_work
from rushes.engine.local_work_rows import NewWork
from rushes.engine.runtime import open_runtime
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from tests.crash.victim import Victim
from tests.engine.concat import Concat, ConcatParams, programs_in
from tests.jobs import until


@pytest.mark.slow
async def test_what_a_killed_worker_had_is_made_by_the_next(home: Settings):
    new = [NewWork(ConcatParams(texts=["a", "b"], seconds=150)) for _ in range(2)]
    async with open_runtime(home) as run, run.db.begin() as session:
        await add_work(session, Concat(), LOCAL_OWNER, new)
    victim = Victim(home, "{}", program="tests.engine.concat")
    await asyncio.to_thread(victim.until_at_work)

    async def at_work() -> bool:
        return any(each.name() == "sh" for each in programs_in(home.work_dir))

    await until(at_work)
    shells = [each for each in programs_in(home.work_dir) if each.name() == "sh"]
    await asyncio.to_thread(victim.kill)
    _, alive = await asyncio.to_thread(psutil.wait_procs, shells, timeout=60)
    assert alive == []
    async with open_runtime(home) as run, run.db.begin() as session:
        states = await session.execute(text("SELECT status FROM local_work ORDER BY status"))
        assert list(states.scalars()) == ["queued", "running"], "one at a time; nobody has told of the end"
        await session.execute(text("UPDATE local_work SET params = params || '{\"seconds\": 0}'"))
    victim = Victim(home, "{}", program="tests.engine.concat")
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(home) as run, run.db.begin() as session:
        done = list(
            await session.execute(text("SELECT status, tries, result FROM local_work ORDER BY tries"))
        )
        assert [(each.status, each.tries) for each in done] == [("completed", 1), ("completed", 2)]
        keys = [key for each in done for key in each.result["files"]]
        assert sorted((await session.execute(text("SELECT key FROM assets"))).scalars()) == sorted(keys)
    assert "took over 1 tasks" in victim.log
