"""Which image goes with which prompt."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rushes.intake.matching import image_number, match, natural_key
from rushes.intake.prompts import Prompt

NAMES = {
    "1.jpeg": 1,
    "01.png": 1,
    "image_1.jpg": 1,
    "shot-001 final.webp": 1,
    "IMG_0007 (2).jpg": 7,
    "photo (3).jpg": 3,
    "cat3.png": 3,
    "batch2_003.png": 3,
    "003_take2.png": 3,
    "shot_3_v12.png": 3,
    "project7_image_3.png": 3,
    "ComfyUI_00012_.png": 12,
    "5 1080x1920.png": 5,
    "4k_9.png": 9,
    "2024-05-01 7.png": 7,
    "7@2x.png": 7,
    "folder 8/5.png": 5,
    "bild_４.png": 4,
    "0.png": 0,
    "12": 12,
    "1080x1920.png": None,
    "poster 4k.png": None,
    "clip 720p.png": None,
    "IMG_20240501_123456.jpg": None,
    "Screenshot 2024-05-01 at 10.22.33.png": None,
    "a3f9c2d1.png": None,
    "1a.png": None,
    "cat.png": None,
    "": None,
}


def _prompts(*numbers: int) -> list[Prompt]:
    return [Prompt(n, f"prompt {n}", None, n) for n in numbers]


@pytest.mark.parametrize(("name", "number"), NAMES.items(), ids=[n or "no name" for n in NAMES])
def test_the_number_of_an_image_is_the_one_a_person_would_say(name: str, number: int | None) -> None:
    assert image_number(name) == number


def test_natural_order_puts_2_before_10() -> None:
    assert sorted(["b10.png", "B2.png", "a.png", "b1.png"], key=natural_key) == [
        "a.png",
        "b1.png",
        "B2.png",
        "b10.png",
    ]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_natural_order_is_an_order_for_any_names(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=natural_key) == sorted(backwards, key=natural_key)


TEMPLATES = ["{n}.jpeg", "{n:03d}.png", "image_{n}.jpg", "shot-{n:03d} final.webp", "IMG_{n:04d} (2).jpg"]


@given(
    st.sets(st.integers(1, 9999), min_size=1, max_size=20),
    st.sets(st.integers(1, 9999), min_size=1, max_size=20),
    st.sampled_from(TEMPLATES),
)
def test_every_number_is_paired_or_told_whatever_the_order(
    of_images: set[int], of_prompts: set[int], template: str
) -> None:
    # As many images as prompts without a number in common count from another start, or are asked about.
    assume(len(of_images) != len(of_prompts) or of_images & of_prompts)
    images = sorted((template.format(n=n) for n in of_images), key=hash)
    report = match(images, _prompts(*of_prompts))
    both = of_images & of_prompts
    assert [p.number for p in report.pairs] == sorted(of_images | of_prompts)
    assert {p.number for p in report.pairs if p.image and p.prompt} == both
    assert all(p.image is None or image_number(p.image) == p.number for p in report.pairs)
    assert {image_number(name) for name in report.unmatched_images} == of_images - both
    assert {p.number for p in report.unmatched_prompts} == of_prompts - both
    assert report.faults == ()
    warned = {w.where for w in report.warnings if w.code == "unmatched_image"}
    assert warned == set(report.unmatched_images)


def test_two_images_with_one_number_are_one_fault_that_names_both() -> None:
    report = match(["1.png", "image_01.jpg", "2.png"], _prompts(1, 2))
    (fault,) = report.faults
    assert fault.code == "duplicate_image"
    assert "1.png" in fault.message
    assert "image_01.jpg" in fault.message


def test_the_same_name_twice_is_not_lost() -> None:
    assert [f.code for f in match(["1.png", "1.png"], _prompts(1)).faults] == ["duplicate_image"]


def test_images_counted_from_zero_or_by_a_camera_go_with_prompts_from_one_with_a_warning() -> None:
    for names in (["0.png", "1.png"], ["IMG_1234.HEIC", "IMG_1235.HEIC"]):
        report = match(names[::-1], _prompts(1, 2))
        assert [(pair.number, pair.image) for pair in report.pairs] == [(1, names[0]), (2, names[1])]
        assert [w.code for w in report.warnings] == ["another_start"]
        assert report.faults == ()


def test_images_counted_from_zero_are_a_fault_when_there_are_more_or_fewer_than_prompts() -> None:
    assert [(f.where, f.code) for f in match(["0.png", "1.png"], _prompts(1)).faults] == [
        ("0.png", "bad_number")
    ]


def test_images_without_any_number_are_paired_in_natural_order_with_a_warning() -> None:
    report = match(["fox.png", "crow.png", "owl.png"], _prompts(4, 2))
    assert [(p.number, p.image) for p in report.pairs] == [(2, "crow.png"), (4, "fox.png")]
    assert report.unmatched_images == ("owl.png",)
    assert [w.code for w in report.warnings] == ["paired_in_order", "unmatched_image"]


def test_more_prompts_than_images_without_numbers_leave_the_last_prompts_over() -> None:
    report = match(["fox.png"], _prompts(1, 2))
    assert [p.number for p in report.unmatched_prompts] == [2]
    assert [(p.number, p.image) for p in report.pairs] == [(1, "fox.png"), (2, None)]


def test_one_image_without_a_number_among_numbered_ones_is_left_over() -> None:
    report = match(["1.png", "cover.png"], _prompts(1, 2))
    assert report.unmatched_images == ("cover.png",)
    assert [(w.where, w.code) for w in report.warnings] == [("cover.png", "no_number")]


def test_gaps_in_the_numbers_are_one_warning_that_names_them() -> None:
    (warning,) = match(["1.png", "3.png", "7.png"], _prompts(1, 3, 7)).warnings
    assert warning.code == "gap"
    assert "2, 4–6" in warning.message


def test_nothing_at_all_is_an_empty_report() -> None:
    report = match([], [])
    assert (report.pairs, report.faults, report.warnings) == ((), (), ())
