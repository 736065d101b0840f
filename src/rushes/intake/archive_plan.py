"""What a ZIP holds by its directory, and everything that speaks against taking it out, told at once."""

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rushes.errors import Fault, Invalid
from rushes.intake.archive_entries import METHODS, content_fault, name_fault
from rushes.intake.archive_names import names_in
from rushes.intake.kinds import LONGEST_PATH, START_BYTES, FileKind, kind_of, starts_as_image
from rushes.platform.names import printable
from rushes.settings import Settings

DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError)
"""What the reader of ZIPs raises for one that is damaged."""
_CHUNK = 256 * 1024
_BYTES_PER_ENTRY = 512
_LOCAL_HEADER = 30
_EMPTY_BYTES = 22
_MAX_FAULTS = 100
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_OTHER_ARCHIVES = (
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)


@dataclass(frozen=True)
class ArchiveEntry:
    """A file in a ZIP: its place in the directory, from 0, its name, and the most bytes it may have."""

    index: int
    info: zipfile.ZipInfo
    name: str
    kind: FileKind
    limit: int


@dataclass(frozen=True)
class Planned:
    """The images and prompts files of a ZIP; `others` and `warnings` are what is left out."""

    entries: Sequence[ArchiveEntry]
    others: Sequence[ArchiveEntry]
    warnings: Sequence[Fault]


class GuardedFile(io.FileIO):
    """A file that is never read in one piece larger than a directory of the allowed entries can be.

    The reader of ZIPs loads the whole directory before anyone can count it.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        super().__init__(path, "rb")
        self._most = max(settings.max_archive_entries * _BYTES_PER_ENTRY, 64 * 1024 + 22, _CHUNK)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or size > self._most:
            size = self._most + 1
            if len(data := super().read(size)) == size:
                raise zipfile.BadZipFile("its directory is too large")
            return data
        return super().read(size)


def open_archive(file: io.FileIO, name: str) -> zipfile.ZipFile:
    """Open a ZIP. Raises `Invalid` with what it is instead, or that it is damaged."""
    try:
        return zipfile.ZipFile(file)
    except DAMAGE as error:
        file.seek(0)
        start = file.read(8)
        for magic, what in _OTHER_ARCHIVES:
            if start.startswith(magic):
                message = f"This is {what}, not a ZIP. Make a ZIP of the images."
                raise Invalid(message, [Fault(name, message, "not_an_archive")]) from error
        if start.startswith(b"PK\x03\x04"):
            message = f"The ZIP is cut short or damaged ({error}). Make it again, or send it again."
            raise Invalid(message, [Fault(name, message, "damaged_archive")]) from error
        message = "This is not a ZIP archive. Give a ZIP of the images, a folder, or the images themselves."
        raise Invalid(message, [Fault(name, message, "not_an_archive")]) from error


def plan(
    bundle: zipfile.ZipFile, name: str, size: int, settings: Settings, images: frozenset[int] = frozenset()
) -> Planned:
    """Return what to take out and what is left out, of a ZIP with this name and of so many bytes.

    `images` are the places of entries that are known to be images by content, where the bytes are not here.
    Raises `Invalid` with every fault the directory shows.
    """
    infos = bundle.infolist()
    faults = list(_whole_faults(bundle, name, size, settings))
    warnings: list[Fault] = []
    entries: list[ArchiveEntry] = []
    others: list[ArchiveEntry] = []
    listed = infos[: settings.max_archive_entries]
    names = names_in(listed)
    hidden = not any(kind_of(each) is FileKind.IMAGE for each in names)
    for i, (info, entry) in enumerate(zip(listed, names, strict=True)):
        if fault := name_fault(info, entry):
            faults.append(fault)
            continue
        entry = printable(entry, LONGEST_PATH)  # noqa: PLW2901 - the same name, fit to be shown
        kind = kind_of(entry, hidden_folders=hidden)
        if entry.endswith("/") or kind is FileKind.JUNK:
            continue
        if kind is FileKind.OTHER and (i in images or _is_image(bundle, info)):
            kind = FileKind.IMAGE
        limit = settings.max_image_bytes if kind is FileKind.IMAGE else settings.max_prompts_bytes
        if fault := content_fault(info, entry, kind, limit, settings):
            faults.append(fault)
        elif kind is FileKind.OTHER:
            others.append(ArchiveEntry(i, info, entry, kind, limit))
            warnings.append(Fault(printable(entry), "This is not an image and was left out.", "not_an_image"))
        else:
            entries.append(ArchiveEntry(i, info, entry, kind, limit))
    count = sum(entry.kind is FileKind.IMAGE for entry in entries)
    if count > settings.max_shots:
        message = f"The ZIP has {count:,} images; a job has at most {settings.max_shots:,} shots."
        faults.append(Fault(name, f"{message} Make several jobs of it.", "too_many_images"))
    for twice, times in Counter(entry.name for entry in entries).items():
        if times > 1:
            message = f"The ZIP has this name {times} times. Keep one of them."
            faults.append(Fault(printable(twice), message, "duplicate_name"))
    if faults:
        raise Invalid(f"{name} cannot be used.", first_faults(faults, name))
    return Planned(_with_short_names(entries), others, warnings)


def _whole_faults(bundle: zipfile.ZipFile, name: str, size: int, settings: Settings) -> Iterator[Fault]:
    """What is wrong with the ZIP as a whole: too many entries, too many bytes, entries over each other."""
    infos = bundle.infolist()
    if not infos and size > _EMPTY_BYTES + len(bundle.comment):
        message = "The ZIP has content, but its directory lists none of it. Make it again, or send it again."
        yield Fault(name, message, "damaged_archive")
    if len(infos) > settings.max_archive_entries:
        yield Fault(
            name,
            f"The ZIP has {len(infos):,} entries; the most is {settings.max_archive_entries:,}.",
            "too_many_entries",
        )
    if locked := [info for info in infos if info.flag_bits & _ENCRYPTED]:
        message = f"{len(locked)} entries of the ZIP are encrypted. Make it without a password."
        yield Fault(f"{name}: {printable(locked[0].filename)}", message, "encrypted")
    total = sum(info.file_size for info in infos)
    if total > settings.max_unpacked_bytes:
        yield Fault(
            name,
            f"The ZIP unpacks to {total:,} bytes; the most is {settings.max_unpacked_bytes:,}.",
            "archive_bomb",
        )
    ordered = sorted(infos, key=lambda i: i.header_offset)
    # A directory alone counts from its own beginning, so that the files before it have places below 0.
    ends = min((info.header_offset for info in ordered), default=0)
    for info in ordered:
        if info.header_offset < ends:
            message = "Entries of the ZIP lie over each other, as in an archive bomb. Make the ZIP anew."
            yield Fault(name, message, "archive_bomb")
            return
        # Every character of the name took a byte at least.
        ends = info.header_offset + _LOCAL_HEADER + len(info.orig_filename) + info.compress_size


def _is_image(bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether an entry whose name does not say so is an image; damage is told when it is unpacked."""
    if info.is_dir() or info.flag_bits & _ENCRYPTED or info.compress_type not in METHODS:
        return False
    if info.header_offset < 0:  # a directory alone: the bytes are not here
        return False
    try:
        with bundle.open(info) as packed:
            return starts_as_image(packed.read(START_BYTES))
    except (*DAMAGE, RuntimeError):
        return False


def _with_short_names(entries: list[ArchiveEntry]) -> list[ArchiveEntry]:
    """The entries named by file name alone where that is enough to tell them apart."""
    times = Counter(PurePosixPath(entry.name).name for entry in entries)
    return [
        ArchiveEntry(e.index, e.info, short if times[short] == 1 else e.name, e.kind, e.limit)
        for e in entries
        for short in [PurePosixPath(e.name).name]
    ]


def first_faults(faults: Sequence[Fault], where: str) -> list[Fault]:
    """The first hundred, and how many more there are."""
    rest = len(faults) - _MAX_FAULTS
    more = [Fault(where, f"There are {rest} more problems.", "more")] if rest > 0 else []
    return [*faults[:_MAX_FAULTS], *more]
