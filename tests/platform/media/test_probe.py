"""The probe, on real files, whole and broken in every way a download breaks them."""

from pathlib import Path

import pytest
from tests.platform.media.clips import clip

from rushes.errors import Damaged
from rushes.platform.media.facts import Probe
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.probe import probe


async def test_it_tells_what_is_in_a_video(tmp_path: Path):
    path = await clip(tmp_path / "a.mp4", sound=True)
    assert probe(path) == Probe(
        duration_seconds=2.0,
        width=160,
        height=90,
        fps=12.0,
        frames=24,
        video_codec="h264",
        audio_codec="aac",
        size=path.stat().st_size,
    )


async def test_a_video_without_sound_has_no_audio_codec(tmp_path: Path):
    assert probe(await clip(tmp_path / "a.mp4")).audio_codec is None


@pytest.mark.parametrize("flags", ["+faststart", "0", "+frag_keyframe+empty_moov"])
async def test_a_video_cut_anywhere_is_noticed(flags: str, tmp_path: Path):
    whole = (await clip(tmp_path / "whole.mp4", sound=True, flags=flags)).read_bytes()
    assert probe(tmp_path / "whole.mp4").frames == 24
    cut = tmp_path / "cut.mp4"
    for kept in (1, 7, 8, 40, len(whole) // 3, len(whole) // 2, len(whole) - 200, len(whole) - 1):
        cut.write_bytes(whole[:kept])
        with pytest.raises(Damaged, match=r"cut\.mp4"):
            probe(cut)


async def test_what_is_not_a_video_is_said_to_be_none(tmp_path: Path):
    whole = (await clip(tmp_path / "whole.mp4")).read_bytes()
    bad = tmp_path / "bad.mp4"
    for data, says in (
        (b"", "is empty"),
        (b"<html>502 Bad Gateway</html>" * 50, "not a video"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "is a picture"),
        (whole[whole.index(b"mdat") - 4 :], "index"),
        (whole.replace(b"moov", b"free", 1), "index"),
    ):
        bad.write_bytes(data)
        with pytest.raises(Damaged, match=says):
            probe(bad)


async def test_sound_alone_is_not_a_video(tmp_path: Path):
    args = ["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", "-f", "mp4"]
    await run_ffmpeg(args, into=tmp_path / "song.mp4")
    with pytest.raises(Damaged, match="no video"):
        probe(tmp_path / "song.mp4")


async def test_a_track_without_frames_is_not_a_video(tmp_path: Path):
    path = await clip(tmp_path / "a.mp4", flags="+frag_keyframe+empty_moov")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"moof") - 4])  # cut between two boxes: the header alone
    with pytest.raises(Damaged, match="without a single frame"):
        probe(path)


def test_a_missing_file_is_the_callers_fault(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "gone.mp4")
