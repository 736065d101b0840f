"""Counts what each test costs in CPU seconds, its processes included (`-p tests.costs`).

On a machine that others use as well, how long a test takes tells little; how much it computes tells how long
the suite takes where nothing else runs. The run ends with tables by folder and of the most expensive tests;
each test stands in `build/costs.jsonl`. `python -m tests.costs FILE...` prints the tables of earlier runs.

Where it may (root on Linux) it has the kernel count, in a control group for each process of pytest-xdist.
Elsewhere it adds up the processes below, and misses those that end without anybody waiting for them.
"""

import contextlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import TypedDict

import psutil
import pytest
from _pytest.terminal import TerminalReporter

RECORD = Path(os.environ.get("RUSHES_TEST_COSTS", Path(__file__).parents[1] / "build/costs.jsonl"))
FOLDER = "RUSHES_TEST_FOLDER"
GROUPS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
MOST_EXPENSIVE = 20
SERVER = "(PostgreSQL)"
"""Of all tests together. Each process of pytest-xdist tells what it saw last; the largest is the sum."""


class Cost(TypedDict):
    """What one test took, in seconds. `cpu` is that of all its processes."""

    test: str
    cpu: float
    wall: float


def spent(process: psutil.Process) -> float:
    """The CPU seconds of a process, of what runs below it, and of what has ended there."""
    seconds = 0.0
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds += sum(each.cpu_times()[:4])
    return seconds


def own_group(name: str, pid: int) -> Path | None:
    """Move a process into a new control group; None where that is not allowed."""
    for root in GROUPS:
        group = root / f"rushes-costs-{name}-{pid}"
        if (root / "cgroup.procs").is_file():
            with contextlib.suppress(OSError):
                group.mkdir()
                (group / "cgroup.procs").write_text(str(pid))
                return group
    return None


class Meter:
    """Counts the CPU seconds of this process and of all that it starts."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before = spent(self._process)
        self._group = own_group("tests", os.getpid())

    def read(self) -> float:
        """Seconds until now."""
        if self._group is None:
            return spent(self._process)
        words = (self._group / "cpu.stat").read_text().split()
        return self._before + int(words[words.index("usage_usec") + 1]) / 1e6


class Costs:
    """Records the tests of one process, and at the end of the run what is nobody's."""

    def __init__(self, config: pytest.Config) -> None:
        self._worker: str = getattr(config, "workerinput", {}).get("workerid", "main")
        self._alone = self._worker != "main" or not config.getoption("numprocesses", None)
        self._meter = Meter() if self._alone else None
        self._tests = 0.0
        self._server: psutil.Process | None = None
        self._of_server = 0.0

    def _write(self, test: str, cpu: float, wall: float) -> None:
        with RECORD.open("a") as record:
            record.write(json.dumps(Cost(test=test, cpu=round(cpu, 3), wall=round(wall, 3))) + "\n")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Measure the test with its fixtures."""
        assert self._meter is not None
        cpu, wall = self._meter.read(), time.monotonic()
        done = yield
        cpu = self._meter.read() - cpu
        self._tests += cpu
        self._write(item.nodeid.partition("@")[0], cpu, time.monotonic() - wall)
        self._look_at_server()
        return done

    def _look_at_server(self) -> None:
        """Remember what the run's PostgreSQL has spent: it may end before we do."""
        with contextlib.suppress(OSError, IndexError, psutil.NoSuchProcess):
            if self._server is None:
                words = (Path(os.environ[FOLDER]) / "postgres/postmaster.pid").read_text().split()
                self._server = psutil.Process(int(words[0]))
                own_group("server", self._server.pid)  # it works for the other processes as well
            self._of_server = spent(self._server)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Count what belongs to no test: imports, collection, and the server that all share."""
        if self._meter is not None:
            self._write(f"(loading, {self._worker})", self._meter.read() - self._tests, 0.0)
        else:
            self._write("(distributing)", sum(psutil.Process().cpu_times()[:2]), 0.0)
        self._write(SERVER, self._of_server, 0.0)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Print the tables."""
        if self._worker == "main":
            terminalreporter.section(f"CPU seconds ({RECORD})")
            for line in tables(read(RECORD)):
                terminalreporter.line(line)


def read(record: Path) -> list[Cost]:
    """The tests of a run, and what is nobody's."""
    costs: list[Cost] = [json.loads(line) for line in record.read_text().splitlines()]
    server = max((each["cpu"] for each in costs if each["test"] == SERVER), default=0.0)
    others = [each for each in costs if each["test"] != SERVER]
    return [*others, Cost(test=SERVER, cpu=server, wall=0.0)]


def tables(costs: Sequence[Cost]) -> Generator[str]:
    """The sums by folder, and the most expensive tests."""
    yield from _sums(costs, _folder)
    yield ""
    for each in sorted(costs, key=lambda cost: -cost["cpu"])[:MOST_EXPENSIVE]:
        yield f"{each['cpu']:8.1f} s CPU {each['wall']:8.1f} s  {each['test']}"


def _folder(test: str) -> str:
    return test if test.startswith("(") else str(Path(test.partition("::")[0]).parent)


def _sums(costs: Iterable[Cost], room: Callable[[str], str]) -> Generator[str]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for each in costs:
        for key in (room(each["test"]), "all"):
            sums[key] = [sums[key][0] + 1, sums[key][1] + each["cpu"], sums[key][2] + each["wall"]]
    for key, (count, cpu, wall) in sorted(sums.items(), key=lambda one: one[1][1]):
        yield f"{cpu:8.1f} s CPU {wall:8.1f} s {count:6} tests  {key}"


def pytest_configure(config: pytest.Config) -> None:
    """Begin a record."""
    if not hasattr(config, "workerinput"):
        for root in GROUPS:
            for left in root.glob("rushes-costs-*"):
                with contextlib.suppress(OSError):  # somebody still runs in it
                    left.rmdir()
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        RECORD.write_text("")
    config.pluginmanager.register(Costs(config), "costs-of-tests")


if __name__ == "__main__":
    print(*tables([each for name in sys.argv[1:] for each in read(Path(name))]), sep="\n")
