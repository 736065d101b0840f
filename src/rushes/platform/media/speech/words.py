"""Words of a text as they stand there, and when they are heard: what voices, alignment and captions share.

A voice counts in words of its own: it reads "2013" as three and "of the" as one. What it says is mapped back
to the words as written by their letters, so that a caption shows what the author wrote.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Protocol


class WordTimes(StrEnum):
    """How it is known when a word is heard, the surest first."""

    VOICE = "voice"
    """The voice itself says."""
    ALIGNED = "aligned"
    """Found in the sound by forced alignment."""
    ESTIMATED = "estimated"
    """By the share of characters in the sentence, its silence trimmed."""


@dataclass(frozen=True)
class Word:
    """A word of the text as it stands there, and when it is heard: seconds from the start of the file."""

    text: str
    start: float
    end: float


class _Segmenter(Protocol):
    def parse(self, sentence: str) -> list[str]: ...


_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
"""Scripts that are written without spaces between words."""


def is_unspaced(character: str) -> bool:
    """Return whether a character is of a script that puts no spaces between words."""
    code = ord(character)
    return code >= 0x0E00 and any(first <= code <= last for first, last in _UNSPACED)


def is_thai(character: str) -> bool:
    """Return whether a character is Thai."""
    return 0x0E00 <= ord(character) <= 0x0E7F


def is_spoken(character: str) -> bool:
    """Return whether a character is one that is heard: a letter, a digit, or a mark on one."""
    return unicodedata.category(character)[0] in "LNM"


def written_words(text: str, language: str) -> list[str]:
    """Return the words of a text in order, with the punctuation that touches them.

    Between spaces where there are any; pieces of Chinese, Japanese and Thai are segmented. Joined, they are
    the text without its spaces.
    """
    words: list[str] = []
    for piece in text.split():
        if any(map(is_unspaced, piece)):
            words += [each for each in _segmenter(language, piece).parse(piece) if each]
        else:
            words.append(piece)
    return words


def _segmenter(language: str, piece: str) -> _Segmenter:
    if any(map(is_thai, piece)):
        return _parser("thai")
    if any(0x3040 <= ord(each) <= 0x30FF for each in piece) or language.lower().startswith("ja"):
        return _parser("japanese")
    if language.lower() in {"zh-hant", "zh-tw", "zh-hk", "yue"}:
        return _parser("traditional_chinese")
    return _parser("simplified_chinese")


@cache
def _parser(name: str) -> _Segmenter:
    # Loaded on first use: most workers never see one of these scripts.
    return getattr(import_module("budoux"), f"load_default_{name}_parser")()


@dataclass(frozen=True)
class Piece:
    """Something a voice says it has spoken, in its own spelling, and when: seconds."""

    text: str
    start: float
    end: float


def by_letters(written: Sequence[str], pieces: Sequence[Piece]) -> tuple[Word, ...]:
    """Return the written words with the times of what was spoken for them, matched letter by letter.

    A piece's letters share its time evenly. Words that nothing was spoken for (a dash) lie between their
    neighbours. Times never run backwards. Empty when nothing of it was spoken.
    """
    letters = [(letter, index) for index, word in enumerate(written) for letter in _letters(word)]
    spoken: list[tuple[str, float, float]] = []
    for piece in pieces:
        own = _letters(piece.text)
        step = (piece.end - piece.start) / max(1, len(own))
        spoken += [
            (letter, piece.start + at * step, piece.start + (at + 1) * step) for at, letter in enumerate(own)
        ]
    if not spoken or not letters:
        return ()
    found: list[tuple[float, float] | None] = [None] * len(written)
    first, second = "".join(each for each, _ in letters), "".join(each for each, *_ in spoken)
    for a0, a1, b0, b1 in _matched(first, second):
        for offset in range(a1 - a0):
            at = b0 + offset * (b1 - b0) // (a1 - a0)
            upto = max(at, b0 + (offset + 1) * (b1 - b0) // (a1 - a0) - 1)
            _, start, _ = spoken[at]
            *_, end = spoken[upto]
            index = letters[a0 + offset][1]
            known = found[index]
            found[index] = (start, end) if known is None else (min(known[0], start), max(known[1], end))
    return _in_order(written, found)


def _matched(first: str, second: str) -> list[tuple[int, int, int, int]]:
    """Return the ranges of both texts that belong together; one that has no partner is left out."""
    if first == second:
        return [(0, len(first), 0, len(second))]
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return [(a0, a1, b0, b1) for _, a0, a1, b0, b1 in matcher.get_opcodes() if a1 > a0 and b1 > b0]


def _letters(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if is_spoken(each))


def _in_order(written: Sequence[str], found: list[tuple[float, float] | None]) -> tuple[Word, ...]:
    """Fill what was not found, and let no word begin before the one before it has ended."""
    known = [each for each in found if each is not None]
    if not known:
        return ()
    words: list[Word] = []
    at, index = known[0][0], 0
    while index < len(written):
        pair = found[index]
        if pair is not None:
            start = max(at, pair[0])
            end = max(start, pair[1])
            words.append(Word(written[index], start, end))
            at, index = end, index + 1
            continue
        gap = index
        while gap < len(written) and found[gap] is None:
            gap += 1
        following = next((each[0] for each in found[gap:] if each is not None), known[-1][1])
        words += shared(written[index:gap], at, max(at, following))
        at, index = max(at, following), gap
    return tuple(words)


def shared(written: Sequence[str], start: float, end: float) -> list[Word]:
    """Return words that share a span by their letters; one without any has no length."""
    weights = [len(_letters(each)) for each in written]
    whole = sum(weights)
    words: list[Word] = []
    at = start
    for text, weight in zip(written, weights, strict=True):
        upto = at + (end - start) * weight / whole if whole else at
        words.append(Word(text, at, min(end, upto)))
        at = min(end, upto)
    return words
