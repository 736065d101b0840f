"""Takes in keys from environment variables: `RUSHES_<ID>_API_KEY`, and the names a provider adds.

And what FLOW_STORAGE_STATE_URL names.

A variable that is gone leaves its key in place: another process of this installation may still have it.
"""

import logging
import os
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import select

from rushes.engine.credentials import sealed
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import RushesError
from rushes.flow_signins.storage import take_in_state_url
from rushes.keys.actions import KeyChange, NewKey, add_key, change_key
from rushes.planning.settings import key_variables
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.db.paying import CredentialRow
from rushes.providers.registry import AnyProvider
from rushes.providers.video_contract import CredentialKind

log = logging.getLogger(__name__)

NAME = "from the environment"
KEYS = ("_KEY", "_TOKEN")
"""What the name of every variable with a key ends with: one of these."""
BUCKETS = ("S3_ACCESS_KEY", "S3_SECRET_KEY")
"""Ours, and no provider's."""


class Environment(BaseSettings):
    """Base of what is read for one provider."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    secret: SecretStr | None = None


async def take_in_environment(run: Runtime) -> None:
    """Keep what the variables say. A changed one is put in; one that its owner switched off stays off."""
    for provider_id in run.providers.ids if _names_a_key() else ():
        provider = run.providers.get(provider_id)
        if provider.credential is CredentialKind.KEY:
            secret, fields = _read(provider)
            if secret is not None:
                try:
                    await _take_in(run, provider, secret, fields)
                except RushesError as error:
                    log.warning("the key of %s in the environment was left out: %s", provider.id, error)
    await take_in_state_url(run)


def _names_a_key() -> bool:
    # Most often there is none, and then no provider has to be loaded to ask it for its variables' names.
    names = [name.upper() for name in os.environ]
    return Path(".env").exists() or any(each.endswith(KEYS) and not each.endswith(BUCKETS) for each in names)


def _read(provider: AnyProvider) -> tuple[SecretStr | None, dict[str, str]]:
    prefix = f"RUSHES_{provider.id.upper()}_"
    names: dict[str, Any] = {
        name: (str | None, Field(default=None, validation_alias=f"{prefix}{name.upper()}"))
        for name in provider.Fields.model_fields
    }
    names["secret"] = (
        SecretStr | None,
        Field(default=None, validation_alias=AliasChoices(*key_variables(provider))),
    )
    found = create_model("Found", __base__=Environment, **names)()
    fields = found.model_dump(exclude={"secret"}, exclude_none=True)
    return found.secret, fields


async def _take_in(run: Runtime, provider: AnyProvider, secret: SecretStr, fields: dict[str, str]) -> None:
    async with run.db.begin() as session:
        row = await session.scalar(
            select(CredentialRow).where(
                CredentialRow.owner_id == LOCAL_OWNER,
                CredentialRow.provider == provider.id,
                CredentialRow.origin == "environment",
                CredentialRow.state != CredentialState.DELETED,
            )
        )
        there = await sealed(session, row.id) if row else None
    if there is None:
        new = NewKey(provider=provider.id, name=NAME, secret=secret, fields=fields, test=False)
        await add_key(run, LOCAL_OWNER, new, origin="environment")
    elif run.vault.open(there.secret) != secret.get_secret_value().strip():
        off = False if there.state is CredentialState.DISABLED else None
        await change_key(run, LOCAL_OWNER, there.id, KeyChange(secret=secret, enabled=off))
