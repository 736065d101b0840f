"""What a voice provider is: its voices, and text made into speech with the time of each word.

    voices(credential) -> the voices there are        free
    speak(call, into)  -> Spoken, and a WAV file      the one call that may cost money

What may be raised is in the docstring of `base.py`. A call is one piece of text, a sentence or a short
scene: its bounds are exact, trying again is cheap, and pieces are joined by who asked for them.
"""

from abc import abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from pydantic import Field

from rushes.platform.media.speech.words import Word as Word
from rushes.platform.media.speech.words import WordTimes as WordTimes
from rushes.providers.base import BaseLimits, Credential, Options, Provider, ProviderSettings
from rushes.providers.catalogue import Catalogue, VoiceEntry, load_catalogue
from rushes.providers.kinds import Kind


class VoiceOptions(Options, frozen=True):
    """Base of a voice provider's options. It narrows `speed` to what it can do, and adds its own."""

    speed: float = Field(default=1.0, ge=0.5, le=2.0, description="How fast it speaks; 1 is as usual.")


VoiceOptionsT = TypeVar("VoiceOptionsT", bound=VoiceOptions)
VoiceSettingsT = TypeVar("VoiceSettingsT", bound=ProviderSettings)


@dataclass(frozen=True)
class Voice:
    """One voice. `languages` are BCP 47 tags (`en-US`); `id` is the provider's own name for it.

    `sex` is `female`, `male` or empty where nobody says; `sample_url` is where it can be heard for nothing.
    """

    id: str
    title: str
    languages: tuple[str, ...]
    sex: str = ""
    sample_url: str = ""

    def speaks(self, language: str) -> bool:
        """Return whether it speaks a BCP 47 tag: `de` by a voice of `de-AT`, and `en-GB` by one of `en`."""
        wanted = language.lower().replace("_", "-")
        own = [each.lower() for each in self.languages]
        return any(
            each == wanted or each.startswith(f"{wanted}-") or wanted.startswith(f"{each}-") for each in own
        )


@dataclass(frozen=True)
class SpeechCall(Generic[VoiceOptionsT]):
    """One paid call as the ledger has it. `key` is its idempotency key, unique for ever."""

    key: str
    text: str
    voice: str
    model: str
    options: VoiceOptionsT
    credential: Credential | None = None
    language: str = "en"


@dataclass(frozen=True)
class Spoken:
    """What was spoken: its measured length in seconds, and the words in their order.

    `words` is empty when the provider does not say when they are heard; nothing is guessed here. `cost` in US
    dollars, when the provider says.
    """

    seconds: float
    words: tuple[Word, ...] = ()
    cost: Decimal | None = None
    times: WordTimes = WordTimes.VOICE


class VoiceProvider(Provider[VoiceSettingsT], Generic[VoiceOptionsT, VoiceSettingsT]):
    """Base of every voice provider. Class attributes are its description; see the module docstring."""

    kind: ClassVar[Kind] = Kind.VOICE
    limits: ClassVar[BaseLimits] = BaseLimits()
    Options: ClassVar[type[VoiceOptions]] = VoiceOptions

    def __init__(self, settings: VoiceSettingsT) -> None:
        super().__init__(settings)
        self.models: VoiceEntry = load_catalogue().voices[self.id]
        """Its models, as data. Whoever builds it puts the operator's own catalogue here."""

    def read_models(self, catalogue: Catalogue) -> None:
        """Take the models from a catalogue."""
        self.models = catalogue.voices[self.id]

    def estimate(self, call: SpeechCall[VoiceOptionsT]) -> Decimal:
        """Return what the call is expected to cost, US dollars: by its characters."""
        model = next((each for each in self.models.models if each.id == call.model), self.models.models[0])
        return model.price_per_million_characters * len(call.text) / 1_000_000

    @abstractmethod
    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return the voices there are, at no cost."""

    @abstractmethod
    async def speak(self, call: SpeechCall[VoiceOptionsT], into: Path) -> Spoken:
        """Speak `call.text` into the file `into`: WAV, 16-bit PCM, one channel. The call that may cost money.

        The folder of `into` exists, it does not. Raises `Invalid` for a text that cannot be spoken. Speech
        without a sound is a failure, and none is ever returned.
        """
