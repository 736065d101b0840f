"""The browser that tests, benches and screenshots of the page use: where it is, and how it comes here.

`python -m scripts.chromium` installs Debian's chromium when there is none and the user may (and Xvfb, a
screen for the tests with a window); otherwise it says what to do and leaves it at that: what needs a browser
then fails with the same words.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.async_api import Browser, Playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
TO_DO = (
    "No browser was found that can show the page.\n"
    "On Debian or Ubuntu, as root: apt-get install chromium xvfb\n"
    "Elsewhere: .venv/bin/playwright install chromium"
)


class NoBrowserError(RuntimeError):
    """There is none; the message says what to do."""


def system_program() -> str | None:
    """The path of the system's Chromium or Chrome."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def playwright_program(playwright: Playwright) -> str | None:
    """The path of the browser that Playwright has installed for itself."""
    own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


async def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start it without a window: the system's, else Playwright's own. Raises `NoBrowserError`."""
    program = system_program() or playwright_program(playwright)
    if program is None:
        raise NoBrowserError(TO_DO)
    # Containers have little shared memory; Chromium then dies in the middle of a page.
    return await playwright.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage", *flags])


def main() -> int:
    """Install one when none is there and we may. Never fails: the tests that need it do."""
    packages = [] if system_program() or _playwright_has_one() else ["chromium"]
    if sys.platform.startswith("linux") and not shutil.which("Xvfb"):
        packages.append("xvfb")
    if not packages:
        return 0
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        print(TO_DO, file=sys.stderr)
        return 0
    print(f"Installing {' and '.join(packages)} for the tests of the page", file=sys.stderr)
    patient = ("-qq", "-o", "DPkg::Lock::Timeout=300")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        # apt's own words are for the user: it says best why it could not.
        subprocess.run([apt, *patient, *step], env=env, stdout=sys.stderr, check=False)  # noqa: S603
    if "chromium" in packages and not system_program():
        print(TO_DO, file=sys.stderr)
    return 0


def _playwright_has_one() -> bool:
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    return any(Path(folder).glob("chromium-*"))


if __name__ == "__main__":
    sys.exit(main())
