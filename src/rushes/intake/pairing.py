"""Pairs that a person made by hand, in the page's table: nothing is matched, all of it is checked."""

from collections.abc import Sequence

from rushes.errors import Fault
from rushes.intake.matching import MatchReport, Pair
from rushes.intake.prompts import MAX_NUMBER, bad_text


def as_told(images: Sequence[str], pairs: Sequence[Pair]) -> MatchReport:
    """These pairs, in number order. An image may be in several pairs; one that is in none is left out."""
    known, seen = set(images), set[int]()
    faults: list[Fault] = []
    for pair in pairs:
        if fault := _wrong(pair, known, seen):
            faults.append(Fault(place(pair.number), *fault))
        seen.add(pair.number)
    used = {pair.image for pair in pairs}
    ordered = tuple(sorted(pairs, key=lambda pair: pair.number))
    return MatchReport(
        pairs=ordered,
        unmatched_images=tuple(name for name in images if name not in used),
        unmatched_prompts=tuple(pair.prompt for pair in ordered if pair.prompt and not pair.image),
        faults=tuple(faults),
        warnings=(),
        paired_by=None,
    )


def place(number: int) -> str:
    """Where a fault of a pair is, for a person and for the page's table."""
    return f"shot {number}"


def _wrong(pair: Pair, known: set[str], seen: set[int]) -> tuple[str, str] | None:
    """What is wrong with a pair, and the code of it."""
    if not 1 <= pair.number <= MAX_NUMBER:
        return f"A shot is numbered from 1 to {MAX_NUMBER}.", "bad_number"
    if pair.number in seen:
        return f"Shot {pair.number} is there twice. Change one of the numbers.", "duplicate_number"
    if pair.image is not None and pair.image not in known:
        return f"There is no image {pair.image}. Choose another, or send it too.", "unknown_image"
    text, negative = (pair.prompt.text, pair.prompt.negative_prompt) if pair.prompt else ("", None)
    return bad_text(pair.number, text, negative)
