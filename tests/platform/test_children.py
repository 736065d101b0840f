"""No child process is given a secret of this process's environment."""

import ast
import contextlib
import os
import shutil
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from rushes.platform.children import child_environment
from rushes.platform.db.embedded import start_embedded
from rushes.platform.media import ffmpeg
from rushes.platform.media.receive import Reception
from rushes.providers.video.echo import clip
from rushes.providers.video.flow.browser.display import screen

SOURCES = Path(__file__).parents[2] / "src/rushes"
STARTS = {
    *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
    *(f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output")),
}
OUR_OWN = {"cli/_background.py", "cli/demo.py", "cli/watch.py"}
"""These start Rushes itself, which needs its settings."""
SECRETS = (
    "RUSHES_OMNI_API_KEY",
    "RUSHES_SECRET_KEYS",
    "RUSHES_DATABASE_URL",
    "S3_SECRET_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "FLOW_STORAGE_STATE_URL",
    "GEMINI_API_KEY",
    "FAL_KEY",
    "SOME_TOKEN_OF_ANOTHER_PROGRAM",
)
WORD = "a-secret-in-the-environment"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, WORD)


def test_every_child_process_is_given_an_environment():
    """Whoever starts one without `env=` hands over every variable there is."""
    without: list[str] = []
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called in STARTS and not any(keyword.arg == "env" for keyword in node.keywords):
                without.append(str(path.relative_to(SOURCES)))
    assert set(without) == OUR_OWN


def test_what_a_child_needs_is_there_and_a_proxys_password_is_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:word@proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("LC_CTYPE", "C.UTF-8")
    given = child_environment()
    assert given["PATH"] == os.environ["PATH"] and given["LC_CTYPE"] == "C.UTF-8"
    assert "DISPLAY" not in given and "HTTPS_PROXY" not in given
    browser = child_environment(browser=True)
    assert browser["DISPLAY"] == ":7"
    assert (browser["HTTPS_PROXY"], browser["NO_PROXY"]) == ("http://proxy.example:3128", "localhost")
    assert WORD not in {*given.values(), *browser.values()}


async def test_ffmpeg_is_given_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\nenv > "$last"\n')
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "ffmpeg_exe", lambda: str(program))
    await ffmpeg.run_ffmpeg(["-i", "in.mp4"], into=tmp_path / "out")
    await ffmpeg.run_ffmpeg(["-i", "pipe:0"], into=tmp_path / "fed", stdin=iter([b"x"]))
    for name in ("out", "fed"):
        seen = (tmp_path / name).read_text()
        assert "PATH=" in seen
        assert WORD not in seen


@pytest.mark.skipif(sys.platform != "linux", reason="another process's environment can be read on Linux")
async def test_the_program_that_looks_at_takes_is_given_none(tmp_path: Path):
    take = tmp_path / "a.mp4"
    take.write_bytes(clip("16:9", 1, 1))
    reception = Reception()
    try:
        await reception.receive(take, tmp_path / "a.jpg")
        children = psutil.Process().children()
        seen = [each.environ() for each in children if each.is_running() and each.environ()]
        assert any("MALLOC_ARENA_MAX" in each for each in seen), "it was looked at"
        assert not [each for each in seen if WORD in each.values() and "MALLOC_ARENA_MAX" in each]
    finally:
        await reception.close()


def test_postgresql_is_given_none(open_folder: Path):
    data = open_folder / "data"
    server = start_embedded(data, data / "postgres")
    try:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TEMPORARY TABLE seen (line text)")
            connection.execute("COPY seen FROM PROGRAM 'env'")
            seen = [row[0] for row in connection.execute("SELECT line FROM seen").fetchall()]
    finally:
        server.close()
    assert any(line.startswith("PATH=") for line in seen)
    assert not [line for line in seen if WORD in line]


@pytest.mark.parametrize("headless", [True, False])
async def test_a_browser_and_its_screen_are_given_none(headless: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if not headless and shutil.which("Xvfb") is None:
        headless = True  # the machine has no screen to give
    async with screen(headless=headless) as environment:
        assert WORD not in environment.values()
        assert ("DISPLAY" in environment) is not headless
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                assert child.name() != "Xvfb" or WORD not in child.environ().values()
