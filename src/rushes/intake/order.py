"""What was asked for, and what has been found of it so far: the stages of the intake pass these on."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rushes.errors import Fault
from rushes.intake.archive import NamedFile
from rushes.intake.matching import Pair, Pairing
from rushes.intake.prompts import Reading
from rushes.settings import Settings

Images = Path | Sequence[NamedFile]
"""A ZIP, a folder, one image, or files with the names people know them by."""


@dataclass(frozen=True)
class Choices:
    """What a person chose where there is a choice: how to pair, and how to read prompts without numbers.

    `dates` are those of the images, in seconds, as far as they are known here.
    """

    pairing: Pairing | None = None
    reading: Reading | None = None
    dates: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class IntakeRequest:
    """What was asked for. `stop` is set when nobody waits for the answer any more.

    `pairs` are shots as a person has put them together; the prompts are then in them.
    """

    images: Images | None
    prompts: NamedFile | None
    settings: Settings
    allow_text_only: bool
    max_prompt_chars: int
    stop: threading.Event
    pairs: Sequence[Pair] | None = None
    choices: Choices = field(default_factory=Choices)


@dataclass
class Gathered:
    """What the stages have found so far."""

    images: list[NamedFile] = field(default_factory=list[NamedFile])
    prompts_files: list[NamedFile] = field(default_factory=list[NamedFile])
    prompts_name: str = "prompts"
    faults: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])
    documents: list[str] = field(default_factory=list[str])
    dates: dict[str, float] = field(default_factory=dict[str, float])
    readings: Mapping[Reading, int] = field(default_factory=dict[Reading, int])
