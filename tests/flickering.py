"""Runs what failed once more, alone (`-p tests.flickering`): a machine that is busy must not make a run red.

What fails again is a failure. What passes then is *flickering*: the run is green, but says so at its end, and
appends it to `build/flickering.txt`, so that it is found and made steady.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

ROOT = Path(__file__).parents[1]
RECORD = Path(os.environ.get("RUSHES_TEST_FLICKERING", ROOT / "build/flickering.txt"))
MOST = 40
"""More failures than this are no flickering, and are not run again."""
AGAIN = (sys.executable, "-m", "pytest", "-q", "-n", "0", "--no-header")
Report = pytest.TestReport | pytest.CollectReport
FLICKERING = pytest.StashKey[list[Report]]()


@pytest.hookimpl(trylast=True)  # after pytest-xdist has ended its processes
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Run the failed tests again and make the result of the run theirs."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus != pytest.ExitCode.TESTS_FAILED or hasattr(session.config, "workerinput"):
        return  # all is well, or it was interrupted; or this is a process of pytest-xdist
    assert isinstance(terminal, TerminalReporter)
    failed = [report for kind in ("failed", "error") for report in terminal.stats.get(kind, [])]
    for report in failed:
        report.nodeid = re.sub(r"@\w+$", "", report.nodeid)  # pytest-xdist's group is not in the file
    names = list(dict.fromkeys(report.nodeid for report in failed))
    if not names or len(names) > MOST:
        return
    still = _run_again(names, session.config.invocation_params.dir)
    flickering = [report for report in failed if report.nodeid not in still]
    for kind in ("failed", "error"):
        left = [report for report in terminal.stats.get(kind, []) if report.nodeid in still]
        terminal.stats.pop(kind, None)
        if left:
            terminal.stats[kind] = left
    if flickering:
        session.config.stash[FLICKERING] = flickering
        terminal.stats["flickering"] = flickering
        # Their calls count as passed, as in any run; a test whose clean-up failed has passed already.
        passed = [each for each in flickering if isinstance(each, pytest.TestReport) and each.when == "call"]
        terminal.stats.setdefault("passed", []).extend(passed)
        _record(flickering)
    if not still:
        session.exitstatus = pytest.ExitCode.OK
        session.testsfailed = 0


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """List what flickers, with what it said the first time."""
    flickering = config.stash.get(FLICKERING, list[Report]())
    if not flickering:
        return
    terminalreporter.section(f"flickering: failed, and passed when run again alone ({RECORD})")
    for report in flickering:
        terminalreporter.line(f"FLICKERING {report.nodeid}: {_reason(report)}", yellow=True)
        terminalreporter.line(report.longreprtext)


def _run_again(names: Collection[str], folder: Path) -> set[str]:
    """Run these tests one after the other, in a process of their own. Return those that fail again."""
    print(f"\n\nRunning again, alone, what failed: {len(names)}", flush=True)
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run([*AGAIN, "-o", f"cache_dir={cache}", *names], cwd=folder, check=False)
        if done.returncode == pytest.ExitCode.OK:
            return set()
        record = Path(cache) / "v/cache/lastfailed"
        if done.returncode == pytest.ExitCode.TESTS_FAILED and record.is_file():
            return set(json.loads(record.read_text())) & set(names) or set(names)
    return set(names)


def _record(flickering: Collection[Report]) -> None:
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with RECORD.open("a") as record:
        record.writelines(f"{now} {report.nodeid} {_reason(report)}\n" for report in flickering)


def _reason(report: Report) -> str:
    """The last line of what it said that names the error."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message) if crash is not None else report.longreprtext
    return (text.strip() or "no message").splitlines()[0][:200]
