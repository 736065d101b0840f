"""Words of captions are what is written, at the times at which they were heard."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rushes.providers.voice_contract import Word
from rushes.story.sentences import ends_sentence, pieces, sentences
from rushes.story.settings import Pronunciation
from rushes.story.words import spoken_text, timed_words


def heard(*words: str) -> list[Word]:
    return [Word(each, 0.4 * number, 0.4 * number + 0.3) for number, each in enumerate(words)]


def test_each_word_has_the_time_at_which_it_was_heard() -> None:
    found = timed_words("Rice, they say.", [], heard("Rice", "they", "say"), 1.3)
    assert [(each.text, each.start) for each in found] == [("Rice,", 0.0), ("they", 0.4), ("say.", 0.8)]


def test_a_number_that_the_voice_said_as_two_words_has_the_time_of_both() -> None:
    found = timed_words("In 2013 it rained.", [], heard("In", "twenty", "thirteen", "it", "rained"), 2.0)
    assert [each.text for each in found] == ["In", "2013", "it", "rained."]
    assert found[1].start == 0.4
    assert found[1].end >= 1.0


def test_words_the_voice_merged_lie_between_their_neighbours() -> None:
    found = timed_words("the end of the day", [], heard("the", "end", "ofthe", "day"), 1.6)
    assert [each.text for each in found] == ["the", "end", "of", "the", "day"]
    assert found[4].start == 1.2000000000000002
    assert found[1].end <= found[2].start <= found[3].start <= found[4].start


def test_a_respelled_word_is_shown_as_written() -> None:
    lay = [
        Pronunciation(written="New York", spoken="Noo Yawk"),
        Pronunciation(written="Veo", spoken="Vay oh"),
    ]
    assert spoken_text("Veo and veo in New York, video", lay) == "Vay oh and Vay oh in Noo Yawk, video"
    found = timed_words("Veo in New York.", lay, heard("Vay", "oh", "in", "Noo", "Yawk"), 2.0)
    assert [(each.text, each.start) for each in found] == [
        ("Veo", 0.0),
        ("in", 0.8),
        ("New", 1.2000000000000002),
        ("York.", 1.6),
    ]


def test_what_was_respelled_is_not_respelled_again() -> None:
    """The longest phrase counts, wherever it stands in the list; signs have no border of a word."""
    lay = [
        Pronunciation(written="oh", spoken="zero"),
        Pronunciation(written="York", spoken="Yark"),
        Pronunciation(written="New York", spoken="Noo Yawk"),
        Pronunciation(written="C++", spoken="see oh plus"),
        Pronunciation(written="Straße", spoken="Strah-seh"),
    ]
    said = spoken_text("oh, C++ in new  York and York, straße", lay)
    assert said == "zero, see oh plus in Noo Yawk and Yark, Strah-seh"


def test_a_language_without_spaces_shows_the_words_of_the_voice() -> None:
    found = timed_words("米は稲です。", [], heard("米", "は", "稲", "です。"), 1.6, "ja")
    assert [each.text for each in found] == ["米", "は", "稲", "です。"]
    assert found[-1].ends_sentence


@given(
    narration=st.text(alphabet="ab é.!?,'3\n", max_size=120),
    said=st.lists(
        st.tuples(st.text(alphabet="abé3", min_size=1, max_size=6), st.floats(0, 9), st.floats(0, 9)),
        max_size=12,
    ),
)
def test_whatever_a_voice_says_the_words_are_all_there_in_order(
    narration: str, said: list[tuple[str, float, float]]
) -> None:
    words = [Word(text, min(start, end), max(start, end)) for text, start, end in said]
    found = timed_words(narration, [], words, 10.0)
    assert [each.text for each in found] == narration.split()
    assert all(each.start < each.end for each in found)
    assert all(before.start <= after.start for before, after in pairwise(found))


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = 'Dr. Smith left in 1969. He came at 3.5 p.m. with a dog! "Why?" No. 5 is alive. 米です。はい。'
    assert sentences(text) == [
        "Dr. Smith left in 1969.",
        "He came at 3.5 p.m. with a dog!",
        '"Why?"',
        "No. 5 is alive.",
        "米です。",
        "はい。",
    ]
    assert [ends_sentence(each) for each in ("end.", "1969.", "Dr.", '"end!"', "word")] == [
        True,
        True,
        False,
        True,
        False,
    ]


@given(st.text(alphabet="ab .!\n", max_size=400), st.integers(5, 60))
def test_pieces_are_short_enough_and_lose_no_word(text: str, longest: int) -> None:
    found = pieces(text, longest)
    assert " ".join(found).replace(" ", "") == "".join(text.split())
    assert all(len(each) <= longest for each in found)
