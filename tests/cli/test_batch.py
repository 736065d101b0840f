"""A batch from the command line: what is told before, what is made, what is left behind."""

import hashlib
import re
import zipfile
from pathlib import Path

from PIL import Image

from tests.cli.installation import Installation, make_batch


def test_a_dry_run_tells_everything_and_leaves_nothing_behind(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A bear", "A crow"], images=[1, 2, 4])
    jobs, files = rushes.job_ids(), rushes.files()
    asked = ("batch", batch, "--provider", "echo", "--outputs", "2", "--dry-run")
    told = rushes(*asked)
    assert told.code == 0, told
    rows = [line.split() for line in told.out.splitlines()]
    assert ["1", "1.png", "A", "fox"] in rows
    assert ["3", "A", "crow", "no", "image:", "left", "out"] in rows
    assert ["4", "4.png", "no", "prompt:", "left", "out"] in rows
    assert "4 videos of 2 shots by Echo" in told.out
    assert "$0.04" in told.out
    assert "\x1b" not in told.out + told.err, "colours in a pipe"
    planned = rushes(*asked, "--json").json()
    assert [shot["image_filename"] for shot in planned["shots"]] == ["1.png", "2.png"]
    assert planned["unmatched_images"] == ["4.png"]
    assert [prompt["number"] for prompt in planned["unmatched_prompts"]] == [3]
    assert (planned["estimated_cost"], planned["expected_videos"]) == ("0.04", 4)
    assert (rushes.job_ids(), rushes.files()) == (jobs, files)


def test_every_fault_is_told_with_its_place_and_nothing_is_made(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A bear"])
    (batch / "2.png").write_bytes((batch / "2.png").read_bytes()[:60])
    (batch / "prompts.txt").write_text("1. A fox\n2. A bear\n\n2. Another bear\n")
    jobs, files = rushes.job_ids(), rushes.files()
    told = rushes("batch", batch)
    assert told.code == 2
    assert told.out == ""
    places = [line.split(": ")[0] for line in told.err.splitlines()]
    assert "prompts.txt:4" in places, told.err
    assert "2.png" in places, told.err
    assert (rushes.job_ids(), rushes.files()) == (jobs, files)


def test_settings_that_do_not_fit_are_told_by_their_flags(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox"])
    told = rushes("batch", batch, "--duration", "5", "--resolution", "8k", "--option", "sound=perhaps")
    assert told.code == 2
    places = {line.split(": ")[0] for line in told.err.splitlines()}
    assert {"--duration", "--resolution", "--option sound"} <= places, told.err
    told = rushes("batch", batch, "--option", "colour=red")
    assert told.code == 2
    assert "--option colour: animatic has: " in told.err


def test_what_the_provider_would_refuse_is_told_once_and_before_a_price(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A bear"])
    veo = ("--provider", "veo", "--resolution", "1080p", "--duration", "4")
    told = rushes("batch", batch, *veo, "--dry-run")
    assert (told.code, told.out) == (2, ""), told
    assert told.err.count("--duration: Veo 3.1 makes 8 seconds for 1080p.") == 1, told.err


def test_credits_and_unknown_prices_are_not_called_free(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A bear"])
    refused = rushes("batch", batch, "--provider", "flow", "--resolution", "1080p", "--outputs", "3")
    assert refused.code == 2
    assert "by Google Flow: 72 Flow credits, about " in refused.err
    assert "This costs 72 Flow credits. Pass --yes" in refused.err
    refused = rushes("batch", batch, "--provider", "compatible")
    assert refused.code == 2
    assert "server: price unknown, about" in refused.err
    assert "The price is unknown. Pass --yes" in refused.err
    listed = rushes("providers").out
    assert "veo-3.1-quality (Veo 3.1 Quality): 100 Flow credits," in listed
    assert "7 for 4s, 10 for 6s" in listed
    assert "named (The model named in the options): price unknown," in listed
    assert "animatic-1 (Animatic): free," in listed
    assert "or RUSHES_FAL_API_KEY or FAL_KEY)" in listed
    assert re.search(r"--option credit_cap=  integer from 1 +Most", listed)


def test_what_costs_or_leaves_something_out_needs_a_yes(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A bear"], images=[1])
    jobs = rushes.job_ids()
    told = rushes("batch", batch, "--provider", "echo")
    assert told.code == 2
    assert "1 without a partner is left out and this costs about $0.01" in told.err
    assert "--yes" in told.err
    assert rushes.job_ids() == jobs


def test_a_batch_is_made_listed_shown_and_taken_home(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox in the snow", "A bear"])
    made = rushes(
        "batch", batch, "--provider", "echo", "--outputs", "2", "--name", "Taken home", "--yes", "--json"
    )
    assert made.code == 0, made
    job = made.json()
    assert (job["status"], job["completed_videos"], job["job_name"]) == ("completed", 4, "Taken home")
    assert "rushes download" in made.err

    listed = rushes("jobs", "--json", "--status", "completed").json()
    assert job["job_id"] in [each["job_id"] for each in listed["items"]]
    assert {"page", "limit", "total", "totalPages", "hasNext", "hasPrev"} == set(listed["pagination"])
    for name in (job["job_id"][:8], "taken home"):
        shown = rushes("show", name, "--json").json()
        assert shown["job_id"] == job["job_id"]
        assert [video["video_index"] for video in shown["videos"]] == [1, 2, 1, 2]

    home = tmp_path / "home"
    taken = rushes("download", job["job_id"], "--to", home, "--zip", "--json").json()
    names = sorted(path.name for path in home.glob("*.mp4"))
    fox = [f"001_{take}_a-fox-in-the-snow.mp4" for take in (1, 2)]
    assert names == [*fox, "002_1_a-bear.mp4", "002_2_a-bear.mp4"]
    for file in taken["files"]:
        assert file["copied"]
        assert hashlib.sha256(Path(file["file"]).read_bytes()).hexdigest() == file["sha256"]
    with Image.open(taken["contact_sheet"]) as sheet:
        assert sheet.format == "PNG"
    with zipfile.ZipFile(taken["zip"]) as bundle:
        assert bundle.testzip() is None
        assert {f"Taken home/{name}" for name in names} < set(bundle.namelist())

    edited = home / fox[0]
    edited.write_bytes(b"somebody's own cut")
    again = rushes("download", "taken home", "--to", home, "--json").json()
    assert [file["copied"] for file in again["files"]] == [True, False, False, False]
    assert edited.read_bytes() == b"somebody's own cut"
    assert Path(again["files"][0]["file"]).name == "001_1_a-fox-in-the-snow_2.mp4"
    assert rushes("download", "taken home", "--to", home, "--only-selected").code == 1


def test_failed_videos_end_with_1_and_their_reasons(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A crowd [refuse:people]"])
    made = rushes("batch", batch, "--provider", "echo", "--yes")
    assert made.code == 1
    assert "is completed: 1 of 2 videos done, 1 failed" in made.out
    assert "prominent_people" in made.err
    one = made.out.split()[1]
    again = rushes("retry", one)
    assert again.code == 0, again
    assert "1 video to retry" in again.out
    assert rushes("show", one, "--wait").code == 1


def test_videos_that_wait_for_you_end_with_3_and_say_what_to_type(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox [lost]"])
    made = rushes("batch", batch, "--provider", "echo", "--option", "findable=false", "--yes")
    assert made.code == 3, made
    [line] = [line for line in made.err.splitlines() if line.startswith("Decide on ")]
    video = line.split("rushes resolve ")[1].split()[0]
    assert rushes("resolve", video).code == 2
    assert rushes("resolve", video, "--made", "--json").json()["status"] == "failed"
    assert rushes("resolve", video, "--made").code == 1
    ended = rushes("show", "last", "--wait", "--json")
    assert ended.code == 1
    assert ended.json()["cost"] == "0.010000"


def test_what_may_have_been_paid_for_is_decided_on_when_its_job_is_gone(rushes: Installation, tmp_path: Path):
    assert "Nothing waits for your decision." in rushes("resolve").err
    batch = make_batch(tmp_path / "in", ["A fox [lost]"])
    assert rushes("batch", batch, "--provider", "echo", "--option", "findable=false", "--yes").code == 3
    assert rushes("delete", "last", "--yes").code == 0
    listed = rushes("resolve")
    assert listed.code == 0, listed
    assert "videos" in listed.out
    (call,) = rushes("resolve", "--json").json()
    call_id = call["submission_id"][:8]
    assert call_id in listed.out
    assert rushes("resolve", call_id, "--retry").code == 1
    assert rushes("resolve", "--made").code == 2, "of what?"
    assert rushes("resolve", call_id, "--made", "--json").json()["state"] == "completed"
    assert rushes("resolve", call_id, "--made").code == 2, "it does not wait for a decision any more"
    assert rushes("resolve", "--json").json() == []


def test_prompts_alone_run_when_that_is_allowed(rushes: Installation, tmp_path: Path):
    prompts = tmp_path / "words.txt"
    prompts.write_text("1. A fox\n2. A bear\n")
    refused = rushes("batch", prompts, "--provider", "echo", "--yes")
    assert refused.code == 2
    assert "--allow-text-only" in refused.err
    made = rushes("batch", prompts, "--provider", "echo", "--allow-text-only", "--yes", "--json")
    assert made.code == 0, made
    assert made.json()["job_name"] == "words"


def test_a_job_is_paused_resumed_cancelled_and_deleted(rushes: Installation, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox"])
    options = ("--provider", "echo", "--option", "delay_seconds=600", "--yes", "--no-wait", "--json")
    job = rushes("batch", batch, *options, "--name", "To go").json()
    assert job["status"] == "processing"
    assert rushes("pause", "to go", "--json").json()["status"] == "paused"
    assert rushes("resume", "to go", "--json").json()["status"] == "processing"
    assert rushes("cancel", "to go", "--json").json()["status"] == "cancelled"
    refused = rushes("pause", "to go")
    assert refused.code == 1
    assert "only a processing job can be paused" in refused.err
    assert rushes("delete", "to go").code == 2
    assert rushes("delete", "to go", "--yes").code == 0
    gone = rushes("show", "to go")
    assert gone.code == 2
    assert "`rushes jobs`" in gone.err
