"""The ZIP writer against the readers people have: Python's, Info-ZIP's where it is installed."""

import io
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.platform.storage.zip_stream import Member, Source, ZipEntry, ZipWriter, zip_length, zip_stream

AT = datetime(2026, 3, 14, 9, 26, 54)  # noqa: DTZ001  # the format knows no zones
GIB = 1024**3


def source(*pieces: bytes) -> Source:
    whole = b"".join(pieces)

    async def generate(at: int, most: int) -> AsyncGenerator[bytes]:
        if (at, most) != (0, len(whole)):
            yield whole[at : at + most]
            return
        for piece in pieces:
            yield piece

    return generate


async def made(files: list[tuple[ZipEntry, Source]]) -> bytes:
    return b"".join([piece async for piece in zip_stream([Member(*each) for each in files])])


async def test_what_went_in_comes_out(tmp_path: Path):
    contents = {"a/1.mp4": b"x" * 100_000, "a/füchse 夜.mp4": b"", "a/manifest.csv": b"1,2\n"}
    files = [(ZipEntry(name, len(data), AT), source(data[:10], data[10:])) for name, data in contents.items()]
    whole = await made(files)
    assert len(whole) == zip_length(entry for entry, _ in files)
    with zipfile.ZipFile(io.BytesIO(whole)) as bundle:
        assert bundle.testzip() is None
        assert {name: bundle.read(name) for name in bundle.namelist()} == contents
        for info in bundle.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (2026, 3, 14, 9, 26, 54)
            assert bool(info.flag_bits & 0x800) == (not info.filename.isascii())
            assert info.external_attr >> 16 == 0o100644
    unzip = shutil.which("unzip")
    if unzip:  # a second opinion, where there is one
        (tmp_path / "x.zip").write_bytes(whole)
        subprocess.run([unzip, "-tq", str(tmp_path / "x.zip")], check=True, capture_output=True)


async def test_the_same_files_make_the_same_zip():
    files = [(ZipEntry("a.mp4", 3, AT), source(b"abc"))]
    assert await made(files) == await made(files)


async def test_an_empty_zip_is_one():
    whole = await made([])
    assert len(whole) == zip_length([])
    with zipfile.ZipFile(io.BytesIO(whole)) as bundle:
        assert bundle.namelist() == []


@pytest.mark.parametrize("data", [b"ab", b"abcd"])
async def test_a_file_that_is_not_as_long_as_promised_breaks_the_zip(data: bytes):
    async def careless(at: int, most: int) -> AsyncGenerator[bytes]:
        yield data

    with pytest.raises(ValueError, match="bytes for"):
        await made([(ZipEntry("a.mp4", 3, AT), careless)])


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), st.binary(max_size=50)),
        max_size=8,
        unique_by=lambda each: each[0],
    )
)
def test_the_length_is_known_beforehand(files: list[tuple[str, bytes]]):
    writer, whole = ZipWriter(), b""
    entries = [ZipEntry(name, len(data), AT) for name, data in files]
    for entry, (_, data) in zip(entries, files, strict=True):
        whole += writer.begin(entry) + data
        writer.add(data)
        whole += writer.end()
    whole += writer.finish()
    assert len(whole) == zip_length(entries)
    with zipfile.ZipFile(io.BytesIO(whole)) as bundle:
        assert [bundle.read(info) for info in bundle.infolist()] == [data for _, data in files]


def test_beyond_four_gigabytes_the_fields_grow(tmp_path: Path):
    """A sparse file: the holes are zeros nobody writes or reads."""
    path = tmp_path / "large.zip"
    entries = [
        ZipEntry("hole.mp4", 5 * GIB, AT),
        ZipEntry("small.mp4", 5, AT),
        ZipEntry("last.mp4", 2 * GIB, AT),
    ]
    writer = ZipWriter()
    with path.open("wb") as file:
        for entry in entries:
            file.write(writer.begin(entry))
            if entry.name == "small.mp4":
                file.write(b"small")
                writer.add(b"small")
            else:
                file.seek(entry.size, io.SEEK_CUR)
                writer.skip(entry.size)
            file.write(writer.end())
        file.write(writer.finish())
    assert path.stat().st_size == zip_length(entries)
    with zipfile.ZipFile(path) as bundle:
        assert {info.filename: info.file_size for info in bundle.infolist()} == {
            entry.name: entry.size for entry in entries
        }
        assert bundle.read("small.mp4") == b"small"
        assert bundle.getinfo("small.mp4").header_offset > 4 * GIB
        assert bundle.getinfo("hole.mp4").extract_version == 45
        with bundle.open("hole.mp4") as hole:
            assert hole.read(100) == bytes(100)


def test_more_entries_than_sixteen_bits_can_count():
    entries = [ZipEntry(f"{n}", 0, AT) for n in range(70_000)]
    writer, pieces = ZipWriter(), list[bytes]()
    for entry in entries:
        pieces += [writer.begin(entry), writer.end()]
    pieces.append(writer.finish())
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as bundle:
        assert len(bundle.namelist()) == 70_000


def test_times_the_format_cannot_tell_are_moved_to_where_it_begins_and_ends():
    for year, told in ((1970, 1980), (2200, 2107)):
        writer = ZipWriter()
        whole = writer.begin(ZipEntry("a", 0, AT.replace(year=year))) + writer.end() + writer.finish()
        with zipfile.ZipFile(io.BytesIO(whole)) as bundle:
            assert bundle.infolist()[0].date_time[0] == told


async def pieces_of(members: list[Member], start: int, stop: int) -> bytes:
    return b"".join([piece async for piece in zip_stream(members, start, stop)])


async def test_every_part_is_what_the_whole_has_there():
    """Cut at every byte: in heads, in bytes, in sums, in the directory."""
    contents = {"a/1.mp4": b"first video", "a/füchse.mp4": b"", "a/2.mp4": b"the second", "a/list": b"1,2"}
    files = [(ZipEntry(name, len(data), AT), source(data)) for name, data in contents.items()]
    whole = await made(files)
    members = [Member(*each) for each in files]
    for cut in range(len(whole) + 1):
        assert await pieces_of(members, 0, cut) == whole[:cut]
        assert await pieces_of(members, cut, len(whole)) == whole[cut:]
        assert await pieces_of(members, cut, cut + 7) == whole[cut : cut + 7]


async def test_a_sum_is_learned_once_and_only_read_for_when_it_is_sent():
    data, reads, learned = b"x" * 1000, list[tuple[int, int]](), list[int]()

    async def read(at: int, most: int) -> AsyncGenerator[bytes]:
        reads.append((at, most))
        yield data[at : at + most]

    async def learn(crc: int) -> None:
        learned.append(crc)

    member = Member(ZipEntry("a.mp4", 1000, AT), read, learn=learn)
    whole = await pieces_of([member], 0, 10**6)
    assert (reads, learned) == ([(0, 1000)], [zlib.crc32(data)])
    reads.clear()
    await pieces_of([member], 0, 500)  # nothing behind the bytes is asked for
    assert len(reads) == 1
    reads.clear()
    known = Member(member.entry, read, crc=learned[0])
    assert await pieces_of([known], len(whole) - 30, len(whole)) == whole[-30:]
    assert reads == []


async def test_a_sum_that_is_known_is_not_computed_again():
    known = Member(ZipEntry("a.mp4", 5, AT), source(b"bytes"), crc=0x12345678)
    whole = await pieces_of([known], 0, 10**6)
    assert whole.count((0x12345678).to_bytes(4, "little")) == 2, "behind the bytes, and in the directory"
    short = Member(ZipEntry("a.mp4", 6, AT), source(b"bytes"), crc=0x12345678)
    with pytest.raises(ValueError, match="5 bytes instead of 6"):
        await pieces_of([short], 0, 10**6)


async def test_a_part_of_a_file_that_has_become_shorter_breaks_off():
    member = Member(ZipEntry("a.mp4", 30, AT), source(b"short"))
    with pytest.raises(ValueError, match="instead of"):
        await pieces_of([member], 40, 60)
