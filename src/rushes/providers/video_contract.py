"""What a provider is: options, limits and prices as data, and three calls.

The engine writes its row after each call, so a provider keeps no state of its own: everything it
needs is in the `Call`. A provider knows no database and no storage.

    submit(call) -> remote id     the one call that may cost money
    status(call, remote_id)       Running | Finished
    fetch(call, output, into)     the bytes of one take, written to a file

What may be raised from `submit`, and what it means for the money, is in the docstring of `base.py`. When a
submission is left **uncertain**, `find` is asked, and if it cannot tell, the owner is. What the base has can
be imported from here too: a video provider needs this module alone.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from rushes.errors import Invalid, RushesError
from rushes.providers.base import BaseLimits, Options, Provider
from rushes.providers.base import Credential as Credential
from rushes.providers.base import CredentialFields as CredentialFields
from rushes.providers.base import CredentialKind as CredentialKind
from rushes.providers.base import ProviderSettings as ProviderSettings
from rushes.providers.catalogue import Catalogue, load_catalogue
from rushes.providers.kinds import Kind
from rushes.providers.modes import Mode as Mode
from rushes.providers.modes import mode_of


@dataclass(frozen=True)
class Renewed:
    """A credential after use: its secret (a browser's cookies change), and the credits left, where told."""

    secret: str = field(repr=False)
    credits_left: int | None = None


class VideoOptions(Options, frozen=True):
    """Base of a provider's options: what a job's settings may say, as JSON Schema for form and flags.

    A provider narrows these three to what it can do (`Literal["16:9", "9:16"]`, with a default and a
    description) and adds its own.
    """

    aspect_ratio: str
    resolution: str
    duration_seconds: int

    @property
    def priced_as(self) -> str:
        """Which price of the catalogue holds: the resolution, and what else changes it."""
        return self.resolution

    @property
    def promised_resolution(self) -> str | None:
        """The resolution that the file is compared with; None where none is promised."""
        return self.resolution


OptionsT = TypeVar("OptionsT", bound=VideoOptions)
SettingsT = TypeVar("SettingsT", bound=ProviderSettings)


@dataclass(frozen=True)
class Limits(BaseLimits):
    """What a video provider allows; data, so that a check needs no call.

    `concurrency` and `spacing_seconds` are those of submissions.
    `outputs_per_call`: takes one submission can ask for; more are asked for in several submissions.
    Times are seconds.
    """

    max_outputs: int = 4
    outputs_per_call: int = 1
    poll_seconds: float = 10.0
    timeout_seconds: float = 3600.0


@dataclass(frozen=True)
class ShotInput:
    """What a submission is made from. `seeds` has one entry for each take asked for.

    `image` is the first frame, `last_image` the last, `references` are looks to keep. `source` is the
    remote id of the submission whose take is edited, or made longer with `extend`.
    """

    prompt: str
    negative_prompt: str | None
    image: Path | None
    model: str
    seeds: tuple[int, ...]
    last_image: Path | None = None
    references: tuple[Path, ...] = ()
    source: str | None = None
    extend: bool = False

    @property
    def mode(self) -> Mode:
        """What it starts from; the most particular one counts."""
        return mode_of(
            image=self.image,
            last_image=self.last_image,
            references=self.references,
            source=self.source,
            extend=self.extend,
        )


@dataclass(frozen=True)
class JobRef:
    """The job a submission belongs to, for a provider that keeps the videos of a job together."""

    id: UUID
    name: str


async def _go_on() -> None:
    pass


@dataclass(frozen=True)
class Call(Generic[OptionsT]):
    """One submission as the ledger has it. `key` is its idempotency key, unique for ever.

    `others` are the remote ids of the job's other submissions to this provider: always there for `find`, and
    for `submit` of a provider that `knows_others`. `confirm` is awaited right before the act that may cost
    money (`http.Client` does so at the first byte), and raises when that is not to be done any more.
    """

    key: str
    shot: ShotInput
    options: OptionsT
    credential: Credential | None = None
    job: JobRef | None = None
    others: frozenset[str] = frozenset()
    confirm: Callable[[], Awaitable[None]] = _go_on


@dataclass(frozen=True)
class Running:
    """Not done yet. `progress` 0..1 when known; `poll_after` seconds when the provider says."""

    progress: float | None = None
    poll_after: float | None = None


@dataclass(frozen=True)
class Output:
    """One take that is ready to fetch. `index` is its place in the call's `seeds` (0-based)."""

    index: int
    ref: str = ""


@dataclass(frozen=True)
class Finished:
    """Done: the takes that came, why the others did not, and what it cost when the provider says."""

    outputs: tuple[Output, ...] = ()
    failures: Mapping[int, RushesError] = field(default_factory=dict[int, RushesError])
    cost: Decimal | None = None


class Unknown(Enum):
    """The answer of a `find` that cannot tell whether a call was accepted."""

    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class VideoCandidate:
    """Something that was made and may be what is looked for. `picture` is a small JPEG."""

    ref: str
    said: str = ""
    picture: bytes = b""


@dataclass(frozen=True)
class Candidates:
    """The fourth answer of `find`: it cannot tell, and its person can, who is shown these."""

    found: tuple[VideoCandidate, ...]


ProgressCallback = Callable[[float], None]
"""Told the fraction done, 0..1, as often as is convenient, on the event loop; never blocks."""


class VideoProvider(Provider[SettingsT], Generic[OptionsT, SettingsT]):
    """Base of every video provider. Class attributes are its description; see the module docstring."""

    kind: ClassVar[Kind] = Kind.VIDEO
    modes: ClassVar[frozenset[Mode]]
    limits: ClassVar[Limits] = Limits()
    Options: ClassVar[type[VideoOptions]]
    idempotent: ClassVar[bool] = False
    """Submitting the same key twice makes (and costs) one."""
    not_accepted: ClassVar[Mapping[str, str]] = {}
    """Error answers to a create after which nothing was accepted, by the service's documentation: a status
    ("503"), or one with the service's word ("503 overloaded"), and where that is said. Sent again later."""
    knows_others: ClassVar[bool] = False
    """Whether a submit is told what else the job has submitted; see `Call.others`."""

    def __init__(self, settings: SettingsT) -> None:
        super().__init__(settings)
        self.models = load_catalogue().providers[self.id]
        """Its models, as data. Whoever builds it puts the operator's own catalogue here."""

    def read_models(self, catalogue: Catalogue) -> None:
        """Take the models from a catalogue."""
        self.models = catalogue.providers[self.id]

    def check(self, shot: ShotInput, options: OptionsT) -> None:
        """Raise `Invalid` for anything this provider would refuse that can be known without a call.

        Only whether there is an image can be seen here: its file may be in a bucket far away.
        """

    async def renewed(self, credential: Credential) -> Renewed | None:
        """What use has changed of it; None: there is nothing to keep."""
        return None

    async def leave(self, credential: Credential) -> None:
        """Nobody here uses the credential any more: close what is open for it (a browser)."""

    @abstractmethod
    async def submit(self, call: Call[OptionsT]) -> str:
        """Ask for the takes. Returns the remote id. The only call that may cost money."""

    @abstractmethod
    async def status(self, call: Call[OptionsT], remote_id: str) -> Running | Finished:
        """Look. An answer that is not understood raises `ProviderChanged`; a network fault `RetryLater`."""

    @abstractmethod
    async def fetch(
        self, call: Call[OptionsT], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """Write one take, a whole MP4, to the file `into` (its folder exists, it does not)."""

    async def find(self, call: Call[OptionsT]) -> str | Unknown | Candidates | None:
        """The remote id under which `call.key` was accepted, or None if it certainly was not.

        A provider that has no way to look keeps this answer: it cannot tell.
        """
        return Unknown.CANNOT_TELL

    def remote_id_of(self, picked: Sequence[str], takes: int) -> str:
        """The remote id of a submission of so many takes of which a person has picked these, by `ref`."""
        if len(picked) != 1:
            raise Invalid("One of them is to be picked.")
        return picked[0]

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """Tell the provider to stop, where it can be told. Best effort."""
