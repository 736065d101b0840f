"""Playwright's errors, told as ours: the network, a browser that ended, a page that changed."""

import re

from playwright.async_api import Error as PlaywrightError

from rushes.errors import ErrorType, ProviderChanged, RetryLater, RushesError

# Chromium's own names of what is wrong between it and the server.
_NETWORK = re.compile(r"net::ERR_|NS_ERROR_NET|ECONNRE|ERR_CONNECTION|socket hang up")
_ENDED = re.compile(r"has been closed|crash|Connection closed|Browser closed|disconnected", re.I)


def told(error: PlaywrightError, step: str) -> RushesError:
    """What a person should read of it. Never more than its first line: the rest quotes the page."""
    first = error.message.strip().split("\n", 1)[0][:300]
    if _NETWORK.search(first):
        return RetryLater(f"Flow cannot be reached: {first}", error_type=ErrorType.NETWORK)
    if ended(error):
        return browser_ended(step)
    return ProviderChanged(f"The page does not do what it did before. ({first})", step=step)


def ended(error: PlaywrightError) -> bool:
    """Whether the page or its browser is gone."""
    return bool(_ENDED.search(error.message))


def browser_ended(step: str) -> RetryLater:
    """The browser is started again with the next thing asked of it."""
    return RetryLater(f"{step}: the browser ended and is started again.", error_type=ErrorType.NETWORK)


def hung(step: str) -> RetryLater:
    """The page was closed and is opened again with the next thing asked of it."""
    return RetryLater(f"{step}: the page hangs and is opened again.", error_type=ErrorType.NETWORK)
