"""The command line in a small window, in a pipe and behind TAB; and reviewing with it."""

import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rushes.cli._commands import COMMANDS
from rushes.cli.main import app
from tests.cli.installation import COMMAND, Installation, free_port, make_batch, staying, until_up

JOB_ID = re.compile(r"[0-9a-f]{8}")


@pytest.fixture(scope="module")
def job(rushes: Installation) -> str:
    """A finished job of two takes."""
    batch = make_batch(rushes.folder / "looked-at", ["A fox in the snow, slow push in", "A bear"])
    made = rushes("batch", batch, "--provider", "echo", "--name", "Seen", "--yes", "--json")
    assert made.code == 0, made
    return made.json()["job_id"]


@pytest.mark.parametrize("width", [60, 80])
def test_a_dry_run_keeps_number_image_and_note_in_a_small_window(
    rushes: Installation, tmp_path: Path, width: int
):
    prompts = [
        "A fox in the snow turns its head, slow push in, blue hour",
        "A bear",
        "A hare",
    ]
    batch = make_batch(tmp_path / "batch", prompts, images=[1, 2])
    shown = rushes("batch", batch, "--provider", "echo", "--dry-run", COLUMNS=str(width))
    lines = shown.out.splitlines()
    assert max(map(len, lines[:4])) <= width
    assert lines[0].split() == ["#", "image", "prompt", "note"]
    assert re.match(r"1  1\.png  A fox in the .*…", lines[1])
    assert re.match(r"3 +A hare +no image: left out$", lines[3])


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_list_of_jobs_has_one_line_for_each_and_breaks_no_id(rushes: Installation, job: str, width: int):
    lines = rushes("jobs", COLUMNS=str(width)).out.splitlines()
    assert all(JOB_ID.match(line) for line in lines[1:])
    mine = next(line for line in lines if line.startswith(job[:8]))
    assert re.search(r"Seen +done +2/2", mine)
    assert len(mine) <= width


def test_a_list_is_asked_for_in_the_words_of_the_page_or_the_api(rushes: Installation, job: str):
    for word in ("done", "completed"):
        assert job[:8] in rushes("jobs", "--status", word).out
    assert rushes("jobs", "--status", "running").out == ""
    wrong = rushes("jobs", "--status", "ready")
    assert (wrong.code, "not-started, running, paused, done" in wrong.err) == (2, True)


def test_lines_in_a_pipe_end_where_their_words_end(rushes: Installation, job: str):
    for told in (rushes("show", job), rushes("jobs"), rushes("providers")):
        assert [line for line in told.out.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("command", ["", *(name for table in COMMANDS.values() for name in table)])
def test_help_answers_to_h_and_a_flag_takes_no_value(command: str):
    words = command.split()
    short = CliRunner().invoke(app, [*words, "-h"], env={"COLUMNS": "80"})
    assert short.exit_code == 0
    assert short.output == CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"}).output
    assert re.findall(r"<\w+[^>]*>|\{[A-Z]+\}|\[\[", short.output) == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("rushes show l", "last"),
        ("rushes show Se", "Seen"),
        ("rushes batch in.zip --provider ec", "echo"),
        ("rushes batch in.zip --provider echo --option delay", "delay_seconds="),
        ("rushes batch in.zip --provider echo --option findable=f", "findable=false"),
        ("rushes pau", "pause"),
    ],
)
def test_the_shell_is_offered_jobs_providers_and_options(
    rushes: Installation, job: str, typed: str, offered: str
):
    asked = rushes.run(
        [str(Path(sys.executable).with_name("rushes"))],
        _RUSHES_COMPLETE="complete_bash",
        COMP_WORDS=typed,
        COMP_CWORD=str(len(typed.split()) - 1),
    )
    assert offered in asked.out.split("\n"), (job, asked)


def test_the_folder_of_a_download_is_the_jobs_name_where_none_is_given(rushes: Installation, job: str):
    told = rushes("download", job)
    assert told.code == 0, told
    assert sorted(path.name for path in (rushes.folder / "Seen").glob("*.mp4"))[0].startswith("001_1_")


def test_a_review_works_without_the_page(rushes: Installation, job: str, tmp_path: Path):
    fox, bear = (each["video_id"] for each in rushes("show", job, "--json").json()["videos"])
    assert rushes("pick", fox[-36:]).out == "1 video picked.\n"
    assert rushes("rate", "4", fox, bear).out == "2 videos rated 4 stars.\n"
    [seen] = rushes("pick", fox, "--json").json()
    assert (seen["selected"], seen["rating"]) == (True, 4)
    assert rushes("download", job, "--to", tmp_path / "picks", "--picks").code == 0
    assert len(list((tmp_path / "picks").glob("*.mp4"))) == 1
    assert rushes("pick", fox, "--off").out == "1 video unpicked.\n"
    assert rushes("rename", job, "Winter lookbook").code == 0
    assert rushes("show", "winter lookbook", "--json").json()["job_id"] == job
    assert rushes("rename", job, "Seen").code == 0
    assert rushes("rate", "6", fox).code == 2


def test_the_log_of_the_background_worker_is_printed(rushes: Installation, job: str):
    told = rushes("logs", "-n", "1")
    assert (told.code, len(told.out.splitlines())) == (0, 1), job


def test_a_server_says_last_where_to_open_it_and_a_job_is_opened_there(rushes: Installation, job: str):
    port = free_port()
    env = {**rushes.env, "RUSHES_PORT": str(port)}
    assert "Start it: rushes up" in rushes("open", RUSHES_PORT=str(port)).err
    with staying([*COMMAND, "up"], env, rushes.folder) as process:
        until_up(f"http://127.0.0.1:{port}", process)
        opened = rushes("open", job, "--print", RUSHES_PORT=str(port))
        process.terminate()
        assert process.stderr
        told = process.stderr.read()
    assert opened.out == f"http://127.0.0.1:{port}/jobs/{job}\n"
    assert f"Rushes is running. Open http://127.0.0.1:{port}  (Ctrl-C stops it)" in told.splitlines()
    assert "Uvicorn" not in told
