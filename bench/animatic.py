"""What an animatic costs beside FFmpeg alone: an 8 s 720p take against encoding the very same frames.

Prints CPU and wall seconds of both for every camera move, and exits 1 when a take costs more than 1.5
times the encode, in CPU or in wall time. The take has its sound and its progress; the encode has
neither, and reads its frames from a file. The ratio depends on the encoder's preset, which both share:
a cheaper one makes drawing weigh more. Run it with `python -m bench.animatic [move …]`.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

from rushes.platform.media.commands import encode_raw_args
from rushes.platform.media.ffmpeg import ffmpeg_exe
from rushes.platform.media.moves import CameraMove
from rushes.providers.video._animatic_frames import frames_of
from rushes.providers.video.animatic import Animatic, AnimaticOptions, AnimaticSettings
from rushes.providers.video_contract import Call, Output, ShotInput

GOAL = 1.5
SEED = 7
ROUNDS = 3
EXAMPLE = Path(__file__).parents[1] / "examples" / "images" / "1.jpg"


@dataclass(frozen=True)
class Cost:
    """CPU seconds of this process and its children, and wall seconds."""

    cpu: float
    wall: float


def measured(work: Callable[[], object]) -> Cost:
    """What one call costs."""

    def cpu() -> float:
        usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    before, start = cpu(), time.perf_counter()
    work()
    return Cost(cpu() - before, time.perf_counter() - start)


def compare(move: CameraMove, image: Path, folder: Path) -> tuple[float, float]:
    """Measure both, alternating so that a busy machine disturbs both; returns the CPU and wall ratios."""
    options = AnimaticOptions.model_validate({"duration_seconds": 8, "camera": move.value})
    shot = ShotInput("A bench", None, image, "animatic-1", (SEED,))
    call = Call(f"bench-{move}", shot, options)
    raw, take, alone = (folder / name for name in ("frames.yuv", "take.mp4", "alone.mp4"))
    with raw.open("wb") as file:
        for frame in frames_of(shot, options, SEED):
            file.write(frame)
        os.fsync(file.fileno())
    provider = Animatic(AnimaticSettings())
    encode = [ffmpeg_exe(), "-v", "error", "-nostdin"]
    encode += [*encode_raw_args(options.video(), source=str(raw)), "-y", str(alone)]

    def render() -> None:
        asyncio.run(provider.fetch(call, Output(0), take, lambda _: None))

    pairs = [(measured(render), measured(lambda: run(encode, check=True))) for _ in range(ROUNDS)]
    # The best of a few: what else the machine does can only add to a cost, never take from it.
    ours = Cost(min(a.cpu for a, _ in pairs), min(a.wall for a, _ in pairs))
    theirs = Cost(min(b.cpu for _, b in pairs), min(b.wall for _, b in pairs))
    cpu, wall = ours.cpu / theirs.cpu, ours.wall / theirs.wall
    print(
        f"{move.value:10} take {ours.cpu:5.2f} s CPU {ours.wall:5.2f} s wall"
        f" | FFmpeg alone {theirs.cpu:5.2f} s CPU {theirs.wall:5.2f} s wall"
        f" | ratio {cpu:.2f} CPU {wall:.2f} wall",
        flush=True,
    )
    return cpu, wall


def main(names: list[str]) -> int:
    """Compare the named moves, or all of them."""
    moves = [CameraMove(name) for name in names] or list(CameraMove)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratios = [ratio for move in moves for ratio in compare(move, EXAMPLE, folder)]
    worst = max(ratios)
    load = os.getloadavg()[0]
    # Wall time only means something on a machine that does nothing else: say what it did.
    print(f"8 s 720p on {os.cpu_count()} cores (load {load:.1f}): dearest ratio {worst:.2f}, goal {GOAL}")
    return 0 if worst <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
