"""Scene videos are as long as covers the narration, in as few shots as do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.story import edits
from rushes.story.products import Products
from rushes.story.scenes import group_hash, is_paid_for, lengths_for, shots_of
from tests.story.stories import ABILITIES, made, story, with_videos


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(3.0, (4,)), (4.0, (4,)), (4.1, (6,)), (8.0, (8,)), (8.5, (8, 4)), (20.0, (8, 8, 4)), (0.1, (4,))],
)
def test_the_smallest_that_covers_is_asked_for(seconds: float, wanted: tuple[int, ...]) -> None:
    assert lengths_for(seconds, [4, 6, 8]) == wanted


@given(st.floats(0.1, 500), st.sets(st.integers(1, 20), min_size=1, max_size=5))
def test_every_second_is_covered_and_no_shot_is_superfluous(seconds: float, possible: set[int]) -> None:
    found = lengths_for(seconds, sorted(possible))
    assert sum(found) >= seconds - 1e-3
    assert sum(found[:-1]) < seconds


def test_the_lengths_cover_the_handles_of_transitions_too() -> None:
    document = with_videos(story("Rice is a grass."))
    shots = shots_of(document, document.sections[0], 3.8, Products(abilities=ABILITIES))
    assert [each.seconds for each in shots] == [6]
    cut = edits.changed(document, {"transition": {"kind": "cut"}})
    assert [each.seconds for each in shots_of(cut, cut.sections[0], 3.8, Products(abilities=ABILITIES))] == [
        4
    ]


def test_a_card_is_no_picture_to_start_from_and_a_photo_is() -> None:
    document = with_videos(story("Rice is a grass."))
    products = made(document)
    assert shots_of(document, document.sections[0], 3.0, products)[0].image == ""
    paints = {"provider": "gemini_images", "prompt": "rice"}
    photo = edits.change_section(document, "part1", {"pictures": [{"generated": paints}]})
    assert shots_of(photo, photo.sections[0], 3.0, products)[0].image != ""


def test_auto_waits_for_a_decision_and_follows_it() -> None:
    document = edits.changed(
        story("Rice is a grass."), {"scenes": {"source": "auto", "provider": "animatic"}}
    )
    section = document.sections[0]
    products = Products(abilities=ABILITIES)
    group = group_hash(shots_of(document, section, 3.0, products))
    assert is_paid_for(document, section, group, products) is None
    for decided in (True, False):
        assert is_paid_for(document, section, group, Products(paid={group: decided})) is decided
