"""A person's own recording, whatever file it is in."""

from pathlib import Path

import pytest

from rushes.errors import Invalid
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.speech import recording, wav

FORMS = {
    "m4a": ["-c:a", "aac", "-f", "mp4"],
    "mp3": ["-c:a", "libmp3lame", "-f", "mp3"],
    "ogg": ["-c:a", "libopus", "-f", "ogg"],
    "wav": ["-ac", "2", "-ar", "48000", "-f", "wav"],
    "mp4": ["-f", "mp4"],
}


async def made(into: Path, form: str, sound: str) -> None:
    """A file of two seconds; a video has a picture too."""
    args = ["-f", "lavfi", "-i", sound]
    if form == "mp4":
        args += ["-f", "lavfi", "-i", "color=s=64x64:d=2"]
    await run_ffmpeg([*args, "-t", "2", *FORMS[form]], into=into)


@pytest.mark.parametrize("form", FORMS)
async def test_its_sound_becomes_speech(tmp_path: Path, form: str):
    await made(tmp_path / "a", form, "sine=300")
    sound = await recording.take_in(tmp_path / "a", tmp_path / "b.wav")
    assert sound == wav.read_wav(tmp_path / "b.wav")
    assert (sound.rate, sound.seconds) == (24_000, pytest.approx(2.0, abs=0.1))
    assert {each.name for each in tmp_path.iterdir()} == {"a", "b.wav"}


async def test_silence_pictures_and_nonsense_are_refused(tmp_path: Path):
    await made(tmp_path / "silent", "wav", "anullsrc")
    await run_ffmpeg(["-f", "lavfi", "-i", "color=s=64x64:d=1", "-f", "mp4"], into=tmp_path / "picture")
    (tmp_path / "text").write_text("#EXTM3U\nhttp://127.0.0.1:9/a.ts\n")
    (tmp_path / "empty").touch()
    for name in ("silent", "picture", "text", "empty"):
        with pytest.raises(Invalid):
            await recording.take_in(tmp_path / name, tmp_path / "b.wav")
    assert not (tmp_path / "b.wav").exists()


async def test_what_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recording, "MOST_SECONDS", 1)
    await made(tmp_path / "a", "wav", "sine=300")
    with pytest.raises(Invalid, match="longer"):
        await recording.take_in(tmp_path / "a", tmp_path / "b.wav")
