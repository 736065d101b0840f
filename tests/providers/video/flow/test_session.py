"""The life of a browser: its profile, its screen, and what becomes of it when it hangs, ends or is old."""

import asyncio
import json
import os
import signal
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from standins.flow import Site
from tests.providers.video.flow.conftest import Account, Job, open_project, sign_in
from tests.waiting import result_of

from rushes.errors import ErrorType, Invalid, ProviderChanged, RetryLater, SystemFault
from rushes.providers.video.flow.browser.accounts import Accounts
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.doctor import examine
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.pages.sign_in import SignedIn
from rushes.providers.video.flow.browser.profile import browser_of
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.browser.sign_in_window import open_sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

Become = Callable[..., Site]


async def test_a_browser_that_is_killed_is_started_again_with_what_it_knew(
    config: BrowserConfig, site: Become
):
    here = site()
    started: list[Session] = []
    accounts = Accounts(config, started.append)
    account = Account(here.sign_in_state("ada@example.com"))
    session = await accounts.session(account)
    project = here.world.new_project(here.account("ada@example.com"), "x").id
    page = await session.project(Job(), known=project)
    folder = config.profiles_dir / str(account.id)
    assert folder.stat().st_mode & 0o777 == 0o700
    browser = browser_of(folder)
    assert browser is not None
    ended = asyncio.Event()
    session.context.on("close", lambda _: ended.set())
    os.kill(browser, signal.SIGKILL)
    await result_of(ended.wait())
    assert not session.is_open
    with pytest.raises(RetryLater) as told:
        await page.tiles()
    assert told.value.error_type is ErrorType.NETWORK
    assert (await session.project(Job(), known=project)).id == project
    assert len(started) == 2
    state = await session.storage_state()
    assert json.loads(state)["cookies"]
    assert await accounts.session(replace(account, secret=state)) is session, "its own state is no news"
    anew = replace(account, secret=here.sign_in_state("ada@example.com"))
    assert await accounts.session(anew) is not session, "its owner has signed in again"
    await accounts.close()
    assert not folder.exists(), "nothing of an account stays on the disk"
    assert browser_of(folder) is None


async def test_an_old_browser_is_replaced(config: BrowserConfig, site: Become):
    here = site()
    accounts = Accounts(replace(config, recycle_after=1))
    session = await accounts.session(Account(here.sign_in_state("ada@example.com")))
    await session.tab()
    first = session.context
    session.steps.shots += 1
    assert (await session.signed_in()).email == "ada@example.com", "and it is still signed in"
    assert session.context is not first
    await accounts.close()


async def test_a_page_that_hangs_is_closed_and_opened_again(session: Session, site: Become):
    page = await open_project(session, site())
    hanging = asyncio.create_task(page.page.evaluate("() => { for (;;); }"))
    await asyncio.sleep(0)
    with pytest.raises(RetryLater, match="hangs") as told:
        async with session.steps.step("tiles", page.tab, seconds=1.0):
            await page.page.evaluate("1")
    assert told.value.error_type is ErrorType.NETWORK
    await asyncio.gather(hanging, return_exceptions=True)
    assert page.page.is_closed()
    again = await session.project(Job(), known=page.id)
    assert await again.tiles() == []


async def test_a_network_that_is_gone_is_told_as_one(session: Session, site: Become):
    here = site()
    await sign_in(session, here)
    await session.context.set_offline(True)
    try:
        with pytest.raises(RetryLater, match="cannot be reached") as told:
            await session.signed_in()
    finally:
        await session.context.set_offline(False)
    assert told.value.error_type is ErrorType.NETWORK


async def test_an_unknown_page_is_kept_as_an_incident_without_secrets(session: Session, site: Become):
    here = site()
    page = await open_project(session, here)
    secret = json.loads(await session.storage_state())["cookies"][0]["value"]
    await page.page.evaluate("secret => { document.body.innerHTML = `<p>${secret}</p>` }", secret)
    with pytest.raises(ProviderChanged) as changed:
        await page.write_prompt("x")
    assert changed.value.step == "composer.prompt"
    kept = max(session.config.incidents_dir.iterdir())
    assert kept.name.endswith("composer.prompt")
    assert (kept / "page.png").read_bytes()[:4] == b"\x89PNG"
    notes = json.loads((kept / "incident.json").read_text())
    assert notes["calls"], "the page's last calls"
    assert "[redacted]" in (kept / "page.html").read_text()
    assert not any(secret.encode() in each.read_bytes() for each in kept.iterdir())


async def test_a_window_has_a_screen_of_its_own_where_there_is_none(
    config: BrowserConfig, site: Become, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    here = site()
    accounts = Accounts(replace(config, headless=False))
    session = await accounts.session(Account(here.sign_in_state("ada@example.com")))
    assert (await session.signed_in()).email == "ada@example.com"
    await accounts.close()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SystemFault, match="no screen") as fault:
        await (await accounts.session(Account(here.sign_in_state("ada@example.com")))).tab()
    assert fault.value.error_type is ErrorType.BROWSER
    assert "xvfb" in str(fault.value.hint)
    await accounts.close()


async def test_a_browser_that_does_not_start_says_what_to_install(config: BrowserConfig, site: Become):
    here = site()
    state = here.sign_in_state("ada@example.com")
    session = Session(replace(config, browser="/nowhere/chrome"), Account(state))
    with pytest.raises(SystemFault, match="does not start") as fault:
        await session.tab()
    assert "Install Google Chrome" in str(fault.value.hint)
    assert list(config.profiles_dir.glob("*-*-*-*-*")) == list(config.profiles_dir.glob("*.lock"))
    with pytest.raises(Invalid, match="no stored state"):
        await Session(config, Account("{}")).tab()


async def test_a_person_signs_in_and_it_is_seen(config: BrowserConfig, site: Become):
    here = site()
    account = Account("")
    async with open_sign_in(config, account.id, "ada", visible=False) as window:
        await window.open()
        assert await window.look() in (None, Obstacle.SIGNED_OUT)
        signed_in = await window.fill("grace@example.com", "a password")
        assert signed_in == SignedIn("grace@example.com")
        state = await window.storage_state()
    assert here.account("grace@example.com")
    async with open_sign_in(config, account.id, "ada", state, visible=False) as window:
        await window.open()
        assert await window.look() == SignedIn("grace@example.com"), "the state is all that is needed"


async def test_signing_in_by_password_stops_at_the_first_challenge(config: BrowserConfig, site: Become):
    site(challenge="two_factor")
    async with open_sign_in(config, Account("").id, "ada", visible=False) as window:
        await window.open()
        assert await window.fill("grace@example.com", "a password") is Obstacle.TWO_FACTOR


async def test_the_doctor_goes_as_far_as_the_click_and_names_what_changed(
    session: Session, site: Become, tmp_path: Path
):
    here = site(renames={"class:generate-icon-button": "other"})
    await sign_in(session, here)
    bills = len(here.bill)
    told: list[str] = []
    report = await examine(session, tmp_path, lambda step: told.append(step.name))
    verdicts = {each.name: each.verdict for each in report.steps}
    assert told == list(verdicts)
    assert report.healthy
    assert verdicts["composer"] == verdicts["ready to submit"] == "fallback"
    assert verdicts["settings"] == verdicts["start frame"] == "ok"
    assert len(here.bill) == bills, "it spends nothing"
    submit = next(each for step in report.steps for each in step.entries if each.element == "composer.submit")
    assert submit.matches[0] == 0
    assert submit.found_by == "css flow-generate-icon-button button"
    assert report.bundle is not None
    with zipfile.ZipFile(report.bundle) as bundle:
        names = bundle.namelist()
        whole = b"".join(bundle.read(name) for name in names)
    assert {"report.json", "guide-c.json"} <= set(names)
    assert any(name.endswith(".png") for name in names)
    for cookie in json.loads(await session.storage_state())["cookies"]:
        assert cookie["value"].encode() not in whole


async def test_the_doctor_says_when_it_needs_its_person(session: Session, site: Become, tmp_path: Path):
    here = site()
    here.expire(await sign_in(session, here))
    report = await examine(session, tmp_path)
    assert not report.healthy
    assert (report.steps[0].verdict, report.steps[1].verdict) == ("needs_you", "skipped")
    assert "signed out" in report.steps[0].message


async def test_the_doctors_first_pictures_show_the_page_and_its_verdict_what_lay_over_it(
    session: Session, site: Become, tmp_path: Path
):
    here = site(odd_dialog="terms")
    await sign_in(session, here)
    report = await examine(session, tmp_path)
    first = report.steps[0]
    assert first.screenshot is not None
    colours = Image.open(first.screenshot).convert("RGB").getcolors(1 << 24)
    assert colours is not None and len(colours) > 1, "the first page is not blank"
    stopped = next(each for each in report.steps if each.verdict != "ok")  # where the dialog has come up
    assert stopped.name in ("sign_in", "project")
    assert stopped.verdict == "needs_you"
    assert "Please read" in stopped.message


async def test_the_doctor_is_not_alarmed_by_a_dialog_that_comes_late(
    session: Session, site: Become, tmp_path: Path
):
    await sign_in(session, site(dialog_after=0.65, first_run=True))
    report = await examine(session, tmp_path)
    assert report.healthy, report.steps


async def test_the_doctor_names_the_step_that_fails_and_goes_on_as_far_as_it_can(
    session: Session, site: Become, tmp_path: Path
):
    here = site(agent_only=True)  # without the agent's switch there are no settings
    await sign_in(session, here)
    bills = len(here.bill)
    report = await examine(session, tmp_path)
    verdicts = {each.name: each.verdict for each in report.steps}
    assert not report.healthy
    assert (verdicts["project"], verdicts["composer"], verdicts["settings"]) == ("ok", "failed", "failed")
    assert (verdicts["upload"], verdicts["prompt"], verdicts["credits"]) == ("ok", "ok", "ok")
    failed = next(each for each in report.steps if each.name == "composer")
    assert "composer.settings" in failed.message
    assert next(each for each in failed.entries if each.element == "composer.settings").found_by is None
    assert failed.screenshot is not None and failed.screenshot.is_file()
    assert report.bundle is not None
    with zipfile.ZipFile(report.bundle) as bundle:
        assert any(name.endswith("composer.html") for name in bundle.namelist())
    assert len(here.bill) == bills
