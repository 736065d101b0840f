"""Alignment against the voice's own exact times, in other languages, and where it is an estimate."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from rushes.platform.media.speech import espeak, wav
from rushes.platform.media.speech.align import align_words, helper
from rushes.platform.media.speech.helper import Helper
from rushes.platform.media.speech.words import Word, WordTimes, written_words

TEXT = (
    "Every autumn, millions of monarch butterflies leave Canada and fly south. They cross rivers, cities and"
    " deserts without a map. Nobody taught them the way. Scientists were worried, for the forests had been"
    " cut and milkweed had vanished from the fields. By spring, gardens from Texas to Ontario were green."
)
JAPANESE = "今日は天気が良いので散歩に行きましょう。"
OTHERS = {
    "de": "Im Jahr 2013 kamen die Schmetterlinge zurück, und viele Menschen freuten sich sehr darüber.",
    "ru": "Бабочки возвращаются весной, и люди радуются этому каждый год.",
    "el": "Οι πεταλούδες επιστρέφουν την άνοιξη και οι άνθρωποι χαίρονται.",
    "hi": "तितलियाँ वसंत में लौटती हैं और लोग हर साल खुश होते हैं",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, tuple[Word, ...]]]:
    """Twenty seconds of English, and when its words are heard, as the voice itself has computed it."""
    into = tmp_path_factory.mktemp("speech") / "a.wav"
    voice = Helper("rushes.platform.media.speech.hibari_child", "Hibari")
    answer = asyncio.run(voice.call("speak", text=TEXT, speed=1.0, words=TEXT.split(), into=str(into)))
    voice.close()
    yield into, tuple(Word(*each) for each in answer["words"])
    helper().close()


def errors(words: tuple[Word, ...], truth: tuple[Word, ...]) -> list[float]:
    """How far the beginning of each word is off, seconds."""
    assert [word.text for word in words] == [word.text for word in truth]
    return [abs(word.start - true.start) for word, true in zip(words, truth, strict=True)]


async def test_words_are_found_within_forty_milliseconds(spoken: tuple[Path, tuple[Word, ...]]):
    """Over sentence borders and windows: on average, and none by more than a fifth of a second."""
    sound, truth = spoken
    words, times = await align_words(sound, TEXT, "en")
    assert times is WordTimes.ALIGNED
    found = errors(words, truth)
    assert mean(found) < 0.04
    assert max(found) < 0.2
    assert all(word.end > word.start for word in words)
    assert mean(abs(a.end - b.end) for a, b in zip(words, truth, strict=True)) < 0.12


@pytest.mark.parametrize("language", OTHERS)
async def test_other_languages_agree_with_the_voice_that_spoke_them(tmp_path: Path, language: str):
    """Two methods that know nothing of each other: events of the voice, and the sound."""
    words = written_words(OTHERS[language], language)
    voice = espeak.language_for(language)
    assert voice is not None
    _, events = await espeak.speak(OTHERS[language], voice.voice, 1.0, words, tmp_path / "a.wav")
    aligned, times = await align_words(tmp_path / "a.wav", OTHERS[language], language)
    assert times is WordTimes.ALIGNED
    assert mean(errors(aligned, events)) < 0.08


async def test_another_text_than_what_is_heard_is_only_estimated(spoken: tuple[Path, tuple[Word, ...]]):
    """And every word still has a place inside the sound."""
    sound, _ = spoken
    other = " ".join(reversed(TEXT.split()))
    words, times = await align_words(sound, other, "en")
    assert times is WordTimes.ESTIMATED
    assert [word.text for word in words] == other.split()
    first, last = wav.read_wav(sound).heard()
    assert (words[0].start, words[-1].end) == (pytest.approx(first), pytest.approx(last))


@pytest.mark.parametrize(("language", "text"), [("xx", TEXT), ("ja", JAPANESE)])
async def test_a_language_without_phonemes_is_only_estimated(
    spoken: tuple[Path, tuple[Word, ...]], language: str, text: str
):
    sound, _ = spoken
    words, times = await align_words(sound, text, language)
    assert times is WordTimes.ESTIMATED
    assert [word.text for word in words] == written_words(text, language)


async def test_an_estimate_by_letters_is_less_than_half_a_second_off(spoken: tuple[Path, tuple[Word, ...]]):
    sound, truth = spoken
    words, _ = await align_words(sound, TEXT, "xx")
    assert mean(errors(words, truth)) < 0.5


async def test_silence_has_no_words(tmp_path: Path):
    wav.write_wav(wav.silence(2.0, 16_000), tmp_path / "a.wav")
    assert await align_words(tmp_path / "a.wav", "Hello.", "en") == ((), WordTimes.ESTIMATED)
