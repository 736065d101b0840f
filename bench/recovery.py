"""How soon work runs again after a kill -9 of the worker: from the start of the new process.

    python -m bench.recovery [--kills 6] [--shots 200]

`at work` is the worker's own word; `first new video` is when something finished that was not before.
"""

import argparse
import asyncio
import signal
import sys
import time
from uuid import UUID

from sqlalchemy import text

from bench._home import Home, home
from bench.orchestration import fill
from rushes.engine.runtime import Runtime, open_runtime
from rushes.jobs.start import start_job
from rushes.platform.db.models import LOCAL_OWNER


async def completed(run: Runtime, job_id: UUID) -> int:
    """Videos there are."""
    async with run.db.statement() as session:
        row = await session.execute(
            text("SELECT count(*) FROM videos WHERE job_id = :id AND status = 'completed'"), {"id": job_id}
        )
        return int(row.scalar_one())


async def measure(place: Home, kills: int, shots: int) -> None:
    """Kill and start again, print what it took."""
    async with open_runtime(place.settings) as run:
        job_id = await fill(run, shots, 1.0)
        await start_job(run, LOCAL_OWNER, job_id)
        worker = place.start("worker")
        place.until_at_work()
        print(f"{'kill':>6}{'at work s':>12}{'first new video s':>20}{'videos':>9}")
        for number in range(1, kills + 1):
            await asyncio.sleep(1.5)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            before = await completed(run, job_id)
            (place.folder / "worker.log").unlink()
            started = time.perf_counter()
            worker = place.start("worker")
            await asyncio.to_thread(place.until_at_work)
            at_work = time.perf_counter() - started
            while before < shots and await completed(run, job_id) == before:
                await asyncio.sleep(0.01)
            print(f"{number:6}{at_work:12.2f}{time.perf_counter() - started:20.2f}{before:9}")
        while await completed(run, job_id) < shots:
            await asyncio.sleep(0.1)
        async with run.db.statement() as session:
            paid = (
                await session.execute(
                    text(
                        "SELECT count(*), count(DISTINCT shot_id) FROM submissions WHERE state = 'completed'"
                    )
                )
            ).one()
        print(f"{shots} shots, {paid[0]} submissions completed, {paid[0] - paid[1]} of them twice")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--shots", type=int, default=200)
    given = parser.parse_args()
    with home(RUSHES_PROVIDER_CONCURRENCY='{"echo": 12}') as place:
        asyncio.run(measure(place, given.kills, given.shots))
    return 0


if __name__ == "__main__":
    sys.exit(main())
