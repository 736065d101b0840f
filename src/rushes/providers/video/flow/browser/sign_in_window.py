"""The window in which a person signs in: visible, theirs to use; we only look whether they are through."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from functools import partial
from urllib.parse import urljoin
from uuid import UUID

from rushes.errors import ErrorType, SystemFault
from rushes.providers.video.flow.browser.by_hand import use_browser
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.display import has_screen
from rushes.providers.video.flow.browser.guide import Obstacle, load_guides
from rushes.providers.video.flow.browser.logs import keep_logs, let_go, listen
from rushes.providers.video.flow.browser.pages.home import CARDS_SECONDS
from rushes.providers.video.flow.browser.pages.sign_in import SignedIn, SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.steps import Steps
from rushes.providers.video.flow.browser.window import Window, open_window


class SignInWindow:
    """A browser for signing in. `closed` is set when the person has closed it."""

    def __init__(self, window: Window, tab: Tab, name: str) -> None:
        self._window = window
        self._tab = tab
        self._steps = Steps(tab.config, name)
        self._sign_in = SignIn(tab)
        self.closed = asyncio.Event()
        window.context.on("close", lambda _: self.closed.set())
        tab.page.on("close", lambda _: self.closed.set())

    async def open(self) -> None:
        """Go to Flow, and from its front page to where Google asks who it is."""
        async with self._steps.step("sign_in.open"):
            await self._tab.go()
            if await self._sign_in.look() is Obstacle.SIGNED_OUT:
                await self._sign_in.enter()

    async def look(self) -> SignedIn | Obstacle | None:
        """Who is signed in, or what stands in the way; None while a page is on its way."""
        async with self._steps.step("sign_in.look"):
            return await self._sign_in.glance()

    async def show_project(self) -> None:
        """Open a project, where there is one: some dialogs of Flow come there alone."""
        async with self._steps.step("sign_in.project"):
            card = await self._tab.finder.first(["home.card"], seconds=CARDS_SECONDS)
            address = await card.locator.get_attribute("href") if card else None
            if address:
                await self._tab.page.goto(
                    urljoin(self._tab.page.url, address),
                    wait_until="domcontentloaded",
                    timeout=self._tab.config.open_seconds * 1000,
                )

    async def settled(self) -> SignedIn | Obstacle:
        """The same, once one of them shows. Raises `ProviderChanged` when none does."""
        async with self._steps.step("sign_in.settled"):
            return await self._sign_in.look()

    async def fill(self, email: str, password: str) -> SignedIn | Obstacle:
        """Type address and password where they are asked for; stop at the first thing that is another."""
        async with self._steps.step("sign_in.fill"):
            return await self._sign_in.fill(email, password, self._tab.config.find_seconds)

    async def storage_state(self) -> str:
        """What the browser knows now, JSON; kept by the caller, sealed."""
        async with self._steps.step("storage_state"):
            return await self._window.storage_state()


@contextlib.asynccontextmanager
async def open_sign_in(
    config: BrowserConfig,
    account: UUID,
    name: str,
    state: str = "",
    *,
    visible: bool = True,
    by_hand: bool = False,
) -> AsyncGenerator[SignInWindow]:
    """A window to sign in with. Raises `SystemFault` where there is no screen to show it on.

    With `by_hand` the person has been through an ordinary browser before (`by_hand.py`), and this window only
    shows what came of it. `visible=False` is for looking whether a state still holds, and for signing in by
    address and password.
    """
    if visible and not has_screen():
        raise SystemFault(
            "This machine has no screen on which to sign in.",
            error_type=ErrorType.BROWSER,
            hint="Sign in on a machine that has one (`rushes flow login`), then `rushes flow export` there"
            " and `rushes flow import` here.",
        )
    before = partial(use_browser, config) if by_hand else None
    async with open_window(config, account, state, visible=visible, before=before) as window:
        # Else what the page says to its console is printed to the person.
        ours = await asyncio.to_thread(keep_logs, config.log_dir)
        listen(window.context, name)
        page = window.context.pages[0] if window.context.pages else await window.context.new_page()
        # In the person's own language: they read it.
        tab = Tab(page, config, load_guides(config.selectors), name=name, asks_english=False)
        try:
            yield SignInWindow(window, tab, name)
        finally:
            if ours:
                let_go(config.log_dir)
