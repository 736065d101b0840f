"""Commands that stay, are stopped, or leave their work to others."""

import fcntl
import os
import pty
import select
import signal
import socket
import subprocess
import termios
import time
from pathlib import Path

from rushes.settings import Settings
from tests.cli.installation import (
    COMMAND,
    Installation,
    environment,
    free_port,
    make_batch,
    staying,
    until_up,
)
from tests.waiting import PATIENCE_SECONDS


class Terminal:
    """A command on a terminal of its own, with what it has shown so far."""

    def __init__(self, rushes: Installation, *args: str | Path) -> None:
        self._screen, program_side = pty.openpty()
        self._process = subprocess.Popen(
            [*COMMAND, *map(str, args)],
            cwd=rushes.folder,
            env={**rushes.env, "TERM": "xterm-256color"},
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
            # The terminal becomes the program's own, so that Ctrl-C typed into it reaches the program.
            preexec_fn=take_terminal,  # noqa: PLW1509
            start_new_session=True,
        )
        os.close(program_side)
        self.shown = ""
        self._until = time.monotonic() + PATIENCE_SECONDS

    def _read(self) -> bool:
        """Read a piece; False when the program has left."""
        ready, _, _ = select.select([self._screen], [], [], max(0.0, self._until - time.monotonic()))
        if not ready:
            self._process.kill()
            raise AssertionError(f"nothing more came after: {self.shown}")
        try:
            piece = os.read(self._screen, 4096)
        except OSError:  # how a terminal says that its program has left
            return False
        self.shown += piece.decode(errors="replace")
        return bool(piece)

    def wait_for(self, words: str) -> None:
        """Read until the words have been shown."""
        while words not in self.shown:
            assert self._read(), self.shown

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._screen, keys)

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._screen)
        return self._process.wait()


def take_terminal() -> None:
    """Make the terminal on standard input that of this session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_ctrl_c_leaves_the_job_running_and_a_later_look_sees_its_end(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A slow fox"])
    screen = Terminal(rushes, "batch", batch, "--provider", "echo", "--option", "delay_seconds=4", "--yes")
    screen.wait_for("0 of 1 video done")
    screen.type(b"\x03")
    assert screen.end() == 130
    assert "The job continues in the background" in screen.shown
    one = screen.shown.split("rushes show ")[1].split()[0]
    # It was at 0 when we left, so whatever is done by now was done without us.
    ended = rushes("show", one, "--wait", "--json")
    assert ended.code == 0, ended
    assert ended.json()["completed_videos"] == 1


def test_a_person_is_asked_and_a_no_makes_nothing(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox"])
    jobs = rushes.job_ids()
    screen = Terminal(rushes, "batch", batch, "--provider", "echo")
    screen.wait_for("This costs about $0.01. Continue? [y/N]")
    screen.type(b"n\n")
    assert screen.end() == 2
    screen = Terminal(rushes, "batch", batch, "--provider", "echo")
    screen.wait_for("[y/N]")
    screen.type(b"\x03")
    assert screen.end() == 130
    assert rushes.job_ids() == jobs


def test_a_reader_that_leaves_early_sees_no_traceback(rushes: Installation):
    command = f"{COMMAND[0]} -m {COMMAND[2]} providers --json | head -n 1"
    done = rushes.run(["bash", "-c", command])
    assert (done.out, done.err) == ("[\n", "")
    for words in ("providers", "providers --json", "costs --csv"):
        # The reader has gone long before there is something to read.
        done = rushes.run(["bash", "-c", f"{' '.join(COMMAND)} {words} | true; echo ${{PIPESTATUS[0]}}"])
        assert (done.out, done.err) == ("0\n", ""), words


def test_up_answers_works_and_stops_on_sigterm(rushes: Installation, tmp_path: Path):
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    with staying([*COMMAND, "up", "--port", port], rushes.env, rushes.folder) as process:
        assert until_up(url, process)["status"] == "ok"
        second = rushes("up", "--port", port)
        assert second.code == 1
        assert f"up already at {url}" in second.err
        looked = rushes("doctor", "--json", RUSHES_PORT=port)
        assert {check["name"]: check["verdict"] for check in looked.json()}["Port"] == "ok"
        batch = make_batch(tmp_path / "in", ["A fox"])
        assert rushes("batch", batch, "--provider", "echo", "--yes").code == 0
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, log
        assert "Traceback" not in log
        first, *others = log.splitlines()
        assert first == f"Rushes is running. Open {url}  (Ctrl-C stops it)"
        assert [line for line in others if not line.split()[1].endswith("Z")] == []


def test_doctor_finds_an_installation_whole(rushes: Installation, tmp_path: Path):
    files = rushes.files()
    archive = (tmp_path / "archive").as_uri()
    looked = rushes(
        "doctor",
        "--json",
        RUSHES_PORT=str(free_port()),
        RUSHES_MIN_FREE_BYTES="0",
        RUSHES_ARCHIVE_URL=archive,
    )
    assert looked.code == 0, looked
    checks = looked.json()
    assert {check["name"] for check in checks} == {
        *("Python", "FFmpeg", "Images", "Data folder", "PostgreSQL", "Models", "Keys", "Browser"),
        *("Worker", "Periodic tasks", "Tasks", "Waits", "Port", "Storage", "Archive", "Settings"),
    }
    # That a model's end is near depends on the day; and only Google Flow needs a browser.
    sure = [check for check in checks if check["name"] not in {"Models", "Browser"}]
    assert {check["verdict"] for check in sure} == {"ok"}, checks
    assert rushes.files() == files, "what was written to try the storage is gone"
    assert not [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]


def test_doctor_says_what_to_do_about_each_thing_that_is_broken(rushes: Installation, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        looked = rushes(
            "doctor",
            "--json",
            RUSHES_PORT=str(taken.getsockname()[1]),
            RUSHES_MIN_FREE_BYTES=str(10**18),
            RUSHES_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
            RUSHES_STORAGE_URL="foo://x",
            RUSHES_ARCHIVE_URL="telegram:@somewhere",
            IMAGEIO_FFMPEG_EXE=str(tmp_path / "no-such-program"),
        )
    assert looked.code == 1
    broken = {check["name"]: check for check in looked.json() if check["verdict"] == "broken"}
    assert set(broken) == {"FFmpeg", "Data folder", "Storage", "Archive", "PostgreSQL", "Port"}, looked.out
    assert all(check["to_do"] for check in broken.values())


def test_doctor_names_what_is_wrong_and_looks_at_the_rest(rushes: Installation):
    asked = {"RUSHES_PORT": str(free_port()), "RUSHES_MIN_FREE_BYTES": "0"}
    looked = rushes(
        "doctor", "--json", RUSHES_STORAGE_URL="foo://x", RUSHES_FLOW_THROTTLE_SECONDS="abc", **asked
    )
    checks = {check["name"]: (check["verdict"], check["found"]) for check in looked.json()}
    assert [name for name, (verdict, _) in checks.items() if verdict == "broken"] == ["Storage", "Settings"]
    assert "RUSHES_FLOW_THROTTLE_SECONDS: " in checks["Settings"][1]
    assert "foo://x" in checks["Storage"][1]
    assert checks["PostgreSQL"][0] == "ok"


def test_settings_that_do_not_hold_are_named(rushes: Installation):
    told = rushes("jobs", RUSHES_PORT="many", RUSHES_MAX_SHOTS="0")
    assert told.code == 2
    assert "RUSHES_PORT: " in told.err
    assert "RUSHES_MAX_SHOTS: " in told.err
    assert "Traceback" not in told.err


def test_a_database_of_ones_own_needs_a_worker_and_says_so(settings: Settings, tmp_path: Path):
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    data = str(tmp_path / "data")
    env = environment(tmp_path, RUSHES_DATA_DIR=data, RUSHES_DATABASE_URL=url)
    rushes = Installation(tmp_path, env, url)
    batch = make_batch(tmp_path / "in", ["A fox"])
    started = rushes("batch", batch, "--provider", "echo", "--yes", "--no-wait")
    assert started.code == 0, started
    assert "No worker is alive" in started.err
    assert "rushes worker" in started.err
    worked = rushes("worker", "--until-idle", "--queues", "echo")
    assert worked.code == 0, worked
    assert rushes("show", "last", "--json").json()["status"] == "completed"
    stranger = rushes("worker", "--queues", "acme")
    assert stranger.code == 2
    assert "There is no provider 'acme'" in stranger.err
