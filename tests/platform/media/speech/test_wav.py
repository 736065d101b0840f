"""Sound by its samples: headers that lie, formats, cutting, joining, and what cannot be speech."""

import io
import math
import struct
import wave
from array import array
from pathlib import Path

import pytest

from rushes.platform.media.speech import wav


def tone(seconds: float, rate: int = 8000, level: int = 8000) -> wav.Sound:
    """A sound of 200 Hz."""
    count = round(seconds * rate)
    return wav.Sound(
        rate, array("h", (round(level * math.sin(1.257 / rate * 1000 * at)) for at in range(count)))
    )


def with_header(sound: wav.Sound, riff: int, data: int) -> bytes:
    """A WAV file whose two sizes are what they are not."""
    whole = bytearray(wav.wav_bytes(sound))
    whole[4:8] = riff.to_bytes(4, "little")
    whole[40:44] = data.to_bytes(4, "little")
    return bytes(whole)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0, 10**6])
def test_a_size_that_nobody_knew_is_not_believed(size: int):
    sound = tone(0.5)
    assert wav.read_wav(with_header(sound, size, size)) == sound


def test_chunks_before_and_after_the_samples_are_no_sound():
    sound = tone(0.1)
    whole = wav.wav_bytes(sound)
    extra = b"LIST" + (5).to_bytes(4, "little") + b"abcde\0"
    assert wav.read_wav(whole[:12] + extra + whole[12:] + extra) == sound


def test_other_programs_read_what_is_written(tmp_path: Path):
    sound = tone(0.25, 24_000)
    wav.write_wav(sound, tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnframes(), file.getnchannels()) == (24_000, 6000, 1)
        assert file.readframes(6000) == sound.samples.tobytes()
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


def test_two_channels_and_floats_become_one_of_16_bits():
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<6h", 100, 300, -200, 0, 32767, 32767))
    assert list(wav.read_wav(out.getvalue()).samples) == [200, -100, 32767]
    floats = struct.pack("<4f", 0.5, -2.0, float("nan"), 0.0)
    shape = struct.pack("<HHIIHH", wav.FLOAT, 1, 8000, 32000, 4, 32)
    head = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + shape + b"data" + struct.pack("<I", 16)
    assert list(wav.read_wav(head + floats).samples) == [16384, -32767, 0, 0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>no</html>",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0ab",
        b"ID3\x04" + bytes(50),
    ],
)
def test_what_is_no_wav_file_is_an_error(data: bytes):
    with pytest.raises(ValueError):
        wav.read_wav(data)


def test_silence_around_a_sound_is_found_and_trimmed():
    whole = wav.joined([wav.silence(0.5, 8000), tone(1.0), wav.silence(0.25, 8000)])
    assert whole.heard() == pytest.approx((0.5, 1.5), abs=0.011)
    assert whole.trimmed().seconds == pytest.approx(1.0, abs=0.021)
    assert whole.trimmed(lead=0.1, tail=5).seconds == pytest.approx(1.35, abs=0.021)
    quiet = wav.silence(1, 8000)
    assert (quiet.heard(), quiet.trimmed()) == ((0, 0), quiet)


def test_sounds_of_two_rates_are_not_joined():
    with pytest.raises(ValueError):
        wav.joined([tone(0.1, 8000), tone(0.1, 16_000)])


def test_joined_is_as_long_as_its_parts_to_the_sample():
    parts = [tone(each / 997) for each in range(1, 60)]
    assert len(wav.joined(parts).samples) == sum(len(each.samples) for each in parts)


def test_what_cannot_be_speech_says_why():
    assert wav.silent_reason(tone(2.0), 40) is None
    assert wav.silent_reason(wav.silence(0, 8000), 1) == "it has no sound in it"
    assert wav.silent_reason(wav.silence(2, 8000), 1) == "it is silent"
    assert wav.silent_reason(tone(2.0), 200) == "it has 2.00 seconds for 200 letters"
