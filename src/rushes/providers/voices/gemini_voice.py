"""Voices of Gemini's speech models, by the Interactions API: thirty, each in every language they speak.

Wire: `POST /v1beta/interactions` with a response format of audio; the sound is inside the answer, as WAV
(3.8) or as raw samples (older models). It says nothing of words and has no speed: what it speaks is
stretched here.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import ProviderChanged
from rushes.platform.media.speech.stretch import stretched
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.gemini_api import (
    ENVIRONMENT,
    GeminiSettings,
    api_of,
    gemini_address,
    list_models,
    unfit,
)
from rushes.providers.google_errors import rejected
from rushes.providers.http import Connected, parse
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

LANGUAGES = tuple(
    re.findall(r"\w+", "ar bn de en es fr hi id it ja ko mr nl pl pt ro ru ta te th tr uk vi zh")
)
FEMALE = (
    "Kore Achernar Aoede Autonoe Callirrhoe Despina Erinome Gacrux Laomedeia Leda Pulcherrima Sulafat"
    " Vindemiatrix Zephyr"
)
MALE = (
    "Achird Algenib Algieba Alnilam Charon Enceladus Fenrir Iapetus Orus Puck Rasalgethi Sadachbia Sadaltager"
    " Schedar Umbriel Zubenelgenubi"
)
VOICES = tuple(
    Voice(name, name, LANGUAGES, sex)
    for names, sex in ((FEMALE, "female"), (MALE, "male"))
    for name in names.split()
)
PCM_RATE = 24_000
_RATE = re.compile(r"rate=(\d{4,6})")


class GeminiVoiceOptions(VoiceOptions, frozen=True):
    """How it is spoken."""

    style: str = Field(
        default="",
        max_length=1000,
        description="How to speak, in words: warm, whispering, like a newsreader.",
    )


class GeminiVoiceSettings(GeminiSettings):
    """Where the service is."""

    model_config = SettingsConfigDict(
        env_prefix="RUSHES_GEMINI_VOICE_", env_file=".env", extra="ignore", populate_by_name=True
    )

    base_url: str = gemini_address("RUSHES_GEMINI_VOICE_")


class _Content(BaseModel):
    type: str = ""
    text: str = ""
    mime_type: str = ""
    data: str = ""


class _Step(BaseModel):
    content: list[_Content] | None = None


class _Error(BaseModel):
    code: str | int | None = None
    message: str | None = None


class _Interaction(BaseModel):
    status: str
    steps: list[_Step] = []
    error: _Error | None = None


class GeminiVoice(Connected, VoiceProvider[GeminiVoiceOptions, GeminiVoiceSettings]):
    """See the module docstring."""

    id = "gemini_voice"
    title = "Gemini voice"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=8000, concurrency=2)
    Options = GeminiVoiceOptions
    Settings = GeminiVoiceSettings
    credential = CredentialKind.KEY
    environment = ENVIRONMENT
    most_answer_bytes = INLINE_BYTES

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """A key of the Gemini API is one; an identity on Google Cloud is not."""
        return unfit(secret, fields)

    async def test(self, credential: Credential) -> None:
        """List one model."""
        await list_models(api_of(self.client, self.settings, credential))

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return its thirty."""
        return VOICES

    async def speak(self, call: SpeechCall[GeminiVoiceOptions], into: Path) -> Spoken:
        """Speak; a refusal comes as an answer without sound."""
        faults = _speech.text_faults(self, call)
        if _speech.by_id(VOICES, call.voice) is None:
            faults.append(_speech.voice_fault(self, call.voice))
        _speech.refuse(faults)
        api = api_of(self.client, self.settings, call.credential)
        told = parse(await api.create("/v1beta/interactions", json=_body(call)), _Interaction, step="speak")
        content = [each for step in told.steps for each in step.content or ()]
        audio = next((each for each in content if each.type == "audio" and each.data), None)
        if audio is None:
            raise _without_sound(told, " ".join(each.text for each in content).strip())
        rate = _RATE.search(audio.mime_type)
        data = await _speech.decoded(api.title, audio.data)
        sound = await _speech.sound_of(api.title, data, pcm_rate=int(rate[1]) if rate else PCM_RATE)
        sound = await stretched(sound, call.options.speed, into.parent)
        await _speech.keep(api.title, sound, call.text, into)
        return Spoken(sound.seconds, cost=_speech.price(self, call.model, call.text))


def _body(call: SpeechCall[GeminiVoiceOptions]) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "text", "text": call.text}
    if call.options.style:
        text["annotations"] = [{"type": "speech_metadata", "style": call.options.style}]
    return {
        "model": call.model,
        "input": [{"type": "user_input", "content": [text]}],
        "response_format": {"type": "audio", "mime_type": "audio/wav"},
        "generation_config": {"speech_config": [{"voice": call.voice, "language": call.language}]},
        "store": False,
    }


def _without_sound(told: _Interaction, words: str) -> Exception:
    """Return what an answer without sound means: a refusal in words, or something unknown."""
    message = (told.error.message if told.error else "") or words
    if message:
        return rejected(message, "Gemini")
    return ProviderChanged(f"the answer is {told.status!r} and holds no sound", step="speak")
