"""A ZIP made while it is sent: nothing compressed, its length known beforehand, memory flat.

Why our own: docs/decisions/0005-the-download-zip.md. The format's fixed part is small: each
entry is header, bytes, check sum; the directory comes last. ZIP64 fields are used where 32 bits end.
"""

import asyncio
import struct
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
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
class ZipEntry:
    """One file of the ZIP: its path in it, its size in bytes, its time (shown as it is, without a zone)."""

    name: str
    size: int
    modified: datetime


class ZipWriter:
    """Makes everything of a ZIP but the files' own bytes. For each entry: `begin`, its bytes, `end`."""

    def __init__(self) -> None:
        self._offset = 0
        self._directory: list[bytes] = []
        self._entry: ZipEntry | None = None
        self._begun_at = self._seen = self._sum = 0

    def begin(self, entry: ZipEntry) -> bytes:
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
        self.skip(len(piece), zlib.crc32(piece, self._sum))

    def skip(self, size: int, crc: int = 0) -> None:
        """The next bytes are so many and have this sum; for measuring it does not matter."""
        self._seen += size
        self._offset += size
        self._sum = crc

    @property
    def offset(self) -> int:
        """How many bytes there are before what comes next."""
        return self._offset

    @property
    def crc(self) -> int:
        """The sum of the entry's bytes so far."""
        return self._sum

    def end(self) -> bytes:
        """What stands behind the bytes of an entry. Raises `ValueError` when they were not `size` many."""
        entry = self._entry
        if entry is None or self._seen != entry.size:
            raise ValueError(f"{self._seen} bytes for {entry}")
        self._entry = None
        self._directory.append(self._record(entry))
        check = _CHECK_64 if entry.size >= LIMIT_32 else _CHECK
        return self._out(check.pack(b"PK\7\x08", self._sum, entry.size, entry.size))

    def _record(self, entry: ZipEntry) -> bytes:
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
        """Return the central directory and the end record."""
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


def _name(entry: ZipEntry) -> tuple[bytes, int]:
    name = entry.name.encode()
    return name, _SUM_FOLLOWS | (0 if entry.name.isascii() else _UTF8)


def _dos(at: datetime) -> tuple[int, int]:
    """The format's clock: from 1980 to 2107, in steps of two seconds."""
    if not 1980 <= at.year <= 2107:
        at = at.replace(year=1980 if at.year < 1980 else 2107)
    return at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day


def zip_length(entries: Iterable[ZipEntry]) -> int:
    """How many bytes the ZIP of these entries has."""
    start, length = _layout(entries)
    return start + length


def _layout(entries: Iterable[ZipEntry]) -> tuple[int, int]:
    """Where the directory of the ZIP begins, and how many bytes it and the end have."""
    writer = ZipWriter()
    for entry in entries:
        writer.begin(entry)
        writer.skip(entry.size)
        writer.end()
    return writer.offset, len(writer.finish())


Source = Callable[[int, int], AsyncGenerator[bytes]]
"""Opens the bytes of an entry from a place on, so many of them, in pieces."""


@dataclass(frozen=True)
class Member:
    """An entry with its bytes. `crc` is their CRC-32 where it is known: it is then not computed again.

    `learn` is given it when it was not known.
    """

    entry: ZipEntry
    source: Source
    crc: int | None = None
    learn: Callable[[int], Awaitable[None]] | None = None


async def zip_stream(
    members: Sequence[Member], start: int = 0, stop: int | None = None
) -> AsyncGenerator[bytes]:
    """The bytes of the ZIP, or those from `start` to before `stop`: the same ones every time.

    Raises `ValueError` when a file has another size than its entry says.
    """
    writer = ZipWriter()
    directory, length = _layout(member.entry for member in members)
    end = directory + length
    until = end if stop is None else min(stop, end)
    for member in members:
        if writer.offset >= until:
            return
        size = member.entry.size
        if head := _cut(writer.offset, writer.begin(member.entry), start, until):
            yield head
        at = writer.offset
        first, last = max(start - at, 0), min(until - at, size)
        if first == 0 and last == size:
            async with aclosing(_whole(writer, member)) as pieces:
                async for piece in pieces:
                    yield piece
        else:
            if first < last:
                async with aclosing(_exactly(member, first, last - first)) as pieces:
                    async for piece in pieces:
                        yield piece
            # Not worth reading the file for a sum that is not sent.
            told = until > directory or (until > at + size and start < at + size + _CHECK_64.size)
            writer.skip(size, await _crc(member) if told else 0)
        if check := _cut(writer.offset, writer.end(), start, until):
            yield check
    if tail := _cut(writer.offset, writer.finish(), start, until):
        yield tail


def _cut(at: int, piece: bytes, start: int, stop: int) -> bytes:
    """What of a piece that begins at `at` lies between start and stop."""
    return piece[max(start - at, 0) : max(stop - at, 0)]


async def _whole(writer: ZipWriter, member: Member) -> AsyncGenerator[bytes]:
    if member.crc is not None:
        async with aclosing(_exactly(member, 0, member.entry.size)) as pieces:
            async for piece in pieces:
                yield piece
        writer.skip(member.entry.size, member.crc)
        return
    loop = asyncio.get_running_loop()
    summed: asyncio.Future[None] | None = None
    async with aclosing(member.source(0, member.entry.size)) as pieces:
        async for piece in pieces:
            if summed:
                await summed
            # The sum is made in a thread while the piece is being sent.
            summed = loop.run_in_executor(None, writer.add, piece)
            yield piece
    if summed:
        await summed
    if member.learn:
        await member.learn(writer.crc)


async def _exactly(member: Member, start: int, length: int) -> AsyncGenerator[bytes]:
    sent = 0
    async with aclosing(member.source(start, length)) as pieces:
        async for piece in pieces:
            sent += len(piece)
            yield piece
    if sent != length:
        raise ValueError(f"{sent} bytes instead of {length} for {member.entry}")


async def _crc(member: Member) -> int:
    if member.crc is not None:
        return member.crc
    crc = 0
    async with aclosing(_exactly(member, 0, member.entry.size)) as pieces:
        async for piece in pieces:
            crc = await asyncio.to_thread(zlib.crc32, piece, crc)
    if member.learn:
        await member.learn(crc)
    return crc
