"""What is said of a script: its length by the voice's own pace, how it reads, what to check."""

import pytest

from rushes.story.analysis import START, Pace, analyse, learned, reading_level
from tests.story.stories import story

EASY = "The cat sat on the mat. The dog ran to the door. It was a good day. We all went home to eat."
HARD = (
    "Institutional considerations notwithstanding, the establishment of comprehensive regulatory frameworks"
    " necessitates extraordinarily sophisticated administrative coordination mechanisms."
)


def test_the_length_is_that_of_the_voice() -> None:
    found = analyse(story("Rice is a grass. It grows in water."))
    assert found.seconds == pytest.approx(0.055 * 34 + 2 * 0.63 + 0.45, abs=0.05)
    faster = analyse(story("Rice is a grass. It grows in water.", voice={"speed": 2.0}))
    assert faster.seconds < found.seconds


def test_the_pace_is_learned_from_what_was_spoken() -> None:
    slow = Pace(per_character=0.09, per_sentence=0.9)
    samples = [
        (each, 1 + each // 90, slow.per_character * each + slow.per_sentence * (1 + each // 90))
        for each in range(30, 600, 12)
    ]
    found = learned(samples)
    text = "Rice grows in water, and most people on earth eat it. " * 4
    assert found.seconds(text) == pytest.approx(slow.seconds(text), rel=0.05)
    assert found.seconds(text) > 1.2 * START.seconds(text)
    assert learned([]).per_character == pytest.approx(START.per_character)


def test_one_strange_piece_does_not_spoil_the_pace() -> None:
    assert learned([(10, 1, 500.0)]) == START


def test_an_easy_text_reads_easier_than_a_hard_one_in_either_scale() -> None:
    for language in ("en", "de"):
        scale, easy = reading_level(EASY, language)
        _, hard = reading_level(HARD, language)
        assert easy is not None
        assert hard is not None
        assert (easy > hard) if scale == "flesch" else (easy < hard)
    assert reading_level("Too short.", "en") == ("flesch", None)


def test_numbers_dates_and_superlatives_are_named_for_a_check() -> None:
    text = "It began in 1969. The tallest tree has 116 metres. Trees are green."
    found = analyse(story(text)).to_check
    assert [each.text for each in found] == ["It began in 1969.", "The tallest tree has 116 metres."]
    assert "a date" in found[0].reason


def test_a_weak_beginning_a_long_sentence_and_a_repetition_are_found() -> None:
    long = "This sentence " + "goes on and on with more words " * 7 + "until it ends."
    found = analyse(
        story(f"Welcome to this film about rice. {long}", "Rice feeds people. Rice feeds people.")
    )
    assert found.hook == "Welcome to this film about rice."
    assert any("announces" in each for each in found.hook_notes)
    assert any("Split it" in each for each in found.pacing)
    assert [each.section_id for each in found.repetition][:1] == ["part2"]


def test_a_section_that_is_much_longer_than_the_others_is_named() -> None:
    found = analyse(story("Short one.", "Short two.", "A long one. " * 20))
    assert any(each.startswith("Section 3") for each in found.pacing)
