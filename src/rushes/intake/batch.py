"""What a user hands in → the shots of a job: everything is checked here, and all of it is told at once.

A user should be able to mend a batch in one go, so every stage runs as far as it can and its faults are
gathered. Nothing is left in the work folder when something is wrong.
"""

import asyncio
import errno
import shutil
import threading
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rushes.errors import ErrorType, Fault, Invalid, SystemFault
from rushes.intake.archive import NamedFile
from rushes.intake.gather import gather
from rushes.intake.images import NormalisedImage, normalise_image
from rushes.intake.matching import MatchReport, Pair
from rushes.intake.order import Choices, Gathered, Images, IntakeRequest
from rushes.intake.pair_up import pair_up, refuse_numbers
from rushes.settings import Settings

_AT_ONCE = 2
"""Images decoded at the same time: each may take some hundred MB for a moment."""


@dataclass(frozen=True)
class BatchShot:
    """A shot ready to be submitted. Without an image it is text-to-video."""

    number: int
    prompt: str
    negative_prompt: str | None
    image: NormalisedImage | None
    image_filename: str | None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Batch:
    """Shots in number order, how they were matched, how much was handed in, and what to look at.

    The files of the images are in a folder of their own under the work folder; the caller moves them.
    """

    shots: tuple[BatchShot, ...]
    report: MatchReport
    image_count: int
    prompt_count: int
    warnings: tuple[Fault, ...]


class _Stopped(Exception):
    """Leaves the thread early after a cancellation; never seen outside this module."""


async def read_batch(
    images: Images | None,
    prompts: NamedFile | None,
    work: Path,
    settings: Settings,
    *,
    allow_text_only: bool,
    max_prompt_chars: int,
    pairs: Sequence[Pair] | None = None,
    choices: Choices | None = None,
) -> Batch:
    """Check a batch and make its shots; the normalised images are written under `work`.

    Without `prompts`, a prompts file in the ZIP or folder is used. `pairs` are shots as a person has put
    them together, instead of prompts: nothing is matched then. `choices` say how to pair and to read,
    where there is a choice. Raises `Invalid` with the faults of
    all stages, `TooLarge` for an upload over the limit, `SystemFault` when the disk is full; nothing
    is then left under `work`. Runs in a thread, two images at a time.
    """
    stop = threading.Event()
    order = IntakeRequest(
        images, prompts, settings, allow_text_only, max_prompt_chars, stop, pairs, choices or Choices()
    )
    task = asyncio.create_task(asyncio.to_thread(_read, order, work))
    try:
        batch, _ = await asyncio.shield(task)
    except asyncio.CancelledError:
        # A thread cannot be cancelled; it is told to stop, and has cleaned up when it ends.
        stop.set()
        await asyncio.wait([task])
        if task.exception() is None:
            await asyncio.to_thread(shutil.rmtree, task.result()[1], ignore_errors=True)
        raise
    return batch


def _read(order: IntakeRequest, work: Path) -> tuple[Batch, Path]:
    """The whole of `read_batch`, blocking; also tells the folder of the images."""
    made = [folder for folder in (work, *work.parents) if not folder.exists()]
    token = uuid.uuid4().hex
    unpacked, copies = work / f"unpacked-{token}", work / f"images-{token}"
    try:
        unpacked.mkdir(parents=True)
        copies.mkdir()
        return _read_into(order, unpacked, copies), copies
    except BaseException as error:
        shutil.rmtree(copies, ignore_errors=True)
        shutil.rmtree(unpacked, ignore_errors=True)
        for folder in made:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SystemFault(
                "The disk is full, so the images cannot be unpacked.",
                error_type=ErrorType.DISK_FULL,
                hint="Free some space and send them again.",
            ) from error
        raise
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _read_into(order: IntakeRequest, unpacked: Path, copies: Path) -> Batch:
    got = Gathered()
    gather(order, unpacked, got)
    paired = pair_up(order, got)
    normalised = _normalise(order, got, copies)
    shots = [
        BatchShot(p.prompt.number, p.prompt.text, p.prompt.negative_prompt, image, p.image, p.options)
        for p in paired.shots
        for image in [normalised.get(p.image) if p.image else None]
        if p.prompt and (image or not p.image)
    ]
    refuse_numbers(order, got, paired)
    if got.faults:
        first, more = got.faults[0], len(got.faults) - 1
        message = f"{first.where}: {first.message}" + (f" (and {more} more)" if more else "")
        raise Invalid(message, got.faults)
    for path in {i.path for i in normalised.values()} - {shot.image.path for shot in shots if shot.image}:
        path.unlink()
    if not any(shot.image for shot in shots):
        copies.rmdir()
    warnings = (*got.warnings, *paired.report.warnings)
    return Batch(tuple(shots), paired.report, len(got.images), paired.prompt_count, warnings)


def _normalise(order: IntakeRequest, got: Gathered, into: Path) -> dict[str, NormalisedImage]:
    """Check every image, matched or not, so that all that are wrong are told at once."""
    if len(got.images) > order.settings.max_shots:
        return {}

    def one(file: NamedFile) -> NormalisedImage | tuple[Fault, ...]:
        if order.stop.is_set():
            raise _Stopped
        try:
            return normalise_image(file[1], file[0], into, order.settings)
        except Invalid as error:
            return error.faults

    normalised: dict[str, NormalisedImage] = {}
    with ThreadPoolExecutor(_AT_ONCE, "normalise") as pool:
        # When one raises, `map` takes back those that have not begun.
        for (name, _), result in zip(got.images, pool.map(one, got.images), strict=True):
            if isinstance(result, NormalisedImage):
                normalised[name] = result
            else:
                got.faults += result
    return normalised
