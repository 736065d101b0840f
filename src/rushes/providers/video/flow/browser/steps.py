"""Every act on a page goes through `Steps.step`: it has a time limit, a name, and failures that say who acts.

A page that does not answer is closed, an obstacle is told as one, and what nobody expected is kept as an
incident and raised as `ProviderChanged` with the step's name.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from rushes.errors import ProviderChanged, RushesError
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.faults import ended, hung, told
from rushes.providers.video.flow.browser.incidents import keep_incident
from rushes.providers.video.flow.browser.logs import AUTOMATION
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.sign_in import SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.redact import secrets_of

CALLS_KEPT = 60
ANSWER_SECONDS = 8.0
CLOSE_SECONDS = 8.0


class Steps:
    """The acts of one account's browser. `broken` asks for a new browser; `shots` counts its submits."""

    def __init__(self, config: BrowserConfig, account: str) -> None:
        self.config = config
        self.account = account
        self.state = ""
        """What must not be written down: the state the browser has."""
        self.calls: deque[str] = deque(maxlen=CALLS_KEPT)
        """Ids of the last calls that the pages made."""
        self.broken = False
        self.shots = 0

    @contextlib.asynccontextmanager
    async def step(
        self, name: str, tab: Tab | None = None, *, seconds: float | None = None
    ) -> AsyncGenerator[None]:
        """One act. Whatever goes wrong in it leaves as one of our errors, with the act's name."""
        AUTOMATION.debug("%s: %s", self.account, name)
        try:
            async with asyncio.timeout(seconds or self.config.act_seconds):
                yield
        except TimeoutError:
            await self._hang(name, tab)
            raise hung(name) from None
        except PlaywrightTimeout as error:
            if tab is not None and not await answers(tab.page):
                await self._hang(name, tab)
                raise hung(name) from error
            raise await self._changed(told(error, name), name, tab) from error
        except PlaywrightError as error:
            if ended(error):
                await self.drop(tab)
            raise await self._changed(told(error, name), name, tab) from error
        except ProviderChanged as error:
            raise await self._changed(error, name, tab) from error.__cause__

    async def keep(self, name: str, tab: Tab, reason: str) -> None:
        """Keep what the page shows as an incident."""
        kept = await keep_incident(
            self.config.incidents_dir,
            name,
            tab.page,
            reason=reason,
            calls=self.calls,
            secrets=secrets_of(self.state),
            most_bytes=self.config.incident_bytes,
        )
        AUTOMATION.error("%s: %s: %s (kept in %s)", self.account, name, reason, kept)

    async def _changed(self, error: RushesError, name: str, tab: Tab | None) -> RushesError:
        """What to raise: an obstacle that explains it, else the error, with an incident kept."""
        if tab is None or not isinstance(error, ProviderChanged) or tab.page.is_closed():
            AUTOMATION.warning("%s: %s: %s", self.account, name, error.message)
            return error
        with contextlib.suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(ANSWER_SECONDS):
                if (obstacle := await SignIn(tab).obstacle()) is not None:
                    AUTOMATION.warning("%s: %s: %s", self.account, name, obstacle)
                    return ObstacleMet(obstacle, self.account)
        await self.keep(name, tab, error.message)
        return error

    async def _hang(self, name: str, tab: Tab | None) -> None:
        AUTOMATION.warning("%s: %s: the page does not answer", self.account, name)
        if tab is None:
            self.broken = True
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS + ANSWER_SECONDS):
                await self.keep(name, tab, "the page does not answer")
        await self.drop(tab)

    async def drop(self, tab: Tab | None) -> None:
        """Close a tab that is no use any more; a browser that cannot even do that is replaced."""
        if tab is None:
            self.broken = True
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await tab.page.close()
        except (TimeoutError, PlaywrightError):
            self.broken = True


async def answers(page: Page) -> bool:
    """Whether the page still runs."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return bool(await page.evaluate("true"))
    except (TimeoutError, PlaywrightError):
        return False
