"""Sound as 16-bit samples of one channel: read, cut, joined and written, its length measured by counting.

Some services write a WAV header before they know the length (sizes of 0 or 0xFFFFFFFF), so a header's length
is never believed: the samples that are there are the sound. Joins are made here, by samples, because every
other format adds silence of its own at both ends.
"""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
READ = {(PCM, 16), (PCM, 32), (FLOAT, 32)}
FULL = 32767
WINDOW_SECONDS = 0.01
QUIET = 0.01
"""A window whose peak is below this share of the loudest one (-40 dB) is silence."""
PAUSE_QUIET = 0.02
"""The same of pauses between words, in which a breath or an echo may be heard."""
SILENT_PEAK = 64
"""Of 32,767; what stays below everywhere has no speech in it."""
LEAST_SECONDS_A_LETTER = 0.02
RATES = range(4_000, 192_001)
HEADER_BYTES = 44


@dataclass(frozen=True)
class Sound:
    """Samples a second, and the samples: 16 bit, one channel."""

    rate: int
    samples: "array[int]"

    @property
    def seconds(self) -> float:
        """Its length, by its samples."""
        return len(self.samples) / self.rate

    def between(self, start: float, end: float) -> "Sound":
        """Return what lies between two moments, seconds."""
        return Sound(
            self.rate, self.samples[max(0, round(start * self.rate)) : max(0, round(end * self.rate))]
        )

    @property
    def peak(self) -> int:
        """The loudest sample, 0 to 32,768."""
        return max(max(self.samples, default=0), -min(self.samples, default=0))

    def heard(self) -> tuple[float, float]:
        """Return where its first and its last sound are, seconds; (0, 0) when it is silent."""
        loud, step = self._loud(QUIET)
        return (loud[0] / self.rate, min(self.seconds, (loud[-1] + step) / self.rate)) if loud else (0.0, 0.0)

    def pauses(self, least: float) -> list[tuple[float, float]]:
        """Return where it is silent between two sounds for at least so many seconds: from, until."""
        loud, step = self._loud(PAUSE_QUIET)
        return [
            ((at + step) / self.rate, following / self.rate)
            for at, following in pairwise(loud)
            if following - at - step >= least * self.rate
        ]

    def _loud(self, share: float) -> tuple[list[int], int]:
        """The samples at which windows begin that reach a share of the peak, and the length of one."""
        loudest, step = self.peak, max(1, round(self.rate * WINDOW_SECONDS))
        if loudest < SILENT_PEAK:
            return [], step
        return [
            at
            for at in range(0, len(self.samples), step)
            if (window := self.samples[at : at + step])
            and (max(window) >= loudest * share or min(window) <= -loudest * share)
        ], step

    def trimmed(self, *, lead: float = 0.0, tail: float = 0.0) -> "Sound":
        """Return it with at most so much silence before and after, seconds."""
        start, end = self.heard()
        return self.between(max(0.0, start - lead), min(self.seconds, end + tail)) if end else self


def from_pcm(data: bytes, rate: int) -> Sound:
    """Return raw samples (16 bit, little-endian, one channel) as a sound. An odd last byte is dropped."""
    samples = array("h", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return Sound(rate, samples)


def silence(seconds: float, rate: int) -> Sound:
    """Return so much silence."""
    return Sound(rate, array("h", bytes(2 * round(seconds * rate))))


def joined(sounds: Iterable[Sound]) -> Sound:
    """Return sounds of one rate, one after the other. Raises `ValueError` for none, or for mixed rates."""
    parts = list(sounds)
    if len({each.rate for each in parts}) != 1:
        raise ValueError("sounds of one rate are joined")
    samples = array("h")
    for each in parts:
        samples += each.samples
    return Sound(parts[0].rate, samples)


def read_wav(file: Path | bytes) -> Sound:
    """Read a WAV file (16 or 32 bits of PCM, or 32-bit floats; channels are mixed). Raises `ValueError`."""
    data = file if isinstance(file, bytes) else file.read_bytes()
    if data[:4] not in {b"RIFF", b"RF64"} or data[8:12] != b"WAVE":
        raise ValueError("this is no WAV file")
    shape: tuple[int, int, int, int] | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"fmt ":
            shape = _shape(data[at + 8 : at + 8 + size])
        elif name == b"data":
            if shape is None:
                raise ValueError("samples come before their format")
            # A size of 0 or beyond the end was written before anybody knew it.
            whole = size == 0 or at + 8 + size > len(data)
            return _decoded(data[at + 8 :] if whole else data[at + 8 : at + 8 + size], *shape)
        at += 8 + size + size % 2
    raise ValueError("it has no samples")


def _shape(chunk: bytes) -> tuple[int, int, int, int]:
    if len(chunk) < 16:
        raise ValueError("its format is cut short")
    code, channels = (int.from_bytes(chunk[at : at + 2], "little") for at in (0, 2))
    rate, bits = int.from_bytes(chunk[4:8], "little"), int.from_bytes(chunk[14:16], "little")
    if code == EXTENSIBLE and len(chunk) >= 26:
        code = int.from_bytes(chunk[24:26], "little")
    if (code, bits) not in {(PCM, 16), (PCM, 32), (FLOAT, 32)} or rate not in RATES or not 1 <= channels <= 8:
        raise ValueError(
            f"format {code} with {bits} bits, {channels} channels and {rate} Hz is not read here"
        )
    return code, channels, rate, bits


def _decoded(data: bytes, code: int, channels: int, rate: int, bits: int) -> Sound:
    width = bits // 8 * channels
    data = data[: len(data) // width * width]
    if code == FLOAT:
        floats = array("f", data)
        if sys.byteorder == "big":
            floats.byteswap()
        samples = array(
            "h", (round(max(-1.0, min(1.0, each)) * FULL) if each == each else 0 for each in floats)
        )
    elif bits == 32:
        longs = array("i", data)
        if sys.byteorder == "big":
            longs.byteswap()
        samples = array("h", (each >> 16 for each in longs))
    else:
        samples = from_pcm(data, rate).samples
    if channels > 1:
        sides = [samples[side::channels] for side in range(channels)]
        samples = array("h", (sum(each) // channels for each in zip(*sides, strict=True)))
    return Sound(rate, samples)


def write_wav(sound: Sound, into: Path) -> None:
    """Write a sound as WAV; the file appears whole or not at all."""
    part = into.with_name(into.name + ".part")
    try:
        part.write_bytes(wav_bytes(sound))
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)


def pcm_bytes(sound: Sound) -> bytes:
    """Return the samples as they are in a file: 16 bit, little-endian."""
    samples = sound.samples
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


def wav_bytes(sound: Sound) -> bytes:
    """Return a sound as the bytes of a WAV file."""
    data = pcm_bytes(sound)
    numbers = (
        b"RIFF",
        (len(data) + HEADER_BYTES - 8).to_bytes(4, "little"),
        b"WAVEfmt ",
        (16).to_bytes(4, "little"),
        PCM.to_bytes(2, "little"),
        (1).to_bytes(2, "little"),
        sound.rate.to_bytes(4, "little"),
        (sound.rate * 2).to_bytes(4, "little"),
        (2).to_bytes(2, "little"),
        (16).to_bytes(2, "little"),
        b"data",
        len(data).to_bytes(4, "little"),
    )
    return b"".join(numbers) + data


def silent_reason(sound: Sound, letters: int) -> str | None:
    """Return why a sound cannot be speech of so many letters: it is empty, silent or far too short."""
    if not sound.samples:
        return "it has no sound in it"
    if sound.peak < SILENT_PEAK:
        return "it is silent"
    if sound.seconds < LEAST_SECONDS_A_LETTER * letters:
        return f"it has {sound.seconds:.2f} seconds for {letters} letters"
    return None
