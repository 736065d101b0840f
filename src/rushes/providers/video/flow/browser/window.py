"""One running browser with one account's state in it: started, watched, ended for certain.

No stealth: no changed user agent, no flags that hide automation, no injected scripts. The person's own Chrome
(or a Chromium the operator chose), with a window, unless told otherwise.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from playwright.async_api import BrowserContext, Playwright, StorageState, async_playwright
from playwright.async_api import Error as PlaywrightError

from rushes.errors import ErrorType, Invalid, SystemFault
from rushes.providers.video.flow.browser.config import CHROME, CHROMIUM, BrowserConfig
from rushes.providers.video.flow.browser.display import screen
from rushes.providers.video.flow.browser.profile import end_browser, profile

log = logging.getLogger(__name__)

WIDTH, HEIGHT = 1440, 900
"""Wide enough for everything on the page: narrow windows hide the mode switch."""
CLOSE_SECONDS = 15.0
START_SECONDS = 90.0
CHROMIUMS = ("chromium", "chromium-browser")
INSTALL = (
    "Install Google Chrome, or set RUSHES_FLOW_BROWSER to `chromium` (apt-get install chromium) or to the"
    " path of a browser."
)


@dataclass(frozen=True)
class Window:
    """A running browser. `state` is what it was seeded with."""

    context: BrowserContext
    state: str
    folder: Path

    async def storage_state(self) -> str:
        """Cookies and local storage as they are now, JSON."""
        return json.dumps(await self.context.storage_state())


@contextlib.asynccontextmanager
async def open_window(
    config: BrowserConfig,
    account: UUID,
    state: str,
    *,
    visible: bool = False,
    before: Callable[[Path, Mapping[str, str]], Awaitable[None]] | None = None,
) -> AsyncGenerator[Window]:
    """Start a browser in a profile of its own with `state` (a storage state, JSON; empty for a new person).

    `visible` insists on a window on a real screen. `before` is what is done to the profile's folder first; it
    is given the environment of a browser too. Raises `SystemFault` when none can be started,
    `RetryLater` while another process has the account, `Invalid` for a state that is none.
    """
    seed = _parsed(state)
    async with contextlib.AsyncExitStack() as stack:
        keeping = profile(config.profiles_dir, account)
        folder = await asyncio.to_thread(keeping.__enter__)
        stack.push_async_callback(asyncio.to_thread, keeping.__exit__, None, None, None)
        environment = await stack.enter_async_context(screen(headless=config.headless and not visible))
        if before is not None:
            await before(folder, environment)
        playwright = await stack.enter_async_context(async_playwright())
        # Whatever hangs above it: the browser's process ends here, or it is killed.
        stack.callback(end_browser, folder)
        context = await _launch(playwright, config, folder, environment, visible=visible)
        stack.push_async_callback(_close, context)
        if seed is not None:
            await context.set_storage_state(seed)
        yield Window(context, state, folder)


async def _launch(
    playwright: Playwright,
    config: BrowserConfig,
    folder: Path,
    environment: Mapping[str, str],
    *,
    visible: bool,
) -> BrowserContext:
    try:
        return await playwright.chromium.launch_persistent_context(
            folder,
            **_program(playwright, config.browser),
            headless=config.headless and not visible,
            viewport={"width": WIDTH, "height": HEIGHT},
            env=dict(environment.items()),
            accept_downloads=True,
            # Chrome will not sandbox for root; everywhere else it should.
            chromium_sandbox=not is_root(),
            # Containers have little shared memory; Chrome then dies in the middle of a page.
            args=["--disable-dev-shm-usage", "--no-first-run"],
            timeout=START_SECONDS * 1000,
        )
    except PlaywrightError as error:
        raise SystemFault(
            f"The browser does not start: {_first_line(error.message)}",
            error_type=ErrorType.BROWSER,
            hint=INSTALL,
        ) from error


def _program(playwright: Playwright, browser: str) -> dict[str, Any]:
    if browser == CHROME:
        return {"channel": CHROME}
    if browser != CHROMIUM:
        return {"executable_path": browser}
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    return {"executable_path": found or playwright.chromium.executable_path}


def _parsed(state: str) -> StorageState | None:
    if not state:
        return None
    try:
        parsed = json.loads(state)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict) or "cookies" not in parsed:
        raise Invalid(
            "This is no stored state of a browser.", hint="Make one with `rushes flow export NAME`."
        )
    return cast("StorageState", parsed)


async def _close(context: BrowserContext) -> None:
    # A browser that hangs or is gone already does not answer; its process is ended after this.
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await context.close()
    except (TimeoutError, PlaywrightError) as error:
        log.warning("The browser did not close automatically: %s", error)


def is_root() -> bool:
    """Whether Chrome will not sandbox here."""
    return sys.platform != "win32" and os.geteuid() == 0


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0][:300]
