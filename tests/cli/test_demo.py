"""The demo of Google Flow: the real automation on the stand-in of its page, in an installation of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from rushes.cli import demo
from rushes.errors import NotFound


@pytest.mark.slow
def test_the_demo_of_flow_makes_two_videos_and_leaves_only_them(tmp_path: Path):
    to = tmp_path / "videos"
    command = [sys.executable, "-m", "scripts.demo_flow", "--shots", "1", "--to", str(to)]
    done = subprocess.run(command, cwd=demo.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert len(list(to.rglob("*.mp4"))) == 2
    assert " 40 credits" in done.stdout


def test_without_the_sources_the_demo_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    with pytest.raises(NotFound, match="copy of the sources"):
        demo.demo(flow=True, shots=1)
