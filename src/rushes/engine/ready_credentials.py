"""A key for a call that costs nothing and is in no ledger: a search, a list of voices."""

from uuid import UUID

from sqlalchemy import text

from rushes.engine.credential_use import open_credential
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.providers.base import Credential

_READY = text(
    f"""
    SELECT id FROM credentials WHERE owner_id = :owner AND serves @> ARRAY[:provider]
      AND state = '{CredentialState.READY}' AND (resting_until IS NULL OR resting_until < now())
    ORDER BY created_at, id LIMIT 1
    """  # noqa: S608  # only our own constants are put in
)


async def ready_credential_id(run: Runtime, owner: UUID, provider_id: str) -> UUID | None:
    """Return an owner's oldest credential that a provider could be asked with now; None without one."""
    async with run.db.statement() as session:
        found = await session.execute(_READY, {"owner": owner, "provider": provider_id})
        return found.scalar_one_or_none()


async def ready_credential(run: Runtime, owner: UUID, provider_id: str) -> Credential | None:
    """Return it opened; None without one, or for a provider that needs none."""
    if run.providers.of_any_kind(provider_id).credential is None:
        return None
    return await open_credential(run, await ready_credential_id(run, owner, provider_id))
