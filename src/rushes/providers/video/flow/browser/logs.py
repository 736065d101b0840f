"""`logs/browser.log`: what the browser's console says. `logs/automation.log`: what was done on the page."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, WebError

from rushes.providers.video.flow.browser.redact import Redacting

BROWSER = logging.getLogger("rushes.providers.video.flow.browser.console")
AUTOMATION = logging.getLogger("rushes.providers.video.flow.browser.automation")
FILES = ((BROWSER, "browser.log"), (AUTOMATION, "automation.log"))
FILE_BYTES = 5 * 1024 * 1024
KEPT = 3
LONGEST = 2000


def keep_logs(folder: Path) -> bool:
    """Write both to their files from now on. False: they are written there already."""
    added = False
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for logger, name in FILES:
        path = folder / name
        if any(_writes_to(handler, path) for handler in logger.handlers):
            continue
        handler = RotatingFileHandler(
            path, maxBytes=FILE_BYTES, backupCount=KEPT, encoding="utf-8", delay=True
        )
        handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        # The files are where a person looks; the program's own log stays readable.
        logger.propagate = False
        added = True
    return added


def _writes_to(handler: logging.Handler, path: Path) -> bool:
    return isinstance(handler, RotatingFileHandler) and Path(handler.baseFilename) == path.absolute()


def let_go(folder: Path) -> None:
    """Close the files of this folder."""
    for logger, name in FILES:
        for handler in list(logger.handlers):
            if _writes_to(handler, folder / name):
                logger.removeHandler(handler)
                handler.close()


def listen(context: BrowserContext, account: str) -> None:
    """Write what the pages of a browser say to the log."""

    def console(message: ConsoleMessage) -> None:
        level = logging.ERROR if message.type == "error" else logging.INFO
        BROWSER.log(level, "%s %s: %s", account, message.type, message.text[:LONGEST])

    def broken(error: WebError) -> None:
        BROWSER.error("%s page error: %s", account, str(error.error)[:LONGEST])

    context.on("console", console)
    context.on("weberror", broken)
