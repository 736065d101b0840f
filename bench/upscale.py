"""Upscaling: a batch by the engine against the same FFmpeg commands alone, and the presets by VMAF.

The batch and the plain commands take turns, as many at once; the engine may take 1.05 times as long. CPU
seconds (of FFmpeg and of this process, the worker's) tell the same where others use the machine too. VMAF
compares each preset with the source shown at 4K by a player (bicubic), frame by frame.
Exits 1 when the goal was missed.

    python -m bench.upscale [--videos 3] [--seconds 1] [--rounds 3]
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from tests.api.rows import made_before

from bench._home import home
from rushes.engine.local_work_states import OPEN_WORK, WorkStatus
from rushes.engine.runtime import Runtime, open_runtime
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.media.commands import UpscaleJob, upscale_args
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.upscaling import Quality, Recipe
from rushes.settings import Settings
from rushes.upscale.actions import start_upscale
from rushes.upscale.task_rows import view_task
from rushes.worker import run_worker

GOAL = 1.05
LOOK_SECONDS = 0.05
FPS = 24


async def make_source(into: Path, seconds: float) -> None:
    """A 720p clip with movement and fine detail."""
    source = f"testsrc2=s=1280x720:r={FPS}:d={seconds}"
    args = ["-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "fast", "-crf", "16"]
    await run_ffmpeg([*args, "-pix_fmt", "yuv420p", "-f", "mp4"], into=into)


def args_for(source: Path, quality: Quality) -> list[str]:
    """The command that the engine runs."""
    return upscale_args(UpscaleJob(str(source), 3840, 2160, FPS, None, quality, "libx264"))


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, of this process' CPU, and of the CPU of every FFmpeg that has ended."""

    wall: float
    own: float
    ffmpeg: float

    @classmethod
    def now(cls) -> Self:
        """Since some beginning."""
        times = os.times()
        return cls(time.perf_counter(), sum(times[:2]), sum(times[2:4]))

    def until_now(self) -> "Spent":
        """Since then."""
        now = Spent.now()
        return Spent(now.wall - self.wall, now.own - self.own, now.ffmpeg - self.ffmpeg)


async def plain(source: Path, videos: int, at_once: int) -> Spent:
    """What the commands take by themselves."""
    room = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with room:
            await run_ffmpeg(args_for(source, Quality.FAST), into=source.with_name(f"plain-{number}.mp4"))

    began = Spent.now()
    await asyncio.gather(*(one(number) for number in range(videos)))
    return began.until_now()


async def batch(run: Runtime, ids: list[UUID], quality: Quality) -> Spent:
    """What it takes from asking to the last one being there."""
    recipe = Recipe.model_validate({"quality": quality})
    began = Spent.now()
    begun = await start_upscale(run, LOCAL_OWNER, ids, recipe)
    while True:
        async with run.db.begin() as session:
            view = await view_task(session, LOCAL_OWNER, begun.task_id)
        if view.status not in OPEN_WORK:
            break
        await asyncio.sleep(LOOK_SECONDS)
    if {each.status for each in view.videos} != {WorkStatus.COMPLETED}:
        raise RuntimeError(str(view))
    return began.until_now()


async def vmaf(made: Path, source: Path) -> float:
    """The mean VMAF of a 4K file against its source scaled by bicubic."""
    report = made.with_suffix(".json")
    graph = (
        "[1:v]scale=3840:2160:flags=bicubic[reference];"
        f"[0:v][reference]libvmaf=log_fmt=json:log_path={report}:n_threads=2:n_subsample=4"
    )
    args = ["-i", str(made), "-i", str(source), "-lavfi", graph, "-f", "framecrc"]
    await run_ffmpeg(args, into=made.with_suffix(".crc"))
    return float(json.loads(report.read_text())["pooled_metrics"]["vmaf"]["mean"])


async def presets(source: Path) -> None:
    """Print what each preset costs and keeps."""
    print(f"{'preset':>10}{'seconds':>10}{'MB':>8}{'VMAF':>8}")
    for quality in Quality:
        made = source.with_name(f"{quality}.mp4")
        began = time.perf_counter()
        await run_ffmpeg(args_for(source, quality), into=made)
        took = time.perf_counter() - began
        size = made.stat().st_size / 1e6
        print(f"{quality:>10}{took:10.1f}{size:8.2f}{await vmaf(made, source):8.2f}", flush=True)


async def measure(folder: Path, run: Runtime, videos: int, seconds: float, rounds: int) -> float:
    """Print the figures; returns how many times as long the engine takes."""
    source = folder / "source.mp4"
    await make_source(source, seconds)
    data = source.read_bytes()
    at_work = asyncio.Event()
    worker = asyncio.create_task(run_worker(run, ready=at_work.set))
    await at_work.wait()
    ratios: list[float] = []
    print(f"{videos} videos of {seconds:g} s, 720p to 4K, fast; {run.settings.upscale_concurrency} at once")
    print(f"{'engine s':>10}{'FFmpeg s':>10}{'ratio':>8}   CPU: worker + FFmpeg | FFmpeg alone")
    try:
        for number in range(rounds):
            at_once = run.settings.upscale_concurrency
            # Who goes first changes: whatever else the machine does must not favour one of them.
            alone = None if number % 2 else await plain(source, videos, at_once)
            _, ids = await made_before(run, [data] * videos, width=1280, height=720, duration_seconds=seconds)
            by_engine = await batch(run, ids, Quality.FAST)
            alone = alone or await plain(source, videos, at_once)
            ratios.append(by_engine.wall / alone.wall)
            clock = f"{by_engine.wall:10.2f}{alone.wall:10.2f}{ratios[-1]:8.3f}"
            cpu = f"{by_engine.own:11.2f} + {by_engine.ffmpeg:6.2f} | {alone.ffmpeg:6.2f}"
            print(clock + cpu, flush=True)
    finally:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
    await presets(source)
    return statistics.median(ratios)


async def in_runtime(folder: Path, given: argparse.Namespace, settings: Settings) -> float:
    async with open_runtime(settings) as run:
        return await measure(folder, run, given.videos, given.seconds, given.rounds)


def main() -> int:
    """Run it. Returns 1 when the goal was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--videos", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with home() as place:
        ratio = asyncio.run(in_runtime(place.folder, given, place.settings))
    held = ratio <= GOAL
    print(f"median {ratio:.3f} times FFmpeg alone, goal {GOAL}: {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
