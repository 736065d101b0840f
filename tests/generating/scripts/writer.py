"""A script writer that gives what the stand-in server sends."""

from decimal import Decimal
from typing import ClassVar

from pydantic_settings import SettingsConfigDict
from tests.generating.api import ServerFields, api_of

from rushes.errors import (
    ErrorType,
    GenerationFailed,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
)
from rushes.providers.base import BaseLimits, CredentialFields, CredentialKind
from rushes.providers.http import Connected
from rushes.providers.links import LinkSettings
from rushes.providers.script_contract import Draft, ScriptCall, ScriptOptions, ScriptProvider, Written


class WriterSettings(LinkSettings):
    """None of its own."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_WRITER_", env_file=None, extra="ignore")


class Writer(Connected, ScriptProvider[ScriptOptions, WriterSettings]):
    """See the module docstring."""

    id = "writer"
    title = "Writer"
    limits = BaseLimits(concurrency=2)
    Settings = WriterSettings
    Fields: ClassVar[type[CredentialFields]] = ServerFields
    credential = CredentialKind.KEY

    async def write(self, call: ScriptCall[ScriptOptions]) -> Written:
        """One request."""
        api = api_of(self.client, self.title, call.credential)
        if call.progress is not None:
            call.progress(0.5)
        answer = (await api.create("/script", json={"key": call.key, "text": call.brief.text})).json()
        cost = Decimal(answer["cost"])
        errors: dict[str, RushesError] = {
            "useless": ProviderChanged("the script does not validate", step="write"),
            "declined": Rejected("It will not write this.", error_type=ErrorType.POLICY_VIOLATION),
            "limited": RetryLater("Too many repairs.", error_type=ErrorType.RATE_LIMITED),
        }
        for word, error in errors.items():
            if word in answer:
                error.cost = cost
                raise error
        if "failed" in answer:
            raise GenerationFailed("It did not manage.")
        return Written(Draft.model_validate(answer["draft"]), cost, repairs=1)
