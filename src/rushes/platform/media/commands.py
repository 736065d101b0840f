"""FFmpeg commands as pure data: what is wanted to argv. Nothing here starts anything."""

from dataclasses import dataclass

from rushes.platform.media.upscaling import Codec, Quality

ENCODER_THREADS = 2
"""Fixed, because the number of threads changes the bytes, and a seed promises the same bytes."""


@dataclass(frozen=True)
class RawVideo:
    """Frames as they arrive on standard input: planar yuv420p, BT.709, limited range."""

    width: int
    height: int
    fps: int
    seconds: float


def encode_raw_args(video: RawVideo, *, source: str = "pipe:0", sound: str | None = None) -> list[str]:
    """Arguments (all but the output's name) that make a web-ready MP4 of raw frames.

    `source` is `pipe:0` or a file of frames; `sound` is a lavfi graph, None for a silent film.
    """
    args = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{video.width}x{video.height}"]
    # Said of the input: what is said of the output only is lost for two of the four.
    args += ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
    args += ["-color_range", "tv", "-chroma_sample_location", "center"]
    args += ["-r", str(video.fps), "-i", source]
    if sound is not None:
        args += ["-f", "lavfi", "-i", sound]
    args += ["-map", "0:v", *h264_args(video.fps)]
    if sound is not None:
        args += ["-map", "1:a", "-c:a", "aac", "-b:a", "128k"]
    args += ["-t", f"{video.seconds}", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
    return [*args, "-movflags", "+faststart", "-f", "mp4"]


def h264_args(fps: int) -> list[str]:
    """The video codec settings: H.264 High, a key frame every two seconds.

    Preset `faster`: on the example images 0.2 to 0.6 dB nearer to the frames than `veryfast` at about
    the same size, for 1.5 times its CPU; `fast` adds 0.1 dB for half as much again.
    """
    args = ["-c:v", "libx264", "-preset", "faster", "-crf", "20", "-profile:v", "high"]
    return [*args, "-pix_fmt", "yuv420p", "-g", str(2 * fps), "-threads", str(ENCODER_THREADS)]


@dataclass(frozen=True)
class UpscaleJob:
    """One clip made larger. Sizes in pixels; `audio_codec` as probed, None for a silent one.

    `encoder` is a name of `SOFTWARE` or `HARDWARE`.
    """

    source: str
    width: int
    height: int
    fps: float
    audio_codec: str | None
    quality: Quality
    encoder: str
    enhance: bool = False


SOFTWARE = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.AV1: "libsvtav1"}
HARDWARE = {
    Codec.H264: ("h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox"),
    Codec.H265: ("hevc_nvenc", "hevc_qsv", "hevc_amf", "hevc_videotoolbox"),
    Codec.AV1: ("av1_nvenc", "av1_qsv", "av1_amf"),
}
"""Encoders on a graphics card, the preferred first."""

_LEVEL = {Quality.FAST: 0, Quality.BALANCED: 1, Quality.HIGH: 2}
# What each kind of encoder is told for fast, balanced and high. The scales differ: x265 looks at 28 as
# x264 does at 23 (its own documentation), SVT-AV1 (0 to 63) at about 35.
_RATES: dict[str, tuple[str, str, str]] = {
    "libx264": ("-preset fast -crf 23", "-preset medium -crf 20", "-preset slow -crf 18"),
    "libx265": ("-preset fast -crf 28", "-preset medium -crf 25", "-preset slow -crf 23"),
    "libsvtav1": ("-preset 9 -crf 35", "-preset 7 -crf 30", "-preset 5 -crf 26"),
    "nvenc": ("-preset p4 -rc vbr -cq 25", "-preset p5 -rc vbr -cq 22", "-preset p7 -rc vbr -cq 20"),
    "qsv": (
        "-preset fast -global_quality 25",
        "-preset medium -global_quality 22",
        "-preset slow -global_quality 20",
    ),
    "amf": (
        "-quality speed -rc cqp -qp_i 25 -qp_p 27",
        "-quality balanced -rc cqp -qp_i 22 -qp_p 24",
        "-quality quality -rc cqp -qp_i 20 -qp_p 22",
    ),
    "videotoolbox": ("-q:v 55", "-q:v 65", "-q:v 75"),
}
# Before the scaling what would be made larger with it, behind it what the scaling has softened.
_CLEAN = ("hqdn3d=1.5:1.2:4:3", "deband=1thr=0.012:2thr=0.012:3thr=0.012:range=12")
_SHARPEN = "cas=strength=0.35"


def upscale_args(wanted: UpscaleJob) -> list[str]:
    """Arguments (all but the output's name) that scale a clip up by Lanczos.

    Colours keep their tags (the frames carry them to the encoder), every frame its time, AAC sound its
    bytes; other sound becomes AAC.
    """
    ten_bits = "|yuv420p10le" if wanted.encoder in (SOFTWARE[Codec.H265], SOFTWARE[Codec.AV1]) else ""
    chain = [
        *(_CLEAN if wanted.enhance else ()),
        f"scale={wanted.width}:{wanted.height}:flags=lanczos+accurate_rnd+full_chroma_int",
        "setsar=1",
        *([_SHARPEN] if wanted.enhance else ()),
        f"format=yuv420p{ten_bits}",
    ]
    args = ["-i", wanted.source, "-map", "0:v:0", "-map", "0:a:0?", "-vf", ",".join(chain)]
    args += encoder_args(wanted.encoder, wanted.quality)
    args += ["-g", str(max(1, round(2 * wanted.fps))), "-fps_mode", "passthrough"]
    if wanted.audio_codec is not None:
        args += ["-c:a", "copy"] if wanted.audio_codec == "aac" else ["-c:a", "aac", "-b:a", "192k"]
    return [*args, "-movflags", "+faststart", "-f", "mp4"]


def encoder_args(encoder: str, quality: Quality) -> list[str]:
    """How an encoder is asked for a quality."""
    kind = encoder if encoder in _RATES else encoder.partition("_")[2]
    args = ["-c:v", encoder, *_RATES[kind][_LEVEL[quality]].split()]
    # Apple's players know H.265 in MP4 under this name only.
    return [*args, "-tag:v", "hvc1"] if encoder == "libx265" or encoder.startswith("hevc_") else args


def encoder_trial_args(encoder: str) -> list[str]:
    """Arguments of the shortest encode that tells whether an encoder works on this machine."""
    source = ["-f", "lavfi", "-i", "color=black:s=256x256:r=25:d=0.2", "-pix_fmt", "yuv420p"]
    return [*source, *encoder_args(encoder, Quality.FAST), "-f", "mp4"]
