"""The page as a person meets it: real Chromium, the real server, nothing mocked.

One browser serves a whole test process; each test has a window (context) of its own. Both live in the
loop of the session, and so must everything here that they talk to.
"""

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from filelock import FileLock
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect
from scripts import build_web
from scripts.chromium import launch

from rushes.settings import Settings
from tests.conftest import FOLDER
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

PATIENCE_MS = 1000 * PATIENCE_SECONDS
DESKTOP = {"width": 1280, "height": 800}

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def built_page() -> None:
    """The page, built from the sources as they are."""
    with FileLock(Path(os.environ[FOLDER]) / "page.lock"):
        build_web.build()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """Chromium, without a window."""
    async with async_playwright() as playwright:
        launched = await launch(playwright)
        yield launched
        await launched.close()


@pytest.fixture(autouse=True)
def echo_is_offered(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests choose it on the page, as people cannot."""
    monkeypatch.setenv("RUSHES_ECHO_OFFERED", "true")


@pytest_asyncio.fixture(loop_scope="session")
async def server(built_page: None, settings: Settings) -> AsyncGenerator[Served]:
    """Page, API and worker, over real HTTP."""
    async with serve(settings) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def window(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncGenerator[BrowserContext]:
    """A window of the test's own, without a past. Fails when the page has complained about anything."""
    context = await browser.new_context(viewport=DESKTOP, reduced_motion="reduce", accept_downloads=True)  # pyright: ignore[reportArgumentType]
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # Chromium's own note on every answer above 399. What the page makes of those is what is tested.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    if request.node.stash.get(FAILED, False):
        await keep_evidence(context, tmp_path)
    await context.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(window: BrowserContext) -> Page:
    """A tab of it."""
    return await window.new_page()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, for the evidence."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


async def keep_evidence(context: BrowserContext, folder: Path) -> None:
    """What every tab showed when the test failed."""
    for number, tab in enumerate(context.pages, start=1):
        await tab.screenshot(path=folder / f"tab-{number}.png", full_page=True)
        (folder / f"tab-{number}.html").write_text(await tab.content())
        print(f"\n{tab.url} is kept as {folder}/tab-{number}.png and .html")
