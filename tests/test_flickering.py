"""What failed is run once more: flickering is green and on record, a failure stays red."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flickering import ROOT

FILE = """
from pathlib import Path
import pytest

SEEN = Path(__file__).with_name("seen")

def once_only(name):
    file = SEEN.with_name(name)
    first = not file.exists()
    file.touch()
    return first

@pytest.fixture
def cleaned_up():
    yield
    assert not once_only("cleaned")

def test_good(): pass
@pytest.mark.xdist_group("slow_ones")
def test_flickers(): assert not once_only("called"), "too slow today"
def test_flickers_at_its_end(cleaned_up): pass
def test_bad(): assert {good}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("good", "processes", "code", "closing"),
    [
        (True, 2, 0, "4 passed, 2 flickering in "),
        (False, 0, 1, "1 failed, 3 passed, 2 flickering in "),
    ],
)
def test_what_passes_when_it_is_run_again_alone_is_on_record_and_fails_nothing(
    good: bool, processes: int, code: int, closing: str, tmp_path: Path
):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(FILE.format(good=good))
    record = tmp_path / "record.txt"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.flickering",
            "-n",
            str(processes),
            "--dist",
            "loadgroup",
            "test_it.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RUSHES_TEST_FLICKERING": str(record)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout
    assert closing in done.stdout.splitlines()[-1]
    assert str(record) in done.stdout
    [first, second] = record.read_text().splitlines()
    assert "test_it.py::test_flickers AssertionError: too slow today" in first
    assert "test_it.py::test_flickers_at_its_end" in second
    assert ("FAILED test_it.py::test_bad" in done.stdout) is not good
