"""Finding what a user handed in: which files are images, and which one is the prompts file.

Nothing is raised for a fault; it is noted, so that the stages after it can still find theirs.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rushes.errors import Fault, Invalid
from rushes.intake.archive import NamedFile, unpack_images
from rushes.intake.kinds import Kind, kind_of
from rushes.intake.matching import Pair, natural_key
from rushes.intake.prompts import Prompt, parse_prompts
from rushes.platform.names import printable
from rushes.settings import Settings

Images = Path | Sequence[NamedFile]
"""A ZIP, a folder, one image, or files with the names people know them by."""


@dataclass(frozen=True)
class Order:
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


@dataclass
class Gathered:
    """What the stages have found so far."""

    images: list[NamedFile] = field(default_factory=list[NamedFile])
    prompts_files: list[NamedFile] = field(default_factory=list[NamedFile])
    prompts_name: str = "prompts"
    faults: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])


def gather(order: Order, unpacked: Path, got: Gathered) -> None:
    """Find the images, and any prompts files that lie with them, into `got`.

    A ZIP is unpacked into the folder `unpacked`; one over the limit raises `TooLarge`.
    """
    images = order.images
    if images is None:
        return
    if not isinstance(images, Path):
        _sort_out([(printable(name), path) for name, path in images], order, got)
    elif images.is_dir():
        _sort_out(_walk(images, order.settings, got), order, got)
    elif not images.exists():
        message = "There is no such file or folder. Check the path."
        got.faults.append(Fault(str(images), message, "not_found"))
    elif kind_of(images.name) is Kind.IMAGE:
        got.images.append((images.name, images))
    else:
        try:
            bundle = unpack_images(images, unpacked, order.settings)
        except Invalid as error:
            got.faults += error.faults
            return
        got.images += bundle.images
        got.prompts_files += bundle.prompts
        got.warnings += bundle.warnings


def _walk(folder: Path, settings: Settings, got: Gathered) -> list[NamedFile]:
    """The files of a folder and the folders in it, named by the shortest name that tells them apart."""
    paths: list[Path] = []
    for path in folder.rglob("*"):
        if len(paths) >= settings.max_archive_entries:
            message = f"The folder has more than {settings.max_archive_entries:,} files. Use a smaller one."
            got.faults.append(Fault(str(folder), message, "too_many_entries"))
            return []
        name = path.relative_to(folder).as_posix()
        if kind_of(name) is Kind.JUNK:
            continue
        if path.is_file():
            paths.append(path)
        elif path.is_symlink() and not path.exists():
            message = "This link leads to nothing. Put the file there, or remove the link."
            got.faults.append(Fault(name, message, "broken_link"))
    times = Counter(path.name for path in paths)
    named = [(p.name if times[p.name] == 1 else p.relative_to(folder).as_posix(), p) for p in paths]
    return sorted(named, key=lambda file: natural_key(file[0]))


def _sort_out(files: Sequence[NamedFile], order: Order, got: Gathered) -> None:
    for name, path in files:
        kind = kind_of(name)
        if kind is Kind.IMAGE:
            got.images.append((name, path))
        elif kind is Kind.PROMPTS:
            got.prompts_files.append((name, path))
        elif kind is Kind.ARCHIVE:
            message = "This archive lies among the images. Unpack it first, or give it alone."
            got.faults.append(Fault(name, message, "nested_archive"))
        elif kind is Kind.OTHER:
            got.warnings.append(Fault(name, "This is not an image and was left out.", "not_an_image"))
    for name, times in Counter(name for name, _ in got.images).items():
        if times > 1:
            message = f"{times} images have this name. Rename all but one."
            got.faults.append(Fault(name, message, "duplicate_name"))
    if len(got.images) > order.settings.max_shots:
        message = (
            f"These are {len(got.images):,} images; a job has at most {order.settings.max_shots:,} shots."
        )
        got.faults.append(Fault("images", f"{message} Make several jobs of it.", "too_many_images"))


def read_prompts(order: Order, got: Gathered) -> Sequence[Prompt]:
    """The prompts, from the file given or else from the one that lies with the images; none on a fault."""
    given = order.prompts
    if given is None:
        if len(got.prompts_files) != 1:
            names = ", ".join(name for name, _ in got.prompts_files)
            message = f"These may all be the prompts file: {names}. Say which, or leave only one."
            if not names:
                message = "There is no prompts file. Give one, or put it with the images."
            # Images that could not be unpacked may have held it.
            if names or not got.faults:
                got.faults.append(Fault("prompts", message, "no_prompts"))
            return ()
        given = got.prompts_files[0]
    else:
        for name, path in got.prompts_files:
            if path.resolve() != given[1].resolve():
                message = f"This file was not used, because the prompts come from {given[0]}."
                got.warnings.append(Fault(name, message, "not_used"))
    got.prompts_name = printable(given[0])
    if not given[1].is_file():
        got.faults.append(Fault(got.prompts_name, "There is no such file. Check the path.", "not_found"))
        return ()
    size, most = given[1].stat().st_size, order.settings.max_prompts_bytes
    if size > most:
        message = f"This file has {size:,} bytes; the most is {most:,}. Is it the prompts file?"
        got.faults.append(Fault(got.prompts_name, message, "too_large"))
        return ()
    try:
        parsed = parse_prompts(given[1].read_bytes(), got.prompts_name)
    except Invalid as error:
        got.faults += error.faults
        return ()
    got.warnings += parsed.warnings
    for prompt in parsed.prompts:
        refuse_long(order, got, prompt, f"{got.prompts_name}:{prompt.line}")
    return parsed.prompts


def refuse_long(order: Order, got: Gathered, prompt: Prompt, where: str) -> None:
    """Note a prompt that is longer than its provider takes."""
    if len(prompt.text) > order.max_prompt_chars:
        message = (
            f"Prompt {prompt.number} has {len(prompt.text):,} characters; the most here is "
            f"{order.max_prompt_chars:,}. Shorten it."
        )
        got.faults.append(Fault(where, message, "prompt_too_long"))
