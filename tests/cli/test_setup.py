"""The set-up script on machines where something is missing: each stop says what to do next."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("bash", "cat", "cut", "dirname", "ln", "mkdir", "readlink", "rm", "sha256sum")


@pytest.fixture
def checkout(open_folder: Path) -> Path:
    """A copy of what the set-up reads, and a folder of programs that has no Python yet."""
    folder = open_folder / "checkout"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for name in ("pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    programs = open_folder / "bin"
    programs.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        (programs / name).symlink_to(found)
    return folder


def python_that(programs: Path, refuses: str) -> None:
    """A `python3` that fails whenever its arguments have these words."""
    python = programs / "python3"
    refuse = f'case "$*" in *"{refuses}"*) exit 1;; esac'
    python.write_text(f'#!{shutil.which("sh")}\n{refuse}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)


def set_up(checkout: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "scripts/setup.sh", *args],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent), **env},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("there", [False, True], ids=["no Python", "an old Python"])
def test_without_a_new_enough_python_the_package_to_install_is_named(checkout: Path, there: bool):
    if there:
        python_that(checkout.parent / "bin", refuses="version_info")
    done = set_up(checkout)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_its_venv_module_is_told_with_the_package_to_install(checkout: Path):
    python_that(checkout.parent / "bin", refuses="ensurepip")
    done = set_up(checkout, "dev")
    assert done.returncode == 1
    assert (
        done.stderr.rstrip().splitlines()[-2].strip() == "On Debian or Ubuntu: apt-get install python3-venv"
    )
    assert not (checkout / ".venv").exists()


def test_a_missing_connection_stops_the_set_up_and_the_next_run_begins_there(checkout: Path):
    python_that(checkout.parent / "bin", refuses="no such words")
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    done = set_up(checkout, **unreachable)
    assert done.returncode == 1
    assert "uv could not be installed" in done.stderr
    assert "Check the connection" in done.stderr
    assert not list((checkout / ".venv").glob("made-for-*"))
    again = set_up(checkout, **unreachable)
    assert "Making .venv" in done.stderr
    assert "Making .venv" not in again.stderr
    assert again.returncode == 1


def test_the_scripts_are_programs_and_continuous_integration_runs_the_tests():
    for script in ("scripts/setup.sh", "scripts/demo.sh", ".ci/run"):
        assert os.access(ROOT / script, os.X_OK), script
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and line[0] != "#"]
    assert commands[0] == "set -euo pipefail"
    assert commands[-1] == "make test"
