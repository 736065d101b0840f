"""Images out of an uploaded ZIP, which nobody has reason to trust.

Everything that can be known from the directory of the ZIP is checked first and told at once; what the
directory lies about is caught while reading. Files get names of ours, so no name can lead anywhere.
"""

import datetime
import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from rushes.errors import Fault, Invalid, TooLarge
from rushes.intake.archive_entries import METHODS, content_fault, name_fault
from rushes.intake.archive_names import names_in
from rushes.intake.kinds import START_BYTES, Kind, is_document, kind_of, starts_as_image
from rushes.platform.names import printable
from rushes.settings import Settings

NamedFile = tuple[str, Path]
"""The name to show to people, and where the bytes are."""

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
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError)


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


@dataclass(frozen=True)
class _Entry:
    """A file to take out. `limit` is the most bytes it may have."""

    info: zipfile.ZipInfo
    name: str
    kind: Kind
    limit: int


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
    most = settings.max_archive_entries * _BYTES_PER_ENTRY
    with _GuardedFile(archive, most) as file, _open(file, archive.name) as bundle:
        entries, warnings = _plan(bundle, archive, settings)
        written: list[Path] = []
        try:
            images, prompts = _extract(bundle, entries, into, settings, written)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
    documents = tuple(warning.where for warning in warnings if is_document(warning.where))
    dates = {entry.name: date for entry in entries if (date := _date(entry.info)) is not None}
    return Unpacked(tuple(images), tuple(prompts), tuple(warnings), documents, dates)


class _GuardedFile(io.FileIO):
    """A file that is never read in one piece larger than a directory of the allowed entries can be.

    The reader of ZIPs loads the whole directory before anyone can count it.
    """

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path, "rb")
        self._most = max(most, 64 * 1024 + 22, _CHUNK)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or size > self._most:
            size = self._most + 1
            if len(data := super().read(size)) == size:
                raise zipfile.BadZipFile("its directory is too large")
            return data
        return super().read(size)


def _open(file: io.FileIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _DAMAGE as error:
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


def _plan(bundle: zipfile.ZipFile, archive: Path, settings: Settings) -> tuple[list[_Entry], list[Fault]]:
    """What to take out and what is left out; raises `Invalid` with every fault the directory shows."""
    infos = bundle.infolist()
    faults = list(_whole_faults(bundle, archive, settings))
    warnings: list[Fault] = []
    entries: list[_Entry] = []
    listed = infos[: settings.max_archive_entries]
    names = names_in(listed)
    hidden = not any(kind_of(name) is Kind.IMAGE for name in names)
    for info, name in zip(listed, names, strict=True):
        if fault := name_fault(info, name):
            faults.append(fault)
            continue
        kind = kind_of(name, hidden_folders=hidden)
        if name.endswith("/") or kind is Kind.JUNK:
            continue
        if kind is Kind.OTHER and _is_image(bundle, info):
            kind = Kind.IMAGE
        limit = settings.max_image_bytes if kind is Kind.IMAGE else settings.max_prompts_bytes
        if fault := content_fault(info, name, kind, limit, settings):
            faults.append(fault)
        elif kind is Kind.OTHER:
            warnings.append(Fault(printable(name), "This is not an image and was left out.", "not_an_image"))
        else:
            entries.append(_Entry(info, name, kind, limit))
    count = sum(entry.kind is Kind.IMAGE for entry in entries)
    if count > settings.max_shots:
        message = f"The ZIP has {count:,} images; a job has at most {settings.max_shots:,} shots."
        faults.append(Fault(archive.name, f"{message} Make several jobs of it.", "too_many_images"))
    for name, times in Counter(entry.name for entry in entries).items():
        if times > 1:
            message = f"The ZIP has this name {times} times. Keep one of them."
            faults.append(Fault(printable(name), message, "duplicate_name"))
    if faults:
        raise Invalid(f"{archive.name} cannot be used.", _first(faults, archive.name))
    return _with_short_names(entries), warnings


def _whole_faults(bundle: zipfile.ZipFile, archive: Path, settings: Settings) -> Iterator[Fault]:
    """What is wrong with the ZIP as a whole: too many entries, too many bytes, entries over each other."""
    infos = bundle.infolist()
    if not infos and archive.stat().st_size > _EMPTY_BYTES + len(bundle.comment):
        message = "The ZIP has content, but its directory lists none of it. Make it again, or send it again."
        yield Fault(archive.name, message, "damaged_archive")
    if len(infos) > settings.max_archive_entries:
        yield Fault(
            archive.name,
            f"The ZIP has {len(infos):,} entries; the most is {settings.max_archive_entries:,}.",
            "too_many_entries",
        )
    if locked := [info for info in infos if info.flag_bits & _ENCRYPTED]:
        message = f"{len(locked)} entries of the ZIP are encrypted. Make it without a password."
        yield Fault(f"{archive.name}: {printable(locked[0].filename)}", message, "encrypted")
    total = sum(info.file_size for info in infos)
    if total > settings.max_unpacked_bytes:
        yield Fault(
            archive.name,
            f"The ZIP unpacks to {total:,} bytes; the most is {settings.max_unpacked_bytes:,}.",
            "archive_bomb",
        )
    ends = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < ends:
            message = "Entries of the ZIP lie over each other, as in an archive bomb. Make the ZIP anew."
            yield Fault(archive.name, message, "archive_bomb")
            return
        # Every character of the name took a byte at least.
        ends = info.header_offset + _LOCAL_HEADER + len(info.orig_filename) + info.compress_size


def _extract(
    bundle: zipfile.ZipFile, entries: Sequence[_Entry], into: Path, settings: Settings, written: list[Path]
) -> tuple[list[NamedFile], list[NamedFile]]:
    """Write every entry to a file of our own naming; `written` grows as files are begun."""
    found: dict[Kind, list[NamedFile]] = {Kind.IMAGE: [], Kind.PROMPTS: []}
    faults: list[Fault] = []
    left = settings.max_unpacked_bytes
    for number, entry in enumerate(entries):
        path = into / f"{number:05d}{PurePosixPath(entry.name).suffix.lower()}"
        written.append(path)
        try:
            left -= _write(bundle, entry, path, min(entry.limit, left))
        except (*_DAMAGE, RuntimeError) as error:
            message = f"This entry is damaged ({error}). Make the ZIP again, or send it again."
            faults.append(Fault(printable(entry.name), message, "damaged_archive"))
        found[entry.kind].append((entry.name, path))
    if faults:
        raise Invalid("The ZIP cannot be unpacked.", _first(faults, "ZIP"))
    return found[Kind.IMAGE], found[Kind.PROMPTS]


def _write(bundle: zipfile.ZipFile, entry: _Entry, path: Path, limit: int) -> int:
    """Unpack one entry, counting; returns its bytes. More than `limit` is a lie of the directory."""
    size = 0
    with bundle.open(entry.info) as packed, path.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise zipfile.BadZipFile("it has more bytes than it says")
            file.write(chunk)
    if size != entry.info.file_size:
        raise zipfile.BadZipFile("it has not the bytes it says")
    return size


def _is_image(bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether an entry whose name does not say so is an image; damage is told when it is unpacked."""
    if info.is_dir() or info.flag_bits & _ENCRYPTED or info.compress_type not in METHODS:
        return False
    try:
        with bundle.open(info) as packed:
            return starts_as_image(packed.read(START_BYTES))
    except (*_DAMAGE, RuntimeError):
        return False


def _date(info: zipfile.ZipInfo) -> float | None:
    try:
        return datetime.datetime(*info.date_time, tzinfo=datetime.UTC).timestamp()
    except ValueError:
        return None


def _with_short_names(entries: list[_Entry]) -> list[_Entry]:
    """The entries named by file name alone where that is enough to tell them apart."""
    times = Counter(PurePosixPath(entry.name).name for entry in entries)
    return [
        _Entry(e.info, short if times[short] == 1 else e.name, e.kind, e.limit)
        for e in entries
        for short in [PurePosixPath(e.name).name]
    ]


def _first(faults: Sequence[Fault], where: str) -> list[Fault]:
    rest = len(faults) - _MAX_FAULTS
    more = [Fault(where, f"There are {rest} more problems.", "more")] if rest > 0 else []
    return [*faults[:_MAX_FAULTS], *more]
