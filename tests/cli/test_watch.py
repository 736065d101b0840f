"""`rushes watch`: what is put into a folder is made once, and its videos appear beside it."""

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.installation import COMMAND, Installation, make_batch, staying
from tests.waiting import PATIENCE_SECONDS

FREE = ("--provider", "animatic", "--settle", "0", "--once")


def watched(rushes: Installation, inbox: Path, *more: str) -> int:
    """Make what is there now."""
    return rushes("watch", inbox, *FREE, *more).code


@pytest.mark.slow
def test_a_folder_and_a_zip_are_made_once_and_their_videos_lie_beside_them(
    rushes: Installation, tmp_path: Path
):
    inbox = tmp_path / "inbox"
    make_batch(inbox / "foxes", ["a fox", "a wolf"])
    made = make_batch(tmp_path / "packed", ["a harbour"])
    shutil.make_archive(str(inbox / "harbour"), "zip", made)
    before = len(rushes.job_ids())
    assert watched(rushes, inbox) == 0
    assert len(rushes.job_ids()) == before + 2
    assert len(list((inbox / "foxes-videos").glob("*.mp4"))) == 2
    assert len(list((inbox / "harbour-videos").glob("*.mp4"))) == 1
    assert watched(rushes, inbox) == 0
    # What was made is not made, and not paid, again because somebody tidies up in it.
    (inbox / "foxes" / "notes.txt").write_text("mine")
    assert watched(rushes, inbox) == 0
    assert len(rushes.job_ids()) == before + 2
    # A crash before the record was written: the request id finds the job.
    record = json.loads((inbox / ".rushes-watch.json").read_text())
    del record["harbour.zip"]
    (inbox / ".rushes-watch.json").write_text(json.dumps(record))
    assert watched(rushes, inbox) == 0
    assert len(rushes.job_ids()) == before + 2


@pytest.mark.slow
def test_what_cannot_be_made_says_why_beside_it_and_is_tried_again_when_it_changes(
    rushes: Installation, tmp_path: Path
):
    inbox = tmp_path / "inbox"
    batch = make_batch(inbox / "foxes", ["a fox"])
    prompts = next(batch.glob("*.txt"))
    words = prompts.read_text()
    prompts.unlink()
    assert watched(rushes, inbox) == 1
    problem = inbox / "foxes-problem.txt"
    assert "prompts" in problem.read_text()
    prompts.write_text(words)
    assert watched(rushes, inbox) == 0
    assert not problem.exists()
    assert len(list((inbox / "foxes-videos").glob("*.mp4"))) == 1


@pytest.mark.slow
def test_without_a_budget_nothing_that_costs_is_made(rushes: Installation, tmp_path: Path):
    inbox = tmp_path / "inbox"
    make_batch(inbox / "foxes", ["a fox"])
    before = len(rushes.job_ids())
    assert rushes("watch", inbox, "--provider", "echo", "--settle", "0", "--once").code == 1
    said = (inbox / "foxes-problem.txt").read_text()
    assert "costs about $0.01" in said
    assert "--budget" in said and "--yes" not in said
    assert len(rushes.job_ids()) == before


@pytest.mark.slow
def test_a_folder_that_is_being_filled_waits_until_it_does_not_change(rushes: Installation, tmp_path: Path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    command = [*COMMAND, "watch", str(inbox), "--provider", "animatic", "--settle", "3"]
    with staying(command, rushes.env, tmp_path) as process:
        make_batch(inbox / "foxes", ["a fox"])
        for number in range(6):
            time.sleep(1)
            (inbox / "foxes" / "notes.txt").write_text(str(number))
            assert not (inbox / ".rushes-watch.json").exists()
        until = time.monotonic() + PATIENCE_SECONDS
        while not list((inbox / "foxes-videos").glob("*.mp4")):
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.2)
        second = rushes("watch", inbox, "--once")
        assert (second.code, "watched already" in second.err) == (1, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) in (0, 130, -signal.SIGINT)


@pytest.mark.slow
def test_once_ends_where_waiting_does_not_help(rushes: Installation, tmp_path: Path):
    inbox = tmp_path / "inbox"
    (inbox / "empty").mkdir(parents=True)
    assert watched(rushes, inbox) == 0
    make_batch(inbox / "foxes", ["a fox", "a wolf"])
    paid = ("watch", inbox, "--provider", "echo", "--settle", "0", "--once", "--budget", "0.01")
    waits = rushes(*paid)
    assert waits.code == 3, waits
    assert "foxes: " in waits.err
    job = rushes.job_ids()[0]
    assert rushes("delete", job, "--yes").code == 0
    gone = rushes(*paid)
    assert gone.code == 1, gone
    assert rushes.job_ids()[:1] != [job]


def test_a_record_that_is_damaged_makes_nothing(rushes: Installation, tmp_path: Path):
    make_batch(tmp_path / "foxes", ["a fox"])
    (tmp_path / ".rushes-watch.json").write_text("{")
    refused = rushes("watch", tmp_path, *FREE)
    assert refused.code == 2
    assert "cannot be read" in refused.err
    assert sys.executable not in refused.err
