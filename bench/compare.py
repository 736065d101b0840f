"""Two versions of Rushes beside each other: a bench of an older commit and of this tree, in turns.

    python -m bench.compare COMMIT orchestration zip recovery page [--rounds 3]

Each version runs its own bench, so what is compared is what each prints. The order changes every round and
the medians are compared, so that what else the machine does favours neither. Prints every figure and its
ratio, and exits 1 when a figure is worse by more than the tolerance (5 %).
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOLERANCE = 1.05

FIGURES = {
    "orchestration": re.compile(
        r"(?P<row>empty table|[\d,]+ videos before) +(?P<wall_s>[\d.]+) +[\d.]+ +(?P<cpu_ms_a_shot>[\d.]+)"
        r" +(?P<peak_mib>[\d.]+) +(?P<api_p95_ms>[\d.]+)"
    ),
    "zip": re.compile(
        r"(?P<row>zip) .* first byte +(?P<first_byte_ms>[\d.]+) ms, +(?P<cpu_s>[\d.]+) s CPU"
        r".*ratio (?P<of_cat>[\d.]+) \| grew by [\d.]+ MiB from (?P<server_mib>[\d.]+)"
    ),
    "recovery": re.compile(r" *\d+ +(?P<at_work_s>[\d.]+) +(?P<first_video_s>[\d.]+) +\d+$"),
    "page": re.compile(
        r"(?P<row>first paint|largest contentful paint|initial JavaScript|frames dropped)"
        r".*? (?P<value>[\d.]+) .*goal"
    ),
    "upscale": re.compile(r"(?P<row>median) (?P<of_ffmpeg>[\d.]+) times"),
}
MORE_IS_BETTER = {"of_cat"}

Seen = dict[str, list[float]]


@contextmanager
def checked_out(commit: str) -> Generator[Path]:
    """A work tree of that commit, with the built page of this one if there is one."""
    with tempfile.TemporaryDirectory(prefix="rushes-compare-") as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def run(tree: Path, bench: str, seen: Seen) -> None:
    """Run a tree's own bench with this environment's packages, and add what it prints to what was seen."""
    path = os.pathsep.join((str(tree / "src"), str(tree)))
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{bench}"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,  # 1: a goal was missed, which is not what this is about
    )
    found = [match for line in done.stdout.splitlines() if (match := FIGURES[bench].match(line))]
    if not found:
        raise SystemExit(f"{bench} of {tree} gave no figures:\n{done.stdout}")
    for match in found:
        values = match.groupdict()
        row = values.pop("row", "")
        for name, value in values.items():
            seen[f"{row} {name}".strip()].append(float(value))


def compare(tree: Path, bench: str, rounds: int) -> bool:
    """Print the figures of one bench in both trees. Returns whether none is worse than it may be."""
    before: Seen = defaultdict(list)
    after: Seen = defaultdict(list)
    for number in range(rounds):
        turns = [(tree, before), (ROOT, after)]
        for place, seen in turns if number % 2 else reversed(turns):
            run(place, bench, seen)
    print(f"{bench}: {rounds} rounds\n{'':46}{'before':>10}{'now':>10}{'ratio':>8}")
    held = True
    for name, values in before.items():
        old, new = statistics.median(values), statistics.median(after[name])
        ratio = new / old if old else 1.0
        worse = ratio < 1 / TOLERANCE if name.split()[-1] in MORE_IS_BETTER else ratio > TOLERANCE
        held &= not worse
        print(f"  {name:44}{old:10.2f}{new:10.2f}{ratio:8.3f}{'  WORSE' if worse else ''}", flush=True)
    return held


def main() -> int:
    """Run it. Returns 1 when a figure is worse by more than the tolerance."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commit", help="the commit to compare with")
    parser.add_argument("bench", nargs="+", choices=sorted(FIGURES))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with checked_out(given.commit) as tree:
        held = [compare(tree, bench, given.rounds) for bench in given.bench]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
