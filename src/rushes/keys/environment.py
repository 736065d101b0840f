"""Takes in keys from environment variables: `RUSHES_<ID>_API_KEY`, its service's, and those a provider adds.

And what FLOW_STORAGE_STATE_URL names.

A variable that is gone leaves its key in place: another process of this installation may still have it.
"""

import logging
import os
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from rushes.engine.credentials import sealed_of_service
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import RushesError
from rushes.flow_signins.storage import take_in_state_url
from rushes.keys.actions import KeyChange, NewKey, add_key, change_key
from rushes.planning.settings import key_variables
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.base import CredentialKind
from rushes.providers.registry import AnyKind

log = logging.getLogger(__name__)

NAME = "from the environment"
KEYS = ("_KEY", "_TOKEN")
"""What the name of every variable with a key ends with: one of these."""
BUCKETS = ("S3_ACCESS_KEY", "S3_SECRET_KEY")
"""Ours, and no provider's."""


class Environment(BaseSettings):
    """Base of what is read for one provider: the key of `RUSHES_<ID>_API_KEY`, and that of the others."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    own: SecretStr | None = None
    common: SecretStr | None = None


async def take_in_environment(run: Runtime) -> None:
    """Keep what the variables say. A changed one is put in; one that its owner switched off stays off."""
    for provider_id in run.providers.every_id if _names_a_key() else ():
        provider = run.providers.of_any_kind(provider_id)
        if provider.credential is CredentialKind.KEY:
            found, fields = _read(run, provider)
            if secret := found.own or found.common:
                try:
                    await _take_in(run, provider, secret, fields, common=found.own is None)
                except RushesError as error:
                    log.warning("the key of %s in the environment was left out: %s", provider.id, error)
    await take_in_state_url(run)


def _names_a_key() -> bool:
    # Most often there is none, and then no provider has to be loaded to ask it for its variables' names.
    names = [name.upper() for name in os.environ]
    return Path(".env").exists() or any(each.endswith(KEYS) and not each.endswith(BUCKETS) for each in names)


def _read(run: Runtime, provider: AnyKind) -> tuple[Environment, dict[str, str]]:
    prefix = f"RUSHES_{provider.id.upper()}_"
    names: dict[str, Any] = {
        name: (str | None, Field(default=None, validation_alias=f"{prefix}{name.upper()}"))
        for name in provider.Fields.model_fields
    }
    own, *common = key_variables(run, provider)
    names["own"] = (SecretStr | None, Field(default=None, validation_alias=own))
    if common:
        names["common"] = (SecretStr | None, Field(default=None, validation_alias=AliasChoices(*common)))
    found = create_model("Found", __base__=Environment, **names)()
    return found, found.model_dump(exclude={"own", "common"}, exclude_none=True)


async def _take_in(
    run: Runtime, provider: AnyKind, secret: SecretStr, fields: dict[str, str], *, common: bool
) -> None:
    """Keep one key. `common`: of a variable that stands for the whole service."""
    given = secret.get_secret_value().strip()
    async with run.db.statement() as session:
        rows = await sealed_of_service(session, LOCAL_OWNER, run.providers.service_of(provider.id))
    mine = next((row for row in rows if (row.origin, row.provider) == ("environment", provider.id)), None)
    for row in rows:
        used = row is mine or provider.id in row.serves or provider.id in row.refused
        if used and run.vault.open(row.secret) == given:
            return
    if mine is not None:
        off = False if mine.state == CredentialState.DISABLED else None
        await change_key(run, LOCAL_OWNER, mine.id, KeyChange(secret=secret, enabled=off))
    elif not (common and provider.unfit(given, fields)):  # then it is for the others of the service
        name = NAME if NAME not in {row.name for row in rows} else f"{NAME} ({provider.id})"
        new = NewKey(provider=provider.id, name=name, secret=secret, fields=fields, test=False)
        await add_key(run, LOCAL_OWNER, new, origin="environment")
