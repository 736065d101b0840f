"""A ZIP that nobody trusts: what is fine comes out, everything else is one clear fault and leaves nothing."""

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rushes.errors import Fault, Invalid, TooLarge
from rushes.intake.archive import Unpacked, unpack_images
from rushes.settings import MIB, Settings

NOISE = os.urandom(4000)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def _settings(**changes: float) -> Settings:
    return Settings.model_validate(changes)


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as bundle:
        for name, content in entries:
            bundle.writestr(name, content)
    return out.getvalue()


def _unpack(data: bytes, into: Path, limits: Settings | None = None) -> Unpacked:
    archive = into.parent / "images.zip"
    archive.write_bytes(data)
    return unpack_images(archive, into, limits or _settings())


def _faults(data: bytes, into: Path, limits: Settings | None = None) -> list[Fault]:
    """The faults of a ZIP that is refused; it must leave nothing."""
    with pytest.raises(Invalid) as caught:
        _unpack(data, into, limits)
    assert list(into.iterdir()) == []
    assert all(fault.where and fault.message for fault in caught.value.faults)
    return list(caught.value.faults)


def _codes(data: bytes, into: Path, limits: Settings | None = None) -> list[str]:
    return [fault.code for fault in _faults(data, into, limits)]


def _info(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def _named(name: str) -> zipfile.ZipInfo:
    """An entry whose name is written as it is, also where the library would tidy it."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


def _patched(data: bytes, offset: int, form: str, value: int) -> bytes:
    """`data` with a field of its only entry changed, in the directory alone."""
    start = data.index(b"PK\x01\x02") + offset
    return data[:start] + struct.pack(form, value) + data[start + struct.calcsize(form) :]


def test_images_come_out_with_their_names_and_bytes_and_prompts_apart(into: Path) -> None:
    got = _unpack(_zip(("set/1.jpg", b"one"), ("set/b/2.PNG", b"two"), ("prompts.txt", b"1. a")), into)
    assert [(name, path.read_bytes()) for name, path in got.images] == [("1.jpg", b"one"), ("2.PNG", b"two")]
    assert [(name, path.read_bytes()) for name, path in got.prompts] == [("prompts.txt", b"1. a")]
    assert got.warnings == ()
    assert all(path.parent == into for _, path in (*got.images, *got.prompts))


def test_files_with_one_name_in_two_folders_keep_their_folders(into: Path) -> None:
    got = _unpack(_zip(("a/1.jpg", b"x"), ("b/1.jpg", b"y"), ("b/2.jpg", b"z")), into)
    assert [name for name, _ in got.images] == ["a/1.jpg", "b/1.jpg", "2.jpg"]


def test_what_systems_add_is_left_out_in_silence(into: Path) -> None:
    junk = ["__MACOSX/._1.jpg", ".DS_Store", "a/Thumbs.db", "._2.jpg", ".hidden/3.jpg", "desktop.ini"]
    got = _unpack(_zip(*((name, b"x") for name in junk), ("folder/", b""), ("1.jpg", b"x")), into)
    assert [name for name, _ in got.images] == ["1.jpg"]
    assert got.warnings == ()


def test_other_files_are_left_out_with_a_warning(into: Path) -> None:
    got = _unpack(_zip(("1.jpg", b"x"), ("notes.docx", b"x"), ("README.md", b"x")), into)
    assert [(w.where, w.code) for w in got.warnings] == [
        ("notes.docx", "not_an_image"),
        ("README.md", "not_an_image"),
    ]


def test_names_in_odd_encodings_come_out_as_they_were_meant(into: Path) -> None:
    # Neither entry has the flag that says UTF-8: one is UTF-8 all the same, the other code page 437.
    utf8, dos = "фото 2.jpg".encode(), "é 3.jpg".encode("cp437")
    data = _zip(("a" * len(utf8), NOISE), ("b" * len(dos), NOISE))
    data = data.replace(b"a" * len(utf8), utf8).replace(b"b" * len(dos), dos)
    assert [name for name, _ in _unpack(data, into).images] == ["фото 2.jpg", "é 3.jpg"]


def test_a_decomposed_name_comes_out_composed(into: Path) -> None:
    got = _unpack(_zip(("cafe\u0301 1.jpg", b"x")), into)
    assert [name for name, _ in got.images] == ["caf\u00e9 1.jpg"]


def test_a_name_that_is_not_what_its_flag_says_is_refused(into: Path) -> None:
    data = _zip(("é1.jpg", b"x")).replace("é".encode(), b"\xff\xfe")
    assert _codes(data, into) == ["damaged_archive"]


ESCAPES = {
    "up": "../1.jpg",
    "up from within": "a/../../1.jpg",
    "absolute": "/etc/1.jpg",
    "a Windows drive": "C:/1.jpg",
    "a drive without a slash": "c:1.jpg",
    "backslashes": "..\\1.jpg",
    "a network path": "\\\\host\\share\\1.jpg",
    "junk that leads out": "__MACOSX/../../1.jpg",
}


@pytest.mark.parametrize("kind", ESCAPES)
def test_a_path_that_leads_out_is_refused_by_name(kind: str, into: Path) -> None:
    faults = _faults(_zip((_named(ESCAPES[kind]), NOISE), ("2.jpg", NOISE)), into)
    assert [(f.where, f.code) for f in faults] == [(ESCAPES[kind], "path_escape")]
    assert sorted(p.name for p in into.parent.iterdir()) == ["images.zip", "into"]


def test_a_zero_in_a_name_is_refused(into: Path) -> None:
    data = _zip(("1.jpg_.png", b"x")).replace(b"1.jpg_.png", b"1.jpg\0.png")
    assert _codes(data, into) == ["bad_name"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int, into: Path) -> None:
    faults = _faults(_zip((_info("1.jpg", kind | 0o777), b"/etc/passwd")), into)
    assert [(f.where, f.code) for f in faults] == [("1.jpg", "special_file")]


def test_an_encrypted_zip_is_one_fault(into: Path) -> None:
    data = _zip(("1.jpg", NOISE), ("2.jpg", NOISE))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        parts = data.split(signature)
        data = signature.join([parts[0], *(p[: offset - 4] + b"\1" + p[offset - 3 :] for p in parts[1:])])
    assert _codes(data, into) == ["encrypted"]


def test_an_archive_within_the_archive_is_refused(into: Path) -> None:
    faults = _faults(_zip(("1.jpg", NOISE), ("more.zip", NOISE), ("b.tar.gz", NOISE)), into)
    assert [(f.where, f.code) for f in faults] == [
        ("more.zip", "nested_archive"),
        ("b.tar.gz", "nested_archive"),
    ]


OTHERS = {
    "text": (b"prompt_1: a", "not_an_archive"),
    "nothing": (b"", "not_an_archive"),
    "RAR": (b"Rar!\x1a\x07\x00" + NOISE, "not_an_archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + NOISE, "not_an_archive"),
    "gzip": (b"\x1f\x8b\x08" + NOISE, "not_an_archive"),
    "half a ZIP": (_zip(("1.jpg", NOISE))[:2000], "damaged_archive"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_not_a_whole_zip_is_told(kind: str, into: Path) -> None:
    data, code = OTHERS[kind]
    assert _codes(data, into) == [code]


def test_damaged_content_is_told_by_entry_and_the_others_too(into: Path) -> None:
    data = bytearray(_zip(("1.jpg", NOISE), ("2.jpg", NOISE), ("3.jpg", NOISE), method=zipfile.ZIP_STORED))
    for name in (b"1.jpg", b"3.jpg"):
        data[data.index(name) + 500] ^= 0xFF
    assert [f.where for f in _faults(bytes(data), into)] == ["1.jpg", "3.jpg"]


def test_a_bomb_by_ratio_is_refused_by_its_directory(into: Path) -> None:
    faults = _faults(_zip(("1.jpg", b"\0" * 5 * MIB)), into)
    assert [(f.where, f.code) for f in faults] == [("1.jpg", "archive_bomb")]


def test_a_bomb_by_total_size_is_refused(into: Path) -> None:
    data = _zip(*((f"{n}.jpg", NOISE) for n in range(10)))
    assert _codes(data, into, _settings(max_unpacked_bytes=39_999)) == ["archive_bomb"]
    assert len(_unpack(data, into, _settings(max_unpacked_bytes=40_000)).images) == 10


def test_a_bomb_by_the_number_of_entries_is_refused(into: Path) -> None:
    data = _zip(*((f"{n}.txt.jpg", b"") for n in range(60)))
    assert _codes(data, into, _settings(max_archive_entries=50)) == ["too_many_entries"]


def test_a_directory_of_a_million_entries_is_never_loaded(into: Path) -> None:
    entry = b"PK\x01\x02" + b"\0" * 42
    directory = entry * 500_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    tracemalloc.start()
    try:
        assert _codes(directory + end, into) == ["not_an_archive"]
        # The bytes of the file itself are in memory because this test made them.
        assert tracemalloc.get_traced_memory()[1] < len(directory) + 16 * MIB
    finally:
        tracemalloc.stop()


def test_entries_that_lie_over_each_other_are_refused(into: Path) -> None:
    one = _zip(("1.jpg", NOISE))
    directory = one[one.index(b"PK\x01\x02") : one.index(b"PK\x05\x06")]
    local = one[: one.index(b"PK\x01\x02")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(directory) * 3, len(local), 0)
    assert "archive_bomb" in _codes(local + directory * 3 + end, into)


def test_an_entry_with_more_bytes_than_it_says_is_refused(into: Path) -> None:
    data = _patched(_zip(("1.jpg", NOISE * 100)), 24, "<L", 1000)
    assert _codes(data, into) == ["damaged_archive"]


def test_an_entry_with_fewer_bytes_than_it_says_is_refused(into: Path) -> None:
    data = _patched(_zip(("1.jpg", NOISE)), 24, "<L", 9000)
    assert _codes(data, into) == ["damaged_archive"]


def test_an_unusual_compression_is_refused(into: Path) -> None:
    assert _codes(_zip(("1.jpg", NOISE), method=zipfile.ZIP_LZMA), into) == ["unknown_method"]
    assert _codes(_patched(_zip(("1.jpg", NOISE)), 10, "<H", 9), into) == ["unknown_method"]


def test_an_image_over_the_limit_is_refused(into: Path) -> None:
    faults = _faults(_zip(("1.jpg", NOISE), ("2.jpg", b"x")), into, _settings(max_image_bytes=3999))
    assert [(f.where, f.code) for f in faults] == [("1.jpg", "too_large")]


def test_more_images_than_shots_are_refused(into: Path) -> None:
    data = _zip(*((f"{n}.jpg", b"x") for n in range(1, 7)))
    assert _codes(data, into, _settings(max_shots=5)) == ["too_many_images"]
    assert len(_unpack(data, into, _settings(max_shots=6)).images) == 6


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(into: Path) -> None:
    assert _codes(_zip(("1.jpg", b"x"), ("1.jpg", b"y")), into) == ["duplicate_name"]


def test_a_zip_over_the_limit_of_uploads_is_too_large(into: Path) -> None:
    with pytest.raises(TooLarge, match="the most is 100"):
        _unpack(_zip(("1.jpg", NOISE)), into, _settings(max_upload_bytes=100))
    assert list(into.iterdir()) == []


def test_all_faults_are_told_at_once(into: Path) -> None:
    data = _zip(
        (_named("../1.jpg"), b"x"), (_info("2.jpg", stat.S_IFLNK), b"x"), ("3.zip", b"x"), ("4.jpg", b"x")
    )
    assert _codes(data, into) == ["path_escape", "special_file", "nested_archive"]


SAMPLE = _zip(("1.jpg", NOISE[:300]), ("a/2.png", NOISE[:200]), ("prompts.txt", b"1. a\n2. b"))


def test_a_directory_that_lists_nothing_of_what_is_there_is_damage(into: Path) -> None:
    size_of_directory = len(SAMPLE) - 10
    data = SAMPLE[:size_of_directory] + b"\0\0\0\0" + SAMPLE[size_of_directory + 4 :]
    assert _codes(data, into) == ["damaged_archive"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(SAMPLE) - 1), value=st.integers(0, 255))
@example(place=811, value=123)  # an entry that lies before the file
def test_a_changed_byte_anywhere_is_survived_or_refused(place: int, value: int, into: Path) -> None:
    data = SAMPLE[:place] + bytes([value]) + SAMPLE[place + 1 :]
    for path in into.iterdir():
        path.unlink()
    refused = False
    try:
        _unpack(data, into)
    except Invalid as error:
        refused = bool(error.faults)
    assert refused == (list(into.iterdir()) == [])


def test_memory_stays_flat_while_200_mb_are_unpacked(into: Path) -> None:
    block = os.urandom(MIB)
    archive = into.parent / "big.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bundle:
        for n in range(1, 11):
            with bundle.open(f"{n}.jpg", "w") as file:
                for _ in range(20):
                    file.write(block)
    tracemalloc.start()
    try:
        got = unpack_images(archive, into, _settings())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(path.stat().st_size for _, path in got.images) == 200 * MIB
    assert peak < 4 * MIB
    for _, path in got.images:
        path.unlink()
