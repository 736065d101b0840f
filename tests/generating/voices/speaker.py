"""A voice that speaks what the stand-in server sends."""

import re
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from pydantic_settings import SettingsConfigDict
from tests.generating.api import ServerFields, api_of

from rushes.providers.base import BaseLimits, Credential, CredentialFields, CredentialKind
from rushes.providers.http import Connected
from rushes.providers.links import LinkSettings
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider, Word


class SpeakerSettings(LinkSettings):
    """None of its own."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_SPEAKER_", env_file=None, extra="ignore")


class Speaker(Connected, VoiceProvider[VoiceOptions, SpeakerSettings]):
    """See the module docstring."""

    id = "speaker"
    title = "Speaker"
    limits = BaseLimits(concurrency=4)
    Settings = SpeakerSettings
    Fields: ClassVar[type[CredentialFields]] = ServerFields
    credential = CredentialKind.KEY

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """One."""
        return (Voice("plain", "Plain", ("en",)),)

    async def speak(self, call: SpeechCall[VoiceOptions], into: Path) -> Spoken:
        """One request."""
        api = api_of(self.client, self.title, call.credential)
        answer = await api.create("/speech", json={"key": call.key, "text": call.text})
        into.write_bytes(answer.content)
        cost = answer.headers.get("x-cost")
        times = re.search(r"\[words:(\S+) (\S+)\]", call.text)
        words = (Word("a", float(times[1]), float(times[2])),) if times else ()
        return Spoken(1.0, words, Decimal(cost) if cost else None)
