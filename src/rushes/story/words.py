"""The words of captions: what is written, at the times at which a voice was heard to say it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rushes.providers.voice_contract import Word
from rushes.story.sentences import ends_sentence
from rushes.story.settings import Pronunciation

_WITHOUT_SPACES = frozenset({"ja", "zh", "cmn", "yue", "th", "lo", "km", "my"})
LEAST_SECONDS = 0.04


@dataclass(frozen=True)
class TimedWord:
    """A word as it is written, and when it is heard, seconds from the start of its piece of speech."""

    text: str
    start: float
    end: float
    ends_sentence: bool = False


def spoken_text(narration: str, pronunciations: Sequence[Pronunciation]) -> str:
    """Return what the voice is given: the narration with the words spelled as they are to be spoken."""
    text = " ".join(narration.split())
    # In one pass, the longest first: what was replaced is not replaced again.
    known = sorted(pronunciations, key=lambda each: -len(each.written))
    pattern = "|".join(rf"(?<!\w)({re.escape(' '.join(each.written.split()))})(?!\w)" for each in known)
    if not known:
        return text
    return re.sub(pattern, lambda found: known[(found.lastindex or 1) - 1].spoken, text, flags=re.IGNORECASE)


def timed_words(
    narration: str,
    pronunciations: Sequence[Pronunciation],
    heard: Sequence[Word],
    seconds: float,
    language: str = "en",
) -> list[TimedWord]:
    """Return the words of `narration` with their times, in order and never overlapping.

    `heard` are the voice's own words. Words it does not name get times between their neighbours'; without any
    the whole is shared by characters.
    """
    if language.split("-")[0].lower() in _WITHOUT_SPACES and heard:
        return _in_order([(each.text, each.start, each.end) for each in heard], seconds)
    written = narration.split()
    if not written:
        return []
    spoken, owner = _spoken_tokens(written, pronunciations)
    times = _times(spoken, heard, seconds)
    found: list[tuple[str, float, float]] = []
    for number, word in enumerate(written):
        own = [times[at] for at, of in enumerate(owner) if of == number]
        found.append((word, min(each[0] for each in own), max(each[1] for each in own)))
    return _in_order(found, seconds)


def _spoken_tokens(
    written: Sequence[str], pronunciations: Sequence[Pronunciation]
) -> tuple[list[str], list[int]]:
    """The tokens of the spoken text, and for each the written word that it belongs to.

    What replaces several written words belongs to the first; the others stay silent beside it.
    """
    spoken: list[str] = []
    owner: list[int] = []
    at = 0
    while at < len(written):
        length, tokens = _replacement(written, at, pronunciations)
        for offset in range(length):
            own = tokens if offset == 0 and length == 1 else _share(tokens, offset, length)
            spoken += own or [written[at + offset]]
            owner += [at + offset] * max(1, len(own))
        at += length
    return spoken, owner


def _replacement(
    written: Sequence[str], at: int, pronunciations: Sequence[Pronunciation]
) -> tuple[int, list[str]]:
    for each in sorted(pronunciations, key=lambda one: -len(one.written.split())):
        length = len(each.written.split())
        if _plain(" ".join(written[at : at + length])) == _plain(each.written) and at + length <= len(
            written
        ):
            return length, each.spoken.split()
    return 1, [written[at]]


def _share(tokens: Sequence[str], offset: int, length: int) -> list[str]:
    first, last = len(tokens) * offset // length, len(tokens) * (offset + 1) // length
    return list(tokens[first:last])


def _times(spoken: Sequence[str], heard: Sequence[Word], seconds: float) -> list[tuple[float, float]]:
    if not heard:
        return _by_characters(spoken, 0.0, seconds)
    if len(heard) == len(spoken):
        return [(each.start, each.end) for each in heard]
    known: dict[int, tuple[float, float]] = {}
    matcher = SequenceMatcher(
        None, [_plain(each) for each in spoken], [_plain(each.text) for each in heard], autojunk=False
    )
    for tag, first, last, heard_first, heard_last in matcher.get_opcodes():
        if tag == "equal":
            for offset in range(last - first):
                word = heard[heard_first + offset]
                known[first + offset] = (word.start, word.end)
        elif tag == "replace":
            start, end = heard[heard_first].start, heard[heard_last - 1].end
            known |= dict(
                zip(range(first, last), _by_characters(spoken[first:last], start, end), strict=True)
            )
    return _between(spoken, known, heard[0].start, min(heard[-1].end, seconds))


def _between(
    spoken: Sequence[str], known: dict[int, tuple[float, float]], start: float, end: float
) -> list[tuple[float, float]]:
    times: list[tuple[float, float]] = []
    at = 0
    while at < len(spoken):
        if at in known:
            times.append(known[at])
            at += 1
            continue
        last = next((each for each in range(at, len(spoken)) if each in known), len(spoken))
        after = known[last][0] if last < len(spoken) else end
        before = times[-1][1] if times else min(start, after)
        times += _by_characters(spoken[at:last], before, max(before, after))
        at = last
    return times


def _by_characters(words: Sequence[str], start: float, end: float) -> list[tuple[float, float]]:
    whole = sum(len(each) + 1 for each in words)
    found: list[tuple[float, float]] = []
    passed = 0
    for each in words:
        begun = start + (end - start) * passed / whole
        passed += len(each) + 1
        found.append((begun, start + (end - start) * passed / whole))
    return found


def _in_order(found: Sequence[tuple[str, float, float]], seconds: float) -> list[TimedWord]:
    words: list[TimedWord] = []
    earliest = 0.0
    for text, start, end in found:
        begun = min(max(start, earliest), max(earliest, seconds))
        earliest = max(begun + LEAST_SECONDS, min(end, seconds))
        words.append(TimedWord(text, begun, earliest, ends_sentence(text)))
    return [
        TimedWord(word.text, word.start, min(word.end, after.start), word.ends_sentence)
        if after.start > word.start
        else word
        for word, after in zip(words, [*words[1:], TimedWord("", float("inf"), float("inf"))], strict=True)
    ]


def _plain(word: str) -> str:
    kept = "".join(each for each in unicodedata.normalize("NFKC", word) if each.isalnum() or each.isspace())
    return kept.casefold().strip()
