"""Projects and the order of the queue on the command line."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rushes.cli._failures import explain
from rushes.cli.main import app
from rushes.errors import RushesError
from tests.cli.installation import Installation, Result, make_batch

WIDTH = 80
Command = Callable[..., Result]


@pytest.fixture
def command(rushes: Installation, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process: there are many here, and starting one takes longer than running it."""
    monkeypatch.chdir(rushes.folder)
    for name, value in rushes.env.items():
        monkeypatch.setenv(name, value)

    def run(*args: str | Path) -> Result:
        with contextlib.redirect_stderr(io.StringIO()) as explained:
            told = CliRunner().invoke(app, [str(each) for each in args])
            code = explain(told.exception) if isinstance(told.exception, RushesError) else told.exit_code
        if told.exception and not isinstance(told.exception, RushesError | SystemExit):
            raise told.exception
        return Result(code, told.stdout, told.stderr + explained.getvalue())

    return run


@pytest.mark.parametrize("command", ["list", "create", "rename", "archive", "unarchive", "assign", "delete"])
def test_each_command_has_an_example_and_fits_a_small_terminal(command: str):
    told = CliRunner().invoke(app, ["projects", command, "--help"], env={"COLUMNS": str(WIDTH)})
    assert told.exit_code == 0
    assert f"$ rushes projects {command}" in told.output
    assert max(map(len, told.output.splitlines())) <= WIDTH


def test_a_project_from_its_creation_to_its_end(rushes: Installation, command: Command):
    created = command("projects", "create", "Winter 2026", "--json").json()
    assert (created["name"], created["archived"]) == ("Winter 2026", False)
    twice = command("projects", "create", "winter 2026")
    assert (twice.code, "Choose another name" in twice.err) == (1, True)
    command("projects", "create", "Autumn")
    images = make_batch(rushes.folder / "winter", ["a fox [slow:3600]"])
    batch = ("batch", images, "--provider", "echo", "--no-wait", "--yes", "--json")
    unknown = command(*batch, "--project", "Wintr")
    assert (unknown.code, unknown.out) == (2, "")
    assert "There is no project 'Wintr'." in unknown.err
    assert "rushes projects create" in unknown.err
    job = command(*batch, "--project", "winter 2026").json()
    assert job["project"] == {"id": created["id"], "name": "Winter 2026"}
    listed = command("jobs", "--project", "Winter 2026", "--json").json()["items"]
    assert [each["job_id"] for each in listed] == [job["job_id"]]
    assert command("jobs", "--project", "Autumn").err == "There is no such job.\n"
    shown = command("projects")
    assert [line.split()[1] for line in shown.out.splitlines()[1:]] == ["Autumn", "Winter"]
    assert "project" in command("show", job["job_id"]).out

    archived = command("projects", "archive", "Winter 2026")
    assert (archived.code, "is archived. Its jobs stay." in archived.out) == (0, True)
    assert [each["name"] for each in command("projects", "list", "--json").json()] == ["Autumn"]
    assert "archived" in command("projects", "list", "--archived").out
    refused = command(*batch, "--project", "Winter 2026")
    assert (refused.code, "rushes projects unarchive" in refused.err) == (1, True)
    assert command("projects", "unarchive", created["id"][:8]).code == 0
    assert "(Lookbook)" in command("projects", "rename", "Winter 2026", "Lookbook").out

    full = command("projects", "delete", "Lookbook", "--yes")
    assert (full.code, "--jobs-to" in full.err) == (1, True)
    assert command("projects", "delete", "Lookbook").code == 2, "nobody to ask, and no --yes"
    assert "1 job stayed" in command("projects", "delete", "Lookbook", "--jobs-to", "Autumn", "--yes").out
    assert command("show", job["job_id"], "--json").json()["project"]["name"] == "Autumn"
    out = command("projects", "assign", job["job_id"])
    assert "is in no project" in out.out
    assert "is in Autumn" in command("projects", "assign", job["job_id"], "autumn").out
    assert command("projects", "delete", "Autumn", "--jobs-to", "none", "--yes").code == 0
    assert command("cancel", job["job_id"]).code == 0


def test_a_job_is_moved_in_the_queue(rushes: Installation, command: Command):
    images = make_batch(rushes.folder / "moved", ["a fox [slow:3600]"])
    batch = ("batch", images, "--provider", "echo", "--no-wait", "--yes", "--json")
    jobs = [command(*batch, "--name", name).json()["job_id"] for name in ("one", "two", "three")]
    told = command("move", jobs[2], "top")
    assert (told.code, "(three) is number 1 in the queue." in told.out) == (0, True)
    assert command("move", jobs[0], "down", "--json").json()["queue"] == {"position": 3, "takes_turns": False}
    listed = command("jobs", "--sort", "queue", "--json").json()["items"]
    assert [each["job_name"] for each in listed if each["queue"]] == ["three", "two", "one"]
    lines = command("jobs", "--sort", "queue").out.splitlines()
    assert lines[0].split()[:2] == ["#", "job"]
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert "and takes turns" in command("move", jobs[0], "turns").out
    assert "number 1 in the queue" in command("show", jobs[2]).out
    assert command("move", jobs[0], "left").code == 2
    assert command("move", "nothing", "top").code == 2
    for job in jobs:
        command("cancel", job)
    ended = command("move", jobs[0], "top")
    assert (ended.code, "The job is cancelled" in ended.err) == (1, True)
