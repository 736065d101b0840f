"""One account's browser: opened when it is needed, replaced when it ends, hangs, or has worked long enough.

What is done on a page belongs under `async with session.lock`, and begins with `session.project(job)`: it
gives back the page as it is, or opens it again. Pages are not to be kept over time.
"""

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from playwright.async_api import BrowserContext, Request
from playwright.async_api import Error as PlaywrightError

from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.faults import browser_ended
from rushes.providers.video.flow.browser.guide import Guide, load_guides
from rushes.providers.video.flow.browser.logs import AUTOMATION, listen
from rushes.providers.video.flow.browser.pages.home import Home
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.pages.sign_in import SignedIn
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.steps import Steps, answers
from rushes.providers.video.flow.browser.window import Window, open_window

MOST_TABS = 6
TITLE_LENGTH = 80


class Account(Protocol):
    """Whose browser it is. `secret` is its storage state, JSON."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def secret(self) -> str: ...


class Job(Protocol):
    """What a project of Flow is made for."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...


class Session:
    """One account's browser. `lock` is held while anything is done on its pages: one thing at a time.

    `opened` is called with the session whenever a browser was started, before any page is open in it.
    """

    def __init__(
        self, config: BrowserConfig, account: Account, opened: Callable[["Session"], None] | None = None
    ) -> None:
        self.config = config
        self.id = account.id
        self.name = account.name
        self.guides: tuple[Guide, ...] = load_guides(config.selectors)
        self._guide = self.guides[0]
        self.lock = asyncio.Lock()
        self.steps = Steps(config, account.name)
        self.steps.state = account.secret
        self._states = {_digest(account.secret)}
        self.before_leaving: Callable[[Tab], Awaitable[None]] | None = None
        """Is shown every page that is left again (the doctor's pictures)."""
        self._ended_for_good = False
        self._opened = opened
        self._window: Window | None = None
        self._ends = contextlib.AsyncExitStack()
        self._pages: dict[UUID, ProjectPage] = {}
        self._projects: dict[UUID, str] = {}

    @property
    def context(self) -> BrowserContext:
        """The browser as Playwright sees it; another one after each start."""
        if self._window is None:
            raise browser_ended("session")
        return self._window.context

    @property
    def rpcs(self) -> deque[str]:
        """The last calls that the pages made: ids, or paths."""
        return self.steps.calls

    @property
    def is_open(self) -> bool:
        """Whether a browser runs."""
        return self._window is not None and not self.steps.broken

    def stems_from(self, secret: str) -> bool:
        """Whether this state is the one the browser was given, or one it gave back."""
        return _digest(secret) in self._states

    async def project(self, job: Job, known: str | None = None) -> ProjectPage:
        """The page of a job's project: opened, or made where there is none yet.

        `known` is Flow's id of it, when that is known from before. Raises `ActionNeeded` for an obstacle.
        """
        await self._ready()
        page = self._pages.get(job.id)
        if page is not None and known in (None, page.id) and not page.page.is_closed():
            if await answers(page.page):
                await page.arrive()
                return page
            await self.steps.drop(page.tab)
            await self._ready()
        tab = await self.tab()
        try:
            project = known or self._projects.get(job.id)
            if project is None:
                home = Home(tab, self.steps)
                there = await home.find_projects(title_of(job))
                project = there[0] if there else await home.create_project(title_of(job))
            page = ProjectPage(tab, self.steps, project)
            await page.arrive()
        except BaseException:
            await self._blank(tab)
            raise
        self._projects[job.id] = project
        self._pages[job.id] = page
        self._guide = page.tab.guide
        return page

    async def signed_in(self) -> SignedIn:
        """Look, on the home page, whether the account is signed in. Raises what is in the way."""
        async with self._errand() as tab:
            return await Home(tab, self.steps).open()

    async def keep_incident(self, job: Job, step: str, reason: str) -> None:
        """Keep what the page of a job shows, should it be open."""
        page = self._pages.get(job.id)
        if page is not None and self.is_open and not page.page.is_closed():
            async with self.lock:
                await self.steps.keep(step, page.tab, reason)

    def project_of(self, job: Job) -> str | None:
        """Flow's id of a job's project, when it was opened before."""
        return self._projects.get(job.id)

    def has_page(self, job: Job) -> bool:
        """Whether the page of a job's project is open."""
        return job.id in self._pages

    async def forget_project(self, job: Job) -> None:
        """Its project is not there any more: another one is looked for, or made, the next time."""
        self._projects.pop(job.id, None)
        if (page := self._pages.pop(job.id, None)) is not None:
            await self.steps.drop(page.tab)

    async def leave_projects(self) -> None:
        """Close their pages: what lies over one, as a captcha, may be gone when it is loaded again."""
        for page in self._pages.values():
            await self.steps.drop(page.tab)
        self._pages.clear()

    async def projects_of(self, job: Job) -> list[str]:
        """Flow's ids of all projects that were made for the job; none is made now. Empty: there is none.

        Raises `RetryLater` when that cannot be told.
        """
        async with self._errand() as tab:
            return await Home(tab, self.steps).find_projects(title_of(job), sure=True)

    @contextlib.asynccontextmanager
    async def _errand(self) -> AsyncGenerator[Tab]:
        tab = await self.tab()
        try:
            yield tab
        finally:
            await self._blank(tab)

    async def tab(self) -> Tab:
        """A tab of its own, for what is in no project (sign-in, doctor)."""
        await self._ready()
        async with self.steps.step("tab.open"):
            self._pages = {job: page for job, page in self._pages.items() if not page.page.is_closed()}
            while len(self._pages) >= MOST_TABS:
                await self._pages.pop(next(iter(self._pages))).page.close()
            # The browser comes with an empty tab: it is used first.
            empty = next((each for each in self.context.pages if each.url == "about:blank"), None)
            page = empty or await self.context.new_page()
            return Tab(page, self.config, self.guides, self._guide, name=self.name)

    async def storage_state(self) -> str:
        """Cookies and local storage as they are now, JSON."""
        if self._window is not None and not self.steps.broken:
            async with self.steps.step("storage_state"):
                self.steps.state = await self._window.storage_state()
            self._states.add(_digest(self.steps.state))
        return self.steps.state

    async def end(self) -> None:
        """End the browser, and never start another one: somebody else has the account from now on."""
        self._ended_for_good = True
        await self.close()

    async def close(self) -> None:
        """End the browser; its profile goes with it."""
        self._window = None
        self._pages.clear()
        ends, self._ends = self._ends, contextlib.AsyncExitStack()
        await ends.aclose()

    async def _ready(self) -> None:
        if self._ended_for_good:
            raise browser_ended("session")
        if self._window is not None and self.steps.broken:
            await self.close()
        if self._window is not None and self.steps.shots >= self.config.recycle_after:
            AUTOMATION.info("%s: replacing the browser after %d submits", self.name, self.steps.shots)
            await self.storage_state()
            await self.close()
        if self._window is not None:
            return
        window = await self._ends.enter_async_context(open_window(self.config, self.id, self.steps.state))
        self.steps.broken, self.steps.shots = False, 0
        self._window = window
        window.context.set_default_timeout(self.config.find_seconds * 1000)
        window.context.on("close", self._ended)
        window.context.on("request", self._note)
        listen(window.context, self.name)
        AUTOMATION.info("%s: browser started", self.name)
        if self._opened is not None:
            self._opened(self)

    async def _blank(self, tab: Tab) -> None:
        """Leave the tab empty for the next errand. It stays: a window ends with its last tab."""
        with contextlib.suppress(PlaywrightError):
            if self.before_leaving is not None and not tab.page.is_closed():
                await self.before_leaving(tab)
            await tab.page.goto("about:blank")

    def _ended(self, context: BrowserContext) -> None:
        if self._window is not None and self._window.context is context:
            AUTOMATION.warning("%s: the browser ended unexpectedly", self.name)
            self.steps.broken = True

    def _note(self, request: Request) -> None:
        if request.method == "POST":
            parts = urlsplit(request.url)
            self.rpcs.append(",".join(parse_qs(parts.query).get("rpcids", [])) or parts.path)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def title_of(job: Job) -> str:
    """The name of a job's project: its own, and enough of its id to tell it from others of that name."""
    return f"{' '.join(job.name.split())[:TITLE_LENGTH]} · {job.id.hex[:8]}"
