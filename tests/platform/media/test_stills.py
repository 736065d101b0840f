"""Stills that other videos go on from."""

from pathlib import Path

import pytest
from PIL import Image, ImageStat

from rushes.errors import Damaged
from rushes.platform.media.stills import SHEET_FRAMES, write_last_frame, write_sheet
from rushes.providers.video.echo import clip


def green(picture: Image.Image) -> float:
    """Echo's clips get greener frame by frame: 90, 99, 108, …"""
    return ImageStat.Stat(picture.convert("RGB")).mean[1]


def video(folder: Path, seconds: int = 4) -> Path:
    path = folder / "video.mp4"
    path.write_bytes(clip("16:9", seconds, 1))
    return path


def test_the_last_frame_is_the_very_last_in_full_size(tmp_path: Path):
    write_last_frame(video(tmp_path), tmp_path / "last.jpg")
    with Image.open(tmp_path / "last.jpg") as picture:
        assert picture.size == (64, 36)
        assert green(picture) == pytest.approx(90 + 31 * 9 % 160, abs=4)


def test_a_sheet_has_frames_from_the_beginning_to_the_end(tmp_path: Path):
    write_sheet(video(tmp_path), tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (5 * 64, SHEET_FRAMES // 5 * 36)
        assert green(sheet.crop((0, 0, 64, 36))) == pytest.approx(90, abs=6)
        assert green(sheet.crop((4 * 64, 3 * 36, 5 * 64, 4 * 36))) == pytest.approx(209, abs=6)


def test_a_clip_with_few_frames_gives_all_it_has(tmp_path: Path):
    write_sheet(video(tmp_path, seconds=1), tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (5 * 64, 2 * 36)


@pytest.mark.parametrize("write", [write_last_frame, write_sheet])
def test_what_is_no_video_is_told(tmp_path: Path, write: object):
    (tmp_path / "video.mp4").write_bytes(b"not a video")
    assert callable(write)
    with pytest.raises(Damaged):
        write(tmp_path / "video.mp4", tmp_path / "still.jpg")
    assert not (tmp_path / "still.jpg").exists()
