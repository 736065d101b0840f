"""Puts aside what lies over the page: cookie bar, dialogs that only tell something, leftovers, agent mode.

Consent is never given for a person: a cookie bar is declined, and what asks for rights or terms is raised.
"""

from rushes.browser.finder import until
from rushes.browser.guide import Obstacle
from rushes.browser.obstacles import ObstacleMet
from rushes.browser.pages.sign_in import SignIn
from rushes.browser.pages.tab import Tab
from rushes.errors import ProviderChanged

MOST_ROUNDS = 12
PATIENCE_SECONDS = 3.0


async def clean_up(tab: Tab, account: str) -> None:
    """Until nothing lies over the page. Raises `ObstacleMet` for what a person has to answer."""
    for _ in range(MOST_ROUNDS):
        if (obstacle := await SignIn(tab).obstacle()) is not None:
            raise ObstacleMet(obstacle, account)
        if not (
            await _cookies(tab) or await _dialog(tab, account) or await _overlay(tab) or await _agent(tab)
        ):
            return
    raise ProviderChanged("Something stays in front of the page.", step="clean_up")


async def close_overlays(tab: Tab) -> None:
    """Escape until no menu or pane is open."""
    for _ in range(MOST_ROUNDS):
        if not await _overlay(tab):
            return


async def _cookies(tab: Tab) -> bool:
    if "cookies" not in tab.guide.elements or await tab.finder.look("cookies") is None:
        return False
    await (await tab.finder.find("cookies.reject")).click()
    return await tab.finder.gone("cookies", seconds=PATIENCE_SECONDS)


async def _dialog(tab: Tab, account: str) -> bool:
    if await tab.finder.look("dialog") is None:
        return False
    found = await tab.finder.first(["dialog.dismiss"], seconds=PATIENCE_SECONDS)
    if found is not None:
        await found.locator.click()
        if await tab.finder.gone("dialog", seconds=PATIENCE_SECONDS):
            return True
    await tab.page.keyboard.press("Escape")
    if await tab.finder.gone("dialog", seconds=PATIENCE_SECONDS):
        return True
    raise ObstacleMet(Obstacle.FIRST_RUN, account)


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
    if "agent.on" not in tab.guide.elements:
        return False
    stop = await tab.finder.look("agent.stop")
    found = stop or await tab.finder.look("agent.on") or await tab.finder.look("agent.close")
    if found is None:
        return False
    await found.locator.click()
    return await tab.finder.gone(found.name, seconds=PATIENCE_SECONDS)
