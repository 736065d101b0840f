"""Signing in as a person does, in a window on a screen: each step said, seen, kept; and signed in again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from standins.flow import Scenario, serve_flow

from rushes.actions import flow
from rushes.actions.flow_login import TO_DO, log_in
from rushes.browser.display import screen
from rushes.browser.guide import Obstacle
from rushes.browser.sign_in_window import SignInWindow
from rushes.core.states import CredentialState
from rushes.db.models import LOCAL_OWNER
from rushes.errors import ActionNeeded
from rushes.providers.flow import FlowProvider, FlowSettings
from rushes.runtime import Runtime


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
        async with a_screen(monkeypatch), asyncio.timeout(120):
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
