"""Finding what a user handed in: which files are images, and which one is the prompts file.

Nothing is raised for a fault; it is noted, so that the stages after it can still find theirs.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from rushes.errors import Fault, Invalid
from rushes.intake.archive import NamedFile, unpack_images
from rushes.intake.captions import captions_of
from rushes.intake.kinds import LONGEST_PATH, START_BYTES, FileKind, is_document, kind_of, starts_as_image
from rushes.intake.matching import natural_key
from rushes.intake.order import Gathered, IntakeRequest
from rushes.intake.prompt_words import Role, meaning
from rushes.intake.prompts import Prompt, Unreadable, parse_prompts
from rushes.platform.names import printable
from rushes.settings import Settings


def gather(order: IntakeRequest, unpacked: Path, got: Gathered) -> None:
    """Find the images, and any prompts files that lie with them, into `got`.

    A ZIP is unpacked into the folder `unpacked`; one over the limit raises `TooLarge`.
    """
    images = order.images
    if images is None:
        return
    if not isinstance(images, Path):
        _sort_out([(printable(name, LONGEST_PATH), path) for name, path in images], order, got)
    elif images.is_dir():
        _sort_out(_walk(images, order.settings, got), order, got)
    elif not images.exists():
        message = "There is no such file or folder. Check the path."
        got.faults.append(Fault(str(images), message, "not_found"))
    elif kind_of(images.name) is FileKind.IMAGE:
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
        got.documents += bundle.documents
        got.dates |= bundle.dates


def _walk(folder: Path, settings: Settings, got: Gathered) -> list[NamedFile]:
    """The files of a folder and the folders in it, named by the shortest name that tells them apart."""
    paths: list[Path] = []
    for path in folder.rglob("*"):
        if len(paths) >= settings.max_archive_entries:
            message = f"The folder has more than {settings.max_archive_entries:,} files. Use a smaller one."
            got.faults.append(Fault(str(folder), message, "too_many_entries"))
            return []
        name = path.relative_to(folder).as_posix()
        if kind_of(name) is FileKind.JUNK:
            continue
        if path.is_file():
            paths.append(path)
        elif path.is_symlink() and not path.exists():
            message = "This link leads to nothing. Put the file there, or remove the link."
            got.faults.append(Fault(name, message, "broken_link"))
    times = Counter(path.name for path in paths)
    named = [(p.name if times[p.name] == 1 else p.relative_to(folder).as_posix(), p) for p in paths]
    return sorted(named, key=lambda file: natural_key(file[0]))


def _sort_out(files: Sequence[NamedFile], order: IntakeRequest, got: Gathered) -> None:
    for name, path in files:
        kind = kind_of(name)
        if kind is FileKind.OTHER and (_is_image(path) or (not path.exists() and not is_document(name))):
            kind = FileKind.IMAGE  # by its content; without the bytes, by the word of who sent it
        if kind is FileKind.IMAGE:
            got.images.append((name, path))
            if path.exists():
                got.dates[name] = path.stat().st_mtime
        elif kind is FileKind.PROMPTS:
            got.prompts_files.append((name, path))
        elif kind is FileKind.ARCHIVE:
            message = "This archive lies among the images. Unpack it first, or give it alone."
            got.faults.append(Fault(name, message, "nested_archive"))
        elif kind is FileKind.OTHER:
            got.warnings.append(Fault(name, "This is not an image and was left out.", "not_an_image"))
            got.documents += [name] if is_document(name) else []
    for name, times in Counter(name for name, _ in got.images).items():
        if times > 1:
            message = f"{times} images have this name. Rename all but one."
            got.faults.append(Fault(name, message, "duplicate_name"))
    if len(got.images) > order.settings.max_shots:
        message = (
            f"These are {len(got.images):,} images; a job has at most {order.settings.max_shots:,} shots."
        )
        got.faults.append(Fault("images", f"{message} Make several jobs of it.", "too_many_images"))


def _is_image(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return starts_as_image(file.read(START_BYTES))


def read_prompts(order: IntakeRequest, got: Gathered) -> Sequence[Prompt]:
    """The prompts, from the file given or else from the one that lies with the images; none on a fault."""
    given = order.prompts
    if given is None:
        if captions := captions_of(order, got):
            return captions
        given = _choose(got)
        if given is None:
            return ()
    else:
        _note_unused(got, given)
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
        names = [name for name, _ in got.images]
        parsed = parse_prompts(
            given[1].read_bytes(), got.prompts_name, images=names, reading=order.choices.reading
        )
    except Unreadable as error:
        got.faults += error.faults
        got.readings = error.readings
        return ()
    got.warnings += parsed.warnings
    got.readings = parsed.readings
    for prompt in parsed.prompts:
        refuse_long(order, got, prompt, f"{got.prompts_name}:{prompt.line}")
    return parsed.prompts


def _choose(got: Gathered) -> NamedFile | None:
    """The prompts file among those that lie with the images; None after noting why there is none."""
    files = got.prompts_files
    if len(files) > 1:
        named = [file for file in files if meaning(PurePosixPath(file[0]).stem).role is Role.PROMPT]
        files = named if len(named) == 1 else files
    if len(files) == 1:
        _note_unused(got, files[0])
        return files[0]
    names = ", ".join(name for name, _ in files)
    message = f"These may all be the prompts file: {names}. Say which, or leave only one."
    if not names:
        message = "There is no prompts file. Give one, or put it with the images."
        if got.documents:
            message = (
                f"There is no prompts file that can be read. Save {got.documents[0]} as plain text, CSV "
                "or XLSX."
            )
    # Images that could not be unpacked may have held it.
    if names or not got.faults:
        got.faults.append(Fault("prompts", message, "no_prompts"))
    return None


def _note_unused(got: Gathered, given: NamedFile) -> None:
    for name, path in got.prompts_files:
        if path.resolve() != given[1].resolve():
            message = f"This file was not used, because the prompts come from {given[0]}."
            got.warnings.append(Fault(name, message, "not_used"))


def refuse_long(order: IntakeRequest, got: Gathered, prompt: Prompt, where: str) -> None:
    """Note a prompt that is longer than its provider takes."""
    if len(prompt.text) > order.max_prompt_chars:
        message = (
            f"Prompt {prompt.number} has {len(prompt.text):,} characters; the most here is "
            f"{order.max_prompt_chars:,}. Shorten it."
        )
        got.faults.append(Fault(where, message, "prompt_too_long"))
