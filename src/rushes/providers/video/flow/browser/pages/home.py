"""Flow's home page: the projects of the account, and making one. One project of Flow belongs to a job."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Response

from rushes.errors import ErrorType, ProviderChanged, RetryLater
from rushes.providers.video.flow.browser.finder import POLL_SECONDS, plain, until
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.clean_up import clean_up
from rushes.providers.video.flow.browser.pages.press import press
from rushes.providers.video.flow.browser.pages.sign_in import SignedIn, SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.steps import Steps
from rushes.providers.video.flow.browser.wire import read_reply, strings

CARDS_SECONDS = 5.0
"""How long the projects may take to come after the page has."""
MOST_SCROLLS = 40
SURE_SECONDS = 3.0
"""How long the next of them may take to come, where it counts that there is none."""

# Each link to a project with everything that can be read on its card: title, labels, what stands in fields.
_CARDS = """(links) => links.map(link => {
    let card = link;
    const alone = node => [...node.querySelectorAll('a[href*="/project/"]')].every(a => a.href === link.href);
    while (card.parentElement && card.parentElement !== document.body && alone(card.parentElement))
        card = card.parentElement;
    const named = [card, ...card.querySelectorAll('[aria-label], input, img[alt]')];
    const words = named.flatMap(each => [each.getAttribute('aria-label'), each.value, each.alt]);
    return [link.href, [card.innerText, ...words].filter(each => typeof each === 'string').join('\\n')];
})"""


class Home:
    """The project grid."""

    def __init__(self, tab: Tab, steps: Steps) -> None:
        self.tab = tab
        self.steps = steps

    async def open(self) -> SignedIn:
        """Go home; wait for the page or for an obstacle, which is raised."""
        async with self.steps.step("home.open", self.tab):
            await self.tab.go()
            seen = await SignIn(self.tab).look(self.tab.config.open_seconds)
            if not isinstance(seen, SignedIn):
                raise ObstacleMet(seen, self.steps.account)
            await clean_up(self.tab, self.steps.account)
            return seen

    async def find_projects(self, title: str, *, sure: bool = False) -> list[str]:
        """Flow's ids of the projects that are called so, newest first; empty when there is none.

        `sure`: raise `RetryLater` when neither the page nor its server has told that there is none. One that
        the server lists and the page does not show is always told so.
        """
        listing = _Listing([each for guide in self.tab.guides for each in guide.rpc.get("projects", ())])
        self.tab.page.on("response", listing.hear)
        try:
            await self.open()
            async with self.steps.step("home.projects", self.tab):
                return await self._find(title, listing, sure=sure)
        finally:
            self.tab.page.remove_listener("response", listing.hear)
            listing.stop()

    async def _find(self, title: str, listing: "_Listing", *, sure: bool) -> list[str]:
        await self.tab.finder.find("home.new_project")
        deadline = time.monotonic() + CARDS_SECONDS
        while True:
            cards = await self._every_card(title, SURE_SECONDS if sure else POLL_SECONDS * 10)
            found = [self._id(href) for href, words in cards.items() if plain(title) in plain(words)]
            listed = listing.holds(title)
            if found or listed is False:
                return found
            if time.monotonic() >= deadline:
                break
            await asyncio.sleep(POLL_SECONDS)
        if listed or (sure and not cards):
            raise RetryLater(
                "Flow does not say which projects the account has.", error_type=ErrorType.NETWORK
            )
        return []

    async def _every_card(self, title: str, patience: float) -> dict[str, str]:
        """The words on all cards by their address. Scrolls until it is there, or no more come in time."""
        seen: dict[str, str] = {}
        for _ in range(MOST_SCROLLS):
            fresh = {href: words for href, words in await self._cards() if href not in seen}
            seen.update(fresh)
            if not fresh or any(plain(title) in plain(words) for words in fresh.values()):
                break
            await self.tab.page.mouse.move(700, 500)
            await self.tab.page.mouse.wheel(0, 1200)
            await until(self._has_more(set(seen)), patience)
        return seen

    async def create_project(self, title: str) -> str:
        """A new project of that name; Flow's id of it. Nothing is to be paid for one."""
        if not re.search(self.tab.guide.urls.home, self.tab.page.url):
            await self.open()
        async with self.steps.step("home.new_project", self.tab):
            await press(self.tab, "home.new_project")
            if not await until(self._in_project, self.tab.config.find_seconds):
                raise ProviderChanged("No project opened.", step="home.new_project")
            project = self._id(self.tab.page.url)
        await self.name_project(title)
        return project

    async def name_project(self, title: str) -> None:
        """Write the title of the open project, and see that it stays."""
        async with self.steps.step("project.title", self.tab):
            await self.tab.finder.find("composer.prompt", seconds=self.tab.config.open_seconds)
            await clean_up(self.tab, self.steps.account)
            field = await self.tab.finder.find("project.title")
            await field.fill(title)
            await field.press("Enter")
            if not await until(lambda: _holds(field, title), self.tab.config.find_seconds):
                raise ProviderChanged("The project does not take its name.", step="project.title")

    async def _cards(self) -> list[tuple[str, str]]:
        found = await self.tab.finder.look("home.card")
        if found is None:
            return []
        every = self.tab.page.locator(str(found.alternative.css))
        cards: list[list[str]] = await every.evaluate_all(_CARDS)
        return [(href, words) for href, words in cards if re.search(self.tab.guide.urls.project, href)]

    def _has_more(self, seen: set[str]) -> Callable[[], Awaitable[bool]]:
        async def more() -> bool:
            return any(href not in seen for href, _ in await self._cards())

        return more

    async def _in_project(self) -> bool:
        return re.search(self.tab.guide.urls.project, self.tab.page.url) is not None

    def _id(self, url: str) -> str:
        found = re.search(self.tab.guide.urls.project, url)
        if found is None:
            raise ProviderChanged(f"No project in the address {url.split('?')[0]}.", step="project.address")
        return found.group("project")


class _Listing:
    """The server's own list of the projects, as far as it is understood."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._titles: set[str] | None = None
        self._reading: set[asyncio.Task[None]] = set()

    def hear(self, response: Response) -> None:
        """Read a reply, should it be the list."""
        if response.ok and any(each in response.url for each in self._ids):
            task = asyncio.create_task(self._read(response))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read(self, response: Response) -> None:
        with contextlib.suppress(PlaywrightError, ValueError):  # a page that was left, or no JSON
            text = await response.text()
            told = read_reply(text)
            if any(each.code is not None for each in told):
                return
            data = [each.data for each in told] or json.loads(text)
            self._titles = (self._titles or set()) | {plain(each) for each in strings(data)}

    def holds(self, title: str) -> bool | None:
        """Whether a project of that name is on it; None while there is no list that is understood."""
        return None if self._titles is None else any(plain(title) in each for each in self._titles)

    def stop(self) -> None:
        """Read no more."""
        for task in self._reading:
            task.cancel()


async def _holds(field: Locator, title: str) -> bool:
    return plain(await field.input_value()) == plain(title)
