"""The sessions of one process: one an account, opened at the first use, all ended with it."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.logs import AUTOMATION, keep_logs, let_go
from rushes.providers.video.flow.browser.profile import remove_stale
from rushes.providers.video.flow.browser.session import Account, Session


class Accounts:
    """Sessions by account. `opened` is called with a session whenever its browser was started."""

    def __init__(self, config: BrowserConfig, opened: Callable[[Session], None] | None = None) -> None:
        self.config = config
        self._opened = opened
        self._sessions: dict[UUID, Session] = {}
        self._lock = asyncio.Lock()
        self._prepared = False

    async def session(self, account: Account) -> Session:
        """The account's session. One whose state came from another secret is replaced: its owner has signed
        in again. No browser is started yet."""
        async with self._lock:
            await self._prepare()
            session = self._sessions.get(account.id)
            if session is not None and not session.stems_from(account.secret):
                AUTOMATION.info("%s: signed in anew", account.name)
                await self._end(session)
                session = None
            if session is None:
                session = self._sessions[account.id] = Session(self.config, account, self._opened)
            return session

    def open(self, account: UUID) -> Session | None:
        """The session that an account has, if it has one."""
        return self._sessions.get(account)

    async def leave(self, account: UUID) -> None:
        """End the account's browser, when nobody is doing anything on it any more."""
        async with self._lock:
            if (session := self._sessions.get(account)) is not None:
                await self._end(session)

    async def close(self) -> None:
        """End them all."""
        async with self._lock:
            for session in list(self._sessions.values()):
                await self._end(session)
            let_go(self.config.log_dir)
            self._prepared = False

    async def _prepare(self) -> None:
        if self._prepared:
            return
        await asyncio.to_thread(keep_logs, self.config.log_dir)
        for account in await asyncio.to_thread(remove_stale, self.config.profiles_dir):
            AUTOMATION.info("deleted the profile of account %s, left by a process that was killed", account)
        self._prepared = True

    async def _end(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        async with session.lock:
            await session.end()
