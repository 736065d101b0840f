"""The camera's maths, and the words that steer it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.platform.media.camera import Box, CameraField, ease, plan
from rushes.platform.media.moves import CameraMove, move_for, pace_of

FRAMES = 96
WIDE = CameraField(3000.0, 900.0, Box(700.0, 0.0, 1600.0, 900.0), (1900.0, 500.0))
TIGHT = CameraField(1344.0, 756.0, Box(0.0, 0.0, 1344.0, 756.0), (200.0, 700.0))
rooms = st.sampled_from([WIDE, TIGHT])
"""No deadline: this machine may be doing something else."""
seeds = st.integers(0, 2**32)
paces = st.sampled_from([0.75, 1.0, 1.35])


def boxes(move: CameraMove, room: CameraField, seed: int, pace: float = 1.0) -> list[Box]:
    path = plan(move, room, seed=seed, pace=pace)
    return [path(number / (FRAMES - 1)) for number in range(FRAMES)]


@given(st.sampled_from(CameraMove), rooms, seeds, paces)
def test_the_camera_never_leaves_the_picture_nor_changes_its_shape(
    move: CameraMove, room: CameraField, seed: int, pace: float
):
    for box in boxes(move, room, seed, pace):
        assert box.left >= -1e-6
        assert box.top >= -1e-6
        assert box.right <= room.width + 1e-6
        assert box.bottom <= room.height + 1e-6
        assert box.width / box.height == pytest.approx(room.frame.width / room.frame.height)


@given(st.sampled_from(CameraMove), rooms, seeds, paces)
def test_no_move_jolts(move: CameraMove, room: CameraField, seed: int, pace: float):
    path = boxes(move, room, seed, pace)
    for side in ("left", "top", "width"):
        places = [getattr(box, side) for box in path]
        speeds = [after - before for before, after in pairwise(places)]
        changes = [abs(after - before) for before, after in pairwise(speeds)]
        # From a frame to the next, in a video 1280 wide: under a pixel, and for a hand under two.
        assert max(changes) < room.frame.width * (0.0014 if move is CameraMove.HANDHELD else 0.0007)


@given(rooms, seeds, paces)
def test_each_move_goes_where_its_name_says(room: CameraField, seed: int, pace: float):
    def ends(move: CameraMove) -> tuple[Box, Box]:
        path = boxes(move, room, seed, pace)
        return path[0], path[-1]

    start, end = ends(CameraMove.PUSH_IN)
    assert end.width < start.width * 0.97
    start, end = ends(CameraMove.PULL_OUT)
    assert end.width > start.width * 1.03
    for move, way in ((CameraMove.PAN_LEFT, -1), (CameraMove.PAN_RIGHT, 1)):
        start, end = ends(move)
        assert (end.left - start.left) * way > 0.05 * start.width
        assert end.top == start.top
    for move, way in ((CameraMove.TILT_UP, -1), (CameraMove.TILT_DOWN, 1)):
        start, end = ends(move)
        assert (end.top - start.top) * way > 0.05 * start.height
        assert end.left == start.left
    start, end = ends(CameraMove.STATIC)
    assert start == end
    orbit = boxes(CameraMove.ORBIT, room, seed, pace)
    assert abs(orbit[-1].left - orbit[0].left) > 0.03 * room.frame.width
    assert orbit[FRAMES // 2].width < min(orbit[0].width, orbit[-1].width)  # nearest halfway
    handheld = [box.left for box in boxes(CameraMove.HANDHELD, room, seed, pace)]
    turns = sum((b - a) * (c - b) < 0 for a, b, c in zip(handheld, handheld[1:], handheld[2:], strict=False))
    assert 1 <= turns < 16


@given(rooms, seeds)
def test_a_pan_and_a_push_never_turn_back(room: CameraField, seed: int):
    rights = [box.left for box in boxes(CameraMove.PAN_RIGHT, room, seed)]
    assert rights == sorted(rights)
    widths = [box.width for box in boxes(CameraMove.PUSH_IN, room, seed)]
    assert widths == sorted(widths, reverse=True)


def test_a_push_goes_toward_what_the_picture_is_about():
    first, last = boxes(CameraMove.PUSH_IN, WIDE, 3)[0], boxes(CameraMove.PUSH_IN, WIDE, 3)[-1]

    def away(box: Box) -> float:
        return abs(box.left + box.width / 2 - WIDE.focus[0])

    assert away(last) < away(first)


@given(st.sampled_from(CameraMove), seeds)
def test_the_same_seed_is_the_same_path_and_another_seed_another(move: CameraMove, seed: int):
    assert boxes(move, WIDE, seed) == boxes(move, WIDE, seed)
    assert boxes(move, WIDE, seed) != boxes(move, WIDE, seed + 1)


@given(st.floats(0, 1), st.floats(0, 1))
def test_easing_rises_from_nothing_to_one(one: float, other: float):
    assert -1e-12 <= ease(one) <= 1 + 1e-12
    assert (ease(one) <= ease(other) + 1e-12) if one <= other else (ease(one) >= ease(other) - 1e-12)
    assert (ease(0.0), ease(0.5), ease(1.0)) == (0.0, 0.5, 1.0)


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("Push in on the door", CameraMove.PUSH_IN),
        ("the camera pushes slowly in", CameraMove.PUSH_IN),
        ("Dolly in, then pull back", CameraMove.PUSH_IN),
        ("slow zoom-in", CameraMove.PUSH_IN),
        ("camera glides forward through the trees", CameraMove.PUSH_IN),
        ("a dolly out from the table", CameraMove.PULL_OUT),
        ("Camera pulls back to reveal the valley", CameraMove.PULL_OUT),
        ("zooming out", CameraMove.PULL_OUT),
        ("PAN LEFT", CameraMove.PAN_LEFT),
        ("pans slowly to the right", CameraMove.PAN_RIGHT),
        ("pan from left to right", CameraMove.PAN_RIGHT),
        ("the camera moves towards the left", CameraMove.PAN_LEFT),
        ("Truck right along the counter", CameraMove.PAN_RIGHT),
        ("tilt up to the sky", CameraMove.TILT_UP),
        ("crane up", CameraMove.TILT_UP),
        ("camera tilts down", CameraMove.TILT_DOWN),
        ("orbiting the statue", CameraMove.ORBIT),
        ("The shot arcs around her", CameraMove.ORBIT),
        ("hand-held, rainy street", CameraMove.HANDHELD),
        ("handheld camera", CameraMove.HANDHELD),
        ("locked-off wide", CameraMove.STATIC),
        ("static shot of a vase", CameraMove.STATIC),
        ("no camera movement", CameraMove.STATIC),
    ],
)
def test_the_words_of_a_prompt_choose_the_move(prompt: str, move: CameraMove):
    assert {move_for(prompt, seed) for seed in range(20)} == {move}


@pytest.mark.parametrize(
    ("prompt", "moves"),
    [
        ("slow pan over the city", {CameraMove.PAN_LEFT, CameraMove.PAN_RIGHT}),
        ("camera tilts", {CameraMove.TILT_UP, CameraMove.TILT_DOWN}),
    ],
)
def test_a_direction_left_open_is_the_seeds_to_choose(prompt: str, moves: set[CameraMove]):
    assert {move_for(prompt, seed) for seed in range(40)} == moves


@pytest.mark.parametrize(
    "prompt",
    [
        "flowers in a vase",
        "a frying pan on the stove",
        "birds fly in the sky",
        "she looks to the left",
        "a man walks out of a house",
        "dolls in a row",
        "static electricity in her hair",
        "",
    ],
)
def test_words_that_are_not_about_the_camera_leave_the_move_to_the_seed(prompt: str):
    assert len({move_for(prompt, seed) for seed in range(60)}) >= 5


def test_slow_and_fast_words_change_how_far_a_move_goes():
    assert pace_of("a slow push in") < pace_of("a push in") < pace_of("a quick push in")
