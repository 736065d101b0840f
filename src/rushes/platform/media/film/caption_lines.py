"""Breaks spoken words into captions of at most two lines, before anything is drawn.

libass breaks at spaces only, so that a line of Chinese or Thai would run off both sides: every line is broken
here, and measured. A caption ends with a sentence, at a pause, or when its lines are full.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Protocol

from rushes.platform.media.film.timeline import CaptionWord

MOST_CHARACTERS = 42
MOST_WIDE_CHARACTERS = 16
MOST_LINES = 2
PAUSE_SECONDS = 0.3
LINGER_SECONDS = 0.4
"""How long a caption stays after its last word, if the next does not come before."""
NO_SPACES = frozenset({"ja", "zh", "yue", "cmn", "th"})
"""Languages written without spaces between words."""
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\U000e0020-\U000e007f\u2600-\u27bf\u2b00-\u2bff"
    "\ufe0e\ufe0f\u20e3]|(?<=[\U0001f000-\U0001faff\ufe0f\u2600-\u27bf])\u200d"
)


@dataclass(frozen=True)
class Bit:
    """A part of a caption that is never broken. `space` stands before it unless it begins a line."""

    text: str
    start: int
    end: int
    space: bool
    may_break: bool
    ends_sentence: bool


@dataclass(frozen=True)
class Caption:
    """What is shown from frame `start` up to but without `end`, in one or two lines."""

    lines: tuple[tuple[Bit, ...], ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """The lines as plain text."""
        return "\n".join(line_text(line) for line in self.lines)


class _Parser(Protocol):
    def parse(self, sentence: str, /) -> list[str]:
        """Cut a sentence into phrases."""
        ...


def line_text(line: Sequence[Bit]) -> str:
    """A line as plain text."""
    return "".join(f" {bit.text}" if bit.space and number else bit.text for number, bit in enumerate(line))


def make_captions(
    words: Sequence[CaptionWord],
    *,
    language: str,
    fps: int,
    fits: Callable[[str], bool],
    one_word: bool = False,
) -> list[Caption]:
    """Return the captions of a film's words. `fits` tells whether a line is narrow enough to be shown."""
    bits = _bits(words, language, fits)
    groups: list[list[Bit]] = []
    for bit in bits:
        last = groups[-1] if groups else None
        if (
            last is None
            or one_word
            or last[-1].ends_sentence
            or bit.start - last[-1].end > PAUSE_SECONDS * fps
            or (bit.may_break and _lines([*last, bit], fits) is None)
        ):
            groups.append([bit])
        else:
            last.append(bit)
    captions: list[Caption] = []
    for number, group in enumerate(groups):
        end = max(group[-1].end, group[0].start + 1) + round(LINGER_SECONDS * fps)
        if number + 1 < len(groups):
            # A caption is there until the next one when the gap would only flicker.
            following = groups[number + 1][0].start
            end = following if following < end + round(LINGER_SECONDS * fps) else end
        lines = _lines(group, fits) or [group]
        captions.append(Caption(tuple(tuple(line) for line in lines), group[0].start, end))
    return [caption for caption in captions if caption.end > caption.start]


def without_pictures(text: str) -> str:
    """A text without emoji and other signs that caption fonts do not have, and on one line."""
    return " ".join(_PICTURES.sub("", text).split())


def wide(char: str) -> bool:
    """Whether a character takes the room of two."""
    return unicodedata.east_asian_width(char) in "WF"


@lru_cache(maxsize=8192)
def _short_enough(text: str) -> bool:
    weight = sum(1 / MOST_WIDE_CHARACTERS if wide(char) else 1 / MOST_CHARACTERS for char in text)
    return weight <= 1.0001


def _lines(bits: Sequence[Bit], fits: Callable[[str], bool]) -> list[Sequence[Bit]] | None:
    """Set bits as one line or as two of like length; None when they do not fit."""

    def good(line: Sequence[Bit]) -> bool:
        text = line_text(line)
        return _short_enough(text) and fits(text)

    if good(bits):
        return [bits]
    two = [
        (bits[:at], bits[at:])
        for at in range(1, len(bits))
        if bits[at].may_break and good(bits[:at]) and good(bits[at:])
    ]
    if not two:
        return None
    return list(min(two, key=lambda pair: max(len(line_text(line)) for line in pair)))


def _bits(words: Sequence[CaptionWord], language: str, fits: Callable[[str], bool]) -> list[Bit]:
    tag = language.lower().replace("_", "-")
    shown: list[tuple[str, CaptionWord]] = []
    for word in words:
        text = without_pictures(word.text)
        if text:
            shown.append((text, word))
        elif shown and word.start >= shown[-1][1].end:
            # What cannot be shown was spoken all the same: no pause.
            before, last = shown[-1]
            ends = last.ends_sentence or word.ends_sentence
            shown[-1] = before, replace(last, end=word.end, ends_sentence=ends)
    bits: list[Bit] = []
    if tag.partition("-")[0] in NO_SPACES:
        sentence: list[tuple[str, CaptionWord]] = []
        for text, word in shown:
            sentence.append((text, word))
            if word.ends_sentence:
                bits += _phrases(sentence, tag)
                sentence = []
        bits += _phrases(sentence, tag)
    else:
        bits = [Bit(text, word.start, word.end, True, True, word.ends_sentence) for text, word in shown]
    return [part for bit in bits for part in _cut_long(bit, fits)]


def _phrases(sentence: Sequence[tuple[str, CaptionWord]], tag: str) -> list[Bit]:
    """The words of a sentence without spaces, cut and breakable where a phrase begins."""
    texts: list[str] = []
    for text, _ in sentence:
        # Words of two Latin letters or digits side by side keep their space.
        apart = texts and _latin(texts[-1][-1:]) and _latin(text[:1])
        texts.append(f" {text}" if apart else text)
    whole = "".join(texts)
    starts: set[int] = set()
    at = 0
    for phrase in _parser(tag).parse(whole) if whole else ():
        starts.add(at)
        at += len(phrase)
    bits: list[Bit] = []
    at = 0
    for text, (_, word) in zip(texts, sentence, strict=True):
        cuts = sorted({0, len(text), *(cut - at for cut in starts if at < cut < at + len(text))})
        for first, last in pairwise(cuts):
            piece = text[first:last]
            if not piece.strip():
                continue
            begin, end = _shares(word.start, word.end, first, last, len(text))
            ends = word.ends_sentence and last == len(text)
            bits.append(Bit(piece.strip(), begin, end, piece.startswith(" "), (at + first) in starts, ends))
        at += len(text)
    return bits


def _latin(char: str) -> bool:
    return bool(char) and char.isascii() and char.isalnum()


def _shares(start: int, end: int, first: int, last: int, length: int) -> tuple[int, int]:
    """The frames of a part of a word, as if its characters took equally long."""
    whole = end - start
    return start + whole * first // length, start + whole * last // length


def _cut_long(bit: Bit, fits: Callable[[str], bool]) -> list[Bit]:
    """A bit as parts that fit a line each; a single character is never cut."""
    if _short_enough(bit.text) and fits(bit.text):
        return [bit]
    parts: list[Bit] = []
    first = 0
    clusters = _clusters(bit.text)
    while first < len(clusters):
        last = first + 1
        while last < len(clusters) and _fits_cut(clusters, first, last + 1, fits):
            last += 1
        text = "".join(clusters[first:last])
        begin, end = _shares(bit.start, bit.end, first, last, len(clusters))
        ends = bit.ends_sentence and last == len(clusters)
        parts.append(Bit(text, begin, end, bit.space and not first, bool(first) or bit.may_break, ends))
        first = last
    return parts


def _fits_cut(clusters: list[str], first: int, last: int, fits: Callable[[str], bool]) -> bool:
    text = "".join(clusters[first:last])
    return _short_enough(text) and fits(text)


def _clusters(text: str) -> list[str]:
    """Characters together with the marks that stand on them."""
    found: list[str] = []
    for char in text:
        joined = found and (unicodedata.category(char).startswith("M") or char in "\u200c\u200d")
        if joined or (found and found[-1].endswith("\u094d")):
            found[-1] += char
        else:
            found.append(char)
    return found


@cache
def _parser(tag: str) -> _Parser:
    # On first use only: a film in another language needs none of it.
    import budoux  # noqa: PLC0415

    parts = set(tag.split("-"))
    if "ja" in parts:
        return budoux.load_default_japanese_parser()
    if "th" in parts:
        return budoux.load_default_thai_parser()
    if parts & {"hant", "tw", "hk", "mo", "yue"}:
        return budoux.load_default_traditional_chinese_parser()
    return budoux.load_default_simplified_chinese_parser()
