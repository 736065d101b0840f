"""Keys as their owner handles them: added, tried, switched off and on, deleted, sealed anew."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import Field, SecretStr, ValidationError
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from rushes.engine import credentials as queries
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.engine.views import CredentialView
from rushes.errors import ActionNeeded, Conflict, ErrorType, Fault, Invalid, RetryLater, RushesError
from rushes.platform.db.paying import CredentialRow
from rushes.platform.db.queue import defer, dispatch_task
from rushes.platform.requests import RequestModel
from rushes.providers.registry import AnyProvider
from rushes.providers.video_contract import Credential, CredentialKind

SHOWN = 4
SHORTEST_SECRET = 8
"""Of a shorter one the last four would give too much away."""


class NewKey(RequestModel):
    """A key to be added. The secret goes in and never comes out."""

    provider: str = Field(description="Whose key it is.")
    name: str = Field(default="", max_length=100, description="What to call it; made up when left out.")
    secret: SecretStr = Field(
        max_length=20_000, description="The key itself, or the text of a service account's file."
    )
    fields: dict[str, str] = Field(
        default_factory=dict[str, str], description="What goes with it (`key_fields` of the provider)."
    )
    concurrency: int | None = Field(default=None, ge=1, description="Submissions in flight with it.")
    spacing_seconds: float | None = Field(default=None, ge=0, description="Least time between submits.")
    test: bool = Field(default=True, description="Try it at the provider first; a bad one is not kept.")


class KeyChange(RequestModel):
    """What to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=100, description="Another name.")
    enabled: bool | None = Field(
        default=None, description="false: switched off. true: ready again, and a rest that was on is over."
    )
    secret: SecretStr | None = Field(default=None, max_length=20_000, description="Another secret.")


async def add_key(
    run: Runtime, owner: UUID, new: NewKey, kind: CredentialKind = CredentialKind.KEY, origin: str = "user"
) -> CredentialView:
    """Keep a key, sealed. Raises `Invalid` when it does not fit or the provider does not take it."""
    provider = run.providers.get(new.provider)
    if provider.credential is not kind:
        free = provider.credential is None
        why = "It needs none." if free else "Sign in to it: rushes flow login."
        raise Invalid(f"{provider.title} takes no key.", [Fault("provider", why, "needs_no_key")])
    fields = _fields(provider, new.fields)
    secret = _secret(new.secret)
    key_id, name = uuid4(), " ".join(new.name.split()) or f"{provider.id} {_last_four(secret)}"
    checked_at = None
    if new.test:
        await try_key(provider, Credential(key_id, name, secret, fields))
        checked_at = datetime.now(UTC)
    try:
        async with run.db.begin() as session:
            await session.execute(
                insert(CredentialRow).values(
                    id=key_id,
                    owner_id=owner,
                    provider=provider.id,
                    kind=kind,
                    name=name,
                    last_four=_last_four(secret),
                    secret=run.vault.seal(secret),
                    fields=fields,
                    origin=origin,
                    state=CredentialState.READY,
                    concurrency=new.concurrency,
                    spacing_seconds=new.spacing_seconds,
                    last_checked_at=checked_at,
                )
            )
            await defer(session, [dispatch_task(provider.id)])
    except IntegrityError:
        raise _name_taken(name) from None  # the cause would show the row
    return await _view(run, owner, key_id)


def _secret(given: SecretStr) -> str:
    secret = given.get_secret_value().strip()
    if len(secret) < SHORTEST_SECRET or "\0" in secret:
        raise Invalid(
            "This is no key.", [Fault("secret", f"{SHORTEST_SECRET} characters or more.", "no_key")]
        )
    return secret


def _last_four(secret: str) -> str:
    """Of its letters and digits: the text of a file ends with brackets."""
    return re.sub(r"\W", "", secret)[-SHOWN:]


def _name_taken(name: str) -> Conflict:
    return Conflict(f"There is a key named {name!r} for this provider already.", hint="Take another name.")


def _fields(provider: AnyProvider, given: Mapping[str, str]) -> dict[str, str]:
    try:
        checked = provider.Fields.model_validate(given)
    except ValidationError as error:
        faults = [
            Fault(f"fields.{'.'.join(map(str, each['loc']))}", f"{each['msg']}.", str(each["type"]))
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Invalid(f"This does not fit a key of {provider.title}.", faults) from None
    return {name: str(value) for name, value in checked.model_dump(exclude_none=True).items()}


async def try_key(provider: AnyProvider, credential: Credential) -> None:
    """Try it at the provider, at no cost. A key that only rests is a good key.

    Raises `Invalid` with the provider's words when it does not take it.
    """
    try:
        await provider.test(credential)
    except ActionNeeded as error:
        words = f"{error.message} {error.hint}" if error.hint else error.message
        raise Invalid(
            f"{provider.title} does not take this key.", [Fault("secret", words, "key_refused")]
        ) from error
    except RetryLater as error:
        if error.error_type is ErrorType.NETWORK:
            raise


async def check_key(run: Runtime, owner: UUID, key_id: UUID) -> CredentialView:
    """Try a stored key: a good one is ready again, a bad one is set aside. One switched off stays off."""
    async with run.db.statement() as session:
        await queries.get_credential(session, owner, key_id)
        row = await queries.sealed(session, key_id)
    if row is None:
        raise queries.no_credential(key_id)
    view = await _view(run, owner, key_id)
    _no_account(view.kind)
    provider = run.providers.get(view.provider)
    state, reason = CredentialState.READY, None
    try:
        await try_key(provider, Credential(row.id, row.name, run.vault.open(row.secret), row.fields))
    except (Invalid, ActionNeeded) as error:
        faults = error.faults if isinstance(error, Invalid) else ()
        state, reason = CredentialState.INVALID, faults[0].message if faults else _words(error)
    async with run.db.begin() as session:
        locked = await queries.locked_credential(session, owner, key_id)
        locked.last_checked_at = datetime.now(UTC)
        if locked.state != CredentialState.DISABLED:
            locked.state, locked.state_reason = state, reason
        await session.flush()
        await defer(session, [dispatch_task(provider.id)])
    return await _view(run, owner, key_id)


def _no_account(kind: str) -> None:
    if kind == CredentialKind.FLOW_ACCOUNT:
        raise Conflict(
            "This is a Flow account, not a key.",
            hint="`rushes flow check|import|logout` (/api/flow/accounts) are for those.",
        )


def _words(error: RushesError) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message


async def change_key(run: Runtime, owner: UUID, key_id: UUID, change: KeyChange) -> CredentialView:
    """Rename, switch off or on, put in another secret (which is ready at once)."""
    values: dict[str, Any] = {}
    if change.name is not None:
        values["name"] = " ".join(change.name.split())
    if change.secret is not None:
        secret = _secret(change.secret)
        values |= {"secret": run.vault.seal(secret), "last_four": _last_four(secret)}
    if change.enabled is False:
        values["state"] = CredentialState.DISABLED
    elif change.enabled or change.secret is not None:
        values |= {"state": CredentialState.READY, "state_reason": None, "resting_until": None}
    try:
        async with run.db.begin() as session:
            row = await queries.locked_credential(session, owner, key_id)
            if change.secret is not None:
                _no_account(row.kind)
            if values:
                await session.execute(
                    update(CredentialRow).where(CredentialRow.id == key_id).values(**values)
                )
            await defer(session, [dispatch_task(row.provider)])
    except IntegrityError:
        raise _name_taken(str(values["name"])) from None
    return await _view(run, owner, key_id)


async def delete_key(run: Runtime, owner: UUID, key_id: UUID) -> None:
    """Forget the secret; the name stays for the books. Raises `Conflict` while videos still need it."""
    async with run.db.begin() as session:
        row = await queries.locked_credential(session, owner, key_id)
        _no_account(row.kind)
        if needed := await queries.in_use(session, key_id):
            raise Conflict(
                f"{needed} submissions were made with this key and are not settled; they need it to arrive.",
                hint="Disable it now, and delete it when they have arrived or are decided.",
            )
        row.state, row.state_reason, row.secret, row.fields = CredentialState.DELETED, None, "", {}
        await session.flush()
        await defer(session, [dispatch_task(row.provider)])


async def rotate(run: Runtime) -> int:
    """Seal every secret anew with the newest key. Returns how many."""
    run.vault.begin_rotation()
    async with run.db.begin() as session:
        secrets = await queries.every_secret(session)
        for key_id, sealed in secrets.items():
            await session.execute(
                update(CredentialRow)
                .where(CredentialRow.id == key_id)
                .values(secret=run.vault.seal(run.vault.open(sealed)))
            )
    run.vault.end_rotation()
    return len(secrets)


async def _view(run: Runtime, owner: UUID, key_id: UUID) -> CredentialView:
    async with run.db.statement() as session:
        return await queries.get_credential(session, owner, key_id)
