"""Names that are safe everywhere."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.platform.names import content_disposition, cut_bytes, printable, safe_filename, slug

ANYTHING = st.text(st.characters(), max_size=200)
RESERVED = ["CON", "nul.txt", "Com1.mp4", "LPT9", "aux.tar.gz", "com¹", "prn .txt"]


@given(ANYTHING, st.integers(16, 200))
def test_any_text_makes_a_name_that_every_system_accepts(text: str, most: int) -> None:
    name = safe_filename(text, max_bytes=most)
    assert name
    assert len(name.encode()) <= most
    assert not set(name) & set('\\/:*?"<>|')
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in name)
    assert name == name.strip(" .")
    assert unicodedata.is_normalized("NFC", name)


@given(ANYTHING)
def test_a_safe_name_is_left_as_it_is(text: str) -> None:
    assert safe_filename(safe_filename(text)) == safe_filename(text)


@pytest.mark.parametrize("name", RESERVED)
def test_names_that_windows_reserves_are_marked(name: str) -> None:
    assert safe_filename(name).startswith("_")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "C:\\x.png", "/a/b", "a\0b", "x\n.mp4"])
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    assert not re.search(r"[/\\\0\n]|^\.|^$", safe_filename(name))


def test_letters_of_every_script_stay_and_the_ending_survives_a_cut() -> None:
    assert safe_filename("夜の街 café.mp4") == "夜の街 café.mp4"
    cut = safe_filename("夜" * 100 + ".mp4", max_bytes=40)
    assert cut.endswith("夜.mp4")
    assert len(cut.encode()) <= 40


def test_a_name_cut_down_to_a_reserved_one_is_marked() -> None:
    assert safe_filename("con xxxxxxxxxx.abcdefghijk", max_bytes=16).startswith("_con")


def test_marks_that_turn_the_text_around_are_taken_out() -> None:
    assert safe_filename("photo\u202egpj.exe") == "photogpj.exe"


def test_too_small_a_limit_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        safe_filename("a", max_bytes=3)


def test_a_slug_is_the_first_words_in_small_letters() -> None:
    assert slug("A Fox, running: fast over the snow at night") == "a-fox-running-fast-over-the"
    assert slug("हिन्दी पाठ") == "हिन्दी-पाठ"
    assert slug("!!!") == "untitled"


@given(ANYTHING)
def test_a_slug_is_always_a_safe_name(text: str) -> None:
    made = slug(text)
    assert made
    assert len(made.encode()) <= 60
    assert not re.search(r"[\s/\\.]", made)


@given(ANYTHING)
def test_the_header_is_one_ascii_line_and_gives_the_name_back(text: str) -> None:
    header = content_disposition(text)
    assert header.isascii()
    assert header.isprintable()
    plain = re.fullmatch(r'attachment; filename="([^"\\]*)"(?:; filename\*=UTF-8\'\'([^\s;"\']+))?', header)
    assert plain
    name = unquote(plain[2]) if plain[2] else plain[1]
    assert name == safe_filename(text, max_bytes=200)


def test_a_plain_name_is_sent_once_and_another_twice() -> None:
    assert content_disposition("take 1.zip") == 'attachment; filename="take 1.zip"'
    assert content_disposition("été 50%.zip") == (
        "attachment; filename=\"ete 50_.zip\"; filename*=UTF-8''%C3%A9t%C3%A9%2050%25.zip"
    )


def test_text_for_a_message_has_nothing_invisible_and_an_end() -> None:
    assert printable("a\x1b[31m\n") == "a\ufffd[31m\ufffd"
    assert printable("x" * 200) == "x" * 119 + "…"


def test_a_cut_never_goes_through_a_character() -> None:
    assert cut_bytes("aé", 2) == "a"
