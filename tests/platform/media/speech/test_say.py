"""Pronunciations: spoken otherwise, timed as written."""

import pytest

from rushes.platform.media.speech.say import say
from rushes.platform.media.speech.words import Word

LIST = {"Veo": "Vay-oh", "New York": "Noo Yawk City", "C++": "see plus plus", "SQL": "sequel", "gone": ""}


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Veo and veo's VEO.", "Vay-oh and Vay-oh's Vay-oh."),
        ("Veolia, nonVeo", "Veolia, nonVeo"),
        ("New  York, new york!", "Noo Yawk City, Noo Yawk City!"),
        ("C++ and SQL.", "see plus plus and sequel."),
        ("", ""),
    ],
)
def test_whole_words_are_replaced_whatever_their_case(written: str, spoken: str):
    assert say(written, LIST).spoken == spoken


def test_an_empty_list_changes_nothing():
    assert say("Veo", {}).spoken == say("Veo", {" ": "x"}).spoken == "Veo"


def heard(text: str) -> tuple[Word, ...]:
    """One second for each word."""
    return tuple(Word(each, at, at + 1) for at, each in enumerate(text.split()))


def test_times_go_to_the_words_as_written():
    saying = say("In C++ they love New York a lot.", LIST)
    assert saying.spoken == "In see plus plus they love Noo Yawk City a lot."
    words = saying.as_written(heard(saying.spoken), "en")
    assert words == (
        Word("In", 0, 1),
        Word("C++", 1, 4),
        Word("they", 4, 5),
        Word("love", 5, 6),
        Word("New", 6, 6 + 3 * 3 / 7),
        Word("York", 6 + 3 * 3 / 7, 9),
        Word("a", 9, 10),
        Word("lot.", 10, 11),
    )


def test_a_word_that_is_not_said_has_no_length():
    saying = say("All gone now.", LIST)
    words = saying.as_written(heard(saying.spoken), "en")
    assert [(each.text, each.start, each.end) for each in words] == [
        ("All", 0, 1),
        ("gone", 1, 1),
        ("now.", 1, 2),
    ]


def test_without_replacements_the_times_are_as_they_came():
    words = heard("Just words.")
    assert say("Just words.", LIST).as_written(words, "en") == words
    assert say("Veo", LIST).as_written((), "en") == ()
