"""Whether the browser that works Flow's page is on this machine, and a screen for it; nothing is started."""

import shutil
import sys
from pathlib import Path

from rushes.providers.video.flow.browser.config import CHROME, CHROMIUM, BrowserConfig
from rushes.providers.video.flow.browser.display import has_screen
from rushes.providers.video.flow.browser.window import CHROMIUMS

CHROMES = {
    "linux": ("/opt/google/chrome/chrome",),
    "darwin": ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ),
}
"""Where Playwright looks for the installed one."""


def program_of(config: BrowserConfig) -> str | None:
    """The browser's program; None when it is not there."""
    if config.browser == CHROMIUM:
        return next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    places = CHROMES.get(sys.platform, ()) if config.browser == CHROME else (config.browser,)
    return next((each for each in places if Path(each).is_file()), None)


def screen_of(config: BrowserConfig) -> str | None:
    """On what its window would show; None when there is nothing."""
    if config.headless:
        return "no window"
    if has_screen():
        return "this screen"
    return "a screen of its own (Xvfb)" if shutil.which("Xvfb") else None
