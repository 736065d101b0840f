"""What every voice provider must do, as tests to inherit: a voice's own test file is mostly data.

    class TestAcme(VoiceKit):
        provider_id = "acme"

One that speaks to a server overrides the fixture `provider` and points it at a stand-in.
"""

import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest

from rushes.errors import Invalid
from rushes.providers.base import Credential
from rushes.providers.catalogue import load_catalogue
from rushes.providers.kinds import Kind
from rushes.providers.registry import AnyVoice, class_of, ids_of, kind_of
from rushes.providers.voice_contract import SpeechCall, VoiceProvider

TEXT = "Butterflies return in spring."
NEAR_SECONDS = 0.05


class VoiceKit:
    """Inherit it as `Test…`; see the module docstring."""

    provider_id: ClassVar[str]
    secret: ClassVar[str] = "key-for-tests-0000"
    text: ClassVar[str] = TEXT

    @property
    def provider_class(self) -> type[AnyVoice]:
        """Its class, found by its file."""
        cls = class_of(self.provider_id)
        assert issubclass(cls, VoiceProvider)
        return cls

    @pytest.fixture
    async def provider(self) -> AsyncIterator[AnyVoice]:
        """The provider, as it is for everybody."""
        provider = self.provider_class(self.provider_class.Settings())
        yield provider
        await provider.close()

    @property
    def credential(self) -> Credential | None:
        """A key, where one is needed."""
        return Credential(UUID(int=1), "test", self.secret) if self.provider_class.credential else None

    async def call(self, provider: AnyVoice, text: str, **options: object) -> SpeechCall[Any]:
        """A call for the first voice and the first model."""
        voice = (await provider.voices(self.credential))[0]
        chosen = self.provider_class.Options.model_validate(options)
        return SpeechCall("key-1", text, voice.id, provider.models.models[0].id, chosen, self.credential)

    def test_it_is_found_by_its_file_and_in_the_catalogue(self):
        """By its id, among its kind."""
        assert self.provider_id in ids_of(Kind.VOICE)
        assert (kind_of(self.provider_id), self.provider_class.id) == (Kind.VOICE, self.provider_id)
        assert load_catalogue().voices[self.provider_id].models

    def test_its_options_have_defaults_and_descriptions(self):
        """So that form and flags can be made of them."""
        schema = self.provider_class.Options.model_json_schema()["properties"]
        assert all(each.get("description") for each in schema.values())
        self.provider_class.Options.model_validate({})

    async def test_every_voice_has_a_name_and_a_language(self, provider: AnyVoice):
        """So that a person can choose one."""
        voices = await provider.voices(self.credential)
        assert voices
        assert all(each.id and each.title and each.languages for each in voices)
        assert len({each.id for each in voices}) == len(voices)

    async def test_what_is_spoken_is_heard_and_as_long_as_it_says(self, provider: AnyVoice, tmp_path: Path):
        """Measured by its samples: a header can be wrong, and silence is a failure."""
        spoken = await provider.speak(await self.call(provider, self.text), tmp_path / "a.wav")
        with wave.open(str(tmp_path / "a.wav")) as file:
            assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
            samples = file.readframes(file.getnframes())
            assert len(samples) / 2 / file.getframerate() == pytest.approx(spoken.seconds, abs=NEAR_SECONDS)
        assert any(samples), "it is silent"

    async def test_words_are_those_of_the_text_in_order_and_inside_the_sound(
        self, provider: AnyVoice, tmp_path: Path
    ):
        """One that does not say when words are heard has none."""
        spoken = await provider.speak(await self.call(provider, self.text), tmp_path / "a.wav")
        if not spoken.words:
            return
        assert [word.text for word in spoken.words] == self.text.split()
        times = [time for word in spoken.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert times[0] >= 0 and times[-1] <= spoken.seconds + NEAR_SECONDS

    async def test_faster_is_shorter(self, provider: AnyVoice, tmp_path: Path):
        """`speed` has an effect."""
        usual = await provider.speak(await self.call(provider, self.text), tmp_path / "a.wav")
        fast = await provider.speak(await self.call(provider, self.text, speed=1.5), tmp_path / "b.wav")
        assert fast.seconds < usual.seconds

    async def test_a_text_without_words_is_refused(self, provider: AnyVoice, tmp_path: Path):
        """And nothing is written."""
        with pytest.raises(Invalid):
            await provider.speak(await self.call(provider, "  \n"), tmp_path / "a.wav")
        assert not (tmp_path / "a.wav").exists()
