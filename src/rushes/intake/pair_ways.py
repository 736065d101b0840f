"""The ways to pair other than by number: by the names a file gives, in some order, one with all, variants.

None of them is taken in silence: each was asked for, or says what it did.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rushes.errors import Fault
from rushes.intake.name_dates import dates_in
from rushes.intake.name_sets import SetReading, numbers_of
from rushes.intake.pairs import MatchReport, Pair, Pairing, natural_key
from rushes.intake.prompt_raw import Prompt, stem


def by_image_names(images: Sequence[str], prompts: Sequence[Prompt]) -> MatchReport | None:
    """Pairs by the names of images that the prompts give; None when none of them is there."""
    given = {prompt.image: prompt for prompt in prompts if prompt.image}
    if not given:
        return None
    full = {name.casefold(): name for name in images}
    stems: dict[str, list[str]] = defaultdict(list)
    for name in images:
        stems[stem(name)].append(name)
    image_of: dict[int, str] = {}
    for wanted, prompt in given.items():
        base = wanted.replace("\\", "/").rpartition("/")[2].casefold()
        exact = full.get(wanted.casefold()) or full.get(base)
        alike = stems.get(stem(wanted), [])
        if found := exact or (alike[0] if len(alike) == 1 else None):
            image_of[prompt.number] = found
    if not image_of or len(set(image_of.values())) < len(image_of):
        return None
    # Where only some prompts name an image, the numbers say the rest.
    if len(given) < len(prompts) or len(image_of) < len(given):
        numbers = dict(zip(images, numbers_of(images).numbers, strict=True))
        if all(numbers[name] == number for number, name in image_of.items()):
            return None
    pairs = tuple(Pair(p.number, image_of.get(p.number), p) for p in prompts)
    used = set(image_of.values())
    left = tuple(name for name in images if name not in used)
    warnings = tuple(Fault(name, "No prompt names this image.", "unmatched_image") for name in left)
    missing = tuple(p for p in prompts if p.number not in image_of)
    return MatchReport(pairs, left, missing, (), warnings, Pairing.NAME)


def in_order(
    images: Sequence[str], prompts: Sequence[Prompt], by: Pairing, *, silent: bool = False
) -> MatchReport:
    """The first image with the first prompt, and so on; `silent` where nobody asked for it, which is told."""
    pairs = tuple(
        Pair(prompt.number, images[i] if i < len(images) else None, prompt)
        for i, prompt in enumerate(prompts)
    )
    left = tuple(images[len(prompts) :])
    warnings = [Fault(name, "There is no prompt left for this image.", "unmatched_image") for name in left]
    if silent:
        message = (
            "No image has a number in its name, so images and prompts were paired in order of name. "
            "Check the pairs, or put the number of its prompt into each name."
        )
        warnings.insert(0, Fault(images[0], message, "paired_in_order"))
    return MatchReport(pairs, left, tuple(prompts[len(images) :]), (), tuple(warnings), by)


def by_date(images: Sequence[str], prompts: Sequence[Prompt], dates: Mapping[str, float]) -> MatchReport:
    dates = dates_in(images) or dates
    missing = [name for name in images if name not in dates]
    if missing:
        report = in_order(sorted(images, key=natural_key), prompts, Pairing.DATE)
        fault = Fault(missing[0], "The date of this image is not known. Pair in another way.", "no_date")
        return replace(report, faults=(fault,))
    return in_order(sorted(images, key=lambda name: (dates[name], natural_key(name))), prompts, Pairing.DATE)


def one_with_all(images: Sequence[str], prompts: Sequence[Prompt]) -> MatchReport:
    """Every image with the one prompt, or the one image with every prompt."""
    if len(prompts) == 1:
        only = prompts[0]
        pairs = tuple(Pair(i, name, replace(only, number=i)) for i, name in enumerate(images, start=1))
        return MatchReport(pairs, (), (), (), (), Pairing.ALL)
    if len(images) == 1:
        return MatchReport(tuple(Pair(p.number, images[0], p) for p in prompts), (), (), (), (), Pairing.ALL)
    report = in_order(images, prompts, Pairing.ALL)
    message = (
        f"There are {len(images)} images and {len(prompts)} prompts; one of them has to be a single one."
    )
    return replace(report, faults=(Fault("images", message, "not_one"),))


def ask(message: str, images: Sequence[str], prompts: Sequence[Prompt], code: str) -> MatchReport:
    """Nothing is paired: the owner is to say how."""
    pairs = tuple(Pair(prompt.number, None, prompt) for prompt in prompts)
    same = "There are as many images as prompts: pair" if len(images) == len(prompts) else "Pair"
    how = (
        f"{message} {same} them in order of name (--pair name), as given (--pair order) or in order of date "
        "(--pair date; pair=name, order or date), or put the number of its prompt into each name."
    )
    return MatchReport(pairs, tuple(images), tuple(prompts), (Fault("images", how, code),), (), None)


def ask_about_variants(report: MatchReport, images: Sequence[str]) -> MatchReport:
    message = (
        "Some images are variants of one shot, such as a and b. Leave one of each, or make a shot of each "
        "with the prompt of its number: --pair number (pair=number)."
    )
    kept = [fault for fault in report.faults if fault.code != "duplicate_image"]
    return replace(report, faults=(*kept, Fault(images[0], message, "variants")), paired_by=None)


def each_variant(images: Sequence[str], reading: SetReading, prompts: Sequence[Prompt]) -> MatchReport:
    """Every variant with the prompt of its number, the shots numbered through."""
    of_prompt = {prompt.number: prompt for prompt in prompts}
    numbered = sorted(
        zip(reading.numbers, images, strict=True), key=lambda each: (each[0] or 0, natural_key(each[1]))
    )
    fitting = [(name, of_prompt[number]) for number, name in numbered if number in of_prompt]
    pairs = [Pair(i, name, replace(p, number=i)) for i, (name, p) in enumerate(fitting, start=1)]
    used = {p.number for _, p in fitting}
    left = tuple(name for number, name in numbered if number not in of_prompt)
    missing = tuple(p for p in prompts if p.number not in used)
    more = [
        Pair(len(pairs) + i, None, replace(p, number=len(pairs) + i)) for i, p in enumerate(missing, start=1)
    ]
    warnings = [
        Fault(name, "There is no prompt with the number of this image.", "unmatched_image") for name in left
    ]
    if pairs:
        message = f"Variants of a shot became shots of their own, numbered 1 to {len(pairs)}."
        warnings.insert(0, Fault(pairs[0].image or "", message, "variants_numbered"))
    return MatchReport((*pairs, *more), left, tuple(p.prompt for p in more if p.prompt), (), tuple(warnings))


def with_one(report: MatchReport, images: Sequence[str], prompts: Sequence[Prompt]) -> MatchReport:
    """Add a warning: one prompt beside many images, or one image beside many prompts, may be meant for all.

    No warning where the file gives the prompt the number that its image has.
    """
    if min(len(images), len(prompts)) != 1 or max(len(images), len(prompts)) < 2 or report.faults:
        return report
    if any(pair.image and pair.prompt and not pair.prompt.counted for pair in report.pairs):
        return report
    what = "prompt for all images" if len(prompts) == 1 else "image for all prompts"
    message = f"If this is the one {what}, say so: --pair all (pair=all)."
    return replace(report, warnings=(*report.warnings, Fault("images", message, "one_for_all")))
