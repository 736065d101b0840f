"""eSpeak NG by the kit: ten languages, its word times, and the same bytes each time."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from rushes.errors import Invalid
from rushes.platform.media.speech import wav
from rushes.platform.media.speech.espeak import language_for
from rushes.providers.registry import AnyVoice
from rushes.providers.voice_contract import Voice
from tests.providers.voices.kit import VoiceKit

TEN = {
    "de": "Im Jahr 2013 kamen die Schmetterlinge zurück.",
    "ru": "Бабочки возвращаются весной.",
    "el": "Οι πεταλούδες επιστρέφουν την άνοιξη.",
    "ar": "الفراشات تعود في الربيع.",
    "he": "הפרפרים חוזרים באביב.",
    "hi": "तितलियाँ वसंत में लौटती हैं।",
    "th": "ผีเสื้อกลับมาในฤดูใบไม้ผลิ",
    "ja": "ちょうちょうは はるに かえります。",
    "zh": "蝴蝶在春天回来。",
    "ko": "나비는 봄에 돌아온다.",
}


class TestEspeak(VoiceKit):
    provider_id = "espeak"

    @pytest.mark.parametrize("language", TEN)
    async def test_it_speaks_ten_scripts(self, provider: AnyVoice, tmp_path: Path, language: str):
        """With sound, and the words of the text inside it."""
        call = replace(await self.call(provider, TEN[language]), language=language)
        spoken = await provider.speak(call, tmp_path / "a.wav")
        assert wav.read_wav(tmp_path / "a.wav").peak > 1000
        assert "".join(word.text for word in spoken.words) == "".join(call.text.split())
        assert 0 <= spoken.words[0].start < spoken.words[-1].end <= spoken.seconds
        assert spoken.words[-1].end > spoken.seconds * 0.8

    async def test_words_it_runs_together_share_their_time(self, provider: AnyVoice, tmp_path: Path):
        """ "In the" and "of the" are one to it, and each still has a length of its own."""
        text = "In the middle of the night, 1200 people — all of them — left."
        spoken = await provider.speak(await self.call(provider, text), tmp_path / "a.wav")
        assert [word.text for word in spoken.words] == text.split()
        assert all(word.end > word.start for word in spoken.words if word.text != "—")

    async def test_it_speaks_the_same_bytes_each_time(self, provider: AnyVoice, tmp_path: Path):
        """In a fresh process for each call."""
        for name in "ab":
            await provider.speak(await self.call(provider, "The same. Each time."), tmp_path / name)
        assert len({hashlib.sha256((tmp_path / name).read_bytes()).digest() for name in "ab"}) == 1

    async def test_women_and_men_differ(self, provider: AnyVoice, tmp_path: Path):
        """The variant has an effect, for a named language too."""
        voices = {voice.id: voice for voice in await provider.voices(None)}
        assert (voices["de"].sex, voices["de+f3"].sex, voices["auto"].sex) == ("male", "female", "male")
        call = await self.call(provider, "Guten Tag.")
        for voice in ("de", "de+f3", "auto"):
            await provider.speak(replace(call, voice=voice, language="de"), tmp_path / voice)
        assert (tmp_path / "de").read_bytes() == (tmp_path / "auto").read_bytes()
        assert (tmp_path / "de").read_bytes() != (tmp_path / "de+f3").read_bytes()

    async def test_what_it_does_not_speak_is_refused(self, provider: AnyVoice, tmp_path: Path):
        """Languages and voices it has not, and a text that makes no sound."""
        call = await self.call(provider, "Hello.")
        for wrong in (
            replace(call, language="xx-XX"),
            replace(call, voice="martian"),
            replace(call, voice="de+f9"),
            replace(call, voice="de/../../x"),
        ):
            with pytest.raises(Invalid):
                await provider.speak(wrong, tmp_path / "a.wav")
            assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("tag", "found"),
    [("fr", "fr-fr"), ("pt-BR", "pt-br"), ("zh-CN", "cmn"), ("zh-HK", "yue"), ("de-AT", "de"), ("no", "nb")],
)
def test_a_language_is_found_by_the_tag_people_write(tag: str, found: str):
    language = language_for(tag)
    assert language is not None
    assert language.tag == found


def test_a_voice_speaks_its_region_and_its_language():
    voice = Voice("a", "A", ("en-US", "de"))
    assert all(map(voice.speaks, ("en", "en-US", "en_us", "de", "de-AT")))
    assert not any(map(voice.speaks, ("en-GB", "e", "d", "fr", "den")))
