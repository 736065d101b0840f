"""Which of the pictures that were found fits a section best. Pure: the same candidates, the same order.

It lies beside the contract and not in the room of pictures, where each file is a provider.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rushes.providers.picture_contract import Candidate

WORD = re.compile(r"\w+")
WRITTEN = frozenset(
    {
        "text", "typography", "lettering", "font", "letters", "word", "words", "quote", "sign", "logo",
        "poster", "banner", "infographic", "diagram", "chart", "map", "screenshot", "document", "book cover",
        "watermark", "template", "flyer", "label", "stamp", "scan", "newspaper", "advertisement",
    }
)  # fmt: skip
"""Tags of pictures that have text in them: it is cut off by a frame, and speaks against what is said."""
USED = -100.0


@dataclass(frozen=True)
class PictureNeed:
    """What a picture is for. `width` and `height` of the frame in pixels; `seconds` a clip has to last."""

    keywords: Sequence[str]
    width: int
    height: int
    text: str = ""
    seconds: float | None = None
    used: AbstractSet[tuple[str, str]] = frozenset()
    """Provider and id of pictures that the film shows already."""


def rank(candidates: Iterable[Candidate], need: PictureNeed) -> list[Candidate]:
    """Return the candidates, the fittest first; of equals, the one that its source put first.

    What was used already is last: it is better than no picture.
    """
    place: dict[tuple[str, str], int] = {}
    scored: list[tuple[float, int, Candidate]] = []
    for order, candidate in enumerate(candidates):
        key = candidate.provider, candidate.id
        if key in place:
            continue
        place[key] = order
        # A source's own order tells something too: it knows more of a picture than its tags say.
        behind = sum(each[2].provider == candidate.provider for each in scored)
        scored.append((score(candidate, need) - 0.05 * min(behind, 20), order, candidate))
    return [each for _, _, each in sorted(scored, key=lambda each: (-each[0], each[1]))]


def score(candidate: Candidate, need: PictureNeed) -> float:
    """Return how well a picture fits: about 0 to 10, far below 0 for one that was used."""
    points = 4.0 * _overlap(candidate, need)
    points += 2.5 * _shape(candidate, need) + 2.0 * _size(candidate, need)
    if WRITTEN & _words(candidate):
        points -= 2.5
    if need.seconds is not None and candidate.seconds is not None:
        points += 1.0 if candidate.seconds >= need.seconds else candidate.seconds / max(need.seconds, 0.1) - 1
    if (candidate.provider, candidate.id) in need.used:
        points += USED
    return points


def _overlap(candidate: Candidate, need: PictureNeed) -> float:
    """The share of the keywords that title and tags have; the first keyword counts most."""
    there = {_stem(each) for each in _words(candidate)}
    keywords = [each for each in need.keywords if WORD.search(each)]
    if not keywords:
        keywords = WORD.findall(need.text)[:12]
    if not keywords:
        return 0.0
    weights = [1 / (2 + at) for at in range(len(keywords))]
    met = [
        len({_stem(word) for word in WORD.findall(each.lower())} & there) / len(WORD.findall(each))
        for each in keywords
    ]
    return sum(weight * hit for weight, hit in zip(weights, met, strict=True)) / sum(weights)


def _shape(candidate: Candidate, need: PictureNeed) -> float:
    """The share of the picture that is left when it is cut to the frame."""
    there, frame = candidate.width / candidate.height, need.width / need.height
    return min(there, frame) / max(there, frame)


def _size(candidate: Candidate, need: PictureNeed) -> float:
    """1 for one that fills the frame without being enlarged; 0 for one of a quarter of its side."""
    factor = min(candidate.width / need.width, candidate.height / need.height)
    return max(0.0, min(1.0, (factor - 0.25) / 0.75))


def _words(candidate: Candidate) -> set[str]:
    told = " ".join([candidate.title, *candidate.tags]).lower()
    return {*WORD.findall(told), *(each.lower() for each in candidate.tags)}


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
