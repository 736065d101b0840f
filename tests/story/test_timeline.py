"""The timeline is exact: whole frames by one running sum, words at their frames, joins that fit."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.platform.media.film.timeline import (
    ClipSource,
    StillSource,
    Timeline,
    TransitionKind,
)
from rushes.story import edits
from rushes.story.document import StoryDocument
from rushes.story.products import Products
from rushes.story.timeline import TITLE_PLACES, BuiltFilm, as_json, build, from_json
from rushes.story.timing import timings
from tests.story.stories import made, story, with_videos

TEXTS = ("Rice is a grass. It grows in water.", "Most people eat it.", "The harvest comes after four months.")


def built(document: StoryDocument, products: Products | None = None) -> BuiltFilm:
    found = build(document, products or made(document))
    assert found is not None
    return found


def test_there_is_no_timeline_before_everything_is_there() -> None:
    document = story(*TEXTS)
    products = made(document)
    assert build(document, Products()) is None
    assert build(document, replace(products, pictures={})) is None
    assert build(edits.change_section(document, "part1", {"narration": "New."}), products) is None


def test_sections_begin_where_the_running_sum_says() -> None:
    document = story(*TEXTS)
    products = made(document)
    timed = timings(document, products)
    assert timed is not None
    found, at = built(document, products), 0.0
    for timing, (section, first, last) in zip(timed, found.sections, strict=True):
        assert section == timing.section_id
        assert first == round(at * 30)
        at += timing.seconds
        assert last == round(at * 30)
    assert found.timeline.frames == round(at * 30)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=60),
    fps=st.sampled_from([24, 25, 30, 50, 60]),
    transition=st.floats(0, 3),
)
def test_no_frame_is_lost_or_gained_whatever_the_lengths(
    lengths: list[int], fps: int, transition: float
) -> None:
    document = story(*("word " * (each // 5 + 1) + "end." for each in lengths))
    document = edits.changed(document, {"fps": fps, "transition": {"seconds": transition}})
    products = made(document)
    timed = timings(document, products)
    assert timed is not None
    timeline = built(document, products).timeline
    assert timeline.frames == round(sum(each.seconds for each in timed) * fps)
    assert timeline.bounds[-1] == timeline.frames
    _holds(timeline)


def _holds(timeline: Timeline) -> None:
    assert all(each.frames > 0 for each in timeline.scenes)
    assert timeline.scenes[0].transition.frames == 0
    for before, after in pairwise(timeline.scenes):
        join = after.transition.frames
        assert join % 2 == 0
        assert join <= min(before.frames, after.frames) / 2
    for before, after in pairwise(timeline.words):
        assert before.start < before.end
        assert before.start <= after.start
    assert all(each.end <= timeline.frames for each in timeline.words)


def test_a_word_is_at_the_frame_at_which_it_is_heard() -> None:
    document = story(*TEXTS)
    products = made(document)
    timeline = built(document, products).timeline
    assert [each.text for each in timeline.words] == " ".join(TEXTS).split()
    timed = timings(document, products)
    assert timed is not None
    begins = round(timed[0].seconds * 30)
    first_of_second = next(each for each in timeline.words if each.text == "Most")
    assert first_of_second.start == round((timed[0].seconds + timed[1].words[0].start) * 30)
    assert timeline.voice[1].start == begins
    assert [each.text for each in timeline.words if each.ends_sentence] == [
        "grass.",
        "water.",
        "it.",
        "months.",
    ]


def test_a_pronunciation_is_spoken_and_what_is_written_is_shown() -> None:
    document = story("Veo makes films.")
    document = edits.changed(document, {"pronunciations": [{"written": "Veo", "spoken": "Vay oh"}]})
    assert [each.text for each in built(document).timeline.words] == ["Veo", "makes", "films."]


def test_cards_before_and_after_move_the_voice() -> None:
    document = edits.changed(
        story(*TEXTS), {"intro": {"title": "Rice", "seconds": 2}, "outro": {"title": "End", "seconds": 1.5}}
    )
    found = built(document)
    assert found.timeline.voice[0].start == 60
    assert [each.id for each in found.timeline.scenes] == ["intro", "part1", "part2", "part3", "outro"]
    assert found.timeline.scenes[-1].frames in (45, 46, 44)
    assert len(found.drawings) == 2


def test_credits_end_the_film_when_they_are_wanted() -> None:
    found = built(edits.changed(story(*TEXTS), {"credits": True}))
    assert found.timeline.scenes[-1].id == "credits"
    assert "A, CC BY 4.0" in next(iter(found.drawings.values())).text


def test_several_pictures_of_a_section_share_its_time() -> None:
    pictures = [
        {"generated": {"provider": "card", "prompt": "one"}, "share": 3},
        {"generated": {"provider": "card", "prompt": "two"}, "share": 1},
    ]
    document = edits.change_section(
        story("A section of some length, with several words."), "part1", {"pictures": pictures}
    )
    first, second = built(document).timeline.scenes
    assert (first.id, second.id) == ("part1", "part1-2")
    assert first.frames == pytest.approx(3 * second.frames, abs=2)


def test_the_words_on_the_screen_are_drawn_unless_a_card_shows_them() -> None:
    document = edits.change_section(story(*TEXTS), "part1", {"on_screen": "A grass"})
    assert not built(document).timeline.scenes[0].overlays
    paints = {"provider": "gemini_images", "prompt": "rice"}
    photo = edits.change_section(document, "part1", {"pictures": [{"generated": paints}]})
    found = built(photo)
    assert len(found.timeline.scenes[0].overlays) == 1
    assert found.drawings[found.timeline.scenes[0].overlays[0].path.as_posix()].title == "A grass"
    lower = built(edits.changed(photo, {"look": {"title_place": "lower_third"}}))
    places = [each.timeline.scenes[0].overlays[0].y for each in (found, lower)]
    assert places == [TITLE_PLACES["top"], TITLE_PLACES["lower_third"]]


def test_a_scene_video_is_a_clip_and_never_loops() -> None:
    found = built(with_videos(story(*TEXTS)))
    assert all(isinstance(each.source, ClipSource) for each in found.timeline.scenes)
    assert not any(isinstance(each.source, StillSource) for each in found.timeline.scenes)


def test_a_cut_has_no_frames() -> None:
    found = built(edits.changed(story(*TEXTS), {"transition": {"kind": "cut", "seconds": 1}}))
    assert {each.transition.kind for each in found.timeline.scenes} == {TransitionKind.CUT}


def test_the_same_document_and_products_give_the_same_hash_and_json_reads_back() -> None:
    document = story(*TEXTS)
    first, again = built(document), built(document)
    assert first.hash == again.hash
    assert from_json(as_json(first.timeline)) == first.timeline
    assert built(edits.changed(document, {"music": {"seed": 2}})).hash != first.hash


def test_a_section_without_words_lasts_as_long_as_it_says() -> None:
    document = story("Rice is a grass.")
    document = edits.add_section(document, {"heading": "Field", "seconds": 4})
    found = built(document)
    first, last = found.sections[1][1:]
    assert last - first == pytest.approx(4 * 30, abs=1)
