"""One process has a Flow account's browser open at a time, wherever it runs: a lease in the account's row.

Whoever uses an account holds it. The lease lasts as long as a silent worker is believed to live, and is
renewed with the heartbeat. It stays for a while after the last use (the next shot is often near), then the
browser is closed, what use has changed of the state is kept, and others may have the account.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from rushes.engine import credentials
from rushes.engine import flow_rows as accounts
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.providers.registry import AnyProvider
from rushes.providers.video_contract import Credential, CredentialKind

log = logging.getLogger(__name__)

LINGER_SECONDS = 60.0
"""For so long after its last use an account stays open here."""


class HeldElsewhereError(Exception):
    """Another process has the account open. Not one of the tree: whoever asked comes back later."""

    def __init__(self, seconds: float) -> None:
        super().__init__("another process has this account open")
        self.seconds = seconds


@dataclass
class _Account:
    """An account as this process has it. `credential` is what its browser was last opened with."""

    provider: AnyProvider
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    mine: bool = False
    users: set[asyncio.Timeout] = field(default_factory=set[asyncio.Timeout])
    credential: Credential | None = None
    keeper: asyncio.Task[None] | None = None
    leaver: asyncio.Task[None] | None = None


_user: ContextVar[asyncio.Timeout | None] = ContextVar("user of an account", default=None)
"""Who holds an account in this context."""
_accounts: dict[tuple[str, UUID], _Account] = {}
"""By the process's name in the ledger, and the account."""


@asynccontextmanager
async def hold(run: Runtime, provider_id: str, credential_id: UUID | None) -> AsyncGenerator[None]:
    """Nobody else opens the account meanwhile; a key needs no holding.

    Raises `HeldElsewhereError` when another process has it, or has taken it over since.
    """
    provider = run.providers.get(provider_id)
    if credential_id is None or provider.credential is not CredentialKind.FLOW_ACCOUNT:
        yield
        return
    account = _accounts.setdefault((run.worker, credential_id), _Account(provider))
    lost = asyncio.timeout(None)
    try:
        async with lost:
            await _enter(run, credential_id, account, lost)
            before = _user.get()
            _user.set(lost)
            try:
                yield
            finally:
                _user.set(before)
                account.users.discard(lost)
                good = await _keep_state(run, credential_id, account)
                # Of two users who end in the same moment one is enough to see to it.
                leaving = account.leaver is not None and not account.leaver.done()
                if not account.users and account.mine and not leaving:
                    account.leaver = asyncio.create_task(
                        _leave_later(run, credential_id, account, LINGER_SECONDS if good else 0.0)
                    )
    except TimeoutError:
        if not lost.expired():
            raise
        raise HeldElsewhereError(run.settings.heartbeat_seconds) from None


async def opened(run: Runtime, credential: Credential) -> None:
    """Remember with what an account that is held is used, to see later whether use has changed it.

    When its owner has signed in anew, the browser that is open here is closed: it knows nothing of that.
    """
    account = _accounts.get((run.worker, credential.id))
    if account is None:
        return
    before, account.credential = account.credential, credential
    if before is not None and before.secret != credential.secret:
        # Whoever works with what the account was signed in with before comes back with this.
        for user in account.users - {_user.get()}:
            user.reschedule(asyncio.get_running_loop().time())
        await _close(account.provider, before)


async def leave_all(run: Runtime) -> None:
    """Close every account that this process has open: it is about to end."""
    for key in [each for each in _accounts if each[0] == run.worker]:
        account = _accounts.pop(key)
        await _stop(account.leaver)
        async with account.turn:
            await _leave(run, key[1], account)


async def _enter(run: Runtime, account_id: UUID, account: _Account, user: asyncio.Timeout) -> None:
    async with account.turn:
        if account.leaver is not None:
            account.leaver.cancel()  # it waits, or it would have the turn
            account.leaver = None
        if not account.mine:
            left = await _take(run, account_id)
            if left is not None:
                # Its holder may be done sooner than its lease says.
                raise HeldElsewhereError(min(left, run.settings.heartbeat_seconds))
            account.mine = True
            account.keeper = asyncio.create_task(_keep_lease(run, account_id, account))
        account.users.add(user)


async def _take(run: Runtime, account_id: UUID) -> float | None:
    async with run.db.begin() as session:
        seconds = run.settings.stalled_after_seconds
        return await accounts.take_lease(session, account_id, run.worker, seconds)


async def _keep_lease(run: Runtime, account_id: UUID, account: _Account) -> None:
    while True:
        await asyncio.sleep(run.settings.heartbeat_seconds)
        try:
            left = await _take(run, account_id)
        except (DBAPIError, OSError) as error:  # nobody else can take it meanwhile either
            log.warning("the lease of a Flow account was not renewed: %s", error)
            continue
        if left is None:
            continue
        log.warning("another process has taken over the Flow account %s: it was silent here", account_id)
        account.mine = False
        for user in account.users:
            user.reschedule(asyncio.get_running_loop().time())
        await _close(account.provider, account.credential)
        return


async def _keep_state(run: Runtime, account_id: UUID, account: _Account) -> bool:
    """Keep what use has changed of the state. False: the account is not to be used now.

    Not when its owner has signed in anew meanwhile: what the browser here knows is older then.
    """
    used = account.credential
    try:
        async with run.db.statement() as session:
            row = await credentials.sealed(session, account_id)
        if row is None or row.state is not CredentialState.READY:
            return False
        if used is None or not account.mine or run.vault.open(row.secret) != used.secret:
            return True
        renewed = await account.provider.renewed(used)
        if renewed is not None and renewed.secret != used.secret:
            async with run.db.begin() as session:
                if await accounts.keep_state(
                    session,
                    account_id,
                    before=row.secret,
                    sealed=run.vault.seal(renewed.secret),
                    credits_left=renewed.credits_left,
                ):
                    account.credential = replace(used, secret=renewed.secret)
    except Exception as error:  # the state that is kept is still good
        log.warning("the state of a Flow account was not renewed", exc_info=error)
    return True


async def _leave_later(run: Runtime, account_id: UUID, account: _Account, seconds: float) -> None:
    await asyncio.sleep(seconds)
    async with account.turn:
        if not account.users:
            await _leave(run, account_id, account)


async def _leave(run: Runtime, account_id: UUID, account: _Account) -> None:
    """Close the browser, keep its state, give the lease back. The turn is the caller's."""
    if not account.mine:
        return
    await _keep_state(run, account_id, account)
    await _stop(account.keeper)
    await _close(account.provider, account.credential)
    account.mine, account.credential = False, None
    try:
        async with run.db.begin() as session:
            await accounts.give_lease_back(session, account_id, run.worker)
    except (DBAPIError, OSError) as error:
        log.warning("the lease of a Flow account was not given back, and ends automatically: %s", error)


async def _close(provider: AnyProvider, credential: Credential | None) -> None:
    if credential is not None:
        try:
            await provider.leave(credential)
        except Exception as error:  # a browser that does not close must not keep anything else from going on
            log.warning("the browser of a Flow account was not closed properly", exc_info=error)


async def _stop(task: "asyncio.Task[None] | None") -> None:
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
