"""The checks of an upload without its bytes: the names of the images and the prompts are enough for most.

What only the image itself can tell (damaged, too large, not an image at all) is left to the upload.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rushes.errors import Fault
from rushes.intake.archive import NamedFile
from rushes.intake.gather import gather
from rushes.intake.matching import Pair
from rushes.intake.order import Choices, Gathered, IntakeRequest
from rushes.intake.pair_up import PairedUp, pair_up, refuse_numbers
from rushes.intake.prompts import Reading
from rushes.settings import Settings


@dataclass(frozen=True)
class DryRun:
    """How it would be matched, what stops it, and what to look at."""

    paired: PairedUp
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    readings: Mapping[Reading, int]


def dry_run(
    names: Sequence[str],
    prompts: NamedFile | None,
    pairs: Sequence[Pair] | None,
    settings: Settings,
    *,
    allow_text_only: bool,
    max_prompt_chars: int,
    choices: Choices | None = None,
    texts: Sequence[NamedFile] = (),
) -> DryRun:
    """What `read_batch` would say of images with these names, and of prompts files (`texts`) among them.

    Reads the prompts files: call it in a thread.
    """
    images = [*((name, Path(name)) for name in names), *texts]
    stop = threading.Event()
    order = IntakeRequest(
        images, prompts, settings, allow_text_only, max_prompt_chars, stop, pairs, choices or Choices()
    )
    got = Gathered()
    gather(order, Path(), got)  # names only: nothing is unpacked
    paired = pair_up(order, got)
    refuse_numbers(order, got, paired)
    return DryRun(paired, tuple(got.faults), (*got.warnings, *paired.report.warnings), got.readings)
