"""Google Cloud's voices: marks, families, 5000 bytes, and its odd answers."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from standins._book import Book
from standins._server import serve_app
from standins.google_tts import KEY, GoogleTtsStandIn

from rushes.errors import ErrorType, Invalid
from rushes.providers.registry import AnyVoice
from rushes.providers.voices.google_voice import GoogleVoice, GoogleVoiceSettings
from tests.providers.voices.clouds import ACT, LATER, CloudKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GoogleTtsStandIn, str]]:
    standin = GoogleTtsStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


class TestGoogleVoice(CloudKit):
    provider_id = "google_voice"
    secret = KEY
    refusals = {  # noqa: RUF012  # data of a test
        "429": (LATER, ErrorType.RATE_LIMITED, None),
        "429:7": (LATER, ErrorType.RATE_LIMITED, 7.0),
        "quota": (ACT, ErrorType.CREDITS, None),
        "401": (ACT, ErrorType.AUTH, None),
        "disabled": (ACT, ErrorType.AUTH, None),
    }
    fine = ("header", "nomarks", "onemark")

    @pytest.fixture
    async def provider(self, served: tuple[GoogleTtsStandIn, str]) -> AsyncIterator[AnyVoice]:
        """At the stand-in's address."""
        self.standin = served[0]
        provider = GoogleVoice(GoogleVoiceSettings(base_url=served[1]))
        yield provider
        await provider.close()

    @property
    def book(self) -> Book:
        """What was asked."""
        return self.standin.book

    def priced_as(self, model: str) -> str:
        """By the family of its voice."""
        return "neural2"

    async def test_its_voices_are_those_of_a_family_it_knows(self, provider: AnyVoice):
        """With language and sex."""
        voices = await provider.voices(self.credential)
        assert [(each.id, each.languages, each.sex) for each in voices] == [
            ("en-US-Neural2-C", ("en-US",), "female"),
            ("en-US-Chirp3-HD-Kore", ("en-US",), "female"),
            ("de-DE-Wavenet-B", ("de-DE",), "male"),
            ("cmn-CN-Standard-A", ("cmn-CN",), "female"),
        ]

    async def test_it_says_when_words_are_heard(self, provider: AnyVoice, tmp_path: Path):
        """Also with signs that mean something in SSML."""
        await self.heard(provider, tmp_path, 'Tom & Jerry <3 "cheese" — 1 > 0.', speed=1.5)

    async def test_words_without_spaces_have_a_mark_each(self, provider: AnyVoice, tmp_path: Path):
        """As the captions will show them."""
        call = replace(await self.call(provider, "今天天气很好"), voice="cmn-CN-Standard-A", language="zh")
        spoken = await provider.speak(call, tmp_path / "a.wav")
        assert [word.text for word in spoken.words] == ["今天", "天气", "很", "好"]
        body = self.book.asked[-1].body
        assert body["input"]["ssml"].count("<mark") == 4
        assert body["voice"] == {"languageCode": "cmn-CN", "name": "cmn-CN-Standard-A"}

    async def test_a_voice_without_marks_gets_plain_text(self, provider: AnyVoice, tmp_path: Path):
        """And has no times; its price is that of its family."""
        call = replace(await self.call(provider, self.text), voice="en-US-Chirp3-HD-Kore")
        spoken = await provider.speak(call, tmp_path / "a.wav")
        assert self.book.asked[-1].body["input"] == {"text": self.text}
        assert (spoken.words, spoken.cost) == ((), Decimal(30) * len(self.text) / 1_000_000)

    async def test_a_text_that_has_no_room_for_marks_is_spoken_without(
        self, provider: AnyVoice, tmp_path: Path
    ):
        """5000 bytes are all that one request takes; beyond, it is refused here."""
        text = "a " * 1000
        spoken = await provider.speak(await self.call(provider, text), tmp_path / "a.wav")
        assert spoken.words == ()
        assert self.book.asked[-1].body["input"] == {"text": text}
        with pytest.raises(Invalid, match="5000"):
            await provider.speak(await self.call(provider, "ж" * 2501), tmp_path / "b.wav")

    @pytest.mark.parametrize(
        ("changes", "options", "where"),
        [
            ({"voice": "en-US-Polyglot-1"}, {}, "voice"),
            ({"model": "studio"}, {}, "model"),
            ({"voice": "en-US-Chirp3-HD-Kore"}, {"pitch": 2}, "pitch"),
        ],
    )
    async def test_what_cannot_be_is_refused_before_it_is_sent(
        self, provider: AnyVoice, tmp_path: Path, changes: dict[str, str], options: dict[str, int], where: str
    ):
        call = replace(await self.call(provider, self.text, **options), **changes)
        sent = len(self.book.asked)
        with pytest.raises(Invalid) as refused:
            await provider.speak(call, tmp_path / "a.wav")
        assert [fault.where for fault in refused.value.faults] == [where]
        assert len(self.book.asked) == sent

    def test_keys_of_other_servers_are_none(self):
        """A key with an address of its own is not shown to Google."""
        provider = GoogleVoice(GoogleVoiceSettings())
        assert provider.unfit("AIza", {"base_url": "https://example.com"})
        assert provider.unfit("AIza", {}) is None
