"""Runs commands as a person does: each a process of its own, on an installation of the tests' own.

Those that run to their end are forked from a process that has loaded Rushes already (`tests.forks`).
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from PIL import Image

from tests.forks import forks
from tests.waiting import PATIENCE_SECONDS

COMMAND = (sys.executable, "-m", "rushes.cli.main")


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What was printed, read as JSON; fails with the messages when it is none."""
        assert self.code in (0, 1, 3), self
        return json.loads(self.out)


@dataclass(frozen=True)
class Installation:
    """One data folder and the environment of the commands that work on it."""

    folder: Path
    env: dict[str, str]
    database: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def __call__(self, *args: str | Path, typed: str = "", **env: str) -> Result:
        """Run one command to its end. `typed` is its standard input."""
        done = forks().run(
            [*map(str, args)],
            cwd=self.folder,
            env={**self.env, **env},
            typed=typed,
            timeout=PATIENCE_SECONDS,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def run(self, command: Sequence[str], **env: str) -> Result:
        """Run any program in the environment of this installation."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def files(self) -> list[str]:
        """Every file of images, videos and uploads."""
        return sorted(
            str(path.relative_to(self.data))
            for room in ("storage", "work")
            for path in (self.data / room).rglob("*")
            if path.is_file()
        )

    def job_ids(self) -> list[str]:
        """The jobs there are, the newest first."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute("SELECT id::text FROM jobs ORDER BY created_at DESC")
            return [row[0] for row in rows]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def staying(command: list[str], env: dict[str, str], cwd: Path) -> Generator[subprocess.Popen[str]]:
    """A process that stays until the block ends, whatever happens in it."""
    process = subprocess.Popen(command, env=env, cwd=cwd, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_up(url: str, process: "subprocess.Popen[str]") -> dict[str, object]:
    """Ask until it answers that it works."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/health", timeout=60) as answer:
                health = json.load(answer)
                if health["workers"]:
                    return health
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(process.communicate()[1] if process.poll() is not None else "no answer")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a command, without what this machine has set for Rushes.

    Compiled modules are kept, as they are for people: without them every command compiles all of Rushes.
    """
    ours = ("RUSHES_", "PYTHONDONTWRITEBYTECODE")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**plain, "RUSHES_ECHO_DIR": str(folder / "echo"), "COLUMNS": "200", **more}


def make_batch(folder: Path, prompts: Sequence[str], *, images: Sequence[int] | None = None) -> Path:
    """A folder of small images with a prompts file among them."""
    folder.mkdir(parents=True)
    for number in range(1, len(prompts) + 1) if images is None else images:
        Image.new("RGB", (160, 90), (number * 40 % 255, 90, 120)).save(folder / f"{number}.png")
    lines = "".join(f"{number}. {prompt}\n" for number, prompt in enumerate(prompts, start=1))
    (folder / "prompts.txt").write_text(lines)
    return folder
