"""What the browser room is told: plain data, so that it knows no settings class and no environment."""

from dataclasses import dataclass
from pathlib import Path

CHROME = "chrome"
CHROMIUM = "chromium"


@dataclass(frozen=True)
class BrowserConfig:
    """How Flow is reached and driven. Times are seconds, sizes bytes.

    `browser` is `chrome` (the installed one), `chromium` (the installed one, else Playwright's) or the path
    of a program. `selectors` is an operator's TOML file or folder that comes before ours. `find_seconds` is
    how long an element may take to appear, `open_seconds` a page to load, `act_seconds` any one thing a
    person would do on it; what takes longer hangs. A browser is replaced after `recycle_after` submits.
    """

    url: str
    data_dir: Path
    browser: str = CHROME
    headless: bool = False
    selectors: Path | None = None
    recycle_after: int = 40
    find_seconds: float = 15.0
    act_seconds: float = 90.0
    open_seconds: float = 60.0
    incident_bytes: int = 200 * 1024 * 1024

    @property
    def profiles_dir(self) -> Path:
        """A throw-away profile for each account in use, and its lock."""
        return self.data_dir / "flow" / "profiles"

    @property
    def incidents_dir(self) -> Path:
        """What the page showed when something failed."""
        return self.data_dir / "incidents"

    @property
    def log_dir(self) -> Path:
        """Where `browser.log` and `automation.log` are."""
        return self.data_dir / "logs"
