"""Sentences of many scripts, with what looks like an end and is none; and how long ones are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.platform.media.speech.split import MOST_WORDS, chunks, sentences, word_count


def texts(text: str, language: str = "en") -> list[str]:
    """The sentences as texts."""
    return [text[each.start : each.end] for each in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Dr. Smith met J. K. Rowling at 3.5 p.m. in the U.S. yesterday.| Was it “good.”?| Yes… it was!",
        ),
        ("en", "“It was.”| In 2013. |Then it stopped"),
        ("de", "Am 3. Mai kam z. B. Frau Dr. Meier.| Sie blieb."),
        ("fr", "Il est là, M. Dupont !| Vraiment ?| Oui."),
        ("es", "¿Qué tal?| ¡Bien!| Gracias."),
        ("ru", "Он жил на ул. Ленина.| Потом уехал!"),
        ("el", "Πού είσαι; Εδώ.| Καλά."),
        ("ar", "كيف حالك؟| أنا بخير."),
        ("he", "מה שלומך?| טוב."),
        ("hi", "यह एक वाक्य है।| यह दूसरा है।"),
        ("zh", "今天天气很好。|我们去散步吧！|好吗？"),
        ("ja", "「そうです。」|今日は晴れ。"),
        ("ko", "나비는 봄에 온다.| 꽃이 핀다."),
        ("en", "A line\n|another line"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str):
    assert texts(text.replace("|", ""), language) == [each.strip() for each in text.split("|")]


def test_a_sentence_without_end_is_cut_at_forty_words():
    text = "word " * 90
    parts = chunks(text)
    assert [each.whole for each in parts] == [False] * (len(parts) - 1) + [True]
    assert all(word_count(text[each.start : each.end]) <= MOST_WORDS for each in parts)


def test_a_comma_near_the_middle_is_preferred():
    text = " ".join(["word"] * 24) + ", " + " ".join(["other"] * 26) + "."
    first, second = chunks(text)
    assert text[first.start : first.end].endswith("word,")
    assert text[second.start : second.end].startswith("other")


def test_scripts_without_spaces_are_cut_too():
    text = "天" * 300
    parts = chunks(text, "zh")
    assert "".join(text[each.start : each.end] for each in parts) == text
    assert max(each.end - each.start for each in parts) <= 2 * MOST_WORDS + 1


@given(st.text(alphabet="ab. ,\n!?。天", max_size=300))
def test_nothing_is_lost_and_nothing_twice(text: str):
    parts = chunks(text)
    assert "".join("".join(text[each.start : each.end] for each in parts).split()) == "".join(text.split())
    assert all(before.end <= after.start for before, after in pairwise(parts))
