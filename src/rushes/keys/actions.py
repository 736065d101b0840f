"""Keys as their owner handles them: added, tried, switched off and on, deleted, sealed anew."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID, uuid4

from pydantic import Field, SecretStr, model_validator
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from rushes.engine import credentials as queries
from rushes.engine.credential_rests import end_rests
from rushes.engine.credential_views import MOST_CONCURRENCY, MOST_SPACING_SECONDS, CredentialView
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, Conflict, Invalid, RushesError
from rushes.keys.secrets import checked_secret
from rushes.keys.services import Fit, KeyOwner, fit, key_owner, tried
from rushes.notices.secrets_at_rest import seal_receivers_anew
from rushes.platform.db.paying import CredentialRow
from rushes.platform.db.queue import Deferred, defer, dispatch_task
from rushes.platform.requests import RequestModel
from rushes.providers.base import Credential, CredentialKind
from rushes.sanitize import clean_line

SHOWN = 4
MOST_FIELDS = 20
MOST_FIELD = 2000
"""Characters."""


class NewKey(RequestModel):
    """A key to be added. The secret goes in and never comes out."""

    provider: str | None = Field(
        default=None, description="A provider it is for: this one has to take it. Or name a service."
    )
    service: str | None = Field(
        default=None, description="Whose key it is; every provider of the service that takes it uses it."
    )
    name: str = Field(default="", max_length=100, description="What to call it; made up when left out.")
    secret: SecretStr = Field(
        max_length=20_000, description="The key itself, or the text of a service account's file."
    )
    fields: dict[str, Annotated[str, Field(max_length=MOST_FIELD)]] = Field(
        default_factory=dict[str, str],
        max_length=MOST_FIELDS,
        description="What goes with it (`key_fields` of the provider).",
    )
    concurrency: int | None = Field(
        default=None, ge=1, le=MOST_CONCURRENCY, description="Submissions in progress with it."
    )
    spacing_seconds: float | None = Field(
        default=None, ge=0, le=MOST_SPACING_SECONDS, description="Least time between submits."
    )
    test: bool = Field(default=True, description="Try it at its providers first; a bad one is not kept.")

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if (self.provider is None) == (self.service is None):
            raise ValueError("Name a provider or a service.")
        return self


class KeyChange(RequestModel):
    """What to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=100, description="Another name.")
    enabled: bool | None = Field(
        default=None, description="false: switched off. true: ready again, and a rest that was on is over."
    )
    secret: SecretStr | None = Field(default=None, max_length=20_000, description="Another secret.")


async def add_key(run: Runtime, owner: UUID, new: NewKey, origin: str = "user") -> CredentialView:
    """Keep a key, sealed, for all providers of its service that take it.

    Raises `Invalid` when it does not fit, or the provider that was named (or every one) does not take it, and
    `Conflict` when it is there already.
    """
    given_for = key_owner(run, new.provider, new.service)
    secret = checked_secret(new.secret, given_for)
    fits = fit(given_for, secret, new.fields)
    await _not_there_yet(run, owner, given_for, secret, fits)
    key_id = uuid4()
    name = (
        " ".join(clean_line(new.name).split()) or f"{new.provider or given_for.service} {_last_four(secret)}"
    )
    checked_at, refused = None, dict[str, str]()
    if new.test:
        refused = await tried(given_for, fits.providers, Credential(key_id, name, secret, fits.fields))
        checked_at = datetime.now(UTC)
    serves = [each.id for each in fits.providers if each.id not in refused]
    try:
        async with run.db.begin() as session:
            await session.execute(
                insert(CredentialRow).values(
                    id=key_id,
                    owner_id=owner,
                    service=given_for.service,
                    provider=new.provider or serves[0],
                    serves=serves,
                    refused=refused,
                    kind=CredentialKind.KEY,
                    name=name,
                    last_four=_last_four(secret),
                    secret=run.vault.seal(secret),
                    fields=fits.fields,
                    origin=origin,
                    state=CredentialState.READY,
                    concurrency=new.concurrency,
                    spacing_seconds=new.spacing_seconds,
                    last_checked_at=checked_at,
                )
            )
            await defer(session, _woken(run, serves))
    except IntegrityError:
        raise _name_taken(name) from None  # the cause would show the row
    return await _view(run, owner, key_id)


async def _not_there_yet(run: Runtime, owner: UUID, given_for: KeyOwner, secret: str, fits: Fit) -> None:
    async with run.db.statement() as session:
        rows = await queries.sealed_of_service(session, owner, given_for.service)
    for row in rows:
        try:
            same = run.vault.open(row.secret) == secret
        except ActionNeeded:
            continue  # it cannot be read here; then it is no use to say that it is there
        if same and row.fields == fits.fields:
            raise Conflict(
                f"This key is there already, named {row.name!r}.",
                hint=f"It serves all of {run.providers.service_title(given_for.service)} that take it:"
                " rushes keys list. `rushes keys test` tries it again.",
            )


def _last_four(secret: str) -> str:
    """Of its letters and digits: the text of a file ends with brackets."""
    return re.sub(r"\W", "", secret)[-SHOWN:]


def _name_taken(name: str) -> Conflict:
    return Conflict(f"There is a key named {name!r} for this service already.", hint="Take another name.")


async def check_key(run: Runtime, owner: UUID, key_id: UUID) -> CredentialView:
    """Try a stored key at all providers of its service that it fits.

    It serves those that take it; one that none takes is set aside. One switched off stays off.
    """
    async with run.db.statement() as session:
        await queries.get_credential(session, owner, key_id)
        row = await queries.sealed(session, key_id)
    if row is None:
        raise queries.no_credential(key_id)
    view = await _view(run, owner, key_id)
    _no_account(view.kind)
    given_for = key_owner(run, None, view.service)
    serves, refused = [*view.providers, *view.refused], dict[str, str]()
    state, reason = CredentialState.READY, None
    try:
        secret = run.vault.open(row.secret)
        fitting = fit(given_for, secret, row.fields, stored=True).providers
        serves = [each.id for each in fitting]
        refused = await tried(given_for, fitting, Credential(row.id, row.name, secret, row.fields))
    except (Invalid, ActionNeeded) as error:
        faults = error.faults if isinstance(error, Invalid) else ()
        state, reason = CredentialState.INVALID, faults[0].message if faults else _words(error)
    async with run.db.begin() as session:
        locked = await queries.locked_credential(session, owner, key_id)
        locked.last_checked_at = datetime.now(UTC)
        locked.serves, locked.refused = [each for each in serves if each not in refused], refused
        if locked.state != CredentialState.DISABLED:
            locked.state, locked.state_reason = state, reason
        await session.flush()
        await defer(session, _woken(run, locked.serves))
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
    """Rename, switch off or on, put in another secret (which is ready at once).

    On again, or with another secret, it serves anew those that had refused it.
    """
    values: dict[str, Any] = {}
    if change.name is not None:
        values["name"] = " ".join(clean_line(change.name).split())
    if change.enabled is False:
        values["state"] = CredentialState.DISABLED
    elif change.enabled or change.secret is not None:
        values |= {"state": CredentialState.READY, "state_reason": None, "resting_until": None}
    try:
        async with run.db.begin() as session:
            row = await queries.locked_credential(session, owner, key_id)
            if change.secret is not None:
                _no_account(row.kind)
                given_for = key_owner(run, None, row.service)
                secret = checked_secret(change.secret, given_for)
                fits = fit(given_for, secret, row.fields, stored=True)
                serves = [each.id for each in fits.providers]
                values |= {"secret": run.vault.seal(secret), "last_four": _last_four(secret)}
                values["fields"] = fits.fields
            else:
                # In the order of the catalogue; what was switched off with its provider stays on record.
                known = {*row.serves, *row.refused}
                there = [each for each in run.providers.of_service(row.service) if each in known]
                serves = there + sorted(known - set(there))
            if change.enabled or change.secret is not None:
                values |= {"serves": serves, "refused": {}}
            if values:
                await session.execute(
                    update(CredentialRow).where(CredentialRow.id == key_id).values(**values)
                )
            if "resting_until" in values:
                await end_rests(session, key_id)
            await defer(session, _woken(run, serves))
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
        await defer(session, _woken(run, row.serves))


def _woken(run: Runtime, providers: Iterable[str]) -> list[Deferred]:
    """What waited for a key of these is looked at again; only videos wait in a queue."""
    return [dispatch_task(each) for each in providers if each in run.providers.every_id]


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
        receivers = await seal_receivers_anew(session, run.vault)
    run.vault.end_rotation()
    return len(secrets) + receivers


async def _view(run: Runtime, owner: UUID, key_id: UUID) -> CredentialView:
    async with run.db.statement() as session:
        return await queries.get_credential(session, owner, key_id)
