"""Gemini's voices: WAV and raw samples, answers without sound, and the stand-in as the real SDK sees it."""

import base64
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from google import genai
from google.genai import types
from standins._book import Book
from standins._server import serve_app
from standins._speech import tone_words
from standins.gemini_speech import KEY, GeminiSpeechStandIn

from rushes.errors import ErrorType, Invalid
from rushes.platform.media.speech import wav
from rushes.providers.registry import AnyVoice
from rushes.providers.voices.gemini_voice import GeminiVoice, GeminiVoiceSettings
from tests.providers.voices.clouds import ACT, COMMON_BROKEN, LATER, NO, CloudKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GeminiSpeechStandIn, str]]:
    standin = GeminiSpeechStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


class TestGeminiVoice(CloudKit):
    provider_id = "gemini_voice"
    secret = KEY
    refusals = {  # noqa: RUF012  # data of a test
        "429": (LATER, ErrorType.RATE_LIMITED, None),
        "429:7": (LATER, ErrorType.RATE_LIMITED, 7.0),
        "401": (ACT, ErrorType.AUTH, None),
        "blocked": (NO, ErrorType.POLICY_VIOLATION, None),
        "words": (NO, ErrorType.POLICY_VIOLATION, None),
    }
    broken = (*COMMON_BROKEN, "odd", "cutjson")
    fine = ("header", "pcm")

    @pytest.fixture
    async def provider(self, served: tuple[GeminiSpeechStandIn, str]) -> AsyncIterator[AnyVoice]:
        """At the stand-in's address."""
        self.standin = served[0]
        provider = GeminiVoice(GeminiVoiceSettings(base_url=served[1]))
        yield provider
        await provider.close()

    @property
    def book(self) -> Book:
        """What was asked."""
        return self.standin.book

    async def test_a_style_goes_along_and_nothing_is_stored_there(self, provider: AnyVoice, tmp_path: Path):
        await provider.speak(await self.call(provider, self.text, style="warm"), tmp_path / "a.wav")
        body = self.book.asked[-1].body
        [text] = body["input"][0]["content"]
        assert text["annotations"] == [{"type": "speech_metadata", "style": "warm"}]
        assert (body["store"], body["response_format"]["mime_type"]) == (False, "audio/wav")

    async def test_a_speed_stretches_what_it_speaks(self, provider: AnyVoice, tmp_path: Path):
        """To the length it asks for; the service has none of its own."""
        usual = await provider.speak(await self.call(provider, self.text), tmp_path / "a.wav")
        slow = await provider.speak(await self.call(provider, self.text, speed=0.5), tmp_path / "b.wav")
        assert slow.seconds == pytest.approx(2 * usual.seconds, rel=0.03)
        assert {each.name for each in tmp_path.iterdir()} == {"a.wav", "b.wav"}

    async def test_it_has_thirty_voices_and_no_other(self, provider: AnyVoice, tmp_path: Path):
        assert len(await provider.voices(None)) == 30
        with pytest.raises(Invalid):
            await provider.speak(
                replace(await self.call(provider, self.text), voice="Nobody"), tmp_path / "a.wav"
            )

    async def test_the_day_is_over_for_a_daily_limit(self, provider: AnyVoice, tmp_path: Path):
        with pytest.raises(LATER) as refused:
            await provider.speak(await self.call(provider, "Hello. [daily]"), tmp_path / "a.wav")
        assert refused.value.error_type is ErrorType.QUOTA
        assert 0 < (refused.value.after or 0) <= 25 * 3600


def test_the_real_sdk_works_with_the_stand_in(served: tuple[GeminiSpeechStandIn, str]):
    _, url = served
    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=url))
    text = "Hello from the SDK."
    answer = client.interactions.create(
        model="gemini-3.8-flash-tts",
        input=text,
        response_format={"type": "audio", "mime_type": "audio/wav"},
        generation_config={"speech_config": [{"voice": "Kore"}]},
        store=False,
    )
    told = answer.model_dump()
    assert told["status"] == "completed"
    [part] = told["steps"][0]["content"]
    sound = wav.read_wav(base64.b64decode(part["data"]))
    assert sound.seconds == pytest.approx(tone_words(text)[-1].end, abs=0.1)
