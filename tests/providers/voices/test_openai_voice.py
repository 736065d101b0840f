"""OpenAI's dialect of speech: OpenAI, a Kokoro-FastAPI server, and the stand-in as the real SDK sees it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import openai
import pytest
from standins._book import Book
from standins._server import serve_app
from standins._speech import tone_words
from standins.openai_speech import KEY, OpenAiSpeechStandIn

from rushes.errors import ErrorType, Invalid
from rushes.platform.media.speech import wav
from rushes.providers.base import Credential
from rushes.providers.registry import AnyVoice
from rushes.providers.voices import openai_voice
from rushes.providers.voices.openai_voice import OpenAiVoice, OpenAiVoiceSettings
from tests.providers.voices.clouds import ACT, COMMON_BROKEN, LATER, NO, CloudKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[OpenAiSpeechStandIn, str]]:
    standin = OpenAiSpeechStandIn()
    with serve_app(standin.app) as url:
        yield standin, f"{url}/v1"


class TestOpenAiVoice(CloudKit):
    provider_id = "openai_voice"
    secret = KEY
    refusals = {  # noqa: RUF012  # data of a test
        "429": (LATER, ErrorType.RATE_LIMITED, None),
        "429:7": (LATER, ErrorType.RATE_LIMITED, 7.0),
        "quota": (ACT, ErrorType.CREDITS, None),
        "401": (ACT, ErrorType.AUTH, None),
        "moderated": (NO, ErrorType.POLICY_VIOLATION, None),
        "badvoice": (NO, ErrorType.BAD_INPUT, None),
    }
    broken = (*COMMON_BROKEN, "json")

    @pytest.fixture
    async def provider(
        self, served: tuple[OpenAiSpeechStandIn, str], monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[AnyVoice]:
        """OpenAI itself is at the stand-in's address."""
        self.standin, self.url = served
        self.fields = {"base_url": self.url}
        monkeypatch.setattr(openai_voice, "OPENAI", self.url)
        provider = OpenAiVoice(OpenAiVoiceSettings())
        yield provider
        await provider.close()

    @property
    def book(self) -> Book:
        """What was asked."""
        return self.standin.book

    @property
    def credential(self) -> Credential:
        """A key at the stand-in's address."""
        return Credential(UUID(int=1), "test", KEY, self.fields)

    async def test_instructions_and_speed_go_along_and_the_key_of_the_ledger(
        self, provider: AnyVoice, tmp_path: Path
    ):
        call = await self.call(provider, self.text, instructions="Calmly.", speed=1.25)
        await provider.speak(call, tmp_path / "a.wav")
        asked = self.book.asked[-1]
        assert asked.body == {
            "model": "gpt-4o-mini-tts",
            "input": self.text,
            "voice": "alloy",
            "response_format": "wav",
            "speed": 1.25,
            "instructions": "Calmly.",
        }
        assert asked.headers["idempotency-key"] == call.key

    @pytest.mark.parametrize(
        ("changes", "options", "where"),
        [
            ({"model": "tts-1"}, {"instructions": "Calmly."}, "instructions"),
            ({"model": "named"}, {}, "model_name"),
            ({}, {"model_name": "kokoro"}, "model_name"),
            ({"text": "word " * 900}, {}, "text"),
            ({"voice": ""}, {}, "voice"),
        ],
    )
    async def test_what_cannot_be_is_refused_before_it_is_sent(
        self,
        provider: AnyVoice,
        tmp_path: Path,
        changes: dict[str, str],
        options: dict[str, str],
        where: str,
    ):
        call = replace(await self.call(provider, self.text, **options), **changes)
        sent = len(self.book.asked)
        with pytest.raises(Invalid) as refused:
            await provider.speak(call, tmp_path / "a.wav")
        assert [fault.where for fault in refused.value.faults] == [where]
        assert len(self.book.asked) == sent


class TestKokoro(TestOpenAiVoice):
    """The same against a Kokoro-FastAPI server, whose WAV headers are always wrong."""

    fine = ("header", "nowords", "null")
    broken = (*COMMON_BROKEN[:-1],)

    @pytest.fixture
    async def provider(  # pyright: ignore[reportIncompatibleMethodOverride]  # a fixture, of the same name
        self, served: tuple[OpenAiSpeechStandIn, str]
    ) -> AsyncIterator[AnyVoice]:
        """The server is one's own."""
        self.standin, self.url = served
        self.fields = {"base_url": self.url, "server": "kokoro", "price_per_million_characters": "0.7"}
        self.standin.kokoro = True
        provider = OpenAiVoice(OpenAiVoiceSettings())
        yield provider
        self.standin.kokoro = False
        await provider.close()

    async def test_its_voices_are_those_it_lists(self, provider: AnyVoice):
        """By Kokoro's own rule of names, where it is one."""
        voices = await provider.voices(self.credential)
        assert [(each.id, each.title, each.sex) for each in voices] == [
            ("af_heart", "Heart", "female"),
            ("bm_george", "George", "male"),
            ("jf_alpha", "Alpha", "female"),
            ("plain", "plain", ""),
        ]
        assert [each.languages[0] for each in voices][:3] == ["en-US", "en-GB", "ja"]

    async def test_it_says_when_words_are_heard(self, provider: AnyVoice, tmp_path: Path):
        """Mapped to the words with their punctuation."""
        await self.heard(provider, tmp_path, "Well, hello there. It is me!", speed=1.25)

    async def test_it_says_what_it_costs(self, provider: AnyVoice, tmp_path: Path):
        """By the price that goes with the key."""
        spoken = await provider.speak(await self.call(provider, self.text), tmp_path / "a.wav")
        assert spoken.cost == Decimal("0.7") * len(self.text) / 1_000_000

    async def test_instructions_and_speed_go_along_and_the_key_of_the_ledger(
        self, provider: AnyVoice, tmp_path: Path
    ):
        """To its own path, beside `/v1`; the model is the one that is named."""
        call = await self.call(provider, self.text, model_name="kokoro", speed=1.25)
        await provider.speak(replace(call, model="named"), tmp_path / "a.wav")
        asked = self.book.asked[-1]
        assert (asked.path, asked.body["model"], asked.body["stream"]) == (
            "/dev/captioned_speech",
            "kokoro",
            False,
        )
        assert (asked.body["speed"], asked.headers["idempotency-key"]) == (1.25, call.key)


async def test_another_server_without_a_list_has_the_usual_names(served: tuple[OpenAiSpeechStandIn, str]):
    provider = OpenAiVoice(OpenAiVoiceSettings())
    key = Credential(UUID(int=1), "test", KEY, {"base_url": served[1]})
    assert len(await provider.voices(key)) == len(await provider.voices(None)) == 13
    await provider.close()


def test_the_real_sdk_works_with_the_stand_in(served: tuple[OpenAiSpeechStandIn, str]):
    _, url = served
    client = openai.OpenAI(base_url=url, api_key=KEY, max_retries=0)
    text = "Hello from the SDK."
    answer = client.audio.speech.create(model="tts-1", voice="alloy", input=text, response_format="wav")
    assert wav.read_wav(answer.content).seconds == pytest.approx(tone_words(text)[-1].end, abs=0.1)
    with pytest.raises(openai.RateLimitError) as limited:
        client.audio.speech.create(model="tts-1", voice="alloy", input="[429:7]")
    assert limited.value.response.headers["retry-after"] == "7"
    with pytest.raises(openai.RateLimitError, match="quota"):
        client.audio.speech.create(model="tts-1", voice="alloy", input="[quota]")
    with pytest.raises(openai.BadRequestError, match="moderation"):
        client.audio.speech.create(model="tts-1", voice="alloy", input="[moderated]")
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").audio.speech.create(model="tts-1", voice="alloy", input="a")
    assert [model.id for model in client.models.list()] == ["tts-1"]
