"""Voices behind OpenAI's speech API: OpenAI itself, Kokoro-FastAPI, OpenVINO, OpenRouter, by their address.

Wire: `POST /audio/speech` as OpenAI's Python SDK 3.5x sends it, always for WAV. It says nothing of words.
Kokoro-FastAPI also has `/dev/captioned_speech`, which does: its key says so (`server` = `kokoro`). Lists of
voices are an extension of such servers; OpenAI has none, and its voices are named here.
"""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault
from rushes.platform.media.speech import wav
from rushes.platform.media.speech.words import Piece, Word, by_letters, written_words
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.http import Connected, Trouble, needed, parse
from rushes.providers.links import LinkSettings
from rushes.providers.openai_api import OPENAI, OpenAiFields, api_of, field_price, list_models
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

NAMED = "named"
"""The catalogue's model that stands for whatever `model_name` says."""
LANGUAGES = tuple(
    re.findall(
        r"\w+",
        "af ar az be bg bs ca cs cy da de el en es et fa fi fr gl he hi hr hu hy id is it ja kk kn ko lt lv"
        " mi mk mr ms ne nl no pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh",
    )
)
"""What OpenAI's guide to speech says its voices speak."""
NAMES = re.findall(r"\w+", "alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar")
KOKORO = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es",
    "f": "fr-FR",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-BR",
    "z": "zh",
}
"""The first letter of a Kokoro voice; the second is its sex."""
SEXES = {"f": "female", "m": "male"}
WITHOUT_INSTRUCTIONS = ("tts-1", "tts-1-hd")
MOST_VOICES = 1000


class OpenAiVoiceOptions(VoiceOptions, frozen=True):
    """How it is spoken."""

    instructions: str = Field(
        default="",
        max_length=2000,
        description="How to speak, such as: calm, like a storyteller. The tts-1 models take none.",
    )
    model_name: str = Field(
        default="",
        max_length=200,
        pattern=r"^[\w./:@+-]*$",
        description="Name of the model on a server of your own, such as kokoro.",
    )


class OpenAiVoiceSettings(LinkSettings):
    """Address and key belong to the key."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_OPENAI_VOICE_", env_file=".env", extra="ignore")


class OpenAiVoiceFields(OpenAiFields, frozen=True):
    """Where the server is, what it is, and what it charges."""

    server: str = Field(
        default="",
        pattern="^(kokoro)?$",
        description="kokoro: a Kokoro-FastAPI server, which also says when each word is heard.",
    )
    price_per_million_characters: str = Field(
        default="",
        pattern=r"^(\d{1,4}(\.\d{1,12})?)?$",
        description="US dollars for a million characters of speech on a server of your own; empty: 0.",
    )


class _Timestamp(BaseModel):
    word: str
    start_time: float = Field(ge=0, le=86_400)
    end_time: float = Field(ge=0, le=86_400)


class _Captioned(BaseModel):
    audio: str
    timestamps: list[_Timestamp] | None = None


class _Voices(BaseModel):
    voices: list[str | dict[str, Any]] = []


class OpenAiVoice(Connected, VoiceProvider[OpenAiVoiceOptions, OpenAiVoiceSettings]):
    """See the module docstring."""

    id = "openai_voice"
    title = "OpenAI voice"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=4096, concurrency=4)
    Options = OpenAiVoiceOptions
    Settings = OpenAiVoiceSettings
    Fields = OpenAiVoiceFields
    credential = CredentialKind.KEY
    environment = ("OPENAI_API_KEY",)
    most_answer_bytes = INLINE_BYTES

    async def test(self, credential: Credential) -> None:
        """Ask for the list of models."""
        await list_models(api_of(self.client, credential))

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return OpenAI's, or those that a server of one's own lists; without a list, by OpenAI's names."""
        if credential is not None and not _is_openai(credential):
            api = api_of(self.client, credential)
            response = await api.look("GET", "/audio/voices", step="voices", expect=_has_no_list)
            if response.is_success and (listed := _listed(parse(response, _Voices, step="voices"))):
                return listed
        return tuple(Voice(name, name.capitalize(), LANGUAGES) for name in NAMES)

    async def speak(self, call: SpeechCall[OpenAiVoiceOptions], into: Path) -> Spoken:
        """Ask for WAV and measure it. A server of one's own may know any voice: it says when it does not."""
        faults = _speech.text_faults(self, call)
        if call.model == NAMED and not call.options.model_name:
            faults.append(Fault("model_name", "Say which model of the server speaks.", "missing"))
        if call.model != NAMED and call.options.model_name:
            faults.append(Fault("model_name", f"The model is {call.model!r} already.", "not_supported"))
        if call.options.instructions and call.model in WITHOUT_INSTRUCTIONS:
            faults.append(Fault("instructions", f"{call.model} takes no instructions.", "not_supported"))
        if not call.voice:
            faults.append(_speech.voice_fault(self, call.voice))
        _speech.refuse(faults)
        credential = needed(call.credential)
        api = api_of(self.client, credential)
        if credential.fields.get("server") == "kokoro":
            sound, words = await self._captioned(credential, call)
        else:
            response = await api.create("/audio/speech", json=_body(call), headers=_headers(call))
            sound, words = await _speech.sound_of(api.title, response.content), ()
        await _speech.keep(api.title, sound, call.text, into)
        return Spoken(sound.seconds, words, cost=self._cost(call))

    async def _captioned(
        self, credential: Credential, call: SpeechCall[OpenAiVoiceOptions]
    ) -> tuple[wav.Sound, tuple[Word, ...]]:
        """Kokoro-FastAPI's own way: the sound inside JSON, with the words' times."""
        base = credential.fields.get("base_url", "").rstrip("/").removesuffix("/v1")
        api = api_of(self.client, replace(credential, fields={**credential.fields, "base_url": base}))
        body = {**_body(call), "stream": False, "return_timestamps": True}
        response = await api.create("/dev/captioned_speech", json=body, headers=_headers(call))
        told = parse(response, _Captioned, step="speak")
        sound = await _speech.sound_of(api.title, await _speech.decoded(api.title, told.audio))
        pieces = [
            Piece(each.word, min(each.start_time, sound.seconds), min(each.end_time, sound.seconds))
            for each in told.timestamps or ()
            if each.end_time >= each.start_time
        ]
        return sound, by_letters(written_words(call.text, call.language), pieces)

    def _cost(self, call: SpeechCall[OpenAiVoiceOptions]) -> Decimal | None:
        """By the catalogue; for a server of one's own by the price that its key names, else 0."""
        if call.credential is not None and not _is_openai(call.credential):
            given = field_price(call.credential.fields, "price_per_million_characters")
            return (given or Decimal(0)) * len(call.text) / 1_000_000
        return _speech.price(self, call.model, call.text)


def _is_openai(credential: Credential) -> bool:
    return (credential.fields.get("base_url") or OPENAI).rstrip("/") == OPENAI


def _has_no_list(trouble: Trouble) -> bool:
    return trouble.status in {404, 405, 501}


def _headers(call: SpeechCall[OpenAiVoiceOptions]) -> dict[str, str]:
    return {"idempotency-key": call.key}


def _body(call: SpeechCall[OpenAiVoiceOptions]) -> dict[str, Any]:
    options = call.options
    body: dict[str, Any] = {
        "model": options.model_name if call.model == NAMED else call.model,
        "input": call.text,
        "voice": call.voice,
        "response_format": "wav",
    }
    if options.speed != 1.0:
        body["speed"] = options.speed
    if options.instructions:
        body["instructions"] = options.instructions
    return body


def _listed(answer: _Voices) -> tuple[Voice, ...]:
    """Return the voices of a list of names, or of objects with an id or a name."""
    found: dict[str, Voice] = {}
    for each in answer.voices[:MOST_VOICES]:
        name = each if isinstance(each, str) else str(each.get("id") or each.get("name") or "")
        if name and len(name) <= 200:
            kokoro = name[1:3] and name[2:3] == "_" and name[0] in KOKORO and name[1] in SEXES
            languages = (KOKORO[name[0]],) if kokoro else LANGUAGES
            title = name[3:].replace("_", " ").capitalize() if kokoro else name
            found[name] = Voice(name, title or name, languages, SEXES[name[1]] if kokoro else "")
    return tuple(found.values())
