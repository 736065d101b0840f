"""A take is a video: what comes in another container becomes an MP4, what is none is refused."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from av.error import DecoderNotFoundError
from PIL import Image
from tests.platform.media.clips import clip

from rushes.errors import Damaged
from rushes.platform.media import pictures
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.probe import open_video, probe
from rushes.platform.media.receive import Reception


@pytest_asyncio.fixture
async def reception() -> AsyncGenerator[Reception]:
    receives = Reception()
    yield receives
    await receives.close()


async def made(into: Path, *args: str, sound: bool = True) -> Path:
    """Write half a second of a test picture and a tone."""
    sources = ["-f", "lavfi", "-i", "testsrc=s=96x64:r=12:d=0.5"]
    sources += ["-f", "lavfi", "-i", "sine=d=0.5"] if sound else []
    await run_ffmpeg([*sources, *args], into=into)
    return into


CONTAINERS = {
    "matroska": ("-c:v", "libx264", "-c:a", "aac", "-f", "matroska"),
    "webm, VP9": ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-c:a", "libopus", "-f", "webm"),
    "webm, VP8": ("-c:v", "libvpx", "-c:a", "libvorbis", "-f", "webm"),
    "mpegts": ("-c:v", "libx264", "-c:a", "aac", "-f", "mpegts"),
    "avi": ("-c:v", "mjpeg", "-c:a", "pcm_s16le", "-f", "avi"),
    "quicktime": ("-c:v", "libx264", "-c:a", "pcm_s16le", "-f", "mov"),
}


@pytest.mark.parametrize("name", CONTAINERS)
async def test_a_video_in_another_container_becomes_an_mp4(reception: Reception, tmp_path: Path, name: str):
    take = await made(tmp_path / "take.mp4", *CONTAINERS[name])
    facts = await reception.receive(take, tmp_path / "take.jpg")
    assert (facts.container, facts.width, facts.height, facts.frames) == ("mp4", 96, 64, 6)
    assert facts.audio_codec is not None
    assert take.read_bytes()[4:8] == b"ftyp"
    assert probe(take) == facts
    with Image.open(tmp_path / "take.jpg") as picture:
        assert picture.size == (96, 64)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["take.jpg", "take.mp4"]


async def test_what_is_copied_is_not_encoded_anew(reception: Reception, tmp_path: Path):
    take = await made(tmp_path / "take.mp4", "-c:v", "libx264", "-an", "-f", "matroska", sound=False)
    packets = await packets_of(take, tmp_path)
    await reception.receive(take, tmp_path / "take.jpg")
    assert await packets_of(take, tmp_path) == packets


async def packets_of(video: Path, folder: Path) -> bytes:
    into = folder / "packets"
    args = ["-i", str(video), "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264"]
    await run_ffmpeg(args, into=into)
    data = into.read_bytes()
    into.unlink()
    return data


STILLS = {
    "jpeg": ("-frames:v", "1", "-c:v", "mjpeg", "-f", "image2"),
    "png": ("-frames:v", "1", "-c:v", "png", "-f", "image2"),
    "gif": ("-f", "gif"),
    "apng": ("-f", "apng"),
    "one frame": ("-frames:v", "1", "-c:v", "libx264", "-f", "mp4"),
    "sound only": ("-vn", "-f", "lavfi", "-i", "sine=d=0.2", "-map", "1:a", "-c:a", "aac", "-f", "mp4"),
}


@pytest.mark.parametrize("name", STILLS)
async def test_a_picture_is_no_take(reception: Reception, tmp_path: Path, name: str):
    if name == "sound only":
        args = ["-f", "lavfi", "-i", "sine=d=0.2", "-c:a", "aac", "-f", "mp4"]
        await run_ffmpeg(args, into=tmp_path / "take.mp4")
    else:
        await made(tmp_path / "take.mp4", *STILLS[name], sound=False)
    with pytest.raises(Damaged):
        await reception.receive(tmp_path / "take.mp4", tmp_path / "take.jpg")


async def test_a_playlist_opens_no_other_file(reception: Reception, tmp_path: Path):
    """FFmpeg would read whatever a playlist names, also from the network."""
    await made(tmp_path / "secret.ts", "-c:v", "libx264", "-f", "mpegts", sound=False)
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.5,\n{tmp_path}/secret.ts\n#EXT-X-ENDLIST\n"
    (tmp_path / "take.mp4").write_text(playlist)
    with pytest.raises(Damaged):
        await reception.receive(tmp_path / "take.mp4", tmp_path / "take.jpg")
    (tmp_path / "take.mp4").write_text(f"ffconcat version 1.0\nfile {tmp_path}/secret.ts\n")
    with pytest.raises(Damaged):
        await reception.receive(tmp_path / "take.mp4", tmp_path / "take.jpg")


async def test_a_take_whose_edit_list_hides_its_key_frames_is_taken(reception: Reception, tmp_path: Path):
    """As `ffmpeg -ss … -c copy` makes it: every player plays it, from between two key frames."""
    whole = await clip(tmp_path / "whole.mp4", seconds=1)
    take = tmp_path / "take.mp4"
    await run_ffmpeg(["-ss", "0.4", "-i", str(whole), "-c", "copy", "-f", "mp4"], into=take)
    facts = await reception.receive(take, tmp_path / "take.jpg")
    assert facts.frames > 1
    with Image.open(tmp_path / "take.jpg") as picture:
        assert picture.size == (160, 90)


async def test_a_take_that_cannot_be_pictured_here_has_a_grey_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As one of a codec that has no decoder here."""

    def no_decoder(*_given: object) -> None:
        raise DecoderNotFoundError(1, "no decoder")

    monkeypatch.setattr(pictures, "as_picture", no_decoder)
    take = await clip(tmp_path / "take.mp4", seconds=1)
    with open_video(take) as container:
        picture = pictures.thumbnail_or_stand_in(container, take, probe(take))
    assert picture.size == (160, 90)
    assert picture.getcolors() == [(160 * 90, pictures.GREY)]
