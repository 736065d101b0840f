"""What all providers share, whatever they make: who they are, what pays for them, what they may raise.

A provider is a class in a file named as its id, in the room of its kind. It keeps no state of its own and
knows no database and no storage: what a call needs is in the call. Each kind adds its calls (`VideoProvider`,
`VoiceProvider`, `PictureProvider`, `ScriptProvider`), and one of these is the one that may cost money. What
may be raised from that one:

    Rejected, RetryLater, ActionNeeded, Invalid, SystemFault
                      definitely not accepted, nothing to pay
    anything else     also a timeout or a 5xx: it may have been accepted, and is never sent again on a guess

A provider that names a `credential` kind is given one with each call. Two errors are then about the
credential and not about what was asked for, which continues with another one: `ActionNeeded` sets it
aside for this provider until its owner acts, and `RetryLater` with `rate_limited`, `quota` or `credits`
rests it for `after` seconds.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings

from rushes.providers.catalogue import Catalogue
from rushes.providers.kinds import Kind
from rushes.redaction import remember_secret
from rushes.settings import BoundedNumbers


class CredentialKind(StrEnum):
    """What a provider is paid through."""

    KEY = "key"
    """An API key (or a service account's file)."""
    FLOW_ACCOUNT = "flow_account"
    """A Google account that its owner has signed in, with a browser profile."""


@dataclass(frozen=True)
class Credential:
    """One key or account, opened for one call. `secret` is never logged, shown or put into a URL.

    `fields` is what goes with it and is no secret, by the provider's own names (a base URL, a project).
    """

    id: UUID
    name: str
    secret: str = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        remember_secret(self.secret)  # a service may quote it in any answer


class CredentialFields(BaseModel, frozen=True):
    """Base of what goes with a credential and is no secret (a base URL, a project): text, by name.

    A provider adds its own fields, each with a description; they become JSON Schema for page and flags. A
    name means the same to all providers of a service.
    """

    model_config = ConfigDict(extra="forbid")


class Options(BaseModel, frozen=True):
    """Base of what a person may choose, as JSON Schema for form and flags."""

    model_config = ConfigDict(extra="forbid")


# pydantic's two bases declare `model_config` with a type each.
class ProviderSettings(BaseSettings, BoundedNumbers):  # pyright: ignore[reportIncompatibleVariableOverride]
    """Base of a provider's own settings; each sets its `env_prefix` (`RUSHES_<ID>_`)."""


SettingsT = TypeVar("SettingsT", bound=ProviderSettings)


@dataclass(frozen=True)
class BaseLimits:
    """What every kind of provider limits; data, so that a check needs no call.

    `max_prompt_chars`: characters of text in one call. `concurrency`: calls in flight, for each credential
    or, where none is needed, for the whole installation (an operator may set another). `spacing_seconds`:
    least time between two paid calls with one credential; up to a quarter more is added at random.
    """

    max_prompt_chars: int = 2000
    concurrency: int = 4
    spacing_seconds: float = 0.0


class Provider(ABC, Generic[SettingsT]):
    """Base of every provider. Class attributes are its description; see the module docstring.

    Each kind adds `limits`, `Options`, the models of the catalogue, and its calls.
    """

    kind: ClassVar[Kind]
    id: ClassVar[str]
    """Unique among all kinds: the ledger, the settings and the queues know a provider by it."""
    title: ClassVar[str]
    Settings: ClassVar[type[ProviderSettings]]
    credential: ClassVar[CredentialKind | None] = None
    """What each call needs; None for a provider that is free for everybody."""
    Fields: ClassVar[type[CredentialFields]] = CredentialFields
    """What goes with a credential."""
    reports_first_byte: ClassVar[bool] = False
    """Whether its paid call reports its first byte (`http.Connected` does, a video provider may await
    `Call.confirm`). Where it does not, every call counts as sent before it is made."""
    environment: ClassVar[tuple[str, ...]] = ()
    """Variables that may hold a key, besides `RUSHES_<ID>_API_KEY` and `RUSHES_<SERVICE>_API_KEY`, which may
    for every provider. `…_KEY` or `…_TOKEN`."""

    words: ClassVar[frozenset[str]] = frozenset()
    """What may stand in place of a key and is none (`adc`: the identity of this machine)."""

    def __init__(self, settings: SettingsT) -> None:
        self.settings = settings

    @property
    def offered(self) -> bool:
        """Whether people are offered it; one that is there for tests can still be asked for by its id."""
        return True

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """Return why a key of the service cannot be one for this provider, as far as its form tells.

        None: it may be one. `fields` is all that goes with it, also what only other providers use. A key
        that belongs to another server must not be taken: it would be sent where it does not belong.
        """
        return None

    async def test(self, credential: Credential) -> None:
        """Try a credential at no cost, where that can be done. Raises what the paid call would for it."""

    @abstractmethod
    def read_models(self, catalogue: Catalogue) -> None:
        """Take the models from a catalogue: whoever builds it gives it the operator's own."""

    async def close(self) -> None:
        """Close connections and processes."""
