"""Hibari by the kit, its exact word times against the sound, and what it refuses."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rushes.errors import Invalid
from rushes.platform.media.speech import wav
from rushes.providers.registry import AnyVoice
from rushes.providers.voice_contract import Spoken
from rushes.providers.voices.hibari import Hibari, HibariSettings
from tests.providers.voices.kit import VoiceKit

MANY = (
    "In 2013, Dr. Smith's butterflies — 1,200 of them — returned in spring; it cost $9.99 at 7:30 pm.\n"
    "They came from the U.S.A. and slept in the middle of the night. Well-known, isn't it?"
)


@pytest.fixture(scope="module")
def one() -> Iterator[AnyVoice]:
    """One voice, since its model takes a second to load."""
    provider = Hibari(HibariSettings())
    yield provider
    asyncio.run(provider.close())


@pytest.mark.slow
class TestHibari(VoiceKit):
    provider_id = "hibari"

    @pytest.fixture
    async def provider(self, one: AnyVoice) -> AnyVoice:  # pyright: ignore[reportIncompatibleMethodOverride]  # a fixture, which others close
        """The same for all tests."""
        return one

    async def test_every_word_as_written_is_where_the_sound_is(self, provider: AnyVoice, tmp_path: Path):
        """Words are loud, and numbers, abbreviations and dashes are the author's own."""
        spoken = await provider.speak(await self.call(provider, MANY), tmp_path / "a.wav")
        assert [word.text for word in spoken.words] == MANY.split()
        sound = wav.read_wav(tmp_path / "a.wav")
        said = [word for word in spoken.words if word.end > word.start]
        quiet = [word for word in said if sound.between(word.start, word.end).peak < sound.peak * 0.05]
        assert len(said) == len([each for each in MANY.split() if each != "—"])
        assert len(quiet) <= 2, "some words are spoken weakly, not most"
        assert spoken.words[0].start == pytest.approx(sound.heard()[0], abs=0.08)
        assert spoken.words[-1].end == pytest.approx(sound.heard()[1], abs=0.3)
        assert _pause_before(spoken, "They") > 0.3

    async def test_a_sentence_without_a_comma_is_cut_and_its_times_go_on(
        self, provider: AnyVoice, tmp_path: Path
    ):
        """Each word of 90 follows the one before it, without a pause of a sentence where it was cut."""
        text = " ".join(["one two three four five six"] * 15)
        spoken = await provider.speak(await self.call(provider, text), tmp_path / "a.wav")
        assert len(spoken.words) == 90
        pauses = [b.start - a.end for a, b in zip(spoken.words, spoken.words[1:], strict=False)]
        assert max(pauses) < 0.4
        assert spoken.seconds == pytest.approx(wav.read_wav(tmp_path / "a.wav").seconds)

    async def test_it_speaks_the_same_bytes_each_time(self, provider: AnyVoice, tmp_path: Path):
        """Also from another process."""
        other = Hibari(HibariSettings())
        for voice, name in ((provider, "a"), (provider, "b"), (other, "c")):
            await voice.speak(await self.call(voice, "The same each time."), tmp_path / name)
        await other.close()
        assert len({hashlib.sha256((tmp_path / name).read_bytes()).digest() for name in "abc"}) == 1

    @pytest.mark.parametrize("text", ["Бабочки летят.", "日本語です", "😀 😀", "مرحبا", "…"])
    async def test_what_it_would_swallow_is_refused(self, provider: AnyVoice, tmp_path: Path, text: str):
        """Other scripts, and what has no word in it."""
        with pytest.raises(Invalid):
            await provider.speak(await self.call(provider, text), tmp_path / "a.wav")
        assert not (tmp_path / "a.wav").exists()

    async def test_other_languages_voices_and_lengths_are_refused(self, provider: AnyVoice, tmp_path: Path):
        """By name, so that a form can say where."""
        call = await self.call(provider, "Hello there.")
        for wrong, where in (
            (replace(call, language="de"), "language"),
            (replace(call, voice="nobody"), "voice"),
            (replace(call, model="none"), "model"),
            (replace(call, text="word " * 1001), "text"),
        ):
            with pytest.raises(Invalid) as refused:
                await provider.speak(wrong, tmp_path / "a.wav")
            assert [fault.where for fault in refused.value.faults] == [where]

    async def test_it_speaks_again_after_its_process_was_killed(self, tmp_path: Path):
        """The next call starts another one."""
        voice = Hibari(HibariSettings())
        await voice.speak(await self.call(voice, "Before."), tmp_path / "a.wav")
        voice._helper.close()  # pyright: ignore[reportPrivateUsage]  # as a lack of memory would
        await voice.speak(await self.call(voice, "After."), tmp_path / "b.wav")
        await voice.close()
        assert wav.read_wav(tmp_path / "b.wav").peak


def _pause_before(spoken: Spoken, text: str) -> float:
    index = next(at for at, word in enumerate(spoken.words) if word.text == text)
    return spoken.words[index].start - spoken.words[index - 1].end
