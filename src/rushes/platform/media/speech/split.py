"""Cuts a text into sentences, and long sentences into pieces that a voice speaks well.

By punctuation of many scripts, with care for abbreviations, initials, decimals and ordinals. A sentence
without any punctuation inside is cut at 40 words: some voices take one of any length and get lost in it.
"""

import re
from dataclasses import dataclass

from rushes.platform.media.speech.words import is_unspaced

MOST_WORDS = 40
_CLOSING = "\"'”’»›)]}」』】）》〉"
_QUOTES = f"[{re.escape(_CLOSING)}]*+"
# Possessive, and from the beginning of a run only: a thousand full stops are looked at once.
_ENDS = re.compile(rf"(?<![.!?…؟۔։।॥።။៕᙮])[.!?…؟۔։।॥።။៕᙮]++{_QUOTES}(?=\s)|[。！？｡]++{_QUOTES}")
_BREAK = re.compile(r"\n+")
_CLAUSE = re.compile(rf"(?<![,;:—–،؛၊])[,;:—–،؛၊]++{_QUOTES}(?=\s)|[、，；：]")
_ABBREVIATIONS = frozenset(
    re.split(
        r"\s+",
        # English
        "dr mr mrs ms prof sr jr st mt vs etc e.g i.e no nos fig figs vol ch pp approx dept est gen col lt"
        " sgt capt rev hon inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m u.s"
        " u.k ca cf al"
        # German, French, Spanish, Italian, Portuguese, Dutch
        " z.b d.h bzw usw ggf u.a o.ä evtl inkl nr str hr fr dipl ing m mme mlle mm p.ex env av sra srta ud"
        " uds p.ej pág núm avda sig dott avv ecc pag exmo d bijv o.a enz dhr mevr"
        # Russian, Ukrainian, Polish
        " г гг т.е т.д т.п и.о ул д стр рис см т.н np tzw itd itp ul",
    )
)
_ORDINALS = re.compile("(de|da|nb|nn|no|fi|hu|cs|sk|sl|hr|sr|bs|et|lv|lt|pl|tr|is|fo|lb)(-|$)", re.IGNORECASE)
"""Where a number with a full stop is a rank: "3. Mai"."""


@dataclass(frozen=True)
class Span:
    """A part of a text: `text[start:end]`. `whole` says whether it ends where a sentence does."""

    start: int
    end: int
    whole: bool = True


def sentences(text: str, language: str = "en") -> list[Span]:
    """Return the sentences of a text in order, without the white space around them. A line break ends one."""
    spans: list[Span] = []
    start = 0
    for line in [*_BREAK.finditer(text), None]:
        end = len(text) if line is None else line.start()
        at = start
        for match in _ENDS.finditer(text, start, end):
            if _is_end(text, at, match, end, language):
                spans.append(Span(at, match.end()))
                at = match.end()
        spans.append(Span(at, end))
        start = end if line is None else line.end()
    return [kept for each in spans if (kept := _stripped(text, each)) is not None]


def chunks(text: str, language: str = "en", *, most_words: int = MOST_WORDS) -> list[Span]:
    """Return the sentences, and of those that are too long the parts: at a comma where there is one."""
    found: list[Span] = []
    for sentence in sentences(text, language):
        found += _cut(text, sentence, most_words)
    return found


def word_count(text: str) -> int:
    """Return about how many words a text has; two characters of an unspaced script count as one."""
    unspaced = sum(map(is_unspaced, text))
    return (
        len(re.sub(r"[^\x00-\u0dff]", " ", text).split()) + unspaced // 2 if unspaced else len(text.split())
    )


def _is_end(text: str, start: int, match: re.Match[str], end: int, language: str) -> bool:
    mark = match.group()
    following = text[match.end() : end].lstrip()
    if mark[0] in "。！？｡" or not following:
        return True
    if following[0].islower():
        return False
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    word = text[text.rfind(" ", start, match.start()) + 1 : match.start()].lstrip("\"'“‘«(¿¡")
    if word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.lower() != word.upper()):
        return False
    ordinal = word.isdecimal() and len(word) <= 2 and _ORDINALS.match(language) is not None
    return not ordinal


def _stripped(text: str, span: Span) -> Span | None:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    end = span.end - (len(part) - len(part.rstrip()))
    return Span(start, end, span.whole) if start < end else None


def _cut(text: str, span: Span, most: int) -> list[Span]:
    """Halve a sentence until each part is short enough: at the comma nearest to its middle, or a space."""
    part = text[span.start : span.end]
    if word_count(part) <= most:
        return [span]
    middle = len(part) // 2
    commas = [match.end() for match in _CLAUSE.finditer(part) if match.end() < len(part) - 1]
    near = [each for each in commas if abs(each - middle) <= len(part) * 0.4]
    gaps = near or [match.end() for match in re.finditer(r"\s+", part)]
    at = min(gaps, key=lambda each: abs(each - middle), default=middle)
    if not 0 < at < len(part):
        at = middle
    first = _stripped(text, Span(span.start, span.start + at, whole=False))
    second = _stripped(text, Span(span.start + at, span.end, span.whole))
    return [piece for each in (first, second) if each is not None for piece in _cut(text, each, most)]
