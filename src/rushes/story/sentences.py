"""Sentences of a narration, in any script: where one ends, and how a long text is cut for a voice."""

import re

ENDS = ".!?…。！？؟।።"
_CLOSERS = "\"'”’»)]）」』"
_CLOSING = rf"[{re.escape(_CLOSERS)}]"
_BREAK = re.compile(rf"(?<=[{ENDS}])\s+|(?<=[{ENDS}]{_CLOSING})\s+|(?<=[。！？])(?!{_CLOSING})")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|Nr|Jr|Sr|e\.g|i\.e|z\.B|d\.h|bzw|ca|approx|Fig|U\.S|a\.m|p\.m)"
    r"|\b[A-Z]|\d)\.$"
)
LONGEST_PIECE = 1200
"""Characters that one call of a voice speaks at most: its bounds stay exact and another try cheap."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order, without white space around them."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n|\n", text):
        begun = ""
        for piece in _split(paragraph):
            begun = f"{begun} {piece}".strip() if begun else piece
            if not _ABBREVIATIONS.search(begun) or _is_number_end(begun):
                found.append(begun)
                begun = ""
        if begun:
            found.append(begun)
    return [each for each in found if each]


def _split(paragraph: str) -> list[str]:
    return [each.strip() for each in _BREAK.split(paragraph) if each and each.strip()]


def _is_number_end(text: str) -> bool:
    """A sentence may end in a number of several digits: `in 1969.`; `1.` alone counts a list."""
    return re.search(r"\w+\W+\d+\.$", text) is not None


def ends_sentence(word: str) -> bool:
    """Return whether a word as written, with what follows it, ends a sentence."""
    bare = word.rstrip(_CLOSERS)
    return (bool(bare) and bare[-1] in ENDS and not _ABBREVIATIONS.search(bare)) or _is_number_word(bare)


def _is_number_word(bare: str) -> bool:
    return re.fullmatch(r"\d{2,}\.", bare) is not None


def pieces(text: str, longest: int = LONGEST_PIECE) -> list[str]:
    """Cut a narration at sentence ends into pieces of at most `longest` characters, as few as do.

    A sentence that is longer is cut between words; a word that is longer stays whole.
    """
    found: list[str] = []
    for sentence in sentences(text):
        for part in _cut(sentence, longest):
            if found and len(found[-1]) + 1 + len(part) <= longest:
                found[-1] = f"{found[-1]} {part}"
            else:
                found.append(part)
    return found


def _cut(sentence: str, longest: int) -> list[str]:
    if len(sentence) <= longest:
        return [sentence]
    words = sentence.split()
    if len(words) == 1:  # a script without spaces
        return [sentence[at : at + longest] for at in range(0, len(sentence), longest)]
    parts = [words[0]]
    for word in words[1:]:
        if len(parts[-1]) + 1 + len(word) <= longest:
            parts[-1] = f"{parts[-1]} {word}"
        else:
            parts.append(word)
    return parts
