"""Hibari: an English voice that comes with Rushes, natural, about 50 times as fast as it speaks, for nothing.

A package of 16 MB with the model inside (`rushes[voices]`); it asks no network. It computes in a process of
its own that is started when it is first needed. It says exactly when each word is heard.
"""

from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault
from rushes.platform.media.speech.helper import Helper, HelperRefusedError
from rushes.platform.media.speech.words import Word, written_words
from rushes.providers.base import BaseLimits, Credential, ProviderSettings
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

VOICES = (Voice("heart", "Heart", ("en-US",), "female"),)


class HibariOptions(VoiceOptions, frozen=True):
    """What it can be asked for."""


class HibariSettings(ProviderSettings):
    """It has none of its own."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_HIBARI_", env_file=".env", extra="ignore")


class Hibari(VoiceProvider[HibariOptions, HibariSettings]):
    """See the module docstring."""

    id = "hibari"
    title = "Hibari"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=5000, concurrency=1)
    Options = HibariOptions
    Settings = HibariSettings

    @cached_property
    def _helper(self) -> Helper:
        return Helper("rushes.platform.media.speech.hibari_child", self.title)

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return the one in the package."""
        return VOICES

    async def speak(self, call: SpeechCall[HibariOptions], into: Path) -> Spoken:
        """Speak English. Raises `Invalid` for a text of another script: it would spell or swallow it."""
        faults = _speech.text_faults(self, call)
        if _speech.by_id(VOICES, call.voice) is None:
            faults.append(_speech.voice_fault(self, call.voice))
        if not call.language.lower().startswith("en"):
            message = f"This voice speaks English, and not {call.language!r}."
            faults.append(Fault("language", message, "not_supported"))
        if not faults and not _is_latin(call.text):
            faults.append(Fault("text", "This voice reads English, in Latin letters only.", "not_supported"))
        _speech.refuse(faults)
        try:
            spoken = await self._helper.call(
                "speak",
                text=call.text,
                speed=call.options.speed,
                words=written_words(call.text, "en"),
                into=str(into),
            )
        except HelperRefusedError as error:
            raise (
                _speech.unheard(str(error)) if error.kind == "silent" else _speech.not_installed(str(error))
            ) from None
        return Spoken(spoken["seconds"], tuple(Word(*word) for word in spoken["words"]))

    async def close(self) -> None:
        """End the process, if one was started."""
        if "_helper" in vars(self):
            self._helper.close()


def _is_latin(text: str) -> bool:
    """Return whether at least half of the letters are Latin, or all that is heard is digits."""
    found = [each for each in text if each.isalpha()]
    return 2 * sum(ord(each) < 0x250 for each in found) >= len(found)
