"""One Chromium for a test process; each test has a window of its own, signed in as it says."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from scripts.chromium import launch
from standins.flow import Site

from tests.standins.visitor import PATIENCE_MS

DESKTOP = {"width": 1440, "height": 900}
Enter = Callable[[Site, str | None], Awaitable[Page]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    """Without a window."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def enter(chromium: Browser) -> AsyncGenerator[Enter]:
    """Gives a tab in a fresh window, with the session of an account (or none). The page may not stumble."""
    windows: list[BrowserContext] = []
    stumbles: list[str] = []

    async def enter(site: Site, email: str | None) -> Page:
        state = json.loads(site.sign_in_state(email)) if email else None
        window = await chromium.new_context(viewport=DESKTOP, storage_state=state)  # pyright: ignore[reportArgumentType]
        window.set_default_timeout(PATIENCE_MS)
        window.on("weberror", lambda error: stumbles.append(str(error.error)))
        windows.append(window)
        return await window.new_page()

    yield enter
    for window in windows:
        await window.close()
    assert stumbles == []
