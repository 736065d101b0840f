"""Measures how loud a sound is: integrated loudness and true peak, by EBU R 128."""

from dataclasses import dataclass
from math import log10
from pathlib import Path

from rushes.platform.media.ffmpeg import escape_filter_value, run_ffmpeg

RATE = 48_000
"""Samples per second of all sound of a film."""
WAV = ("-c:a", "pcm_f32le", "-ar", str(RATE), "-fflags", "+bitexact", "-f", "wav")
"""How sound is kept between two steps: nothing is rounded and nothing clips."""
SILENCE = -69.0
"""LUFS below which there is nothing to level."""


@dataclass(frozen=True)
class Levels:
    """Integrated loudness in LUFS, None of silence, and the true peak in dBTP."""

    lufs: float | None
    true_peak: float


async def measure(path: Path, folder: Path) -> Levels:
    """Measure a whole sound file; `folder` is for what is written meanwhile. Raises `GenerationFailed`."""
    told = folder / f"{path.name}.levels"
    # FFmpeg's runner wants a file: the smallest there is, a checksum.
    nothing = folder / f"{path.name}.crc"
    # The mean is only right after the last frame, so the last lines count; of peaks the highest.
    chain = f"ebur128=metadata=1:peak=true,ametadata=mode=print:file={escape_filter_value(str(told))}"
    try:
        await run_ffmpeg(["-i", str(path), "-vn", "-af", chain, "-f", "crc"], into=nothing)
        return _read(told.read_text())
    finally:
        told.unlink(missing_ok=True)
        nothing.unlink(missing_ok=True)


def _read(lines: str) -> Levels:
    lufs, peak = SILENCE, 0.0
    for line in lines.splitlines():
        name, _, value = line.partition("=")
        if name == "lavfi.r128.I":
            lufs = float(value)
        elif name.startswith("lavfi.r128.true_peaks_ch"):
            peak = max(peak, float(value))
    return Levels(lufs if lufs > SILENCE else None, decibels(peak))


def decibels(value: float) -> float:
    """A linear level in dB; -120 for nothing."""
    return 20 * log10(value) if value > 1e-6 else -120.0
