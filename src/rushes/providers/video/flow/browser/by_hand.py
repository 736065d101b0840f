"""Signing in in an ordinary browser: Google may refuse one that a program has opened, whoever types in it.

The person's own browser is started as they would start it, with nothing attached, in the profile that is read
when they have closed it.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from rushes.errors import ErrorType, SystemFault
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.installed import program_of
from rushes.providers.video.flow.browser.window import INSTALL, is_root

SAME_KEYS = {"linux": ("--password-store=basic",), "darwin": ("--use-mock-keychain",)}
"""A profile's cookies are encrypted; so, the browser that reads them afterwards can."""
LONGEST_SECONDS = 20 * 60.0
END_SECONDS = 10.0


async def use_browser(config: BrowserConfig, folder: Path, environment: Mapping[str, str]) -> None:
    """Open Flow in it and wait until the person has closed it. Raises `SystemFault` when there is none."""
    program = program_of(config)
    if program is None:
        raise SystemFault("There is no browser to open.", error_type=ErrorType.BROWSER, hint=INSTALL)
    browser = await asyncio.create_subprocess_exec(
        program,
        f"--user-data-dir={folder}",
        "--no-first-run",
        *SAME_KEYS.get(sys.platform, ()),
        *(["--no-sandbox"] if is_root() else ()),
        config.url,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=os.name == "posix",  # Ctrl-C is ours: it is closed in order below
    )
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                await browser.wait()
    finally:
        await _end(browser)


async def _end(browser: asyncio.subprocess.Process) -> None:
    if browser.returncode is not None:
        return
    browser.terminate()
    try:
        async with asyncio.timeout(END_SECONDS):
            await browser.wait()
    except TimeoutError:
        browser.kill()
        await browser.wait()
