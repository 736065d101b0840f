"""A voice that hums: a tone for each word, as long as the word. For tests; made by CONTRIBUTING alone."""

import asyncio
import math
import struct
import wave
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded, Fault, Invalid
from rushes.providers.base import BaseLimits, Credential, CredentialKind, ProviderSettings
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider, Word

RATE = 16_000
PAUSE_SECONDS = 0.1


class FakeOptions(VoiceOptions, frozen=True):
    """What it can be asked for."""

    tone: Literal["low", "high"] = Field(default="low", description="How it hums.")


class FakeSettings(ProviderSettings):
    """How fast it hums."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_FAKE_", env_file=".env", extra="ignore")

    letter_seconds: float = Field(default=0.05, gt=0, description="How long a letter is hummed, seconds.")


class Fake(VoiceProvider[FakeOptions, FakeSettings]):
    """See the module docstring. Keys that begin with `bad` are not taken."""

    id = "fake"
    title = "Fake voice"
    limits = BaseLimits(max_prompt_chars=500, concurrency=2)
    Options = FakeOptions
    Settings = FakeSettings
    credential = CredentialKind.KEY
    environment = ("FAKE_TOKEN",)

    async def test(self, credential: Credential) -> None:
        """Look at how the key begins."""
        if credential.secret.startswith("bad"):
            raise ActionNeeded("The key is not valid.", hint="Enter another.")

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """One, for everybody."""
        return (Voice("hum", "Hum", ("en", "de")),)

    async def speak(self, call: SpeechCall[FakeOptions], into: Path) -> Spoken:
        """Hum each word."""
        texts = call.text.split()
        if not texts:
            raise Invalid("There is nothing to say.", [Fault("text", "Write some words.", "empty")])
        words: list[Word] = []
        at = 0.0
        for each in texts:
            length = len(each) * self.settings.letter_seconds / call.options.speed
            words.append(Word(each, at, at + length))
            at += length + PAUSE_SECONDS
        await asyncio.to_thread(_write, into, words, at, 220 if call.options.tone == "low" else 440)
        return Spoken(at, tuple(words), cost=Decimal(len(call.text)) / 1_000_000)


def _write(into: Path, words: list[Word], seconds: float, hertz: int) -> None:
    samples = [0] * round(seconds * RATE)
    for word in words:
        for index in range(round(word.start * RATE), round(word.end * RATE)):
            samples[index] = round(8000 * math.sin(2 * math.pi * hertz * index / RATE))
    with wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
