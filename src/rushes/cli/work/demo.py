"""Runs the demos: scripts of the repository, which are not installed, nor are examples and stand-ins."""

import subprocess
import sys
from pathlib import Path

import rushes
from rushes.errors import NotFound

ROOT = Path(rushes.__file__).parents[2]


def demo(flow: bool, shots: int) -> int:
    """Gives the exit code of the script."""
    if not (ROOT / "standins").is_dir():
        raise NotFound("The demo is not part of an installed Rushes: run it from a copy of the sources.")
    command = [sys.executable, "-m", "scripts.demo_flow", "--shots", str(shots)]
    if not flow:
        command = [str(ROOT / "scripts/demo.sh")]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  # our own
