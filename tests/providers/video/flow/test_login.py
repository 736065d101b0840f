"""Signing in as a person does, in a window on a screen: each step said, seen, kept; and signed in again."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from standins.flow import Scenario, serve_flow
from tests.waiting import PATIENCE_SECONDS

from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, SystemFault
from rushes.flow_signins import actions as flow
from rushes.flow_signins.login import BY_HAND, TO_DO, log_in
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.flow.browser import by_hand
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.display import screen
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.sign_in_window import SignInWindow
from rushes.providers.video.flow.provider import FlowProvider, FlowSettings


@asynccontextmanager
async def a_screen(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None]:
    """A screen nobody looks at."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    async with screen(headless=False) as environment:
        monkeypatch.setenv("DISPLAY", environment["DISPLAY"])
        yield


def pages(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[Page]:
    """The windows that are opened: what the person has before them."""
    opened = asyncio.Queue[Page]()
    real = SignInWindow.open

    async def open_and_tell(window: SignInWindow) -> None:
        await real(window)
        opened.put_nowait(window._tab.page)  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr(SignInWindow, "open", open_and_tell)
    return opened


async def test_a_person_signs_in_and_rushes_sees_it(
    run: Runtime, program: str, monkeypatch: pytest.MonkeyPatch
):
    said = asyncio.Queue[str]()
    opened = pages(monkeypatch)

    async def until_said(what: Obstacle) -> None:
        while await said.get() != TO_DO[what]:
            pass

    with serve_flow(Scenario(challenge="two_factor")) as site:
        settings = FlowSettings.model_validate(
            {"url": site.url, "RUSHES_DATA_DIR": run.settings.data_dir, "browser": program}
        )
        monkeypatch.setitem(run.providers._built, "flow", FlowProvider(settings))  # pyright: ignore[reportPrivateUsage]
        async with a_screen(monkeypatch), asyncio.timeout(PATIENCE_SECONDS):
            login = asyncio.create_task(log_in(run, LOCAL_OWNER, "ada", said.put_nowait))
            page = await opened.get()
            await until_said(Obstacle.SIGNED_OUT)
            await page.fill("#identifierId", "ada@example.com")
            await page.keyboard.press("Enter")
            await page.fill("[name=Passwd]", "a password")
            await page.keyboard.press("Enter")
            await until_said(Obstacle.TWO_FACTOR)
            await page.fill("[name=code]", "123456")
            await page.keyboard.press("Enter")
            account = await login
            assert (account.email, account.state) == ("ada@example.com", CredentialState.READY)
            assert "OSID" in await flow.kept_state(run, account.id)

            site.expire("ada@example.com")
            site.scenario.sign_in, site.scenario.challenge = "confirm", ""
            again = asyncio.create_task(log_in(run, LOCAL_OWNER, "ada", said.put_nowait))
            page = await opened.get()
            await until_said(Obstacle.CONFIRM)
            # The person gives up. Who waits for that may end the browser before this call has its answer.
            with suppress(PlaywrightError):
                await page.context.close()
            with pytest.raises(ActionNeeded, match="Nobody has signed in"):
                await again
    profiles = settings.data_dir / "flow" / "profiles"
    assert not list(profiles.glob("*/*/Default")), "no profile is left"


PERSON = """#!{python}
# What a person does in an ordinary browser, which nobody else is attached to: signs in, and closes it.
import sys
from playwright.sync_api import sync_playwright

folder = next(each.partition("=")[2] for each in sys.argv if each.startswith("--user-data-dir="))
with sync_playwright() as playwright:
    start = playwright.chromium.launch_persistent_context
    browser = start(folder, executable_path={program!r}, headless=True)
    page = browser.pages[0]
    page.goto(sys.argv[-1])
    page.locator("button.cta-button").click()
    if {signs_in}:
        page.fill("#identifierId", "ada@example.com")
        page.keyboard.press("Enter")
        page.fill("[name=Passwd]", "a password")
        page.keyboard.press("Enter")
        page.locator(".header-user-button").first.wait_for()
    browser.close()
"""


@pytest.mark.parametrize("signs_in", [True, False])
async def test_a_person_may_sign_in_in_an_ordinary_browser(
    signs_in: bool, run: Runtime, program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    person = tmp_path / "person"
    person.write_text(PERSON.format(python=sys.executable, program=program, signs_in=signs_in))
    person.chmod(0o755)

    def found(_: BrowserConfig) -> str:
        return str(person)

    monkeypatch.setattr(by_hand, "program_of", found)
    said: list[str] = []
    with serve_flow(Scenario()) as site:
        settings = FlowSettings.model_validate(
            {"url": site.url, "RUSHES_DATA_DIR": run.settings.data_dir, "browser": program}
        )
        monkeypatch.setitem(run.providers._built, "flow", FlowProvider(settings))  # pyright: ignore[reportPrivateUsage]
        async with a_screen(monkeypatch), asyncio.timeout(PATIENCE_SECONDS):
            login = log_in(run, LOCAL_OWNER, "ada", said.append, by_hand=True)
            if signs_in:
                account = await login
                assert (account.email, account.state) == ("ada@example.com", CredentialState.READY)
                assert "OSID" in await flow.kept_state(run, account.id)
            else:
                with pytest.raises(ActionNeeded):
                    await login
                assert await flow.list_all(run, LOCAL_OWNER) == []
    assert said == [BY_HAND]


async def test_without_a_browser_it_is_said_which_to_install(
    run: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    settings = FlowSettings.model_validate(
        {"RUSHES_DATA_DIR": run.settings.data_dir, "browser": str(tmp_path / "none")}
    )
    monkeypatch.setitem(run.providers._built, "flow", FlowProvider(settings))  # pyright: ignore[reportPrivateUsage]
    async with a_screen(monkeypatch):
        with pytest.raises(SystemFault) as caught:
            await log_in(run, LOCAL_OWNER, "ada", ignore, by_hand=True)
    assert "Install Google Chrome" in str(caught.value.hint)


def ignore(_: str) -> None:
    """Nobody listens."""
