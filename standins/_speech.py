"""What stand-ins for voices say: a tone for each word, and sounds that are no speech."""

import math
import struct
from dataclasses import dataclass

RATE = 24_000
LETTER_SECONDS = 0.06
PAUSE_SECONDS = 0.08
LEVEL = 9000
WRONG = 0xFFFFFFFF


@dataclass(frozen=True)
class ToneWord:
    """A word, and when its tone is heard: seconds."""

    text: str
    start: float
    end: float


def tone_words(text: str, speed: float = 1.0) -> list[ToneWord]:
    """Return when each word of a text is heard."""
    words: list[ToneWord] = []
    at = PAUSE_SECONDS
    for each in text.split():
        length = len(each) * LETTER_SECONDS / speed
        words.append(ToneWord(each, at, at + length))
        at += length + PAUSE_SECONDS / speed
    return words


def tones(text: str, speed: float = 1.0, *, level: int = LEVEL) -> bytes:
    """Return the samples: 16 bit, little-endian, one channel."""
    words = tone_words(text, speed)
    samples = [0] * round((words[-1].end + PAUSE_SECONDS) * RATE) if words else []
    for word in words:
        for at in range(round(word.start * RATE), round(word.end * RATE)):
            samples[at] = round(level * math.sin(2 * math.pi * 220 * at / RATE))
    return struct.pack(f"<{len(samples)}h", *samples)


def wav_file(samples: bytes, *, wrong: bool = False) -> bytes:
    """Return a WAV file; a `wrong` one says in its header that nobody knew its length."""
    riff, data = (WRONG, WRONG) if wrong else (36 + len(samples), len(samples))
    shape = struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", riff) + b"WAVEfmt " + shape + b"data" + struct.pack("<I", data) + samples
    )


def odd_tones(wanted: dict[str, str], text: str, speed: float = 1.0) -> bytes:
    """Return the samples that tags ask for: [empty], [silent], [short], or those of the text."""
    if "empty" in wanted:
        return b""
    if "silent" in wanted:
        return tones(text, speed, level=0)
    whole = tones(text, speed)
    return whole[: RATE // 50] if "short" in wanted else whole
