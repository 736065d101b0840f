"""Which pieces a film is cut into, and what changes a piece's name."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.platform.media.film.making import fade, picture, plain, still, timeline

from rushes.errors import Invalid
from rushes.platform.media.film.pieces import (
    FilmPiece,
    check_timeline,
    cut_pieces,
    overlays_of,
    piece_hash,
    shown_frames,
)
from rushes.platform.media.film.timeline import (
    ClipSource,
    Overlay,
    OwnSound,
    Scene,
    StillSource,
    Timeline,
    Transition,
    TransitionKind,
)


@pytest.fixture
def film(tmp_path: Path) -> Timeline:
    images = [picture(tmp_path / f"{number}.png", seed=number) for number in range(3)]
    scenes = [
        Scene("a", 30, still(images[0])),
        Scene("b", 40, still(images[1]), fade(10)),
        Scene("c", 20, still(images[2]), Transition(TransitionKind.CUT, 6)),
    ]
    return timeline(scenes)


def names(film: Timeline, captions: str = "") -> list[str]:
    return [
        piece_hash(film, piece, codec_args=["-c:v", "x"], captions=captions) for piece in cut_pieces(film)
    ]


def test_bodies_and_transitions_together_are_the_film(film: Timeline):
    pieces = cut_pieces(film)
    assert [(piece.first, piece.frames) for piece in pieces] == [(0, 25), (25, 10), (35, 35), (70, 20)]
    assert [len(piece.parts) for piece in pieces] == [1, 2, 1, 1]
    assert sum(piece.frames for piece in pieces) == film.frames


def test_every_scene_is_drawn_from_its_first_frame_to_its_last_without_a_gap(film: Timeline):
    for scene in range(3):
        drawn = [
            number
            for piece in cut_pieces(film)
            for part in piece.parts
            if part.scene == scene
            for number in range(part.first, part.first + part.frames)
        ]
        assert drawn == list(range(shown_frames(film.scenes, scene)))


@pytest.mark.parametrize("span", [(0, 90), (3, 20), (27, 33), (20, 30), (34, 36), (89, 90), (60, 75)])
def test_a_span_is_covered_to_the_frame(film: Timeline, span: tuple[int, int]):
    pieces = cut_pieces(film, span)
    covered = [frame for piece in pieces for frame in range(piece.first, piece.first + piece.frames)]
    assert covered == list(range(*span))
    for piece in pieces:
        assert all(part.frames == piece.skipped + piece.frames for part in piece.parts)


def test_a_changed_scene_renames_its_own_pieces_only(film: Timeline, tmp_path: Path):
    before = names(film)
    other = replace(film.scenes[0], source=still(plain(tmp_path / "other.png", "red")))
    after = names(replace(film, scenes=(other, *film.scenes[1:])))
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, False, True, True]


def test_where_a_file_is_and_where_in_the_film_a_piece_is_do_not_count(film: Timeline, tmp_path: Path):
    moved = tmp_path / "moved.png"
    moved.write_bytes((tmp_path / "0.png").read_bytes())
    same = replace(film, scenes=(replace(film.scenes[0], source=still(moved)), *film.scenes[1:]))
    assert names(same) == names(film)
    first = Scene("new", 12, still(tmp_path / "0.png"))
    later = replace(film, scenes=(first, replace(film.scenes[0]), *film.scenes[1:]))
    assert set(names(film)) < set(names(later))


@pytest.mark.parametrize("field", ["move", "seed", "pace", "fit"])
def test_everything_a_still_is_drawn_by_counts(film: Timeline, field: str):
    source = film.scenes[0].source
    assert isinstance(source, StillSource)
    other = replace(source, **{field: {"move": "pan_left", "seed": 5, "pace": 2.0, "fit": "blur"}[field]})
    changed = replace(film, scenes=(replace(film.scenes[0], source=other), *film.scenes[1:]))
    assert names(changed)[0] != names(film)[0]


def test_size_rate_codec_transition_and_captions_count(film: Timeline):
    ordinary = names(film)
    assert not set(names(replace(film, width=216))) & set(ordinary)
    assert not set(names(replace(film, fps=25))) & set(ordinary)
    assert not set(names(film, "captions")) & set(ordinary)
    wipe = replace(film.scenes[1], transition=Transition(TransitionKind.WIPE, 10))
    changed = names(replace(film, scenes=(film.scenes[0], wipe, film.scenes[2])))
    assert [a == b for a, b in zip(ordinary, changed, strict=True)] == [True, False, True, True]


def test_an_overlay_is_part_of_the_pieces_it_is_seen_in(film: Timeline, tmp_path: Path):
    mark = Overlay(plain(tmp_path / "mark.png", "white"), start=5, frames=8)
    in_scene = replace(
        film, scenes=(film.scenes[0], replace(film.scenes[1], overlays=(mark,)), film.scenes[2])
    )
    changed = [a != b for a, b in zip(names(film), names(in_scene), strict=True)]
    assert changed == [False, False, True, False]
    (_, _, body, _) = cut_pieces(in_scene)
    assert [overlay.start for overlay in overlays_of(in_scene, body)] == [0]
    over_all = replace(film, overlays=(replace(mark, start=0, frames=90),))
    assert not set(names(over_all)) & set(names(film))


def test_the_name_of_a_scene_and_a_clips_own_sound_do_not_change_its_pictures(tmp_path: Path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"bytes of a clip")
    one = timeline([Scene("a", 30, ClipSource(path))])
    other = timeline([Scene("b", 30, ClipSource(path, own_sound=OwnSound.KEEP))])
    assert names(one) == names(other)
    assert names(one) != names(timeline([Scene("a", 30, ClipSource(path, start_seconds=1))]))


def test_faults_are_named(tmp_path: Path):
    image = still(plain(tmp_path / "a.png", "red"))
    for scenes, other, said in (
        ([], {}, "at least one scene"),
        ([Scene("a", 0, image)], {}, "Scene 1 has no frames"),
        ([Scene("a", 9, image), Scene("b", 9, image, fade(7))], {}, "not an even number"),
        ([Scene("a", 9, image), Scene("b", 3, image, fade(8))], {}, "longer than the scene"),
        ([Scene("a", 9, image)], {"width": 33}, "even numbers"),
        ([Scene("a", 9, image)], {"fps": 0}, "frames per second"),
    ):
        with pytest.raises(Invalid, match=said):
            check_timeline(timeline(scenes, **other))
    check_timeline(timeline([Scene("a", 9, image, fade(8)), Scene("b", 8, image, fade(8))]))


def test_the_first_scene_has_no_transition_whatever_it_says(tmp_path: Path):
    image = still(plain(tmp_path / "a.png", "red"))
    assert cut_pieces(timeline([Scene("a", 9, image, fade(8))])) == [
        FilmPiece(0, 9, cut_pieces(timeline([Scene("a", 9, image)]))[0].parts)
    ]
