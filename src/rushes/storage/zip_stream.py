"""A ZIP made while it is sent: nothing compressed, its length known beforehand, memory flat.

Why our own: docs/decisions/0005-the-download-zip.md. The format's fixed part is small: each
entry is header, bytes, check sum; the directory comes last. ZIP64 fields are used where 32 bits end.
"""

import asyncio
import struct
import zlib
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

LIMIT_32 = 0xFFFFFFFF
LIMIT_16 = 0xFFFF
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_CHECK, _CHECK_64 = struct.Struct("<4s3L"), struct.Struct("<4sLQQ")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_SUM_FOLLOWS, _UTF8 = 1 << 3, 1 << 11
_VERSION, _VERSION_64 = 20, 45
_MADE_ON_UNIX = 3 << 8
_PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True)
class Entry:
    """One file of the ZIP: its path in it, its size in bytes, its time (shown as it is, without a zone)."""

    name: str
    size: int
    modified: datetime


class ZipWriter:
    """Makes everything of a ZIP but the files' own bytes. For each entry: `begin`, its bytes, `end`."""

    def __init__(self) -> None:
        self._offset = 0
        self._directory: list[bytes] = []
        self._entry: Entry | None = None
        self._begun_at = self._seen = self._sum = 0

    def begin(self, entry: Entry) -> bytes:
        """What stands before the bytes of an entry."""
        self._entry, self._begun_at, self._seen, self._sum = entry, self._offset, 0, 0
        name, flags = _name(entry)
        big = entry.size >= LIMIT_32
        # Size and sum stand behind the bytes; a ZIP64 field says that they have 64 bits there.
        extra = struct.pack("<2H2Q", 1, 16, 0, 0) if big else b""
        size = LIMIT_32 if big else 0
        version = _VERSION_64 if big else _VERSION
        head = (b"PK\3\4", version, flags, 0, *_dos(entry.modified), 0, size, size, len(name), len(extra))
        return self._out(_LOCAL.pack(*head) + name + extra)

    def add(self, piece: bytes) -> None:
        """The next bytes of the entry are these."""
        self._sum = zlib.crc32(piece, self._sum)
        self.skip(len(piece))

    def skip(self, size: int) -> None:
        """The next bytes are so many; for measuring, and for a sum that does not matter."""
        self._seen += size
        self._offset += size

    def end(self) -> bytes:
        """What stands behind the bytes of an entry. Raises `ValueError` when they were not `size` many."""
        entry = self._entry
        if entry is None or self._seen != entry.size:
            raise ValueError(f"{self._seen} bytes for {entry}")
        self._entry = None
        self._directory.append(self._record(entry))
        check = _CHECK_64 if entry.size >= LIMIT_32 else _CHECK
        return self._out(check.pack(b"PK\7\x08", self._sum, entry.size, entry.size))

    def _record(self, entry: Entry) -> bytes:
        name, flags = _name(entry)
        size, extra = entry.size, b""
        if size >= LIMIT_32:
            size, extra = LIMIT_32, struct.pack("<2Q", size, size)
        offset = self._begun_at
        if offset >= LIMIT_32:
            offset, extra = LIMIT_32, extra + struct.pack("<Q", offset)
        version = _VERSION
        if extra:
            version, extra = _VERSION_64, struct.pack("<2H", 1, len(extra)) + extra
        head = (b"PK\1\2", _MADE_ON_UNIX | version, version, flags, 0, *_dos(entry.modified))
        rest = (self._sum, size, size, len(name), len(extra), 0, 0, 0, _PLAIN_FILE, offset)
        return _CENTRAL.pack(*head, *rest) + name + extra

    def finish(self) -> bytes:
        """The directory and the end."""
        start, count, directory = self._offset, len(self._directory), b"".join(self._directory)
        size, wide = len(directory), b""
        if start >= LIMIT_32 or count >= LIMIT_16 or size >= LIMIT_32:
            wide = _END_64.pack(
                b"PK\6\6", 44, _MADE_ON_UNIX | 45, 45, 0, 0, count, count, size, start
            ) + _LOCATOR.pack(b"PK\6\7", 0, start + size, 1)
        counts = min(count, LIMIT_16), min(count, LIMIT_16)
        places = min(size, LIMIT_32), min(start, LIMIT_32)
        return self._out(directory + wide + _END.pack(b"PK\5\6", 0, 0, *counts, *places, 0))

    def _out(self, piece: bytes) -> bytes:
        self._offset += len(piece)
        return piece


def _name(entry: Entry) -> tuple[bytes, int]:
    name = entry.name.encode()
    return name, _SUM_FOLLOWS | (0 if entry.name.isascii() else _UTF8)


def _dos(at: datetime) -> tuple[int, int]:
    """The format's clock: from 1980 to 2107, in steps of two seconds."""
    if not 1980 <= at.year <= 2107:
        at = at.replace(year=1980 if at.year < 1980 else 2107)
    return at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day


def zip_length(entries: Iterable[Entry]) -> int:
    """How many bytes the ZIP of these entries has."""
    writer, length = ZipWriter(), 0
    for entry in entries:
        length += len(writer.begin(entry)) + entry.size
        writer.skip(entry.size)
        length += len(writer.end())
    return length + len(writer.finish())


Source = Callable[[], AsyncGenerator[bytes]]
"""Opens the bytes of an entry, in pieces."""


async def zip_stream(files: Sequence[tuple[Entry, Source]]) -> AsyncGenerator[bytes]:
    """The bytes of the ZIP. Raises `ValueError` when a file has another size than its entry says."""
    writer = ZipWriter()
    loop = asyncio.get_running_loop()
    for entry, source in files:
        yield writer.begin(entry)
        summed: asyncio.Future[None] | None = None
        async with aclosing(source()) as pieces:
            async for piece in pieces:
                if summed:
                    await summed
                # The sum is made in a thread while the piece is being sent.
                summed = loop.run_in_executor(None, writer.add, piece)
                yield piece
        if summed:
            await summed
        yield writer.end()
    yield writer.finish()
