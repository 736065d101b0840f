"""The soft sound bed under a take, as an FFmpeg graph: a slow chord and a breath of air, by seed."""

from random import Random

from rushes.platform.media.ffmpeg import escape_filter_value

SAMPLE_RATE = 48_000
CHORDS = ((1.0, 1.5, 2.0, 2.5), (1.0, 1.5, 2.0, 2.4), (1.0, 1.498, 2.245, 3.0), (1.0, 1.333, 2.0, 2.667))
ROOTS = (98.0, 110.0, 123.47, 130.81, 146.83)


def sound_bed(*, seed: int, seconds: float) -> str:
    """A lavfi source graph of stereo sound, `seconds` long, faded at both ends. Same seed, same sound."""
    chance = Random(f"sound {seed}")
    root, chord = chance.choice(ROOTS), chance.choice(CHORDS)
    parts: list[str] = []
    for place, ratio in enumerate(chord):
        sway = chance.uniform(0.12, 0.4)
        loud = 0.11 / (1 + place * 0.7)
        hertz = root * ratio * chance.uniform(0.998, 1.002)
        parts.append(
            f"sine=f={hertz:.3f}:r={SAMPLE_RATE}:d={seconds},"
            f"tremolo=f={sway:.3f}:d=0.5,volume={loud:.4f}[t{place}]"
        )
    parts.append(
        f"anoisesrc=c=brown:a=0.12:r={SAMPLE_RATE}:d={seconds}:seed={seed % 2**31},"
        f"highpass=f=120,lowpass=f={chance.uniform(400, 900):.0f}[air]"
    )
    tones = "".join(f"[t{place}]" for place in range(len(chord)))
    fade = min(0.6, seconds / 4)
    delays = escape_filter_value("11|17")
    parts.append(
        f"{tones}[air]amix=inputs={len(chord) + 1}:normalize=0,"
        # Two slightly different echoes make two channels of one.
        f"aformat=channel_layouts=stereo,adelay={delays},aecho=0.8:0.6:180|310:0.25|0.18,"
        f"atrim=duration={seconds},"
        f"afade=t=in:d={fade}:curve=hsin,afade=t=out:st={seconds - fade}:d={fade}:curve=hsin"
    )
    return ";".join(parts)
