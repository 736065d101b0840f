"""What a voice behind a service must do with its odd answers, as tests to inherit; what is odd is data."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from standins._book import Book
from standins._speech import tone_words

from rushes.errors import ActionNeeded, ErrorType, ProviderChanged, Rejected, RetryLater
from rushes.platform.media.speech import wav
from rushes.providers.registry import AnyVoice
from tests.providers.voices.kit import VoiceKit

LATER, ACT, NO = RetryLater, ActionNeeded, Rejected
Refusals = Mapping[str, tuple[type[RetryLater | ActionNeeded | Rejected], ErrorType, float | None]]
COMMON_UNSURE = ("500", "reset")
COMMON_BROKEN = ("empty", "silent", "short", "cut", "html")


class CloudKit(VoiceKit):
    """Inherit it; see `VoiceKit`. Tags go at the end of a text."""

    refusals: ClassVar[Refusals]
    """Tag to the error it means: nothing was accepted."""
    unsure: ClassVar[tuple[str, ...]] = COMMON_UNSURE
    """Tags of answers after which nobody knows."""
    broken: ClassVar[tuple[str, ...]] = COMMON_BROKEN
    """Tags of answers that came and cannot be speech."""
    fine: ClassVar[tuple[str, ...]] = ("header",)
    """Tags of answers that are odd and speech all the same."""

    @property
    def book(self) -> Book:
        """What was asked of the stand-in."""
        raise NotImplementedError

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Each tag is a test of its own."""
        for name in ("refused", "unsure", "broken", "fine"):
            if f"{name}_tag" in metafunc.fixturenames:
                tags = self.refusals if name == "refused" else getattr(self, name)
                metafunc.parametrize(f"{name}_tag", list(tags))

    async def test_a_refusal_says_who_acts_next(self, provider: AnyVoice, tmp_path: Path, refused_tag: str):
        """And that nothing was accepted; the key is in no message."""
        kind, error_type, after = self.refusals[refused_tag]
        with pytest.raises(kind) as refused:
            await provider.speak(
                await self.call(provider, f"Hello there. [{refused_tag}]"), tmp_path / "a.wav"
            )
        assert refused.value.error_type is error_type
        assert self.secret not in str(refused.value)
        if isinstance(refused.value, RetryLater):
            assert refused.value.after == after
        assert not list(tmp_path.iterdir())

    async def test_an_answer_that_is_lost_leaves_it_open(
        self, provider: AnyVoice, tmp_path: Path, unsure_tag: str
    ):
        """It may have been paid: it is sent once."""
        asked = len(self.book.created)
        with pytest.raises(ConnectionError):
            await provider.speak(
                await self.call(provider, f"Hello there. [{unsure_tag}]"), tmp_path / "a.wav"
            )
        assert len(self.book.created) == asked + 1

    async def test_what_cannot_be_speech_is_a_failure(
        self, provider: AnyVoice, tmp_path: Path, broken_tag: str
    ):
        """And no file."""
        text = f"Hello there, all of you who listen to this. [{broken_tag}]"
        with pytest.raises((ProviderChanged, ConnectionError)):
            await provider.speak(await self.call(provider, text), tmp_path / "a.wav")
        assert not list(tmp_path.iterdir())

    async def test_an_odd_answer_is_measured_all_the_same(
        self, provider: AnyVoice, tmp_path: Path, fine_tag: str
    ):
        """By its samples."""
        text = f"Hello there. [{fine_tag}]"
        spoken = await provider.speak(await self.call(provider, text), tmp_path / "a.wav")
        assert spoken.seconds == pytest.approx(tone_words(text)[-1].end, abs=0.1)
        assert wav.read_wav(tmp_path / "a.wav").seconds == pytest.approx(spoken.seconds)

    async def test_the_key_is_tried_at_no_cost(self, provider: AnyVoice):
        """A wrong one needs a person."""
        credential = self.credential
        assert credential is not None
        await provider.test(credential)
        with pytest.raises(ActionNeeded):
            await provider.test(replace(credential, secret="wrong-key-00000000"))

    async def test_it_says_what_it_costs(self, provider: AnyVoice, tmp_path: Path):
        """By the catalogue."""
        call = await self.call(provider, self.text)
        spoken = await provider.speak(call, tmp_path / "a.wav")
        assert spoken.cost is not None
        rate = next(each for each in provider.models.models if each.id == self.priced_as(call.model))
        assert spoken.cost == rate.price_per_million_characters * len(self.text) / 1_000_000

    def priced_as(self, model: str) -> str:
        """The model whose price counts."""
        return model

    async def heard(self, provider: AnyVoice, tmp_path: Path, text: str, **options: Any) -> None:
        """Check that the words are where the stand-in says them."""
        spoken = await provider.speak(await self.call(provider, text, **options), tmp_path / "words.wav")
        truth = tone_words(text, options.get("speed", 1.0))
        assert [word.text for word in spoken.words] == [word.text for word in truth]
        for word, true in zip(spoken.words, truth, strict=True):
            assert word.start == pytest.approx(true.start, abs=0.06)
