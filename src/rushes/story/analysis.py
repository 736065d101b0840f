"""What can be said of a script before anything is made: length, reading level, hook, pacing. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

from pydantic import BaseModel, Field

from rushes.story.document import StoryDocument
from rushes.story.inputs import every_section
from rushes.story.sentences import sentences


class Pace(BaseModel):
    """How fast a voice speaks: `seconds = per_character · characters + per_sentence` for each sentence."""

    per_character: float = Field(default=0.055, gt=0, le=1)
    per_sentence: float = Field(default=0.63, ge=0, le=5)

    def seconds(self, text: str, speed: float = 1.0) -> float:
        """Return how long the voice takes for a text, seconds."""
        return sum(self.per_character * len(each) + self.per_sentence for each in sentences(text)) / speed


START = Pace()
"""Until a voice has spoken enough here to be measured."""
MOST_CHARACTERS = 100_000


def learned(samples: Sequence[tuple[int, int, float]], start: Pace = START) -> Pace:
    """Return the pace of a voice from what it has spoken: (characters, sentences, seconds) of each piece.

    Least squares, held to `start` by a few pieces of it: little or one-sided experience changes little.
    """
    held = [(60, 1, start.per_character * 60 + start.per_sentence), (200, 2, start.per_character * 200)]
    held[1] = (200, 2, start.per_character * 200 + 2 * start.per_sentence)
    aa = ab = bb = ay = by = 0.0
    for characters, count, seconds in [*held, *held, *samples]:
        aa += characters * characters
        ab += characters * count
        bb += count * count
        ay += characters * seconds
        by += count * seconds
    determinant = aa * bb - ab * ab
    if determinant <= 0:
        return start
    per_character = (ay * bb - by * ab) / determinant
    per_sentence = (by * aa - ay * ab) / determinant
    if not (0.005 <= per_character <= 0.5 and 0 <= per_sentence <= 5):
        return start
    return Pace(per_character=per_character, per_sentence=per_sentence)


class ScriptFinding(BaseModel):
    """Something to look at: in which section, which words, and why."""

    section_id: str
    text: str
    reason: str


class SectionAnalysis(BaseModel):
    """One section in figures."""

    section_id: str
    seconds: float
    words: int
    sentences: int


class ScriptAnalysis(BaseModel):
    """What a script is like. Figures are estimates; the sentences to check are for a person to check."""

    seconds: float = Field(description="Expected length of the film, pauses included.")
    target_seconds: float
    words: int
    characters: int
    reading_level: float | None = Field(description="By `reading_scale`; null for a text too short.")
    reading_scale: str = Field(description="`flesch`: 0 hard to 100 easy; `lix`: 20 easy to 60 hard.")
    reading_words: str = Field(description="The level in words.")
    hook: str = Field(description="The first sentence.")
    hook_notes: list[str] = Field(description="What could make the first sentence stronger.")
    pacing: list[str] = Field(description="Sections and sentences that are much longer than the others.")
    repetition: list[ScriptFinding]
    to_check: list[ScriptFinding] = Field(description="Sentences with numbers, dates or superlatives.")
    sections: list[SectionAnalysis]


def analyse(document: StoryDocument, pace: Pace = START) -> ScriptAnalysis:
    """Return the analysis of a document's script at the pace of its voice."""
    found = [
        SectionAnalysis(
            section_id=each.id,
            seconds=round(pace.seconds(each.narration, document.voice.speed) + each.pause_after, 2),
            words=len(words_of(each.narration)),
            sentences=len(sentences(each.narration)),
        )
        for each in every_section(document)
    ]
    whole = "\n".join(each.narration for each in every_section(document))
    scale, level = reading_level(whole, document.language)
    return ScriptAnalysis(
        seconds=round(sum(each.seconds for each in found), 2),
        target_seconds=document.target_seconds,
        words=sum(each.words for each in found),
        characters=len(whole),
        reading_level=level,
        reading_scale=scale,
        reading_words=_level_words(scale, level),
        hook=next(iter(sentences(whole)), ""),
        hook_notes=_hook_notes(next(iter(sentences(whole)), "")),
        pacing=_pacing(document, found),
        repetition=_repetition(document),
        to_check=_to_check(document),
        sections=found,
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text, without what stands around them."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


def reading_level(text: str, language: str) -> tuple[str, float | None]:
    """Return the scale and the level: Flesch's reading ease for English, LIX for every other language."""
    text = text[:MOST_CHARACTERS]
    words, count = words_of(text), len(sentences(text))
    english = language.split("-")[0].lower() == "en"
    scale = "flesch" if english else "lix"
    if len(words) < 10 or count == 0:
        return scale, None
    if english:
        syllables = sum(_syllables(each) for each in words) / len(words)
        return scale, round(206.835 - 1.015 * len(words) / count - 84.6 * syllables, 1)
    long = sum(len(each) > 6 for each in words)
    return scale, round(len(words) / count + 100 * long / len(words), 1)


def _syllables(word: str) -> int:
    lower = word.lower()
    groups = len(re.findall(r"[aeiouy]+", lower))
    if lower.endswith("e") and not lower.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    return max(1, groups)


def _level_words(scale: str, level: float | None) -> str:
    if level is None:
        return "too short to tell"
    steps = (30.0, 50.0, 60.0, 70.0, 80.0) if scale == "flesch" else (60.0, 50.0, 40.0, 35.0, 30.0)
    names = ("very hard", "hard", "rather hard", "plain", "easy", "very easy")
    passed = sum((level >= each) if scale == "flesch" else (level <= each) for each in steps)
    return names[passed]


def _hook_notes(hook: str) -> list[str]:
    words = words_of(hook)
    notes: list[str] = []
    if len(words) > 18:
        notes.append(f"It has {len(words)} words; the first sentence works best with at most 18.")
    if re.match(r"(?i)\s*(in this (video|film)|today we|hello|hi |welcome|have you ever wondered)", hook):
        notes.append("It announces instead of beginning; begin with the strongest fact or picture.")
    if hook and not re.search(r"[?!\d]", hook) and len(words) > 12:
        notes.append("It has no question, number or contrast to hold on to.")
    return notes


def _pacing(document: StoryDocument, found: Sequence[SectionAnalysis]) -> list[str]:
    notes: list[str] = []
    seconds = [each.seconds for each in found]
    if len(seconds) >= 3 and pstdev(seconds) > 0:
        usual = fmean(seconds)
        names = {each.id: each.heading for each in document.sections}
        notes += [
            f"Section {number} ({names[each.section_id] or 'no heading'}) takes {each.seconds:.0f} s,"
            f" the others {usual:.0f} s on average."
            for number, each in enumerate(found, start=1)
            if each.seconds > 2 * usual
        ]
    for number, section in enumerate(every_section(document), start=1):
        notes += [
            f"Section {number}: a sentence of {len(words_of(each))} words. Split it: {_short(each)}"
            for each in sentences(section.narration)
            if len(words_of(each)) > 35
        ]
    return notes


def _repetition(document: StoryDocument) -> list[ScriptFinding]:
    seen: dict[str, str] = {}
    starts: Counter[str] = Counter()
    found: list[ScriptFinding] = []
    for section in every_section(document):
        own = sentences(section.narration)
        for sentence in own:
            plain = " ".join(words_of(sentence)).casefold()
            if plain in seen:
                found.append(
                    ScriptFinding(section_id=section.id, text=_short(sentence), reason="It is said twice.")
                )
            seen[plain] = section.id
            starts[" ".join(words_of(sentence)[:3]).casefold()] += 1
        for before, after in pairwise(own):
            if words_of(before)[:2] and words_of(before)[:2] == words_of(after)[:2]:
                reason = "Two sentences in a row begin alike."
                found.append(ScriptFinding(section_id=section.id, text=_short(after), reason=reason))
    return found


_SUPERLATIVES = (
    r"\b(?:most|least|best|worst|first|last|only|ever|never|always|all|every|none|largest|biggest|smallest|oldest"
    r"|newest|fastest|highest|lowest|\w{3,}iest)\b"
)
_MONTHS = (
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar"
    r"|März|Mai|Juni|Juli|Oktober|Dezember)\b"
)
_AMOUNTS = r"\b(?:million|billion|thousand|percent|half|third|twice|dozen)s?\b"
_CHECKS = (
    (re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})\b|" + _MONTHS), "a date"),
    (re.compile(r"\d"), "a number"),
    (re.compile(_SUPERLATIVES, re.IGNORECASE), "a superlative or an absolute"),
    (re.compile(_AMOUNTS, re.IGNORECASE), "a number"),
)


def _to_check(document: StoryDocument) -> list[ScriptFinding]:
    found: list[ScriptFinding] = []
    for section in every_section(document):
        for sentence in sentences(section.narration):
            reasons = dict.fromkeys(why for pattern, why in _CHECKS if pattern.search(sentence))
            if reasons:
                reason = f"It has {' and '.join(reasons)}: check it."
                found.append(ScriptFinding(section_id=section.id, text=_short(sentence), reason=reason))
    return found


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
