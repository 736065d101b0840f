"""Keys: added, tried, switched off and on, deleted. A secret goes in and never comes out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from fastapi.openapi.models import Example

from rushes.api.access import AskedFor
from rushes.api.deps import AskedHere, Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.credential_views import CredentialView
from rushes.engine.credentials import list_credentials
from rushes.engine.states import CredentialState
from rushes.errors import Forbidden
from rushes.keys import actions
from rushes.keys.actions import KeyChange, NewKey

router = APIRouter(prefix="/api/keys", tags=["keys"])

KeyId = Annotated[UUID, Path(description="The key.")]
NO_KEY = problems(not_found="There is no such key.")
KEY = CredentialView(
    id=UUID("3e1f7c52-9a44-4e0b-8d0e-1c5b7a9d2f60"),
    service="google",
    provider="omni",
    providers=["omni"],
    refused={},
    kind="key",
    name="Work",
    last_four="x3Fq",
    fields={},
    origin="user",
    state=CredentialState.READY,
    state_reason=None,
    resting_until=None,
    resting_for=None,
    last_limited_at=None,
    last_used_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
    last_checked_at=datetime(2026, 3, 14, 9, 0, 0, tzinfo=UTC),
    concurrency=None,
    spacing_seconds=None,
    submissions=48,
    in_flight=2,
    cost=Decimal("24.80"),
    created_at=datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC),
)

NEW_KEY: dict[str, Example] = {
    "key": {
        "summary": "A key",
        "value": {"provider": "omni", "name": "Work", "secret": "the-key-itself-x3Fq", "fields": {}},
    },
    "service": {
        "summary": "A key for all providers of a service",
        "value": {"service": "google", "name": "Work", "secret": "the-key-itself-x3Fq"},
    },
}


def _may_name_a_server(asked: AskedFor, fields: Mapping[str, str]) -> None:
    """Raise `Forbidden` for an address of a server, unless an admin gives it.

    Requests go there from inside the installation's network, where a member of a space may not look around.
    """
    admin = asked.principal is not None and asked.principal.acting_admin
    if not admin and any("url" in name.lower() and value for name, value in fields.items()):
        raise Forbidden("A key with an address of its own needs an admin of this installation.")


@router.post(
    "",
    status_code=201,
    responses=answers(KEY, "The key is kept.", 201)
    | problems(
        conflict="There is a key of that name already, or this key.",
        retry_later="The provider does not answer now.",
    ),
    summary="Add a key",
)
async def create_key(
    new: Annotated[NewKey, Body(openapi_examples=NEW_KEY)], run: Run, owner: Owner, asked: AskedHere
) -> CredentialView:
    """Try a key at its service, at no cost, and keep it, encrypted. What waited for one continues.

    One key serves every provider of its service that takes it; a provider that is named has to.
    """
    _may_name_a_server(asked, new.fields)
    return await actions.add_key(run, owner, new)


@router.get("", responses=answers([KEY], "Your keys."), summary="List keys")
async def read_keys(run: Run, owner: Owner) -> list[CredentialView]:
    """Your keys and accounts: their state, until when they rest, and what was made with them."""
    async with run.db.statement() as session:
        return await list_credentials(session, owner)


@router.patch(
    "/{key_id}",
    responses=answers(KEY, "The key as it is now.")
    | NO_KEY
    | problems(conflict="There is a key of that name already."),
    summary="Change a key",
)
async def update_key(
    key_id: KeyId,
    change: Annotated[KeyChange, Body(openapi_examples={"off": {"value": {"enabled": False}}})],
    run: Run,
    owner: Owner,
) -> CredentialView:
    """Rename it, switch it off or on, or put in another secret. What is in progress is not touched."""
    return await actions.change_key(run, owner, key_id, change)


@router.post(
    "/{key_id}/test",
    responses=answers(KEY, "The key as it is now.")
    | NO_KEY
    | problems(retry_later="The provider does not answer now."),
    summary="Try a key",
)
async def check_key(key_id: KeyId, run: Run, owner: Owner) -> CredentialView:
    """Try it at all providers of its service, at no cost. `state` says whether it is ready again,
    `providers` for whom, and `refused` who does not take it."""
    return await actions.check_key(run, owner, key_id)


@router.delete(
    "/{key_id}",
    status_code=204,
    responses=NO_KEY | problems(conflict="Videos are being made with it."),
    summary="Delete a key",
)
async def delete_key(key_id: KeyId, run: Run, owner: Owner) -> Response:
    """Forget its secret. What was paid with it stays on record, under its name."""
    await actions.delete_key(run, owner, key_id)
    return Response(status_code=204)
