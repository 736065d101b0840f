"""1,000 shots on `echo` with a 20 s wait, all in flight in one worker, with an API beside it.

Prints wall time against the ideal (20 s), the worker's CPU a shot and peak memory, and the API's 95th
percentile meanwhile; then the same with 100,000 videos already in the table, and how PostgreSQL runs the
claim query there (EXPLAIN ANALYZE). Exits 1 when a goal is missed.

    python -m bench.orchestration [--shots 1000] [--seconds 20] [--old 100000]
"""

import argparse
import asyncio
import re
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import httpx
from sqlalchemy import insert, text

from bench._home import Home, cpu_seconds, free_port, home, peak_rss_mib, percentile, stop, until_answers
from rushes.engine.claim import claim_plan
from rushes.engine.dispatch import terms
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.views import JobSettings
from rushes.jobs.start import create_job, start_job
from rushes.platform.db.models import LOCAL_OWNER, Shot

READS = re.compile(r"(Seq|Index|Index Only|Bitmap Heap) Scan")
GOAL_RATIO, GOAL_CPU_MS, GOAL_RSS_MIB, GOAL_P95_MS = 1.2, 10.0, 150.0, 50.0

OLD = text(
    """
    INSERT INTO videos (id, owner_id, job_id, shot_id, position, prompt_number, video_index, status,
        retry_count, prompt_text, seed, provider, model, selected, upscaled, cost, duration_seconds, width,
        height, size_bytes, generation_started_at, generation_completed_at)
    SELECT gen_random_uuid(), :owner, :job, s.id, n, n, 1, 'completed', 0, 'an old one', 1, 'echo', 'echo-1',
        false, false, 0.01, 1, 64, 36, 2000, now() - interval '1 day', now() - interval '1 day'
    FROM (SELECT id FROM shots WHERE job_id = :job LIMIT 1) s, generate_series(1, :count) n
    """
)


@dataclass
class Result:
    """One run."""

    wall: float
    cpu_ms: float
    rss_mib: float
    p95_ms: float
    calls: int


async def fill(run: Runtime, shots: int, seconds: float) -> UUID:
    """A pending job of that many text-only shots."""
    job_id = await create_job(
        run,
        LOCAL_OWNER,
        f"{shots} shots",
        JobSettings.model_validate({"provider": "echo", "allow_text_only": True, "delay_seconds": seconds}),
    )
    async with run.db.begin() as session:
        await session.execute(
            insert(Shot),
            [
                {"owner_id": LOCAL_OWNER, "job_id": job_id, "number": n, "prompt": f"shot {n}", "seed": n}
                for n in range(1, shots + 1)
            ],
        )
    return job_id


async def age(run: Runtime, count: int) -> None:
    """Put that many finished videos into the table, in old jobs of 1,000 each (the most there may be)."""
    for _ in range(count // 1000):
        job_id = await fill(run, 1, 0)
        async with run.db.begin() as session:
            await session.execute(OLD, {"owner": LOCAL_OWNER, "job": job_id, "count": 1000})
            await session.execute(text("UPDATE jobs SET status = 'completed' WHERE id = :id"), {"id": job_id})
    async with run.db.statement() as session:
        await session.execute(text("VACUUM ANALYZE"))


async def explain(run: Runtime, shots: int) -> bool:
    """Print how the claim query of that many shots reads its tables; return whether never all videos.

    It runs for real: nothing may run afterwards that would expect tasks for what it claims.
    """
    await start_job(run, LOCAL_OWNER, await fill(run, shots, 0))
    async with run.db.begin() as session:
        plan = await claim_plan(session, terms(run, run.providers.get("echo")))
    print("the claim query:")
    for line in plan:
        if READS.search(line) or "Time:" in line:
            print(f"  {line.strip()}")
    return not any("Seq Scan on videos" in line for line in plan)


async def measure(place: Home, shots: int, seconds: float, old: int) -> Result:
    """One run with processes of its own."""
    async with open_runtime(place.settings) as run:
        if old:
            await age(run, old)
        job_id = await fill(run, shots, seconds)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (place.folder / "worker.log").unlink(missing_ok=True)
    worker = place.start("worker")
    place.until_at_work()
    api = place.start("api", "--port", str(port))
    await asyncio.to_thread(until_answers, url)
    cpu = cpu_seconds(worker.pid)
    latencies: list[float] = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        started = time.perf_counter()
        (await client.post(f"/api/jobs/{job_id}/start")).raise_for_status()
        while True:
            for path in (f"/api/jobs/{job_id}", "/api/jobs?limit=20"):
                called = time.perf_counter()
                answer = (await client.get(path)).raise_for_status().json()
                latencies.append((time.perf_counter() - called) * 1000)
                if path.endswith(str(job_id)) and answer["status"] in ("completed", "failed"):
                    wall = time.perf_counter() - started
                    if answer["completed_videos"] != shots:
                        raise SystemExit(f"only {answer['completed_videos']} of {shots} videos: {answer}")
                    result = Result(
                        wall,
                        (cpu_seconds(worker.pid) - cpu) * 1000 / shots,
                        peak_rss_mib(worker.pid),
                        percentile(latencies, 0.95),
                        len(latencies),
                    )
                    for process in (api, worker):
                        await asyncio.to_thread(stop, process)
                    return result
            await asyncio.sleep(0.1)


async def explained(place: Home, shots: int) -> bool:
    """The same in an installation whose processes have ended."""
    async with open_runtime(place.settings) as run:
        return await explain(run, shots)


def main() -> int:
    """Both runs, and the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--old", type=int, default=100_000)
    given = parser.parse_args()
    print(f"{given.shots} shots, {given.seconds:g} s each, all in flight in one worker")
    print(f"{'':28}{'wall s':>8}{'x ideal':>9}{'CPU ms/shot':>13}{'peak MiB':>10}{'API p95 ms':>12}")
    missed = False
    with ExitStack() as homes:  # all go at the end: for minutes after much was deleted ext4 is slow to create
        for name, old in (("empty table", 0), (f"{given.old:,} videos before", given.old)):
            place = homes.enter_context(home())
            result = asyncio.run(measure(place, given.shots, given.seconds, old))
            ratio = result.wall / given.seconds
            print(
                f"{name:28}{result.wall:8.1f}{ratio:9.2f}{result.cpu_ms:13.2f}{result.rss_mib:10.0f}"
                f"{result.p95_ms:12.1f}"
            )
            if old:
                missed |= not asyncio.run(explained(place, given.shots))
            missed |= (
                ratio > GOAL_RATIO
                or result.cpu_ms > GOAL_CPU_MS
                or result.rss_mib > GOAL_RSS_MIB
                or result.p95_ms > GOAL_P95_MS
            )
    print(
        f"goals: {GOAL_RATIO} x ideal, {GOAL_CPU_MS:g} ms, {GOAL_RSS_MIB:g} MiB, {GOAL_P95_MS:g} ms:"
        f" {'missed' if missed else 'met'}"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
