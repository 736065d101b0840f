"""ElevenLabs: characters to words, its three ways to be busy, and its odd answers."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from standins._book import Book
from standins._server import serve_app
from standins.elevenlabs import CLONE, KEY, VOICE, ElevenLabsStandIn

from rushes.errors import ErrorType, Invalid, Rejected
from rushes.providers.registry import AnyVoice
from rushes.providers.voices.elevenlabs import ElevenLabs, ElevenLabsSettings
from tests.providers.voices.clouds import ACT, COMMON_BROKEN, LATER, NO, CloudKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ElevenLabsStandIn, str]]:
    standin = ElevenLabsStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


class TestElevenLabs(CloudKit):
    provider_id = "elevenlabs"
    secret = KEY
    refusals = {  # noqa: RUF012  # data of a test
        "concurrent": (LATER, ErrorType.RATE_LIMITED, 5.0),
        "busy": (LATER, ErrorType.HIGH_DEMAND, None),
        "busy:9": (LATER, ErrorType.HIGH_DEMAND, 9.0),
        "quota": (ACT, ErrorType.CREDITS, None),
        "401": (ACT, ErrorType.AUTH, None),
        "policy": (NO, ErrorType.POLICY_VIOLATION, None),
    }
    broken = (*COMMON_BROKEN, "uneven")
    fine = ("notimes",)

    @pytest.fixture
    async def provider(self, served: tuple[ElevenLabsStandIn, str]) -> AsyncIterator[AnyVoice]:
        """At the stand-in's address."""
        self.standin = served[0]
        provider = ElevenLabs(ElevenLabsSettings(base_url=served[1]))
        yield provider
        await provider.close()

    @property
    def book(self) -> Book:
        """What was asked."""
        return self.standin.book

    async def test_its_voices_have_what_it_says_of_them(self, provider: AnyVoice):
        """And no sample that is not on the web."""
        first, second = await provider.voices(self.credential)
        assert (first.id, first.title, first.languages, first.sex) == (
            VOICE,
            "Rachel",
            ("en-US", "de"),
            "female",
        )
        assert first.sample_url == "https://example.com/rachel.mp3"
        assert (second.title, second.sex, second.sample_url) == (CLONE, "", "")
        assert second.speaks("fr")

    @pytest.mark.parametrize("speed", [1.0, 0.8, 1.5, 0.5])
    async def test_it_says_when_words_are_heard(self, provider: AnyVoice, tmp_path: Path, speed: float):
        """Also where its own speeds end and what it speaks is stretched."""
        await self.heard(provider, tmp_path, "Well, hello: it’s me, Tom!", speed=speed)

    async def test_a_voice_of_any_name_stays_in_its_place(self, provider: AnyVoice, tmp_path: Path):
        """A slash in it is no path."""
        call = await self.call(provider, self.text)
        await provider.speak(replace(call, voice=CLONE), tmp_path / "a.wav")
        with pytest.raises(Rejected):
            await provider.speak(replace(call, voice="../../voices"), tmp_path / "b.wav")

    async def test_the_language_goes_along_where_the_model_takes_one(
        self, provider: AnyVoice, tmp_path: Path
    ):
        call = replace(await self.call(provider, self.text, seed=7), language="de-AT")
        await provider.speak(call, tmp_path / "a.wav")
        assert "language_code" not in self.book.asked[-1].body
        await provider.speak(replace(call, model="eleven_flash_v2_5"), tmp_path / "b.wav")
        assert (self.book.asked[-1].body["language_code"], self.book.asked[-1].body["seed"]) == ("de", 7)

    async def test_each_model_has_a_length_of_its_own(self, provider: AnyVoice, tmp_path: Path):
        call = await self.call(provider, "word " * 1100)
        with pytest.raises(Invalid, match="5000"):
            await provider.speak(replace(call, model="eleven_v3"), tmp_path / "a.wav")
