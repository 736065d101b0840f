"""Images and prompts that were found → which make a shot, and all that is wrong with that.

One place for it: the upload and the dry run before it (names only, no bytes) must say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rushes.errors import Fault
from rushes.intake.gather import read_prompts, refuse_long
from rushes.intake.matching import MatchReport, Pair, match
from rushes.intake.order import Gathered, IntakeRequest
from rushes.intake.pairing import as_told, place
from rushes.intake.prompts import Prompt


@dataclass(frozen=True)
class PairedUp:
    """How it was matched, how many prompts there were, and the pairs that make a shot."""

    report: MatchReport
    prompt_count: int
    shots: tuple[Pair, ...]


def pair_up(order: IntakeRequest, got: Gathered) -> PairedUp:
    """Match what was gathered, or take the pairs that a person made; faults and warnings go into `got`."""
    names = [name for name, _ in got.images]
    if order.pairs is None:
        prompts = read_prompts(order, got)
        choices = order.choices
        report = match(names, prompts, choices.pairing, {**got.dates, **choices.dates})
    else:
        prompts = [pair.prompt for pair in order.pairs if pair.prompt]
        report = as_told(names, order.pairs)
        for prompt in prompts:
            refuse_long(order, got, prompt, place(prompt.number))
    got.faults += report.faults
    report = _text_only(order, got, report)
    shots = tuple(pair for pair in report.pairs if pair.prompt and (pair.image or order.allow_text_only))
    return PairedUp(report, len(prompts), shots)


def refuse_numbers(order: IntakeRequest, got: Gathered, paired: PairedUp) -> None:
    """Note when there are too many shots, or none and nothing says why yet."""
    if len(paired.shots) > order.settings.max_shots:
        message = f"This makes {len(paired.shots):,} shots; a job has at most {order.settings.max_shots:,}."
        got.faults.append(Fault("shots", f"{message} Make several jobs of it.", "too_many_shots"))
    if not paired.shots and not got.faults:
        got.faults.append(_nothing(paired.report))


def _text_only(order: IntakeRequest, got: Gathered, report: MatchReport) -> MatchReport:
    """Let prompts without an image run if that is allowed, else say how to allow it."""
    if order.allow_text_only:
        return replace(report, unmatched_prompts=())
    for prompt in report.unmatched_prompts:
        message = (
            f"Prompt {prompt.number} has no image and was left out. Add an image with this number, or let "
            "it run from text alone (--allow-text-only, allow_text_only)."
        )
        got.warnings.append(Fault(_where(order, got, prompt), message, "unmatched_prompt"))
    return report


def _where(order: IntakeRequest, got: Gathered, prompt: Prompt) -> str:
    return f"{got.prompts_name}:{prompt.line}" if order.pairs is None else place(prompt.number)


def _nothing(report: MatchReport) -> Fault:
    """Why there is not a single shot."""
    prompts = _numbers([p.number for p in report.pairs if p.prompt])
    images = _numbers([p.number for p in report.pairs if p.image])
    if report.unmatched_images:
        has = f"have the numbers {images}" if images else "have no numbers"
        message = f"No image goes with a prompt: the images {has}, the prompts {prompts}. Rename the images."
    else:
        message = (
            "There are no images. Give some, or let the prompts run from text alone "
            "(--allow-text-only, allow_text_only)."
        )
    return Fault("images", message, "no_shots")


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
