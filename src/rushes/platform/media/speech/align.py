"""Finds when each word of a text is heard, in any speech: a cloud's voice, or a person's own recording.

By forced alignment where the language has phonemes and the text is what is heard (usually within 40 ms);
else by the share of characters in each sentence, which is an estimate and marked so. A word that is found in
a pause or just after it begins where the pause ends, which the sound shows exactly. The sentences' own
bounds, where they are known, are worth more than any estimate: align each piece of speech by itself.
"""

import asyncio
from functools import cache
from pathlib import Path

from rushes.errors import ActionNeeded
from rushes.platform.media.speech import espeak, wav
from rushes.platform.media.speech.helper import Helper, HelperRefusedError
from rushes.platform.media.speech.split import sentences
from rushes.platform.media.speech.words import Word, WordTimes, is_spoken, shared, written_words

PAUSE_SECONDS = 0.1
"""Silence of this length is a pause; shorter ones are within words ("ata")."""
EARLY_SECONDS, LATE_SECONDS = 0.05, 0.12
"""How long before a pause, or after it, a word that follows it may be found."""
PAUSE_LETTERS = 5
"""A pause between two sentences lasts about as long as so many letters."""


async def align_words(sound: Path, text: str, language: str) -> tuple[tuple[Word, ...], WordTimes]:
    """Return the words of a text as written with their times in a WAV file, and how they were found.

    No word at all when the sound is silent or the text has none.
    """
    words = written_words(text, language)
    heard = await asyncio.to_thread(wav.read_wav, sound)
    first, last = heard.heard()
    if last <= first or not any(map(is_spoken, text)):
        return (), WordTimes.ESTIMATED
    spans = await _spans(sound, words, language)
    if spans is None:
        return after_pauses(estimated(text, language, first, last), heard), WordTimes.ESTIMATED
    return after_pauses(_in_order(words, spans, first, last), heard), WordTimes.ALIGNED


def after_pauses(words: tuple[Word, ...], heard: wav.Sound) -> tuple[Word, ...]:
    """Return the words, the first that begins in a pause or just after it at the pause's end."""
    found = list(words)
    for start, end in heard.pauses(PAUSE_SECONDS):
        index = next((each for each, word in enumerate(found) if word.start >= start - EARLY_SECONDS), None)
        if index is None or found[index].start > end + LATE_SECONDS:
            continue
        for at in range(index, len(found)):  # and those found in the pause with it
            word = found[at]
            if at > index and word.start >= end:
                break
            found[at] = Word(word.text, end, max(end, word.end))
        if index:
            before = found[index - 1]
            found[index - 1] = Word(before.text, before.start, min(before.end, max(before.start, end)))
    return tuple(found)


def estimated(text: str, language: str, first: float, last: float) -> tuple[Word, ...]:
    """Return the words with times by their share of the letters between two moments, pauses counted."""
    parts = [written_words(text[each.start : each.end], language) for each in sentences(text, language)]
    sizes = [sum(map(is_spoken, "".join(part))) for part in parts]
    whole = sum(sizes) + PAUSE_LETTERS * max(0, len(parts) - 1)
    second = (last - first) / whole if whole else 0.0
    found: list[Word] = []
    at = first
    for part, size in zip(parts, sizes, strict=True):
        found += shared(part, at, min(last, at + size * second))
        at = min(last, at + (size + PAUSE_LETTERS) * second)
    return tuple(found)


async def _spans(sound: Path, words: list[str], language: str) -> list[tuple[float, float] | None] | None:
    """Return when each word is heard, or None where that cannot be found."""
    try:
        spoken = espeak.language_for(language)
        if spoken is None or (spoken.tag == "ja" and any("一" <= each <= "鿿" for each in "".join(words))):
            return None  # eSpeak NG reads a kanji as "Chinese letter"
        phonemes = await espeak.phonemes(words, spoken.voice)
        answer = await helper().call("align", sound=str(sound), phonemes=phonemes)
    except (ActionNeeded, HelperRefusedError):  # the embedded voices are not installed
        return None
    return answer["spans"]


@cache
def helper() -> Helper:
    """The process that aligns; it ends when it is idle, and with this one."""
    return Helper("rushes.platform.media.speech.align_child", "Alignment")


def _in_order(
    words: list[str], spans: list[tuple[float, float] | None], first: float, last: float
) -> tuple[Word, ...]:
    """Return the words: each ends before the next begins, those without a phoneme lie between."""
    found: list[Word] = []
    at, index = first, 0
    while index < len(words):
        upto = index + 1
        while upto < len(words) and spans[upto] is None:
            upto += 1
        following = spans[upto] if upto < len(words) else None
        limit = last if following is None else following[0]
        span = spans[index] or (at, limit)
        start = min(last, max(at, span[0]))
        end = max(start, min(limit, last if upto == len(words) else span[1]))
        if upto - index > 1:
            end = max(start, limit)
        found += shared(words[index:upto], start, end)
        at, index = end, upto
    return tuple(found)
