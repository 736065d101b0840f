"""`rushes watch`: every folder or ZIP that is put into a folder becomes a batch; its videos appear beside it.

It works by the other commands, and so here and through `rushes login` alike. Nothing is made twice: what was
made is in `.rushes-watch.json`, and what a crash kept from getting there is found by its request id.
"""

import hashlib
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from rushes.cli import _complete
from rushes.cli._exit import Code, exit_with
from rushes.cli._login import is_local
from rushes.cli._output import print_note, print_result
from rushes.errors import Conflict, Fault, Invalid

COMMAND = (sys.executable, "-m", "rushes.cli.main")
RECORD = ".rushes-watch.json"
VIDEOS = "-videos"
PROBLEM = "-problem.txt"
LOOK_SECONDS = 2.0
ENDED = ("completed", "failed", "cancelled")


@dataclass
class Watched:
    """What is known of one folder or ZIP."""

    state: str
    """Of its files, when it was taken."""
    job_id: str | None = None
    done: bool = False
    problem: str | None = None


def watch(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Put folders or ZIPs of images and prompts in here.")
    ],
    budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="US dollars that each batch may spend. Left out: only what is free is made.",
            show_default=False,
        ),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            help="Who makes the videos. Left out: chosen, by your keys.",
            autocompletion=_complete.providers,
            show_default=False,
        ),
    ] = None,
    outputs: Annotated[int, typer.Option(min=1, max=8, help="Takes per shot.")] = 1,
    aspect: Annotated[
        str | None, typer.Option(help="Aspect ratio, such as 16:9, 9:16 or 1:1.", show_default=False)
    ] = None,
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds for which a folder must not change before it is taken.")
    ] = 10.0,
    once: Annotated[bool, typer.Option("--once", help="Make what is there now, then end.")] = False,
) -> None:
    """Make a batch of every folder or ZIP put into a folder.

    Each holds images and a prompts file, as for `rushes batch`. Its videos come into NAME-videos beside it;
    what keeps it from being made stands in NAME-problem.txt, and it is tried again when it changes and at the
    next start. What was made once is not made again when its folder changes: rename it to have that done.

    [bold]Examples[/bold]
    $ rushes watch inbox
    $ rushes watch inbox --budget 5 --provider omni --aspect 9:16
    $ rushes watch inbox --once
    """
    if not folder.is_dir():
        raise Invalid(
            "There is no such folder.", [Fault(str(folder), "Make it first: mkdir.", "missing_folder")]
        )
    flags = [f"--outputs={outputs}"]
    flags += [f"--provider={provider}"] if provider else []
    flags += [f"--aspect={aspect}"] if aspect else []
    flags += ["--yes", f"--budget={budget}"] if budget is not None else []
    try:
        with FileLock(folder / ".rushes-watch.lock", timeout=0):
            watching = _Watching(folder.resolve(), flags, settle)
            exit_with(watching.run(once=once))
    except Timeout as error:
        raise Conflict(f"{folder} is watched already.", hint="End the other `rushes watch` first.") from error


class _Watching:
    """One folder, and what became of what is in it."""

    def __init__(self, folder: Path, flags: list[str], settle: float) -> None:
        self._folder, self._flags, self._settle = folder, flags, settle
        self._record = folder / RECORD
        # What could not be made is tried again at each start: what was in the way may be gone.
        self._known = {name: each for name, each in _read(self._record).items() if each.job_id is not None}
        self._stuck: dict[str, Code] = {}
        """Where waiting does not help: its job is gone, or waits for a person."""
        self._seen: dict[str, tuple[str, float]] = {}
        """What is not taken yet: the state of its files, and since when it is so."""

    def run(self, *, once: bool) -> Code:
        """Look at the folder again and again. With `once`, until everything there has ended."""
        print_note(f"Watching {self._folder}. Ctrl + C ends it; jobs continue.")
        while True:
            entries = [each for each in sorted(self._folder.iterdir()) if _is_batch(each)]
            for entry in entries:
                self._look(entry)
            left = [each for each in entries if not self._is_settled(each)]
            if once and not left:
                there = {each.name for each in entries}
                problem = any(each.problem for name, each in self._known.items() if name in there)
                return max(self._stuck.values(), default=Code.FAILED if problem else Code.DONE)
            time.sleep(LOOK_SECONDS)

    def _is_settled(self, entry: Path) -> bool:
        watched, state = self._known.get(entry.name), _state_of(entry)
        if watched is None:
            return state is None  # an empty folder
        if watched.job_id is None:
            return watched.state == state
        return watched.done or entry.name in self._stuck

    def _look(self, entry: Path) -> None:
        watched = self._known.get(entry.name)
        if watched is not None and watched.job_id is not None:
            if not watched.done:
                self._finish(entry, watched)
            return
        state = _state_of(entry)
        if state is None or (watched is not None and watched.state == state):
            return
        before, since = self._seen.get(entry.name, ("", 0.0))
        now = time.monotonic()
        if before != state:
            self._seen[entry.name] = (state, now)
        elif now - since >= self._settle:
            self._make(entry, state)

    def _make(self, entry: Path, state: str) -> None:
        """Have a batch made. What is wrong with it is written beside it."""
        request = hashlib.sha256(f"{entry}\0{state}".encode()).hexdigest()[:40]
        done = _run("batch", str(entry), *self._flags, f"--request-id=watch-{request}", "--no-wait", "--json")
        job = _json_of(done)
        if job is None:
            self._set(entry.name, Watched(state, problem=_words(done)))
            _beside(entry, PROBLEM).write_text(_words(done) + "\n")
            print_note(f"{entry.name} is not made: see {_beside(entry, PROBLEM).name}", "yellow")
            return
        _beside(entry, PROBLEM).unlink(missing_ok=True)
        self._set(entry.name, Watched(state, job_id=str(job["job_id"])))
        print_note(f"{entry.name}: {job['expected_videos']} videos, job {str(job['job_id'])[:8]}")

    def _finish(self, entry: Path, watched: Watched) -> None:
        """Fetch the videos of a job that has ended."""
        shown = _run("show", str(watched.job_id), "--json")
        job = _json_of(shown)
        if job is None or job["status"] not in ENDED:
            self._note_stuck(entry.name, job, _words(shown))
            return
        self._stuck.pop(entry.name, None)
        if job["completed_videos"]:
            videos = _beside(entry, VIDEOS)
            fetched = _run("download", str(watched.job_id), "--to", str(videos))
            if fetched.returncode != 0:
                return  # tried again at the next look
            print_result(f"{entry.name}: {job['completed_videos']} videos in {videos}")
        if missing := job["failed_videos"]:
            watched.problem = f"{missing} videos failed: rushes show {watched.job_id}"
            _beside(entry, PROBLEM).write_text(watched.problem + "\n")
            print_note(f"{entry.name}: {watched.problem}", "yellow")
        watched.done = True
        self._set(entry.name, watched)

    def _note_stuck(self, name: str, job: dict[str, Any] | None, words: str) -> None:
        """Tell once of what only a person can have continued."""
        if job is not None and job["status"] != "paused" and job["next_actor"] != "user":
            self._stuck.pop(name, None)
            return
        if name not in self._stuck:
            why = words if job is None else job["next_step"] or job["pause_reason"]
            print_note(f"{name}: {why or 'Its job waits for you.'}", "yellow")
        self._stuck[name] = Code.FAILED if job is None else Code.NEEDS_YOU

    def _set(self, name: str, watched: Watched) -> None:
        self._known[name] = watched
        part = self._record.with_suffix(".part")
        part.write_text(json.dumps({key: asdict(each) for key, each in self._known.items()}, indent=1))
        part.replace(self._record)


def _read(record: Path) -> dict[str, Watched]:
    try:
        return TypeAdapter(dict[str, Watched]).validate_json(record.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        # Without it nobody knows what was made and paid for.
        raise Invalid(
            f"{record} cannot be read.", hint="Restore it, or move what was made elsewhere and delete it."
        ) from error


def _is_batch(entry: Path) -> bool:
    if entry.name.startswith(".") or entry.name.endswith(VIDEOS):
        return False
    return entry.is_dir() or entry.suffix.lower() == ".zip"


def _beside(entry: Path, ending: str) -> Path:
    name = entry.name if entry.is_dir() else entry.stem
    return entry.with_name(name + ending)


def _state_of(entry: Path) -> str | None:
    """Return what tells whether the files have changed; None for an empty folder."""
    files = [entry] if entry.is_file() else sorted(each for each in entry.rglob("*") if each.is_file())
    lines: list[str] = []
    for file in files:
        try:
            stat = file.stat()
        except FileNotFoundError:  # it is just being moved
            return None
        lines.append(f"{file.relative_to(entry.parent)} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else None


def _run(*args: str) -> "subprocess.CompletedProcess[str]":
    local = ["--local"] if is_local() else []
    return subprocess.run([*COMMAND, *local, *args], capture_output=True, text=True, check=False)  # noqa: S603  # our own command


def _json_of(done: "subprocess.CompletedProcess[str]") -> dict[str, Any] | None:
    try:
        return TypeAdapter(dict[str, Any]).validate_json(done.stdout)
    except ValidationError:
        return None


def _words(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what a command said; a price that needs a yes needs a budget here."""
    said = done.stderr.strip() or f"It ended with code {done.returncode}."
    return said.replace("Pass --yes to continue.", "Run `rushes watch` with --budget to have it made.")
