"""How words are to be said: spoken otherwise than they are written ("Veo" as "Vay-oh"), and timed as written.

A voice is given the text with the replacements in it. What it says of its words is mapped back, so that
captions and documents show what the author wrote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rushes.platform.media.speech.words import Word, shared, written_words


@dataclass(frozen=True)
class Saying:
    """A text as it is written and as it is spoken; `parts` are the ranges of both that were replaced."""

    written: str
    spoken: str
    parts: tuple[tuple[int, int, int, int], ...]

    def as_written(self, words: Sequence[Word], language: str) -> tuple[Word, ...]:
        """Return the times of the spoken words for the words as written; none when there are none."""
        if not words or not self.parts:
            return tuple(words)
        heard = _places(self.spoken, [word.text for word in words])
        found: list[Word] = []
        groups = _groups(self, written_words(self.written, language))
        at = words[0].start
        for texts, start, end in groups:
            inside = [
                word for word, (first, last) in zip(words, heard, strict=True) if first < end and last > start
            ]
            begin = max(at, inside[0].start) if inside else at
            upto = max(begin, inside[-1].end) if inside else begin
            found += shared(texts, begin, upto) if len(texts) > 1 else [Word(texts[0], begin, upto)]
            at = upto
        return tuple(found)


def say(text: str, pronunciations: Mapping[str, str]) -> Saying:
    """Return a text with whole words (or phrases) replaced by how they are said, whatever their case."""
    wanted = {key.strip().casefold(): value.strip() for key, value in pronunciations.items() if key.strip()}
    if not wanted:
        return Saying(text, text, ())
    longest_first = sorted(wanted, key=len, reverse=True)
    pattern = "|".join(_pattern(each) for each in longest_first)
    parts: list[tuple[int, int, int, int]] = []
    spoken = ""
    at = 0
    for match in re.finditer(pattern, text, re.IGNORECASE):
        spoken += text[at : match.start()]
        value = wanted.get(re.sub(r"\s+", " ", match.group()).casefold(), match.group())
        parts.append((match.start(), match.end(), len(spoken), len(spoken) + len(value)))
        spoken += value
        at = match.end()
    return Saying(text, spoken + text[at:], tuple(parts))


def _pattern(phrase: str) -> str:
    """Match a phrase as whole words; one that ends in a sign has no border there."""
    body = r"\s+".join(map(re.escape, phrase.split()))
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w$", phrase) else ""
    return before + body + after


def _places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        start = text.find(word, at)
        start = at if start < 0 else start
        at = start + len(word)
        places.append((start, at))
    return places


def _groups(saying: Saying, words: Sequence[str]) -> list[tuple[list[str], int, int]]:
    """Return written words with the range of the spoken text that stands for them; a phrase is one group."""
    groups: list[tuple[list[str], int, int]] = []
    open_until = -1
    for word, (start, end) in zip(words, _places(saying.written, words), strict=True):
        first, last = _there(saying, start, before=True), _there(saying, end, before=False)
        if start < open_until:
            texts, begun, ended = groups[-1]
            groups[-1] = [*texts, word], begun, max(ended, last)
        else:
            groups.append(([word], first, last))
        touched = [there for here, there, *_ in saying.parts if here < end and there > start]
        open_until = max([open_until, *touched])
    return groups


def _there(saying: Saying, place: int, *, before: bool) -> int:
    """Return where a place of the written text is in the spoken one; inside a replacement: its border."""
    moved = 0
    for start, end, there, there_end in saying.parts:
        if place >= end:
            moved = there_end - end
        elif place > start:
            return there if before else there_end
        else:
            break
    return place + moved
