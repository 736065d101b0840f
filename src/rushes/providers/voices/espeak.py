"""eSpeak NG: speaks more than a hundred languages at once, without key or network; clear, and robotic.

A package of 21 MB with library and languages inside (`rushes[voices]`). The library is GPL: it runs in a
program of its own (`espeak_child.py`), one for each call, and so always speaks a text the same. It says when
most words are heard; those it runs together share their time.
"""

import asyncio
from pathlib import Path
from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault
from rushes.platform.media.speech import espeak, wav
from rushes.platform.media.speech.words import written_words
from rushes.providers.base import BaseLimits, Credential, ProviderSettings
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

AUTO = "auto"
"""The voice of the call's language."""
FEMALE = "+f3"
"""Variant of every voice; without one it is male."""


class EspeakOptions(VoiceOptions, frozen=True):
    """What it can be asked for."""


class EspeakSettings(ProviderSettings):
    """It has none of its own."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_ESPEAK_", env_file=".env", extra="ignore")


class Espeak(VoiceProvider[EspeakOptions, EspeakSettings]):
    """See the module docstring."""

    id = "espeak"
    title = "eSpeak NG"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=5000, concurrency=2)
    Options = EspeakOptions
    Settings = EspeakSettings

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return one of each sex for every language, first the two that go by the language of a call."""
        languages = espeak.languages()
        every = tuple(sorted({tag for each in languages for tag, _ in each.tags}))
        found = [Voice(AUTO, "By language, male", every, "male")]
        found.append(Voice(AUTO + FEMALE, "By language, female", every, "female"))
        for each in languages:
            tags = tuple(tag for tag, _ in each.tags)
            found.append(Voice(each.tag, f"{each.title}, male", tags, "male"))
            found.append(Voice(each.tag + FEMALE, f"{each.title}, female", tags, "female"))
        return tuple(found)

    async def speak(self, call: SpeechCall[EspeakOptions], into: Path) -> Spoken:
        """Speak with the named voice, or with that of the call's language."""
        faults = _speech.text_faults(self, call)
        own, plus, variant = call.voice.partition("+")
        by_tag = {each.tag: each for each in espeak.languages()}
        language = espeak.language_for(call.language) if own == AUTO else by_tag.get(own)
        if own == AUTO and language is None:
            message = f"{self.title} does not speak {call.language!r}."
            faults.append(Fault("language", message, "not_supported"))
        elif language is None or plus + variant not in {"", FEMALE}:
            faults.append(_speech.voice_fault(self, call.voice))
        _speech.refuse(faults)
        assert language is not None
        words = written_words(call.text, call.language)
        sound, timed = await espeak.speak(
            call.text, language.voice + plus + variant, call.options.speed, words, into
        )
        if (reason := wav.silent_reason(sound, _speech.letters(call.text))) is not None:
            await asyncio.to_thread(into.unlink, missing_ok=True)
            raise _speech.unheard(reason)
        return Spoken(sound.seconds, timed)
