"""What FFmpeg is told: commands are data, so they are looked at without running anything."""

import pytest

from rushes.platform.media.commands import (
    HARDWARE,
    SOFTWARE,
    UpscaleJob,
    encoder_args,
    encoder_trial_args,
    upscale_args,
)
from rushes.platform.media.upscaling import Codec, Quality

EVERY = [*SOFTWARE.values(), *(encoder for encoders in HARDWARE.values() for encoder in encoders)]


def args(encoder: str = "libx264", *, audio: str | None = "aac", enhance: bool = False) -> list[str]:
    wanted = UpscaleJob("in.mp4", 3840, 2160, 23.976, audio, Quality.BALANCED, encoder, enhance)
    return upscale_args(wanted)


def after(given: list[str], option: str) -> str:
    """What an option that is given once is set to."""
    assert given.count(option) == 1, given
    return given[given.index(option) + 1]


def filters(given: list[str]) -> list[str]:
    return [each.partition("=")[0] for each in after(given, "-vf").split(",")]


@pytest.mark.parametrize(
    ("encoder", "told"),
    [
        ("libx264", ["-preset fast -crf 23", "-preset medium -crf 20", "-preset slow -crf 18"]),
        ("libx265", ["-preset fast -crf 28", "-preset medium -crf 25", "-preset slow -crf 23"]),
        ("libsvtav1", ["-preset 9 -crf 35", "-preset 7 -crf 30", "-preset 5 -crf 26"]),
        (
            "h264_nvenc",
            ["-preset p4 -rc vbr -cq 25", "-preset p5 -rc vbr -cq 22", "-preset p7 -rc vbr -cq 20"],
        ),
        (
            "av1_qsv",
            [f"-preset {p} -global_quality {q}" for p, q in (("fast", 25), ("medium", 22), ("slow", 20))],
        ),
        ("h264_videotoolbox", ["-q:v 55", "-q:v 65", "-q:v 75"]),
    ],
)
def test_each_encoder_is_asked_for_a_quality_in_its_own_words(encoder: str, told: list[str]):
    assert [" ".join(encoder_args(encoder, quality)) for quality in Quality] == [
        f"-c:v {encoder} {each}" + (" -tag:v hvc1" if encoder == "libx265" else "") for each in told
    ]


@pytest.mark.parametrize("encoder", EVERY)
def test_better_is_told_differently_by_every_encoder(encoder: str):
    assert len({tuple(encoder_args(encoder, quality)) for quality in Quality}) == len(Quality)
    assert after(encoder_trial_args(encoder), "-c:v") == encoder


@pytest.mark.parametrize("encoder", EVERY)
def test_h265_has_the_name_that_apples_players_know(encoder: str):
    is_h265 = encoder in (SOFTWARE[Codec.H265], *HARDWARE[Codec.H265])
    assert ("hvc1" in encoder_args(encoder, Quality.FAST)) == is_h265


def test_every_frame_keeps_its_time_and_a_key_frame_comes_every_two_seconds():
    given = args()
    assert after(given, "-fps_mode") == "passthrough"
    assert after(given, "-g") == "48"
    assert "-r" not in given
    assert after(given, "-movflags") == "+faststart"


def test_pictures_are_scaled_by_lanczos_to_square_pixels():
    graph = after(args(), "-vf")
    assert graph.startswith("scale=3840:2160:flags=lanczos")
    assert filters(args()) == ["scale", "setsar", "format"]
    assert after(args(), "-vf").endswith("format=yuv420p")


@pytest.mark.parametrize(
    ("encoder", "pixels"),
    [("libx265", "yuv420p|yuv420p10le"), ("libsvtav1", "yuv420p|yuv420p10le"), ("hevc_nvenc", "yuv420p")],
)
def test_ten_bits_are_kept_by_encoders_that_players_follow(encoder: str, pixels: str):
    assert after(args(encoder), "-vf").endswith(f"format={pixels}")


def test_enhancing_cleans_before_the_scaling_and_sharpens_behind_it():
    assert filters(args(enhance=True)) == ["hqdn3d", "deband", "scale", "setsar", "cas", "format"]


def test_aac_is_copied_other_sound_is_coded_and_silence_stays_silence():
    assert after(args(audio="aac"), "-c:a") == "copy"
    assert (after(args(audio="opus"), "-c:a"), after(args(audio="opus"), "-b:a")) == ("aac", "192k")
    assert "-c:a" not in args(audio=None)
