"""Words as written: where there are no spaces, and times that come in another spelling."""

import pytest

from rushes.platform.media.speech.words import Piece, Word, by_letters, written_words


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Well-known,  isn't it?", ["Well-known,", "isn't", "it?"]),
        ("ja", "今日は 天気が良いので。", ["今日は", "天気が", "良いので。"]),
        ("zh", "今天天气很好", ["今天", "天气", "很", "好"]),
        ("th", "วันนี้อากาศดี", ["วัน", "นี้", "อากาศ", "ดี"]),
        ("ko", "나비는 봄에", ["나비는", "봄에"]),
        ("ar", "مرحبا بالعالم", ["مرحبا", "بالعالم"]),
    ],
)
def test_words_are_the_text_without_its_spaces(language: str, text: str, words: list[str]):
    assert written_words(text, language) == words
    assert "".join(words) == "".join(text.split())


def test_pieces_in_another_spelling_are_found_by_their_letters():
    pieces = [Piece("Dr", 0, 1), Piece("Smith's", 1, 2), Piece("1200", 2, 4), Piece("OFTHE", 4, 5)]
    assert by_letters(["Dr.", "Smith’s", "1,200", "of", "the"], pieces) == (
        Word("Dr.", 0, 1),
        Word("Smith’s", 1, 2),
        Word("1,200", 2, 4),
        Word("of", 4, 4.4),
        Word("the", 4.4, 5),
    )


def test_what_was_spoken_otherwise_shares_the_time_of_its_place():
    pieces = [Piece("at", 0, 1), Piece("seven", 1, 2), Piece("thirty", 2, 3), Piece("today", 3, 4)]
    words = by_letters(["at", "7:30", "today"], pieces)
    assert words[1].text == "7:30"
    assert 1 <= words[1].start < words[1].end <= 3


def test_words_without_letters_lie_between_their_neighbours():
    words = by_letters(["—", "a", "—", "b", "…"], [Piece("a", 1, 2), Piece("b", 3, 4)])
    assert [(each.start, each.end) for each in words] == [(1, 1), (1, 2), (2, 2), (3, 4), (4, 4)]


def test_times_never_run_backwards():
    words = by_letters(["b", "a", "b"], [Piece("b", 2, 3), Piece("a", 1, 2), Piece("b", 0, 9)])
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)


def test_nothing_spoken_is_no_word():
    assert by_letters(["a"], []) == ()
    assert by_letters(["—"], [Piece("a", 0, 1)]) == ()
