"""Words of eleven languages against the sound itself: after a pause, a word begins where the sound does."""

from pathlib import Path
from statistics import mean

import pytest

from rushes.platform.media.speech import espeak, wav
from rushes.platform.media.speech.align import align_words
from rushes.platform.media.speech.words import Word, WordTimes, is_spoken, written_words

TEXTS = {
    "en": "Butterflies, rivers, gardens, autumn.",
    "de": "Schmetterlinge, Menschen, Wiesen, Garten.",
    "ru": "Бабочки, весной, люди, радуются.",
    "el": "Πεταλούδες, άνοιξη, άνθρωποι, ποτάμια.",
    "ar": "الفراشات، الربيع، الناس، النهر.",
    "he": "הפרפרים, אביב, אנשים, נהר.",
    "hi": "तितलियाँ, वसंत, लोग, नदियाँ।",
    "th": "ผีเสื้อ, แม่น้ำ, ดอกไม้, นาข้าว",
    "ja": "ちょうちょう、はる、ひと、かわ。",
    "zh": "蝴蝶，春天，人们，河流。",
    "ko": "나비는, 봄에, 사람들은, 강물.",
}
SPACES = {"th": "ผีเสื้อกลับมาในฤดูใบไม้ผลิ", "ko": "나비는 봄에 돌아온다."}
"""Without a pause: words that the voice runs together, or names too late."""
CLOSE_SECONDS = 0.08
LEAST_PAUSE = 0.1
QUIET = 0.02

pytestmark = pytest.mark.slow


def onsets(sound: wav.Sound) -> list[float]:
    """Where the sound begins, at first and after each pause, seconds: by nothing but its loudness."""
    step = sound.rate // 200
    loud = [
        max(map(abs, sound.samples[at : at + step])) > sound.peak * QUIET
        for at in range(0, len(sound.samples) - step, step)
    ]
    found: list[float] = []
    silent = LEAST_PAUSE
    for number, heard in enumerate(loud):
        if heard and silent >= LEAST_PAUSE:
            found.append(number / 200)
        silent = 0.0 if heard else silent + 1 / 200
    return found


def after_pauses(words: tuple[Word, ...]) -> list[float]:
    """When the first word, and the first after each comma, is said to begin."""
    found: list[float] = []
    paused = True
    for word in words:
        if paused and any(map(is_spoken, word.text)):
            found.append(word.start)
        paused = not is_spoken(word.text[-1])
    return found


async def spoken(text: str, language: str, into: Path) -> tuple[wav.Sound, tuple[Word, ...]]:
    voice = espeak.language_for(language)
    assert voice is not None
    return await espeak.speak(text, voice.voice, 1.0, written_words(text, language), into)


@pytest.mark.parametrize("language", TEXTS)
async def test_the_voices_own_times_are_within_eighty_milliseconds(tmp_path: Path, language: str):
    sound, words = await spoken(TEXTS[language], language, tmp_path / "a.wav")
    truth, found = onsets(sound), after_pauses(words)
    assert len(found) == len(truth) == 4
    off = [a - b for a, b in zip(found, truth, strict=True)]
    assert max(map(abs, off)) <= CLOSE_SECONDS, off


@pytest.mark.parametrize("language", [each for each in TEXTS if each not in {"ja", "zh"}])
async def test_alignment_is_within_eighty_milliseconds(tmp_path: Path, language: str):
    sound, _ = await spoken(TEXTS[language], language, tmp_path / "a.wav")
    words, times = await align_words(tmp_path / "a.wav", TEXTS[language], language)
    assert times is WordTimes.ALIGNED
    off = [a - b for a, b in zip(after_pauses(words), onsets(sound), strict=True)]
    assert max(map(abs, off)) <= CLOSE_SECONDS, off


@pytest.mark.parametrize("language", SPACES)
async def test_words_without_a_pause_lie_where_alignment_finds_them(tmp_path: Path, language: str):
    """Thai has no spaces that the voice could go by; of Korean it does not name every word."""
    _, words = await spoken(SPACES[language], language, tmp_path / "a.wav")
    aligned, _ = await align_words(tmp_path / "a.wav", SPACES[language], language)
    off = [abs(a.start - b.start) for a, b in zip(words, aligned, strict=True)]
    assert mean(off) <= CLOSE_SECONDS / 2, off
    assert max(off) <= 2 * CLOSE_SECONDS, off
