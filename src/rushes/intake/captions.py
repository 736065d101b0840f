"""A text file beside each image, `1.txt` with `1.jpg`, as training sets and captioning tools have them."""

from collections.abc import Sequence

from rushes.errors import Fault
from rushes.intake.matching import natural_key
from rushes.intake.name_sets import numbers_of
from rushes.intake.order import Gathered, IntakeRequest
from rushes.intake.prompt_clean import make_prompt
from rushes.intake.prompt_encoding import decode
from rushes.intake.prompt_raw import MAX_NUMBER, Findings, Prompt, stem
from rushes.intake.prompts import bad_text

_MOST_BYTES = 100_000
_ENDINGS = (".txt", ".text", ".caption", ".md")


def captions_of(order: IntakeRequest, got: Gathered) -> Sequence[Prompt]:
    """One prompt for each image that has a text file of its name; none when this is no such set.

    Files that belong to no image are left out with a warning.
    """
    images = {stem(name): name for name, _ in got.images}
    files = {stem(name): (name, path) for name, path in got.prompts_files if name.lower().endswith(_ENDINGS)}
    beside = sorted((each for each in files if each in images), key=natural_key)
    if len(beside) < 2 or len(images) < len(got.images) or 2 * len(beside) < len(got.prompts_files):
        return ()
    numbers = _numbers([images[each] for each in beside])
    prompts: list[Prompt] = []
    for each, number in zip(beside, numbers, strict=True):
        name, path = files[each]
        found = Findings(name)
        size = path.stat().st_size
        if size > _MOST_BYTES:
            found.fault(f"This file has {size:,} bytes; a prompt has fewer.", "too_large")
        elif (text := decode(path.read_bytes(), found)) is not None:
            made = make_prompt(number, text.split("\n"), 1, found)
            if bad := bad_text(number, made.text, made.negative_prompt):
                found.fault(*bad)
            prompts.append(Prompt(number, made.text, made.negative_prompt, 1, images[each]))
        got.faults += found.faults
        got.warnings += found.warnings
    got.prompts_name = "the text files"
    for name, _ in got.prompts_files:
        if stem(name) not in images:
            message = (
                "This file was not used, because the prompts come from the text files beside the images."
            )
            got.warnings.append(Fault(name, message, "not_used"))
    return prompts


def _numbers(names: Sequence[str]) -> Sequence[int]:
    """The numbers of the images where all have one of their own, else 1 to n in order of name."""
    numbers = [n for n in numbers_of(names).numbers if n is not None and 1 <= n <= MAX_NUMBER]
    return numbers if len(set(numbers)) == len(names) else range(1, len(names) + 1)
