"""Voices of Google Cloud Text-to-Speech: hundreds, in many languages, with the time of each word for most.

Wire: `POST /v1beta1/text:synthesize`. Only v1beta1 reports the times of marks, and only the older families
(Standard, WaveNet, Neural2) know marks: a `<mark/>` goes before each word. One request takes 5000 bytes,
marks included; a text that has no room for them is spoken without, and has no times.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from xml.sax.saxutils import escape

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault
from rushes.platform.media.speech import wav
from rushes.platform.media.speech.words import Word, written_words
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.google import is_identity, read, refine
from rushes.providers.http import Api, Connected, needed, parse
from rushes.providers.links import LinkSettings
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

if TYPE_CHECKING:
    from rushes.providers.google_identity import Identities

BY_VOICE = "by-voice"
"""The catalogue's model that stands for the family of the chosen voice."""
FAMILIES = {
    "Chirp3-HD": "chirp3-hd",
    "Chirp-HD": "chirp3-hd",
    "Neural2": "neural2",
    "Wavenet": "wavenet",
    "Standard": "standard",
    "Studio": "studio",
}
"""A part of a voice's name (`de-DE-Neural2-B`), and the model it is priced as."""
MARKED = frozenset({"neural2", "wavenet", "standard"})
MOST_BYTES = 5000
SEXES = {"MALE": "male", "FEMALE": "female"}
MOST_VOICES = 5000


class GoogleVoiceOptions(VoiceOptions, frozen=True):
    """How it is spoken."""

    pitch: float = Field(
        default=0.0, ge=-20.0, le=20.0, description="Semitones higher or lower; Chirp voices take none."
    )


class GoogleVoiceSettings(LinkSettings):
    """Where the service is."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_GOOGLE_VOICE_", env_file=".env", extra="ignore")

    base_url: str = Field(
        default="https://texttospeech.googleapis.com",
        pattern="^https?://",
        description="Address of Google Cloud Text-to-Speech.",
    )


class _Mark(BaseModel):
    mark: str = Field(alias="markName")
    seconds: float = Field(default=0.0, alias="timeSeconds", ge=0, le=86_400)


class _Answer(BaseModel):
    audio: str = Field(alias="audioContent")
    marks: list[_Mark] = Field(default=[], alias="timepoints")


class _Listed(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    languages: list[str] = Field(default=[], alias="languageCodes")
    sex: str = Field(default="", alias="ssmlGender")


class _Voices(BaseModel):
    voices: list[_Listed] = []


class GoogleVoice(Connected, VoiceProvider[GoogleVoiceOptions, GoogleVoiceSettings]):
    """See the module docstring."""

    id = "google_voice"
    title = "Google voice"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=MOST_BYTES, concurrency=4)
    Options = GoogleVoiceOptions
    Settings = GoogleVoiceSettings
    credential = CredentialKind.KEY
    environment = ("GOOGLE_API_KEY",)
    words = frozenset({"adc"})
    most_answer_bytes = INLINE_BYTES

    @cached_property
    def _identities(self) -> "Identities":
        return import_module("rushes.providers.google_identity").Identities()

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """Keys of another server are none."""
        return f"Google is not at {fields['base_url']}." if fields.get("base_url") else None

    async def test(self, credential: Credential) -> None:
        """List the voices of one language."""
        await self._list(credential, {"languageCode": "en-US"})

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return those that the key can use."""
        listed = await self._list(needed(credential), {})
        return tuple(
            Voice(each.name, each.name, tuple(each.languages), SEXES.get(each.sex, ""))
            for each in listed.voices[:MOST_VOICES]
            if each.languages and _family(each.name) is not None
        )

    async def speak(self, call: SpeechCall[GoogleVoiceOptions], into: Path) -> Spoken:
        """Speak, with a mark before each word where there is room for them."""
        words = written_words(call.text, call.language)
        family = _family(call.voice)
        faults = _speech.text_faults(self, call, measure=len(call.text.encode()))
        if family is None:
            faults.append(_speech.voice_fault(self, call.voice))
        elif call.model not in {BY_VOICE, family}:
            message = f"{call.voice} is a voice of {family}, and not of {call.model}."
            faults.append(Fault("model", message, "not_supported"))
        elif family == "chirp3-hd" and call.options.pitch:
            faults.append(Fault("pitch", "Chirp voices have no pitch.", "not_supported"))
        _speech.refuse(faults)
        assert family is not None
        marked = _marked(call.text, words) if family in MARKED else ""
        body = _body(call, marked if len(marked.encode()) <= MOST_BYTES else "")
        api = await self._api(needed(call.credential))
        told = parse(await api.create("/v1beta1/text:synthesize", json=body), _Answer, step="speak")
        sound = await _speech.sound_of(api.title, await _speech.decoded(api.title, told.audio))
        await _speech.keep(api.title, sound, call.text, into)
        return Spoken(sound.seconds, _timed(words, told.marks, sound), cost=self._cost(family, call.text))

    def _cost(self, family: str, text: str) -> Decimal | None:
        return _speech.price(self, family, text)

    async def _list(self, credential: Credential, params: dict[str, str]) -> _Voices:
        api = await self._api(credential)
        return parse(
            await api.look("GET", "/v1/voices", step="voices", params=params), _Voices, step="voices"
        )

    async def _api(self, credential: Credential) -> Api:
        base = self.settings.base_url.rstrip("/")
        secret = credential.secret
        if is_identity(secret):
            access = await self._identities.get(secret, home=base, private=self.settings.private_links)
            secret = await access.token()
            headers = {"authorization": f"Bearer {secret}"}
            if access.project:
                headers["x-goog-user-project"] = access.project
        else:
            headers = {"x-goog-api-key": secret}
        return Api(self.client, "Google", base, headers, secret=secret, read=read, refine=refine)


def _family(voice: str) -> str | None:
    return next((family for name, family in FAMILIES.items() if f"-{name}-" in voice), None)


def _marked(text: str, words: list[str]) -> str:
    """Return the text as SSML with a numbered mark before each word."""
    pieces: list[str] = []
    at = 0
    for number, word in enumerate(words):
        start = text.index(word, at)
        pieces += [escape(text[at:start]), f'<mark name="{number}"/>', escape(word)]
        at = start + len(word)
    return f"<speak>{''.join(pieces)}{escape(text[at:])}</speak>"


def _body(call: SpeechCall[GoogleVoiceOptions], marked: str) -> dict[str, Any]:
    config: dict[str, Any] = {"audioEncoding": "LINEAR16", "speakingRate": call.options.speed}
    if call.options.pitch:
        config["pitch"] = call.options.pitch
    language = "-".join(call.voice.split("-")[:2])
    body: dict[str, Any] = {
        "input": {"ssml": marked} if marked else {"text": call.text},
        "voice": {"languageCode": language, "name": call.voice},
        "audioConfig": config,
    }
    if marked:
        body["enableTimePointing"] = ["SSML_MARK"]
    return body


def _timed(words: list[str], marks: list[_Mark], sound: wav.Sound) -> tuple[Word, ...]:
    """Return the words with the times of their marks; none when a mark is missing or comes out of order."""
    last = sound.heard()[1]
    times = {each.mark: each.seconds for each in marks}
    starts = [times.get(str(number), -1.0) for number in range(len(words))]
    if not starts or min(starts) < 0 or starts != sorted(starts) or starts[-1] > sound.seconds:
        return ()
    ends = [*starts[1:], max(last, starts[-1])]
    return tuple(Word(*each) for each in zip(words, starts, ends, strict=True))
