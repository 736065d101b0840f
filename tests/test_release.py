"""A release is one wheel that holds everything: installed alone, it serves the page and the guide."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installation import environment, free_port, staying, until_up
from tests.conftest import FOLDER
from tests.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [str(each) for each in command], cwd=cwd, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_wheel_alone_serves_the_page_and_the_guide(folder: Path):
    [wheel] = run(ROOT / "scripts/release", folder / "dist").split()
    assert not (ROOT / "src/rushes/guide").exists(), "nothing is left in the sources"
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv/bin/python"
    uv = Path(sys.executable).with_name("uv")
    run(uv, "pip", "install", "--quiet", "--no-deps", "--python", python, wheel)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())
    # What Rushes is made with, but not the checkout: a path in a .pth brings no other .pth with it.
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"])
    told = run(python, "-c", "import rushes; print(rushes.__file__)", cwd=folder).strip()
    assert Path(told).is_relative_to(packages)

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment(folder, RUSHES_DATA_DIR=str(folder / "data"), RUSHES_PORT=str(port))
    with staying([str(folder / "venv/bin/rushes"), "up"], env, folder) as process:
        until_up(url, process)
        assert '<div id="root">' in read(f"{url}/")
        assert '<div id="root">' in read(f"{url}/jobs/0197f0a0-0000-7000-8000-000000000000")
        assert "<h1" in read(f"{url}/help/install")
        assert read(f"{url}/help/files/prompts.txt").startswith("1. A fox")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder below folders that are open: as root, the embedded database refuses closed ones."""
    made = Path(tempfile.mkdtemp(prefix="release-", dir=os.environ[FOLDER]))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        return answer.read().decode()
