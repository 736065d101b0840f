"""`rushes flow`: accounts from a file and the bucket, and signing in with a real browser at the stand-in."""

import json
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import sync_playwright
from scripts.chromium import system_program
from standins.flow import Scenario, Site, serve_flow

from tests.cli.installation import COMMAND, Installation
from tests.flow_accounts import state_of
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def program() -> str:
    """The browser of this machine."""
    found = system_program()
    if found is None:
        with sync_playwright() as playwright:
            found = playwright.chromium.executable_path
    assert Path(found).is_file(), "no browser: python -m scripts.chromium"
    return found


@pytest.fixture
def site() -> Iterator[Site]:
    """The stand-in of Flow's page."""
    with serve_flow(Scenario()) as served:
        yield served


@pytest.fixture
def flow(rushes: Installation, site: Site, program: str) -> Iterator[Installation]:
    """An installation whose Flow is the stand-in. Its accounts are gone afterwards."""
    more = {"RUSHES_FLOW_URL": site.url, "RUSHES_FLOW_BROWSER": program, "RUSHES_FLOW_HEADLESS": "true"}
    yield Installation(rushes.folder, {**rushes.env, **more}, rushes.database)
    with psycopg.connect(rushes.database) as connection:
        connection.execute("DELETE FROM credentials WHERE kind = 'flow_account'")


def test_an_account_comes_from_a_file_and_goes_into_one(rushes: Installation):
    assert "rushes flow login" in rushes("flow", "accounts").out
    state = rushes.folder / "state.json"
    state.write_text(state_of("ada"))
    made = rushes("flow", "import", "ada", state, "--json").json()
    assert (made["name"], made["state"]) == ("ada", "ready")
    limited = rushes("flow", "set", "ada", "--in-flight", "2", "--spacing", "45", "--json").json()
    assert (limited["concurrency"], limited["spacing_seconds"]) == (2, 45.0)
    assert "as usual" in rushes("flow", "set", "ada", "--usual").out
    assert rushes("flow", "set", "ada").code == 2
    out = rushes.folder / "out.json"
    exported = rushes("flow", "export", "ada", out)
    assert exported.code == 0 and "signed in as you" in exported.err
    assert json.loads(out.read_text()) == json.loads(state_of("ada"))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    out.write_text("somebody's own")
    for where in (out, rushes.folder / "none" / "x.json"):
        refused = rushes("flow", "export", "ada", where)
        assert (refused.code, f"{where}: " in refused.err, "Traceback" in refused.err) == (2, True, False)
    assert out.read_text() == "somebody's own"
    assert rushes("flow", "export", "ada", out, "--replace").code == 0
    assert json.loads(out.read_text()) == json.loads(state_of("ada"))
    assert rushes("flow", "export", "ada", "-").out.strip() == state_of("ada")
    assert "flow/auth/ada/storage_state.json" in rushes("flow", "export", "ada", "--bucket").out
    assert rushes("flow", "import", "ada", "--bucket").code == 0
    assert [each["name"] for each in rushes("flow", "accounts", "--json").json()] == ["ada"]
    shown = rushes("flow", "accounts")
    assert "ready" in shown.out and "cookie-of" not in shown.out
    assert rushes("flow", "queue", "--json").json() == {"pending": 0, "processing": 0, "failed": 0}
    assert rushes("flow", "logout", "ada").code == 2, "it is asked for first"
    assert rushes("flow", "logout", "ada", "--yes").code == 0
    assert rushes("flow", "accounts", "--json").json() == []
    assert rushes("flow", "import", "ada", "--bucket").code == 2, "it is gone there, too"


def test_wrong_use_is_said(rushes: Installation):
    bad = rushes.folder / "bad.json"
    bad.write_text('{"cookies": "hush"}')
    told = rushes("flow", "import", "ada", bad)
    assert told.code == 2 and "storage_state" in told.err and "hush" not in told.err
    assert rushes("flow", "import", "ada").code == 2
    assert rushes("flow", "import", "ada", rushes.folder / "none.json").code == 2
    assert rushes("flow", "check", "nobody").code == 2
    assert "rushes flow login" in rushes("flow", "doctor").err


def signed_in(installation: Installation, site: Site, name: str = "ada") -> None:
    state = installation.folder / "signed-in.json"
    state.write_text(site.sign_in_state(f"{name}@example.com"))
    assert installation("flow", "import", name, state).code == 0


def test_a_check_looks_in_a_browser_and_says_what_it_saw(flow: Installation, site: Site):
    signed_in(flow, site)
    assert "is signed in" in flow("flow", "check", "ada").out
    site.expire("ada@example.com")
    told = flow("flow", "check", "ada", "--json")
    assert told.code == 3
    assert (told.json()["state"], told.json()["needs_you"]) == ("needs_auth", True)
    assert "rushes flow login ada" in told.json()["state_reason"]
    assert not list((flow.data / "flow" / "profiles").glob("*/*/Default")), "no profile is left"


def test_the_doctor_walks_the_page_and_spends_nothing(flow: Installation, site: Site):
    signed_in(flow, site)
    told = flow("flow", "doctor", "--json")
    assert told.code == 0, told
    report = told.json()
    assert {step["verdict"] for step in report["steps"]} <= {"ok", "fallback"}, report["steps"]
    assert Path(report["bundle"]).is_file()
    assert site.bill == []


def test_signing_in_by_settings_stops_at_the_first_challenge(flow: Installation, site: Site):
    given = {"RUSHES_FLOW_EMAIL": "ada@example.com", "RUSHES_FLOW_PASSWORD": "not-to-be-seen"}
    told = flow("flow", "login", "ada", "--json", **given)
    assert told.code == 0, told
    assert (told.json()["email"], told.json()["state"]) == ("ada@example.com", "ready")
    site.scenario.challenge = "two_factor"
    stopped = flow("flow", "login", "bob", **given)
    assert stopped.code == 3 and "second factor" in stopped.err, stopped
    assert "not-to-be-seen" not in stopped.err + told.out
    assert [each["name"] for each in flow("flow", "accounts", "--json").json()] == ["ada"]


def test_without_a_screen_it_is_said_where_to_sign_in(flow: Installation):
    told = flow("flow", "login", DISPLAY="", WAYLAND_DISPLAY="")
    assert told.code == 1 and "rushes flow import" in told.err, told


@pytest.fixture
def display() -> Iterator[str]:
    """A screen nobody looks at."""
    program = shutil.which("Xvfb")
    assert program, "no Xvfb: apt-get install xvfb"
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_ctrl_c_leaves_nothing_behind(flow: Installation, display: str):
    process = subprocess.Popen(
        [*COMMAND, "flow", "login", "ada"],
        cwd=flow.folder,
        env={**flow.env, "DISPLAY": display, "WAYLAND_DISPLAY": ""},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert "Sign in to your Google account" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130 and "Traceback" not in err, err
    assert not list((flow.data / "flow" / "profiles").glob("*/*/Default")), "no profile is left"
