"""Takes in a form with files, straight to the disk: memory stays flat and every limit holds while reading.

The framework's own form parser keeps files in the system's temporary folder, which may be memory, and
counts only afterwards. A name a client gives is for people to read; files get names of ours.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from rushes.api.bodies import allow_body
from rushes.api.part_names import file_name
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, TooLarge
from rushes.jobs.upload import new_work_folder
from rushes.platform.names import printable
from rushes.platform.storage.bucket import storage_fault
from rushes.settings import MIB

_WRITE_BYTES = MIB
_LAST_PART = re.compile(r"[^/\\]*$")
_NAME_LENGTH = 255


@dataclass(frozen=True)
class FormPart:
    """A field that a form may have: how large each, how many; `text` when it is not a file.

    `either` when it may be a file or a text; a text has no name then.
    """

    max_bytes: int
    most: int = 1
    text: bool = False
    either: bool = False


@dataclass
class Form:
    """What came: for each field the names people know, and where the bytes are."""

    parts: dict[str, list[tuple[str, Path]]] = field(default_factory=dict[str, list[tuple[str, Path]]])

    def all(self, name: str) -> list[tuple[str, Path]]:
        """Return every part of a field: file name and path."""
        return self.parts.get(name, [])

    def one(self, name: str) -> tuple[str, Path] | None:
        """The part of a field, if it came."""
        return next(iter(self.all(name)), None)

    async def text(self, name: str) -> str | None:
        """The text of a field, if it came. Raises `Invalid` when it is not UTF-8."""
        part = self.one(name)
        if part is None:
            return None
        try:
            return (await asyncio.to_thread(part[1].read_bytes)).decode()
        except UnicodeDecodeError:
            raise Invalid(
                f"{name} is not text.", [Fault(name, "This is not UTF-8. Send it as UTF-8.", "encoding")]
            ) from None


@asynccontextmanager
async def receive_form(
    request: Request, run: Runtime, fields: Mapping[str, FormPart], *, limit: int
) -> AsyncGenerator[Form]:
    """Read a multipart form of at most `limit` bytes; its files are there until this is left.

    Raises `Invalid` and `TooLarge` as soon as something is wrong, without reading the rest.
    """
    allow_body(request, limit)
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        sent = kind.decode("latin-1") or "without a content type"
        raise Invalid(f"Send this as multipart/form-data, as a form or `curl -F` does; it came {sent}.")
    folder = await asyncio.to_thread(new_work_folder, run)
    try:
        reader = _Reader(folder, options[b"boundary"], fields)
        try:
            await _read(request, reader)
        except OSError as error:
            raise storage_fault(error) from error
        finally:
            await asyncio.to_thread(reader.close)
        yield reader.form
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _read(request: Request, reader: "_Reader") -> None:
    # The network gives small pieces; going to a thread for each would cost more than writing it.
    waiting = bytearray()
    async for piece in request.stream():
        waiting += piece
        if len(waiting) >= _WRITE_BYTES:
            await asyncio.to_thread(reader.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(reader.write, bytes(waiting))
    if not reader.complete:
        raise Invalid("The form ends too early; it was cut off on the way. Send it again.")


class _Reader:
    """Turns the bytes of a form into files. Blocking; used from one thread at a time."""

    def __init__(self, folder: Path, boundary: bytes, fields: Mapping[str, FormPart]) -> None:
        self.form = Form()
        self.complete = False
        self._folder = folder
        self._fields = fields
        self._count = 0
        self._key, self._value = bytearray(), bytearray()
        self._disposition = ""
        self._field = ""
        self._left = 0
        self._file: IO[bytes] | None = None
        self._unnamed = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._part_data,
                    "on_part_end": self._part_end,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _malformed(error) from error

    def write(self, data: bytes) -> None:
        """The next bytes of the form."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed(error) from error

    def close(self) -> None:
        """Close what is open."""
        if self._file:
            self._file.close()

    def _part_begin(self) -> None:
        self._disposition = ""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._key += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if bytes(self._key).lower() == b"content-disposition":
            self._disposition = self._value.decode("latin-1")
        self._key.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = printable(options.get(b"name", b"").decode("utf-8", "replace"))
        part = self._fields.get(name)
        if part is None:
            known = ", ".join(self._fields)
            raise _wrong(name or "?", f"There is no such field. There are: {known}.", "unknown_field")
        given = file_name(self._disposition, options.get(b"filename"))
        if given is None and not (part.text or part.either):
            raise _wrong(name, "This has to be a file.", "not_a_file")
        if len(self.form.all(name)) >= part.most:
            raise _wrong(name, f"At most {part.most:,} of these can be sent.", "too_many")
        self._count += 1
        path = self._folder / f"{self._count:05d}"
        self._field, self._left, self._unnamed = name, part.max_bytes, given == ""
        self._file = path.open("wb")
        shown = "" if part.either and given is None else _shown(given) or name
        self.form.parts.setdefault(name, []).append((shown, path))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._left -= end - start
        if self._left < 0:
            most = self._fields[self._field].max_bytes
            shown = self.form.parts[self._field][-1][0]
            raise TooLarge(f"{self._field}: {shown} has more than {most:,} bytes, the most there may be.")
        if self._file:
            self._file.write(memoryview(data)[start:end])

    def _part_end(self) -> None:
        if self._file:
            empty = self._file.tell() == 0
            self._file.close()
            self._file = None
            # A field that was left empty, and what a browser sends when no file was chosen.
            if empty and (self._unnamed or self._fields[self._field].text):
                self.form.parts[self._field].pop()

    def _end(self) -> None:
        self.complete = True


def _shown(filename: str | None) -> str:
    """The name without folders, which some browsers send."""
    match = _LAST_PART.search(filename or "")
    return printable(match[0] if match else "", _NAME_LENGTH)


def _wrong(name: str, message: str, code: str) -> Invalid:
    return Invalid(f"{name}: {message}", [Fault(name, message, code)])


def _malformed(error: FormParserError) -> Invalid:
    return Invalid(f"The form cannot be read: {error}.", hint="Send it as a form or `curl -F` does.")
