"""ElevenLabs: many voices and one's own clones, with the time of every character.

Wire: `POST /v1/text-to-speech/{voice}/with-timestamps` for raw samples at 24 kHz. Its limit is how many
calls are on the way at once: `too_many_concurrent_requests` waits for one of them, `system_busy` backs off,
and `quota_exceeded` needs its owner.
"""

import re
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded, ErrorType, Fault, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.platform.media.speech.stretch import at_speed, stretched
from rushes.platform.media.speech.words import Piece, by_letters, written_words
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.http import Api, Connected, Trouble, needed, parse
from rushes.providers.links import LinkSettings
from rushes.providers.reading import read_json, retry_after
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

RATE = 24_000
SLOWEST, FASTEST = 0.7, 1.2
"""Its own range of speeds; what is beyond is stretched here."""
MOST_CHARACTERS = {"eleven_v3": 5000, "eleven_flash_v2_5": 40_000}
"""By model; 10,000 for others."""
LANGUAGES = tuple(
    re.findall(
        r"\w+",
        "ar bg cs da de el en es fi fil fr hi hr hu id it ja ko ms nl no pl pt ro ru sk sv ta tr uk vi zh",
    )
)
TITLE = "ElevenLabs"
BUSY_SECONDS = 5.0


class ElevenLabsOptions(VoiceOptions, frozen=True):
    """How it is spoken."""

    stability: float = Field(
        default=0.5, ge=0.0, le=1.0, description="Low: livelier; high: more even from call to call."
    )
    similarity: float = Field(default=0.75, ge=0.0, le=1.0, description="How close to the original voice.")
    seed: int | None = Field(
        default=None, ge=0, le=4_294_967_295, description="The same seed makes about the same; empty: random."
    )


class ElevenLabsSettings(LinkSettings):
    """Where the service is."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_ELEVENLABS_", env_file=".env", extra="ignore")

    base_url: str = Field(
        default="https://api.elevenlabs.io", pattern="^https?://", description="Address of ElevenLabs."
    )


class _Alignment(BaseModel):
    characters: list[str]
    starts: list[float] = Field(alias="character_start_times_seconds")
    ends: list[float] = Field(alias="character_end_times_seconds")


class _Answer(BaseModel):
    audio_base64: str
    alignment: _Alignment | None = None


class _Detail(BaseModel):
    status: str | None = None
    message: str | None = None


class _Fault(BaseModel):
    msg: str = ""


_FAULTS = TypeAdapter(list[_Fault])


class _Labels(BaseModel):
    gender: str | None = None
    language: str | None = None


class _Language(BaseModel):
    language: str | None = None
    locale: str | None = None


class _Listed(BaseModel):
    voice_id: str = Field(min_length=1, max_length=200)
    name: str | None = None
    labels: _Labels | None = None
    preview_url: str | None = None
    verified_languages: list[_Language] | None = None


class _Voices(BaseModel):
    voices: list[_Listed] = []


class ElevenLabs(Connected, VoiceProvider[ElevenLabsOptions, ElevenLabsSettings]):
    """See the module docstring."""

    id = "elevenlabs"
    title = TITLE
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=40_000, concurrency=2)
    Options = ElevenLabsOptions
    Settings = ElevenLabsSettings
    credential = CredentialKind.KEY
    environment = ("ELEVENLABS_API_KEY",)
    most_answer_bytes = INLINE_BYTES

    async def test(self, credential: Credential) -> None:
        """Ask for the voices."""
        await self.voices(credential)

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return those of the key's owner."""
        response = await self._api(needed(credential)).look("GET", "/v1/voices", step="voices")
        return tuple(map(_voice, parse(response, _Voices, step="voices").voices))

    async def speak(self, call: SpeechCall[ElevenLabsOptions], into: Path) -> Spoken:
        """Speak, with the time of every character."""
        faults = _speech.text_faults(self, call)
        most = MOST_CHARACTERS.get(call.model, 10_000)
        if len(call.text) > most:
            faults.append(Fault("text", f"{call.model} takes {most} characters.", "too_long"))
        if not call.voice:
            faults.append(_speech.voice_fault(self, call.voice))
        _speech.refuse(faults)
        api = self._api(needed(call.credential))
        own = min(FASTEST, max(SLOWEST, call.options.speed))
        path = f"/v1/text-to-speech/{quote(call.voice, safe='')}/with-timestamps"
        response = await api.create(path, json=_body(call, own), params={"output_format": f"pcm_{RATE}"})
        told = parse(response, _Answer, step="speak")
        data = await _speech.decoded(TITLE, told.audio_base64)
        usual = await _speech.sound_of(TITLE, data, pcm_rate=RATE)
        pieces = _pieces(told.alignment, usual.seconds)
        words = by_letters(written_words(call.text, call.language), pieces)
        rest = call.options.speed / own
        sound = await stretched(usual, rest, into.parent)
        await _speech.keep(TITLE, sound, call.text, into)
        if sound is not usual:
            words = at_speed(words, usual.seconds / sound.seconds)
        return Spoken(sound.seconds, words, cost=_speech.price(self, call.model, call.text))

    def _api(self, credential: Credential) -> Api:
        key = credential.secret
        base = self.settings.base_url.rstrip("/")
        headers = {"xi-api-key": key}
        return Api(self.client, TITLE, base, headers, secret=key, read=_read, refine=_refine)


def _body(call: SpeechCall[ElevenLabsOptions], speed: float) -> dict[str, Any]:
    options = call.options
    settings: dict[str, Any] = {"stability": options.stability, "similarity_boost": options.similarity}
    if speed != 1.0:
        settings["speed"] = speed
    body: dict[str, Any] = {"text": call.text, "model_id": call.model, "voice_settings": settings}
    if call.model != "eleven_multilingual_v2":  # finds the language out, and refuses one that is named
        body["language_code"] = call.language.split("-")[0].lower()
    if options.seed is not None:
        body["seed"] = options.seed
    return body


def _pieces(alignment: _Alignment | None, seconds: float) -> list[Piece]:
    """Return each character with its time. Raises `ProviderChanged` for lists of different lengths."""
    if alignment is None:
        return []
    if not len(alignment.characters) == len(alignment.starts) == len(alignment.ends):
        raise ProviderChanged("the lists of characters and times differ in length", step="speak")
    ranges = zip(alignment.characters, alignment.starts, alignment.ends, strict=True)
    return [
        Piece(each, min(max(0.0, start), seconds), min(max(start, end, 0.0), seconds))
        for each, start, end in ranges
    ]


def _voice(listed: _Listed) -> Voice:
    labels = listed.labels or _Labels()
    spoken = [each.locale or each.language for each in listed.verified_languages or ()]
    named = tuple(dict.fromkeys(each for each in (*spoken, labels.language) if each))
    sex = labels.gender if labels.gender in {"female", "male"} else ""
    sample = listed.preview_url or ""
    sample = sample if sample.startswith("https://") else ""
    return Voice(listed.voice_id, listed.name or listed.voice_id, named or LANGUAGES, sex or "", sample)


def _read(response: httpx2.Response) -> Trouble:
    """Return what `{"detail": {"status", "message"}}` says; a list of faults for a body it does not take."""
    try:
        detail = read_json(response.content)["detail"]
        if isinstance(detail, dict):
            told = _Detail.model_validate(detail)
        elif isinstance(detail, list):
            faults = _FAULTS.validate_python(detail)
            told = _Detail(status="invalid", message="; ".join(each.msg for each in faults[:3]))
        else:
            told = _Detail(message=str(detail))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        told = _Detail()
    message = told.message or response.reason_phrase
    return Trouble(response.status_code, message, told.status or "", retry_after(response))


def _refine(trouble: Trouble) -> RushesError | None:
    said = f"{TITLE}: {trouble.message}"
    match trouble.reason:
        case "too_many_concurrent_requests" | "concurrent_limit_exceeded":
            return RetryLater(said, error_type=ErrorType.RATE_LIMITED, after=trouble.after or BUSY_SECONDS)
        case "system_busy":
            return RetryLater(said, error_type=ErrorType.HIGH_DEMAND, after=trouble.after)
        case "quota_exceeded":
            hint = "Wait for the next month of the plan, or raise it; then retry."
            return ActionNeeded(said, error_type=ErrorType.CREDITS, hint=hint)
        case "voice_not_found":
            return Rejected(said, error_type=ErrorType.BAD_INPUT, hint="Choose another voice.")
        case "content_against_policy" | "text_moderated" | "detected_unusual_activity":
            return Rejected(said)
        case _:
            return None
