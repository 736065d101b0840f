"""4K copies and taking videos home from the command line, each command a process of its own."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rushes.platform.media.probe import probe
from tests.cli.installation import COMMAND, Installation, make_batch

Job = dict[str, Any]


@pytest.fixture
def job_of(rushes: Installation, tmp_path: Path) -> Callable[..., Job]:
    """Makes a batch by Echo and answers with the job."""

    def make(name: str, *prompts: str) -> Job:
        batch = make_batch(tmp_path / name, prompts)
        made = rushes("batch", batch, "--provider", "echo", "--name", name, "--yes", "--json")
        assert made.code == 0, made
        return made.json()

    return make


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_a_4k_copy_is_made_and_taken_home_and_what_has_none_comes_as_made(
    rushes: Installation, job_of: Callable[..., Job], tmp_path: Path
):
    job = job_of("Large", "A fox", "A bear")
    fox, bear = (video["video_id"] for video in rushes("show", job["job_id"], "--json").json()["videos"])
    made = rushes("upscale", fox, "--quality", "fast", "--wait", "--json")
    assert made.code == 0, made
    assert "4K (fast, H.264): 1 to make." in made.err
    done = made.json()
    assert (done["status"], done["progress"], done["total_videos"]) == ("completed", 100, 1)
    assert [(each["video_id"], each["status"]) for each in done["videos"]] == [(fox, "completed")]
    again = rushes("upscale", fox, "--quality", "fast")
    assert (again.code, again.out.strip()) == (0, "1 of 1 video in 4K (completed).")
    assert "1 there already" in again.err

    home = tmp_path / "home"
    asked = ("download", job["job_id"], "--to", home, "--resolution", "4k", "--sidecars")
    taken = rushes(*asked, "--names", "{resolution}/{take}_{slug}.mp4", "--json").json()
    large, plain = taken["files"]
    assert (large["video_id"], plain["video_id"]) == (fox, bear)
    assert (large["resolution"], large["note"]) == ("3840x2160", "")
    assert "no 4K copy" in plain["note"]
    assert Path(large["file"]) == home.resolve() / "3840x2160" / "1_a-fox.mp4"
    assert probe(Path(large["file"])).width == 3840
    assert probe(Path(plain["file"])).width < 3840
    listed = manifest(home)
    assert [row["file"] for row in listed] == [
        str(Path(each["file"]).relative_to(home.resolve())) for each in taken["files"]
    ]
    assert [row["note"] for row in listed] == ["", plain["note"]]
    for each, prompt in zip(taken["files"], ("A fox", "A bear"), strict=True):
        told = json.loads(Path(each["file"]).with_suffix(".json").read_text())
        assert (told["prompt"], told["provider"]) == (prompt, "echo")
    assert "1 video without a 4K copy, downloaded as made" in rushes(*asked).err


def test_a_download_that_broke_off_goes_on_and_damaged_bytes_are_not_believed(
    rushes: Installation, job_of: Callable[..., Job], tmp_path: Path
):
    job = job_of("Resumed", "A fox", "A bear")["job_id"]
    first = rushes("download", job, "--to", tmp_path / "first", "--zip", "--json").json()
    whole = [Path(each["file"]) for each in first["files"]]
    bundle = Path(first["zip"])

    home = tmp_path / "home"
    home.mkdir()
    fox, bear = (
        home / f"{path.name}.{each['sha256'][:12]}.part"
        for path, each in zip(whole, first["files"], strict=True)
    )
    fox.write_bytes(whole[0].read_bytes()[:1000])
    bear.write_bytes(b"\0" * 1000)  # of the right length so far, and wrong
    refused = rushes("download", job, "--to", home)
    assert refused.code != 0
    assert (home / whole[0].name).read_bytes() == whole[0].read_bytes()
    assert not bear.exists(), "what was wrong is not gone on with"
    again = rushes("download", job, "--to", home, "--zip", "--json").json()
    assert [each["copied"] for each in again["files"]] == [False, True]
    assert [(home / path.name).read_bytes() for path in whole] == [path.read_bytes() for path in whole]
    assert Path(again["zip"]).read_bytes() == bundle.read_bytes(), "the same things make the same ZIP"
    with zipfile.ZipFile(again["zip"]) as zipped:
        assert zipped.testzip() is None
    assert not list(home.rglob("*.part"))


def test_no_file_is_replaced_that_is_not_the_jobs_own(
    rushes: Installation, job_of: Callable[..., Job], tmp_path: Path
):
    job = job_of("Guest", "A fox")["job_id"]
    home = tmp_path / "home"
    home.mkdir()
    mine = {
        "manifest.csv": "name,sha256\nx,y\n",
        "contact-sheet.png": "",
        "Guest.zip": "",
        "001_1_a-fox.json": "{}",
    }
    for name, content in mine.items():
        (home / name).write_text(content)
    asked = ("download", job, "--to", home, "--zip", "--sidecars", "--json")
    first, again = rushes(*asked).json(), rushes(*asked).json()
    assert {name: (home / name).read_text() for name in mine} == mine
    ours = {"manifest_2.csv", "contact-sheet_2.png", "Guest_2.zip", "001_1_a-fox_2.json", "001_1_a-fox.mp4"}
    assert {path.name for path in home.iterdir()} == {*mine, *ours}, "its own are written again"
    for told in (first, again):
        assert {Path(told[each]).name for each in ("manifest", "contact_sheet", "zip")} < ours


def test_what_is_typed_wrongly_is_told_by_its_flag_and_nothing_is_written(
    rushes: Installation, job_of: Callable[..., Job], tmp_path: Path
):
    job = job_of("Wrong", "A fox")["job_id"]
    home = tmp_path / "home"
    bad = rushes("download", job, "--to", home, "--names", "{colour}.mp4")
    assert (bad.code, "--names" in bad.err, "There is no {colour}" in bad.err) == (2, True, True)
    assert not home.exists()
    assert rushes("download", job, "--to", home, "--resolution", "8k").code == 2
    assert rushes("upscale", job, "--quality", "best").code == 2
    nowhere = rushes("upscale", "ffffffff")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "`rushes jobs`" in nowhere.err
    nothing = rushes("upscale", job, "--only-selected")
    assert (nothing.code, "no selected and finished video" in nothing.err) == (1, True)


def test_in_a_pipe_only_the_answer_is_on_standard_output(
    rushes: Installation, job_of: Callable[..., Job], tmp_path: Path
):
    job = job_of("Piped", "A fox")["job_id"]
    taken = rushes("download", job, "--to", tmp_path / "home")
    assert taken.code == 0
    assert "\x1b" not in taken.out + taken.err, "colours or a progress bar in a pipe"
    assert taken.out.splitlines() == [
        f"1 video in {(tmp_path / 'home').resolve()}",
        f"Contact sheet: {(tmp_path / 'home').resolve() / 'contact-sheet.png'}",
    ]
    command = f"{' '.join(COMMAND)} download {job} --to {tmp_path / 'home'} --json | head -c 1"
    early = rushes.run(["bash", "-c", command])
    assert (early.out, "Traceback" in early.err) == ("{", False)


def test_a_worker_for_upscales_only_is_one(rushes: Installation):
    for queues in ("upscale", "archive,echo"):
        worked = rushes("worker", "--queues", queues, "--until-idle")
        assert worked.code == 0, worked
        assert "at work" in worked.err
    unknown = rushes("worker", "--queues", "upscale,downscale")
    assert (unknown.code, "downscale" in unknown.err) == (2, True)
    assert "also the queues archive, upscale, film and export" in unknown.err
