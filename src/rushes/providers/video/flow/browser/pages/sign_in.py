"""Whether somebody is signed in, and if not, what stands in the way: recognised, never dealt with.

The one exception is `fill`, for people who have put an address and password into their settings: it types
them where Google asks for them and stops at the first thing that is something else.
"""

import asyncio
import re
import time
from dataclasses import dataclass

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.finder import POLL_SECONDS
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.pages.tab import Tab

_ADDRESS = re.compile(r"[^\s()<>\"':]{1,64}@[^\s()<>\"']{1,190}\.[^\s()<>\"']{1,63}")


@dataclass(frozen=True)
class SignedIn:
    """Somebody is. `email` when the page shows it."""

    email: str | None = None


class SignIn:
    """What a page says about who uses it."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    async def look(self, seconds: float | None = None) -> SignedIn | Obstacle:
        """Wait for either. Raises `ProviderChanged` when the page is neither Flow nor an obstacle we know."""
        deadline = time.monotonic() + (self.tab.config.find_seconds if seconds is None else seconds)
        while True:
            if (seen := await self.glance()) is not None:
                return seen
            if time.monotonic() >= deadline:
                raise ProviderChanged(
                    "The page shows neither Flow's work space nor a sign-in page that we know.",
                    step="sign_in",
                    hint="Run `rushes flow doctor`; a newer description of the page may be needed.",
                )
            await asyncio.sleep(POLL_SECONDS)

    async def glance(self) -> SignedIn | Obstacle | None:
        """What there is to see right now; None while the page is still on its way."""
        if (obstacle := await self.obstacle()) is not None:
            return obstacle
        if not await self.tab.recognise() or re.search(self.tab.guide.urls.about, self.tab.page.url):
            return None
        if await self.tab.finder.look("signed_in") is None:
            return None
        return SignedIn(await self._email())

    async def obstacle(self) -> Obstacle | None:
        """What stands in the way right now, by address first and then by what is shown."""
        signs = self.tab.guide.obstacles
        url = self.tab.page.url
        for sign in signs:
            if sign.url and re.search(sign.url, url):
                return sign.kind
        if not await self.tab.finder.any(sign.element for sign in signs if sign.element):
            return None
        for sign in signs:
            if sign.element and await self.tab.finder.look(sign.element) is not None:
                return sign.kind
        return None

    async def _email(self) -> str | None:
        link = await self.tab.finder.look("account.link")
        label = await link.locator.get_attribute("aria-label") if link else None
        found = _ADDRESS.search(label or "")
        return found.group() if found else None

    async def enter(self) -> None:
        """From the marketing page to where Google asks who it is."""
        found = await self.tab.finder.first(["about.enter"])
        if found is not None:
            await found.locator.click()

    async def fill(self, email: str, password: str, seconds: float) -> SignedIn | Obstacle:
        """Type the address and the password where they are asked for; stop at anything else."""
        deadline = time.monotonic() + seconds
        for name, value in (("google.email", email), ("google.password", password)):
            found = await self.tab.finder.first([name, "signed_in"], seconds=deadline - time.monotonic())
            if found is None or found.name != name:
                break
            await found.locator.fill(value)
            await found.locator.press("Enter")
            await self.tab.finder.gone(name)
        while time.monotonic() < deadline:
            seen = await self.glance()
            if seen is not None and seen is not Obstacle.SIGNED_OUT:
                return seen
            await asyncio.sleep(POLL_SECONDS)
        return Obstacle.SIGNED_OUT
