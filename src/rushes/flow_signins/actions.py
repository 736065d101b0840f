"""Flow accounts as their owner handles them: signed in, brought in and out, looked at, signed out.

What an account is signed in with (a browser's cookies) is sealed in its row. It comes out again only where
its owner asks for it: in a file, or in the bucket (flow_storage.py).
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from rushes.engine import credentials
from rushes.engine import flow_rows as accounts
from rushes.engine.flow_lease import HeldElsewhereError, hold, opened
from rushes.engine.flow_views import FLOW, FlowQueue, FlowSignInView, bucket_key, checked_state
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState, set_aside_state
from rushes.errors import ActionNeeded, Conflict, ErrorType, Fault, Invalid, RetryLater
from rushes.jobs.actions import retry_videos
from rushes.platform.db.paying import CredentialRow
from rushes.platform.db.queue import check_account_task, defer, dispatch_task
from rushes.platform.requests import RequestModel
from rushes.providers.video.flow.ids import MOST_IN_FLIGHT
from rushes.providers.video_contract import Credential, CredentialKind

LONGEST_NAME = 100
LONGEST_SPACING = 3600.0
"""Seconds between two submits; longer is a pause."""
OLD_AFTER_LOOKS = 2
"""An account that should have been looked at twice by now, and was not, is old."""
OLD_DAYS = 14.0
"""The same where none is looked at by itself."""


def old_seconds(run: Runtime) -> float:
    """The age from which on a state is said to be old."""
    return (OLD_AFTER_LOOKS * run.settings.flow_refresh_days or OLD_DAYS) * 86400


def account_name(given: str) -> str:
    """A name as it is kept. Raises `Invalid`."""
    name = " ".join(given.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "This is no name for an account.",
            [Fault("name", f"1 to {LONGEST_NAME} characters that can be seen.", "bad_name")],
        )
    return name


async def keep_account(
    run: Runtime,
    owner: UUID,
    name: str,
    state: str,
    *,
    email: str | None = None,
    origin: str = "user",
    source_sha256: str | None = None,
) -> FlowSignInView:
    """Keep the state in which an account is signed in, under its name: a new account, or signed in again.

    What waited for it goes on by itself. Raises `Invalid` for what is no such state.
    """
    name, state = account_name(name), checked_state(state)
    values: dict[str, Any] = {
        "secret": run.vault.seal(state),
        "origin": origin,
        "state": CredentialState.READY,
        "state_reason": None,
        "signed_in_at": datetime.now(UTC),
        "renewed_at": datetime.now(UTC),
    }
    fields: Mapping[str, str] = {"email": email} if email else {}
    if email:
        values["fields"] = fields
    if source_sha256:  # what was taken in once is not again, also when its owner has signed in since
        values["source_sha256"] = source_sha256
    try:
        async with run.db.begin() as session:
            account_id = await accounts.by_name(session, owner, name)
            if account_id is None:
                account_id = uuid4()
                await session.execute(
                    insert(CredentialRow).values(
                        id=account_id,
                        owner_id=owner,
                        service=run.providers.service_of(FLOW),
                        provider=FLOW,
                        serves=[FLOW],
                        kind=CredentialKind.FLOW_ACCOUNT,
                        name=name,
                        last_four="",
                        **{"fields": fields, **values},
                    )
                )
            else:
                await session.execute(
                    update(CredentialRow).where(CredentialRow.id == account_id).values(**values)
                )
            await credentials.tell(session, account_id)
            await defer(session, [dispatch_task(FLOW)])
    except IntegrityError:
        # Somebody else was signing in under the same name in the same moment. The cause would show the row.
        raise Conflict(f"The account {name!r} was just added by somebody else.", hint="Try again.") from None
    return await get(run, owner, account_id)


class SignInChange(RequestModel):
    """What is to be changed of a Flow sign-in; what is left out stays, null is what holds for all."""

    concurrency: int | None = Field(
        default=None, ge=1, le=MOST_IN_FLIGHT, description="Generations in progress with it."
    )
    spacing_seconds: float | None = Field(
        default=None, ge=0, le=LONGEST_SPACING, description="Seconds between two submits with it."
    )


async def change(run: Runtime, owner: UUID, account_id: UUID, wanted: SignInChange) -> FlowSignInView:
    """Set how much is made with a sign-in at the same time, and how fast. Raises `NotFound`."""
    values = wanted.model_dump(exclude_unset=True)
    await get(run, owner, account_id)  # it is theirs
    if values:
        async with run.db.begin() as session:
            await session.execute(
                update(CredentialRow).where(CredentialRow.id == account_id).values(**values)
            )
            await credentials.tell(session, account_id)
            await defer(session, [dispatch_task(FLOW)])
    return await get(run, owner, account_id)


async def get(run: Runtime, owner: UUID, account_id: UUID) -> FlowSignInView:
    """One account. Raises `NotFound`."""
    async with run.db.statement() as session:
        return await accounts.get_account(session, owner, account_id, old_seconds(run))


async def list_all(run: Runtime, owner: UUID) -> list[FlowSignInView]:
    """An owner's accounts, by name."""
    async with run.db.statement() as session:
        return await accounts.list_accounts(session, owner, old_seconds(run))


async def kept_state(run: Runtime, account_id: UUID) -> str:
    """What is kept of it, or nothing."""
    async with run.db.statement() as session:
        row = await credentials.sealed(session, account_id)
    return run.vault.open(row.secret) if row and row.secret else ""


async def signed_in_state(run: Runtime, owner: UUID, account_id: UUID) -> str:
    """What the account is signed in with: whoever has it is signed in as its owner. Raises `Conflict`."""
    view = await get(run, owner, account_id)
    state = await kept_state(run, account_id)
    if not state:
        raise Conflict(f"The account {view.name!r} is signed out.", hint=f"rushes flow login {view.name}")
    return state


@asynccontextmanager
async def open_account(run: Runtime, owner: UUID, account_id: UUID) -> AsyncGenerator[Credential]:
    """The account, to be used by nobody else meanwhile. Raises `HeldElsewhereError`, `Conflict`."""
    view = await get(run, owner, account_id)
    async with hold(run, FLOW, account_id):
        state = await signed_in_state(run, owner, account_id)
        credential = Credential(account_id, view.name, state, {"email": view.email} if view.email else {})
        await opened(run, credential)
        yield credential


async def check_soon(run: Runtime, owner: UUID, account_id: UUID) -> FlowSignInView:
    """Have a worker look whether the account is signed in: it has a browser. Its answer is in the row."""
    await get(run, owner, account_id)  # it is theirs
    async with run.db.begin() as session:
        if not await accounts.is_to_be_looked_at(session, account_id):
            await defer(session, [check_account_task(account_id, FLOW)])
    return await get(run, owner, account_id)


async def check_account(run: Runtime, owner: UUID, account_id: UUID) -> FlowSignInView:
    """Look in a browser whether the account is signed in; its state says so then. Costs no credits.

    One that is signed in is ready again; one that its owner has switched off stays off. Raises
    `HeldElsewhereError`, and what a browser that does not work raises.
    """
    async with open_account(run, owner, account_id) as credential:
        state, reason = await _look(run, credential)
        async with run.db.begin() as session:
            row = await credentials.locked_credential(session, owner, account_id)
            row.last_checked_at = datetime.now(UTC)
            if row.state != CredentialState.DISABLED:
                row.state, row.state_reason = state, reason
            await session.flush()
            await credentials.tell(session, account_id)
            await defer(session, [dispatch_task(FLOW)])
    return await get(run, owner, account_id)


async def _look(run: Runtime, credential: Credential) -> tuple[CredentialState, str | None]:
    try:
        await run.providers.get(FLOW).test(credential)
    except ActionNeeded as error:
        reason = f"{error.message} {error.hint}" if error.hint else error.message
        return set_aside_state(error.error_type, account=True), reason
    except RetryLater as error:
        if error.error_type is ErrorType.NETWORK:
            raise
    return CredentialState.READY, None


def in_use(view: FlowSignInView, error: HeldElsewhereError) -> Conflict:
    """What a person is told who wants to look at an account that a worker is using."""
    return Conflict(
        f"A worker has the account {view.name!r} open just now, so it cannot be opened here too.",
        hint=f"Try again in {error.seconds:.0f} seconds, or look at what it makes: rushes jobs",
    )


async def log_out(run: Runtime, owner: UUID, account_id: UUID) -> FlowSignInView | None:
    """Forget at once what the account is signed in with, here and in the bucket.

    None: the account is gone, and its name is in the books. One whose videos are on their way stays, signed
    out: they arrive when it is signed in again.
    """
    view = await get(run, owner, account_id)
    async with run.db.begin() as session:
        row = await credentials.locked_credential(session, owner, account_id)
        needed = await credentials.in_use(session, account_id)
        row.secret = ""
        if needed:
            row.state = CredentialState.NEEDS_AUTH
            row.state_reason = f"You have signed it out. Sign in again: rushes flow login {row.name}"
        else:
            row.state, row.state_reason, row.fields = CredentialState.DELETED, None, {}
        await session.flush()
        await credentials.tell(session, account_id)
        await defer(session, [dispatch_task(FLOW)])
    await run.bucket.delete(bucket_key(view.name))
    return await get(run, owner, account_id) if needed else None


async def queue_status(run: Runtime, owner: UUID) -> FlowQueue:
    """Flow's videos in numbers."""
    async with run.db.statement() as session:
        return await accounts.queue(session, owner)


async def requeue_failed(run: Runtime, owner: UUID) -> int:
    """Queue every failed Flow video again. Returns how many go on."""
    async with run.db.statement() as session:
        failed = await accounts.failed(session, owner)
    return len(await retry_videos(run, owner, failed))
