"""What a script provider is: a topic, notes or a text made into the sections of a film's script.

    write(call) -> Written     the one call that may cost money

What may be raised is in the docstring of `base.py`. A call may take several requests (the ladder of formats,
repairs of an answer that does not validate); all of them are one submission, and `cost` is their sum.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from rushes.providers.base import BaseLimits, Credential, Options, Provider, ProviderSettings
from rushes.providers.catalogue import Catalogue, ScriptEntry, ScriptModel, load_catalogue
from rushes.providers.kinds import Kind

MOST_SECTIONS = 200
MOST_SECTION_CHARS = 10_000


class ScriptTask(StrEnum):
    """What is asked of a script provider."""

    GENERATE = "generate"
    """A new script from a topic or a text."""
    IMPROVE = "improve"
    """The given script, changed by an instruction; locked sections stay as they are."""
    TRANSLATE = "translate"
    """The given script in another language, section by section."""


class DraftSection(BaseModel):
    """One section of a script: what is said, and what is seen meanwhile."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    heading: str = Field(default="", max_length=300, description="A few words that name the section.")
    narration: str = Field(max_length=MOST_SECTION_CHARS, description="What the narrator says.")
    on_screen: str = Field(
        default="", max_length=300, description="A few words shown on the screen, or none."
    )
    visual_prompt: str = Field(default="", max_length=4000, description="What the picture shows.")
    keywords: list[str] = Field(
        default_factory=list[str], max_length=20, description="Words in English to search stock pictures by."
    )


class Draft(BaseModel):
    """A script as a provider writes it. `language` is a BCP 47 tag."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: str = Field(max_length=300)
    language: str = Field(default="en", max_length=35)
    sections: list[DraftSection] = Field(min_length=1, max_length=MOST_SECTIONS)
    is_outline: bool = Field(
        default=False, description="Whether it is a skeleton that a person has to fill in."
    )


class Brief(BaseModel):
    """What the script is to be. `text` is a topic of a few words, notes, or a finished text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, max_length=200_000)
    audience: str = Field(default="", max_length=300)
    tone: str = Field(default="", max_length=300)
    style: str = Field(default="", max_length=300)
    language: str = Field(default="en", max_length=35)
    seconds: float = Field(default=60.0, ge=5, le=3600, description="How long the film should be.")
    words_per_minute: float = Field(default=160.0, ge=50, le=400, description="The pace of the voice.")


class ScriptOptions(Options, frozen=True):
    """Base of a script provider's options."""


ScriptOptionsT = TypeVar("ScriptOptionsT", bound=ScriptOptions)
ScriptSettingsT = TypeVar("ScriptSettingsT", bound=ProviderSettings)


@dataclass(frozen=True)
class ScriptCall(Generic[ScriptOptionsT]):
    """One paid call as the ledger has it. `key` is its idempotency key, unique for ever.

    `draft` is the script to improve or translate, `locked` the indexes of its sections that must stay,
    `language` the language to translate into. `progress` hears 0..1 while an answer arrives.
    """

    key: str
    task: ScriptTask
    brief: Brief
    model: str
    options: ScriptOptionsT
    draft: Draft | None = None
    instruction: str = ""
    locked: frozenset[int] = frozenset()
    language: str | None = None
    credential: Credential | None = None
    progress: Callable[[float], None] | None = None


@dataclass(frozen=True)
class Written:
    """A script that holds, and what it cost in US dollars, when the provider says what it has used."""

    draft: Draft
    cost: Decimal | None = None
    repairs: int = 0
    """How often the answer had to be asked for again because it did not validate."""


class ScriptProvider(Provider[ScriptSettingsT], Generic[ScriptOptionsT, ScriptSettingsT]):
    """Base of every script provider. Class attributes are its description; see the module docstring."""

    kind: ClassVar[Kind] = Kind.SCRIPT
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=200_000)
    tasks: ClassVar[frozenset[ScriptTask]] = frozenset(ScriptTask)
    Options: ClassVar[type[ScriptOptions]] = ScriptOptions

    def __init__(self, settings: ScriptSettingsT) -> None:
        super().__init__(settings)
        self.models: ScriptEntry = load_catalogue().scripts[self.id]
        """Its models, as data. Whoever builds it puts the operator's own catalogue here."""

    def read_models(self, catalogue: Catalogue) -> None:
        """Take the models from a catalogue."""
        self.models = catalogue.scripts[self.id]

    def priced_by(self, call: ScriptCall[ScriptOptionsT]) -> ScriptModel:
        """Return the model whose prices hold for a call: its own, or the first where it is not known."""
        models = self.models.models
        return next((each for each in models if each.id == call.model), models[0])

    def estimate(self, call: ScriptCall[ScriptOptionsT]) -> Decimal:
        """Return what the call is expected to cost, US dollars: the tokens of its texts, and of an answer as
        long as the brief asks for."""
        model = self.priced_by(call)
        read = len(call.brief.text) + (len(call.draft.model_dump_json()) if call.draft else 0) + 3000
        written = (
            call.brief.seconds * call.brief.words_per_minute / 60 * 12 + 1000
        )  # characters, twice the narration
        return (
            model.price_per_million_input * Decimal(read // 3)
            + model.price_per_million_output * Decimal(int(written) // 3)
        ) / 1_000_000

    @abstractmethod
    async def write(self, call: ScriptCall[ScriptOptionsT]) -> Written:
        """Write, improve or translate a script. The call that may cost money.

        Raises `Rejected` for a refusal, `ProviderChanged` for an answer that does not validate after the
        last repair (what was paid is in the error's `cost`, if known).
        """
