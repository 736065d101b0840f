"""How long each section is, and when each of its words is heard: from measured speech, never from a guess."""

from collections.abc import Sequence
from dataclasses import dataclass

from rushes.story.document import Section, StoryDocument
from rushes.story.inputs import every_section, speech_of
from rushes.story.products import Products, Speech
from rushes.story.words import TimedWord, timed_words

GAP_SECONDS = 0.25
"""Between two pieces of speech of one section."""
SILENT_SECONDS = 3.0
"""How long a section without a sound is, unless it says."""


@dataclass(frozen=True)
class SpokenPiece:
    """A piece of speech in its section: what its file is found by, and when it begins, seconds."""

    hash: str
    key: str
    start: float
    seconds: float


@dataclass(frozen=True)
class SectionTiming:
    """A section in time. `seconds` includes the pause after it; words count from its start."""

    section_id: str
    speech: tuple[SpokenPiece, ...]
    words: tuple[TimedWord, ...]
    seconds: float


def timing_of(document: StoryDocument, section: Section, products: Products) -> SectionTiming | None:
    """Return the timing of a section; None while a part of its speech is not there."""
    spoken: list[tuple[str, str, Speech]] = []
    if section.recording:
        recording = products.uploads.get(section.recording)
        if not isinstance(recording, Speech):
            return None
        spoken.append((section.recording, section.narration, recording))
    for piece in speech_of(document, section):
        speech = products.speech.get(piece.ask.hash)
        if speech is None:
            return None
        spoken.append((piece.ask.hash, piece.text, speech))
    return _timing(document, section, spoken)


def _timing(
    document: StoryDocument, section: Section, spoken: Sequence[tuple[str, str, Speech]]
) -> SectionTiming:
    found: list[SpokenPiece] = []
    words: list[TimedWord] = []
    at = 0.0
    for number, (key, text, speech) in enumerate(spoken):
        at += GAP_SECONDS if number else 0.0
        found.append(SpokenPiece(key, speech.key, at, speech.seconds))
        timed = timed_words(text, document.pronunciations, speech.words, speech.seconds, document.language)
        words += [TimedWord(each.text, at + each.start, at + each.end, each.ends_sentence) for each in timed]
        at += speech.seconds
    least = section.seconds or 0.0
    if not spoken:
        least = section.seconds or SILENT_SECONDS
    return SectionTiming(section.id, tuple(found), tuple(words), max(at + section.pause_after, least))


def timings(document: StoryDocument, products: Products) -> list[SectionTiming] | None:
    """Return the timing of every section in order; None while any speech is not there."""
    found = [timing_of(document, each, products) for each in every_section(document)]
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) else None
