"""Images out of an uploaded ZIP, which nobody has reason to trust.

Everything that can be known from the directory of the ZIP is checked first and told at once; what the
directory lies about is caught while reading. Files get names of ours, so no name can lead anywhere.
"""

import datetime
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from rushes.errors import Fault, Invalid, TooLarge
from rushes.intake.archive_plan import DAMAGE, ArchiveEntry, GuardedFile, first_faults, open_archive, plan
from rushes.intake.kinds import FileKind, is_document
from rushes.platform.names import printable
from rushes.settings import Settings

NamedFile = tuple[str, Path]
"""The name to show to people, and where the bytes are."""

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Unpacked:
    """What a ZIP held: images and prompts files in the order of the ZIP, and what was left out.

    `documents` are the names of those left out that prompts may be in; `dates` are those of the images.
    """

    images: tuple[NamedFile, ...]
    prompts: tuple[NamedFile, ...]
    warnings: tuple[Fault, ...]
    documents: tuple[str, ...] = ()
    dates: Mapping[str, float] = field(default_factory=dict[str, float])


def unpack_images(archive: Path, into: Path, settings: Settings) -> Unpacked:
    """Take the images (and prompts files) out of a ZIP into the folder `into`, which is there already.

    Blocks; memory stays flat. Raises `TooLarge` when the ZIP is larger than an upload may be, `Invalid`
    with one fault per problem for everything else; `into` then has nothing new in it.
    """
    size = archive.stat().st_size
    if size > settings.max_upload_bytes:
        raise TooLarge(
            f"{archive.name} has {size:,} bytes; the most is {settings.max_upload_bytes:,}.",
            hint="Send the images in several jobs.",
        )
    with GuardedFile(archive, settings) as file, open_archive(file, archive.name) as bundle:
        planned = plan(bundle, archive.name, size, settings)
        written: list[Path] = []
        try:
            images, prompts = _extract(bundle, planned.entries, into, settings, written)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
    documents = tuple(warning.where for warning in planned.warnings if is_document(warning.where))
    dates = {entry.name: date for entry in planned.entries if (date := _date(entry.info)) is not None}
    return Unpacked(tuple(images), tuple(prompts), tuple(planned.warnings), documents, dates)


@dataclass(frozen=True)
class ListedFile:
    """A file in a ZIP: its place in the directory, from 0, the name to show, its kind and its date."""

    index: int
    name: str
    kind: FileKind
    date: float | None


def list_archive(directory: Path, name: str, images: Sequence[int], settings: Settings) -> list[ListedFile]:
    """The files in a ZIP of this name, by its directory alone: the bytes from its directory to its end.

    `images` are the places of files that are images by content. What systems add by themselves is left out.
    Blocks. Raises `Invalid` with every fault the directory shows.
    """
    size = directory.stat().st_size
    with GuardedFile(directory, settings) as file, open_archive(file, name) as bundle:
        planned = plan(bundle, name, size, settings, frozenset(images))
    return [
        ListedFile(entry.index, entry.name, entry.kind, _date(entry.info))
        for entry in (*planned.entries, *planned.others)
    ]


def _extract(
    bundle: zipfile.ZipFile,
    entries: Sequence[ArchiveEntry],
    into: Path,
    settings: Settings,
    written: list[Path],
) -> tuple[list[NamedFile], list[NamedFile]]:
    """Write every entry to a file of our own naming; `written` grows as files are begun."""
    found: dict[FileKind, list[NamedFile]] = {FileKind.IMAGE: [], FileKind.PROMPTS: []}
    faults: list[Fault] = []
    left = settings.max_unpacked_bytes
    for number, entry in enumerate(entries):
        path = into / f"{number:05d}{PurePosixPath(entry.name).suffix.lower()}"
        written.append(path)
        try:
            left -= _write(bundle, entry, path, min(entry.limit, left))
        except (*DAMAGE, RuntimeError) as error:
            message = f"This entry is damaged ({error}). Make the ZIP again, or send it again."
            faults.append(Fault(printable(entry.name), message, "damaged_archive"))
        found[entry.kind].append((entry.name, path))
    if faults:
        raise Invalid("The ZIP cannot be unpacked.", first_faults(faults, "ZIP"))
    return found[FileKind.IMAGE], found[FileKind.PROMPTS]


def _write(bundle: zipfile.ZipFile, entry: ArchiveEntry, path: Path, limit: int) -> int:
    """Unpack one entry, counting; returns its bytes. More than `limit` is a lie of the directory."""
    size = 0
    if entry.info.header_offset < 0:
        raise zipfile.BadZipFile("it is said to lie before the file begins")
    with bundle.open(entry.info) as packed, path.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise zipfile.BadZipFile("it has more bytes than it says")
            file.write(chunk)
    if size != entry.info.file_size:
        raise zipfile.BadZipFile("it has not the bytes it says")
    return size


def _date(info: zipfile.ZipInfo) -> float | None:
    try:
        return datetime.datetime(*info.date_time, tzinfo=datetime.UTC).timestamp()
    except ValueError:
        return None
