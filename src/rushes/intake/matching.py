"""Which image goes with which prompt: by the number in the image's name, told in full before anything runs.

A wrong pair costs money, so nothing is guessed where a name leaves room for doubt: it is reported.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from rushes.errors import Fault
from rushes.intake.prompt_raw import MAX_NUMBER, Prompt, to_number

# Numbers that say something else: size, resolution, rate, date, time, version, scale.
_NOT_THE_NUMBER = re.compile(
    r"\d+\s*[x×]\s*\d+(?![a-z\d])|(?<![a-z\d])\d+(?:k|p|i|px|dpi|ppi|fps|mp|bit)(?![a-z\d])"
    r"|(?<!\d)\d{4}([-_.])\d{2}\1\d{2}(?!\d)|(?<!\d)\d{2}([-_.:h])\d{2}[-_.:m]\d{2}(?!\d)"
    r"|(?<![a-z])v(?:er(?:sion)?)?[ ._-]?\d+(?:\.\d+)*(?![a-z\d])|@\d+x",
    re.IGNORECASE,
)
# What systems add to the name of a second copy.
_COPY = re.compile(r"\s*\((\d+)\)$|[\s_-]+copy(?:[\s_-]*\(?\d+\)?)?$", re.IGNORECASE)
_WORD = re.compile(
    r"(?:^|(?<=[^a-z]))(?:image|img|prompt|shot|scene|frame|photo|picture|pic|no|nr|#)[\s._#-]*(\d+)(?![a-z\d])",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?<![^\W_])(\d+)(?![^\W_])")
_AFTER_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_]+(\d+)(?![^\W_])")
_DIGITS = re.compile(r"([0-9]+)")
_ENDING = re.compile(r"\.[^\W\d_][^\W_]{0,5}$")


@dataclass(frozen=True)
class Pair:
    """One number, with the image and the prompt that have it; one of the two may be missing."""

    number: int
    image: str | None
    prompt: Prompt | None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What this shot alone is asked with: options of the provider that differ from the job's."""


@dataclass(frozen=True)
class MatchReport:
    """The whole match: every number in order, what is left over, what is wrong, what to look at.

    `unmatched_images` and `unmatched_prompts` are what cannot run as it is.
    """

    pairs: tuple[Pair, ...]
    unmatched_images: tuple[str, ...]
    unmatched_prompts: tuple[Prompt, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def image_number(filename: str) -> int | None:
    """The number an image's name gives it (`shot-001 final.webp` is 1), or None.

    A number after a word such as `image` or `shot` counts first, then one standing alone, then one after
    other letters. Sizes, dates, versions, copy marks and numbers over 99,999 never count.
    """
    stem = _ENDING.sub("", re.split(r"[/\\]", filename)[-1])
    plain = _COPY.sub("", stem)
    # Files renamed together on Windows are "photo (1)", "photo (2)": there the copy mark is the number.
    for text in (plain, stem) if plain else (stem,):
        text = _NOT_THE_NUMBER.sub(" ", text)  # noqa: PLW2901 - the same name, less its other numbers
        for pattern in (_WORD, _ALONE, _AFTER_LETTERS):
            for digits in pattern.findall(text):
                if (number := to_number(digits)) <= MAX_NUMBER:
                    return number
    return None


def natural_key(filename: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A sort key that puts `2.png` before `10.png`, whatever the case of the letters."""
    parts = _DIGITS.split(unicodedata.normalize("NFC", filename).casefold())
    # Digits are compared by length, then text: any number of them, with no limit of `int`.
    key = tuple(
        (0, len(part.lstrip("0")), part.lstrip("0")) if i % 2 else (1, 0, part)
        for i, part in enumerate(parts)
        if part
    )
    return key, filename


def match(images: Sequence[str], prompts: Sequence[Prompt]) -> MatchReport:
    """Pair images with prompts by number; by natural order when no image has a number at all.

    Prompts have each a number of their own. Nothing is raised: the report has the faults.
    """
    ordered = sorted(images, key=natural_key)
    numbered = [(name, image_number(name)) for name in ordered]
    if ordered and prompts and all(number is None for _, number in numbered):
        return _by_order(ordered, sorted(prompts, key=lambda p: p.number))
    return _by_number(numbered, prompts)


def _by_order(images: Sequence[str], prompts: Sequence[Prompt]) -> MatchReport:
    pairs = [
        Pair(prompt.number, images[i] if i < len(images) else None, prompt)
        for i, prompt in enumerate(prompts)
    ]
    left = images[len(prompts) :]
    warnings = [
        Fault(
            images[0],
            "No image has a number in its name, so images and prompts were paired in order of name. "
            "Check the pairs, or put the number of its prompt into each name.",
            "paired_in_order",
        ),
        *(Fault(name, "There is no prompt left for this image.", "unmatched_image") for name in left),
    ]
    return MatchReport(
        tuple(pairs), tuple(left), tuple(prompts[len(images) :]), faults=(), warnings=tuple(warnings)
    )


def _by_number(numbered: Sequence[tuple[str, int | None]], prompts: Sequence[Prompt]) -> MatchReport:
    by_number: dict[int, list[str]] = defaultdict(list)
    left: list[str] = []
    warnings: list[Fault] = []
    for name, number in numbered:
        if number is None:
            left.append(name)
            warnings.append(
                Fault(name, "This image has no number in its name. Add that of its prompt.", "no_number")
            )
        else:
            by_number[number].append(name)
    of_prompt = {prompt.number: prompt for prompt in prompts}
    numbers = sorted({*by_number, *of_prompt})
    pairs = [Pair(n, by_number[n][0] if n in by_number else None, of_prompt.get(n)) for n in numbers]
    for pair in pairs:
        if pair.image is not None and pair.prompt is None:
            left.append(pair.image)
            if pair.number:
                warnings.append(
                    Fault(pair.image, f"There is no prompt {pair.number} for this image.", "unmatched_image")
                )
        left += by_number.get(pair.number, ())[1:]
    return MatchReport(
        pairs=tuple(pairs),
        unmatched_images=tuple(sorted(left, key=natural_key)),
        unmatched_prompts=tuple(p.prompt for p in pairs if p.prompt and p.image is None),
        faults=tuple(_number_faults(by_number)),
        warnings=(*warnings, *_gaps(numbers)),
    )


def _number_faults(by_number: dict[int, list[str]]) -> Iterable[Fault]:
    if 0 in by_number:
        # Images counted from 0 against prompts counted from 1 would pair, each with its neighbour's.
        yield Fault(
            by_number[0][0],
            "This image has the number 0, but prompts are numbered from 1. Rename the images to start at 1.",
            "bad_number",
        )
    for number, names in by_number.items():
        if len(names) > 1:
            yield Fault(
                names[0],
                f"These images have the same number, {number}: {', '.join(names)}. Rename all but one.",
                "duplicate_image",
            )


def _gaps(numbers: Sequence[int]) -> Iterable[Fault]:
    gaps = [(a + 1, b - 1) for a, b in pairwise(numbers) if b - a > 1]
    if gaps:
        told = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in gaps[:20])
        more = f" and {len(gaps) - 20} more gaps" if len(gaps) > 20 else ""
        yield Fault(
            f"numbers {numbers[0]}–{numbers[-1]}",
            f"No image and no prompt has the number {told}{more}. Check that nothing was forgotten.",
            "gap",
        )
