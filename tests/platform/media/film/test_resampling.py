"""Sub-pixel views from a scaler that knows whole pixels only."""

from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat
from tests.platform.media.film.making import picture

from rushes.platform.media.camera import plan
from rushes.platform.media.film.drawing import LARGER, NEAR_ONE, draw, prepare
from rushes.platform.media.film.resampling import EDGE, MARGIN, span_for
from rushes.platform.media.film.timeline import StillFit, StillSource
from rushes.platform.media.frame import Grade, to_planes
from rushes.platform.media.moves import CameraMove
from rushes.platform.media.pixels import resize
from rushes.platform.media.stage import crop_stage, open_picture


def test_any_view_is_met_within_a_tenth_of_a_pixel():
    chance = Random(1)
    for _ in range(1500):
        shown = chance.choice((108, 192, 360, 540, 960, 1080, 1920))
        scale = chance.choice((chance.uniform(0.75, 1 - NEAR_ONE), chance.uniform(1 + NEAR_ONE, 1.25)))
        start = chance.uniform(0, 200)
        span = span_for(start, scale * shown, shown)
        assert span.error(start, scale * shown, shown) < 0.1, (start, scale, shown)
        assert span.skipped >= EDGE
        assert span.made - span.skipped - shown >= EDGE
        assert span.first >= start - MARGIN
        assert span.first + span.taken <= start + scale * shown + MARGIN


@pytest.mark.parametrize("move", list(CameraMove))
def test_no_move_trembles(move: CameraMove, tmp_path: Path):
    path = picture(tmp_path / "a.png", size=(540, 960))
    still = prepare(StillSource(path, move, seed=3), (540, 960), 120, 30)
    for number in range(120):
        view = still.path(number / 119)
        by = LARGER if abs(view.width / 540 - 1) < NEAR_ONE else 1.0
        for start, length, shown in ((view.left, view.width, 540), (view.top, view.height, 960)):
            assert span_for(start * by, length * by, shown).error(start * by, length * by, shown) < 0.1 * by


@pytest.mark.parametrize("move", [CameraMove.PUSH_IN, CameraMove.PAN_LEFT, CameraMove.STATIC])
def test_frames_are_what_pillow_draws_with_fractions(move: CameraMove, tmp_path: Path):
    size = (216, 384)
    path = picture(tmp_path / "a.png")
    still = prepare(StillSource(path, move, seed=3), size, 40, 30)
    stage = crop_stage(open_picture(path), size)
    camera = plan(move, stage.room, seed=3, seconds=40 / 30)
    planes = to_planes(stage.picture, Grade())
    for number, drawn in zip((0, 13, 29, 39), draw(still, size, (0, 13, 29, 39)), strict=True):
        view = camera(number / 39)
        edges = (
            view.left,
            view.top,
            min(planes.luma.width, view.right),
            min(planes.luma.height, view.bottom),
        )
        wanted = resize(planes.luma, size, Image.Resampling.BICUBIC, edges)
        got = Image.frombytes("L", size, drawn[0]).point([max(0, value - 16) for value in range(256)])  # pyright: ignore[reportUnknownMemberType]
        difference = ImageStat.Stat(ImageChops.difference(wanted, got))
        assert difference.mean[0] < 1.0, number
        assert len(drawn[1]) == len(drawn[2]) == 108 * 192


def test_a_picture_of_another_shape_is_cut_to_the_frame_or_shown_whole(tmp_path: Path):
    path = tmp_path / "wide.png"
    Image.new("RGB", (400, 100), "white").save(path)
    size = (108, 192)
    for fit, dark in ((StillFit.CROP, False), (StillFit.BLUR, True)):
        still = prepare(StillSource(path, CameraMove.STATIC, fit=fit), size, 2, 30)
        luma = Image.frombytes("L", size, next(draw(still, size, [0]))[0])
        low, high = luma.getextrema()
        assert isinstance(low, int)
        assert isinstance(high, int)
        assert high > 228
        assert (low < 200) == dark
