"""Which image goes with which prompt: by the numbers in the images' names, told in full before anything runs.

A wrong pair costs money, so nothing is guessed where the names leave room for doubt: another way to pair is
offered, and it is a person's to take.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from rushes.errors import Fault
from rushes.intake.name_dates import dates_in
from rushes.intake.name_noise import differ_at_random, is_generated
from rushes.intake.name_sets import SetReading, are_loosely_named, numbers_of, single_number, stem_of
from rushes.intake.pair_ways import (
    ask,
    ask_about_variants,
    by_date,
    by_image_names,
    each_variant,
    in_order,
    one_with_all,
    with_one,
)
from rushes.intake.pairs import MatchReport, Pair, Pairing, is_image_name, natural_key
from rushes.intake.prompt_raw import Prompt

__all__ = ["MatchReport", "Pair", "Pairing", "image_number", "is_image_name", "match", "natural_key"]


_CAMERA = 100
"""One image with a number from here on has it from a camera, not from a person."""


def image_number(filename: str) -> int | None:
    """The number an image's name alone gives it (`shot-001 final.webp` is 1), or None.

    A number after a word such as `image` or `shot` counts first, then one standing alone, then one after
    other letters. Sizes, dates, versions, copy marks and numbers over 99,999 never count.
    """
    return single_number(filename)


def match(
    images: Sequence[str],
    prompts: Sequence[Prompt],
    pairing: Pairing | None = None,
    dates: Mapping[str, float] | None = None,
) -> MatchReport:
    """Pair images with prompts: as `pairing` says; else by the names the prompts give, else by number.

    Prompts have each a number of their own. `dates` are those of the images, in any unit. Nothing is raised:
    the report has the faults.
    """
    ordered = sorted(prompts, key=lambda p: p.number)
    by_name = sorted(images, key=natural_key)
    if not images or not prompts:
        return _by_number(by_name, numbers_of(by_name), ordered)
    reading = numbers_of(by_name)
    if pairing is None:
        report = by_image_names(by_name, ordered) or with_one(
            _look_again(by_name, ordered, reading, _by_number(by_name, reading, ordered)), by_name, ordered
        )
    elif pairing is Pairing.ALL:
        report = one_with_all(list(images), ordered)
    elif pairing is Pairing.ORDER:
        report = in_order(list(images), ordered, pairing)
    elif pairing is Pairing.DATE:
        report = by_date(images, ordered, dates or {})
    elif pairing is Pairing.NAME:
        report = by_image_names(by_name, ordered) or in_order(by_name, ordered, pairing)
    elif reading.variants:
        report = each_variant(by_name, reading, ordered)
    else:
        report = _by_number(by_name, reading, ordered)
    meets = reading.variants or any(prompt.number in set(reading.numbers) for prompt in ordered)
    return replace(report, offers=_offers(images, ordered, report.paired_by, dates, meets))


def _look_again(
    images: Sequence[str], prompts: Sequence[Prompt], reading: SetReading, report: MatchReport
) -> MatchReport:
    """What else may be meant where the numbers do not do: another start, order, or a question."""
    same_count = len(images) == len(prompts)
    if reading.doubtful:
        message = "The names of the images can be read in more than one way."
        return (
            ask(message, images, prompts, "names_unclear")
            if same_count
            else _unclear(report, message, images)
        )
    if all(number is None for number in reading.numbers):
        return _without_numbers(images, prompts)
    if reading.variants and any(f.code == "duplicate_image" for f in report.faults):
        return ask_about_variants(report, images)
    numbers = [number for number in reading.numbers if number is not None]
    of_prompts = [prompt.number for prompt in prompts]
    whole = len(numbers) == len(set(numbers)) == len(images)
    if not whole or not same_count or set(numbers) == set(of_prompts):
        return report
    counted = max(numbers) - min(numbers) == len(numbers) - 1
    meets = set(numbers) & set(of_prompts)
    far = len(images) > 1 or min(numbers) >= _CAMERA
    if (
        counted
        and (min(numbers) == 0 or (far and not meets))
        and of_prompts[-1] - of_prompts[0] == len(prompts) - 1
    ):
        return _from_another_start(images, reading, prompts)
    if not meets:
        return ask(
            "None of the numbers in the names of the images is that of a prompt.",
            images,
            prompts,
            "no_number_meets",
        )
    if are_loosely_named(images) or (counted and of_prompts[-1] - of_prompts[0] == len(prompts) - 1):
        message = "The numbers in the names of the images are not those of the prompts."
        return ask(message, images, prompts, "names_unclear")
    return report


def _without_numbers(images: Sequence[str], prompts: Sequence[Prompt]) -> MatchReport:
    """Order, where the names have one, with a warning; names that differ in an id alone have none."""
    if (moments := dates_in(images)) and len(images) > 1:
        report = in_order(sorted(images, key=moments.__getitem__), prompts, Pairing.DATE)
        message = (
            "No image has a number in its name, so images and prompts were paired in order of the dates in "
            "the names. Check the pairs, or put the number of its prompt into each name."
        )
        return replace(report, warnings=(Fault(images[0], message, "paired_in_order"), *report.warnings))
    stems = [stem_of(name) for name in images]
    if differ_at_random(stems) or 2 * sum(map(is_generated, stems)) > len(stems):
        message = "The names of the images have no order; a service made them up."
        return ask(message, images, prompts, "no_order")
    return in_order(images, prompts, Pairing.NAME, silent=True)


def _from_another_start(images: Sequence[str], reading: SetReading, prompts: Sequence[Prompt]) -> MatchReport:
    """Images that count without a gap, but from 0 or from 1234: the first goes with the first prompt."""
    ranked = sorted(zip(reading.numbers, images, strict=True), key=lambda pair: pair[0] or 0)
    report = in_order([name for _, name in ranked], prompts, Pairing.NUMBER, silent=True)
    first, start = ranked[0][1], ranked[0][0]
    message = (
        f"The images count from {start} and the prompts from {prompts[0].number}, so {first} goes with "
        f"prompt {prompts[0].number}, and so on. Check the pairs."
    )
    return replace(report, warnings=(Fault(first, message, "another_start"),))


def _unclear(report: MatchReport, message: str, images: Sequence[str]) -> MatchReport:
    how = f"{message} Put the number of its prompt into each name, such as 1.jpg."
    return replace(report, faults=(*report.faults, Fault(images[0], how, "names_unclear")), paired_by=None)


def _offers(
    images: Sequence[str],
    prompts: Sequence[Prompt],
    used: Pairing | None,
    dates: Mapping[str, float] | None,
    meets: bool,
) -> tuple[Pairing, ...]:
    """The other ways to pair that make sense for these; by number where some numbers meet."""
    offers = [*([Pairing.NUMBER] if meets else []), Pairing.NAME, Pairing.ORDER]
    if dates_in(images) or (dates is not None and all(name in dates for name in images)):
        offers.append(Pairing.DATE)
    if min(len(images), len(prompts)) == 1 < max(len(images), len(prompts)):
        offers.append(Pairing.ALL)
    return tuple(each for each in offers if each is not used)


def _by_number(images: Sequence[str], reading: SetReading, prompts: Sequence[Prompt]) -> MatchReport:
    by_number: dict[int, list[str]] = defaultdict(list)
    left: list[str] = []
    warnings: list[Fault] = []
    for name, number in zip(images, reading.numbers, strict=True):
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
    if reading.how and images:
        warnings.insert(0, Fault(images[0], f"{reading.how} Check the pairs.", "copies_counted"))
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
