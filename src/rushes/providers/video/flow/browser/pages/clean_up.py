"""Puts aside what lies over the page: cookie bar, dialogs that only tell something, leftovers, agent mode.

Consent is never given for a person: a cookie bar is declined, and what asks for rights or terms is raised.
"""

from playwright.async_api import TimeoutError as PlaywrightTimeout

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.finder import until
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.sign_in import SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab

IN_THE_WAY = (
    *("obstacle.captcha", "obstacle.upload_consent", "about.enter", "cookies", "dialog", "overlay"),
    *("agent.on", "agent.stop", "agent.panel"),
)
MOST_ROUNDS = 8
PATIENCE_SECONDS = 3.0
CLICK_SECONDS = 2.0


async def clean_up(tab: Tab, account: str) -> None:
    """Until nothing lies over the page. Raises `ObstacleMet` for what a person has to answer."""
    for _ in range(MOST_ROUNDS):
        if not await tab.finder.any(IN_THE_WAY):
            return
        if (obstacle := await SignIn(tab).obstacle()) is not None:
            raise ObstacleMet(obstacle, account)
        if not (await _cookies(tab) or await _dialog(tab) or await _overlay(tab) or await _agent(tab)):
            return
    if await tab.finder.look("dialog") is not None:
        raise ObstacleMet(Obstacle.FIRST_RUN, account)
    raise ProviderChanged("Something stays in front of the page.", step="clean_up")


async def close_overlays(tab: Tab) -> None:
    """Escape until no menu or pane is open."""
    for _ in range(MOST_ROUNDS):
        if not await _overlay(tab):
            return


async def _cookies(tab: Tab) -> bool:
    if await tab.finder.look("cookies") is None:
        return False
    await (await tab.finder.find("cookies.reject")).click()
    return await tab.finder.gone("cookies", seconds=PATIENCE_SECONDS)


async def _dialog(tab: Tab) -> bool:
    if await tab.finder.look("dialog") is None:
        return False
    found = await tab.finder.first(["dialog.dismiss"], seconds=PATIENCE_SECONDS)
    try:
        if found is not None:
            await found.locator.click(timeout=CLICK_SECONDS * 1000)
    except PlaywrightTimeout:
        found = None  # something lies over it
    if found is None or not await tab.finder.gone("dialog", seconds=CLICK_SECONDS):
        await tab.page.keyboard.press("Escape")
    return True


async def _overlay(tab: Tab) -> bool:
    found = await tab.finder.look("overlay")
    if found is None:
        return False
    before = await _backdrops(tab)
    await tab.page.keyboard.press("Escape")

    async def fewer() -> bool:
        return await _backdrops(tab) < before

    return await until(fewer, PATIENCE_SECONDS)


async def _backdrops(tab: Tab) -> int:
    found = await tab.finder.look("overlay")
    return 0 if found is None else await tab.page.locator(str(found.alternative.css)).count()


async def _agent(tab: Tab) -> bool:
    stop = await tab.finder.look("agent.stop")
    found = stop or await tab.finder.look("agent.on") or await tab.finder.look("agent.close")
    if found is None:
        return False
    await found.locator.click()
    return await tab.finder.gone(found.name, seconds=PATIENCE_SECONDS)
