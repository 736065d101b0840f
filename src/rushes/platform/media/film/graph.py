"""The FFmpeg command of one piece, as pure data: stills from standard input, clips from their files.

All pieces of a film end in the same pixel format, time base and tags, so that they can be joined as they are.
"""

from math import ceil
from pathlib import Path

from rushes.platform.media.commands import ENCODER_THREADS
from rushes.platform.media.ffmpeg import escape_filter_value
from rushes.platform.media.film.files import ClipFacts
from rushes.platform.media.film.pieces import FilmPiece
from rushes.platform.media.film.timeline import (
    ClipFit,
    ClipSource,
    FilmCodec,
    Overlay,
    Timeline,
    TransitionKind,
)

MOST_SPEED = 0.08
"""How much faster or slower a clip is made at most, as a share."""
BIAS = 0.07
"""Frames by which a clip is shifted, so that none of its frames lies just between two of the film."""
XFADE = {
    TransitionKind.CROSS_FADE: "fade",
    TransitionKind.DIP_BLACK: "fadeblack",
    TransitionKind.DIP_WHITE: "fadewhite",
    TransitionKind.WIPE: "wipeleft",
    TransitionKind.SLIDE: "slideleft",
    TransitionKind.ZOOM: "zoomin",
}


def codec_args(codec: FilmCodec, fps: int, *, draft: bool = False) -> list[str]:
    """The video codec settings of every piece of a film; `draft` for previews: quick before small."""
    shared = ["-pix_fmt", "yuv420p", "-g", str(2 * fps)]
    if draft:
        return _quick(25, fps)
    match codec:
        case FilmCodec.H264:
            # Slices instead of frames at the same time, and a shorter look ahead: 50 MB less in memory.
            given = "-c:v libx264 -preset veryfast -crf 20 -profile:v high"
            given += " -x264-params sliced-threads=1:sync-lookahead=0:rc-lookahead=8"
        case FilmCodec.H265:
            given = "-c:v libx265 -preset fast -crf 25 -tag:v hvc1 -x265-params log-level=none:pools=2"
        case FilmCodec.AV1:
            given = "-c:v libsvtav1 -preset 9 -crf 32 -svtav1-params lp=2"
    return [*given.split(), "-threads", str(ENCODER_THREADS), *shared]


def quick_codec_args(fps: int) -> list[str]:
    """The settings of files that are edited further: quick before small, no worse than the film."""
    return _quick(18, fps)


def _quick(quality: int, fps: int) -> list[str]:
    speed = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", str(quality)]
    return [*speed, "-threads", str(ENCODER_THREADS), "-pix_fmt", "yuv420p", "-g", str(2 * fps)]


def clip_speed(source: ClipSource, facts: ClipFacts, needed: float) -> float:
    """How fast a clip is played, 1 as it is, to fill `needed` seconds."""
    if source.fit is not ClipFit.SPEED:
        return 1.0
    there = max(0.1, facts.seconds - source.start_seconds)
    return min(max(there / needed, 1 - MOST_SPEED), 1 + MOST_SPEED)


def piece_args(
    timeline: Timeline,
    piece: FilmPiece,
    *,
    clips: dict[int, tuple[ClipFacts, float]],
    overlays: list[Overlay],
    captions: Path | None,
    codec: list[str],
) -> list[str]:
    """Arguments (all but the output's name) that render a piece.

    `clips` has the facts and the speed of each scene of the piece that is a clip; the others' frames are
    read from `pipe:0`, one above the other. `captions` is an ASS file.
    """
    width, height, fps = timeline.width, timeline.height, timeline.fps
    stills = [part for part in piece.parts if part.scene not in clips]
    args: list[str] = []
    graph: list[str] = []
    inputs = 0
    if stills:
        args += [
            "-thread_queue_size",
            "1",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "yuv420p",
            "-s",
            f"{width}x{height * len(stills)}",
        ]
        args += ["-color_range", "tv", "-colorspace", "bt709", "-r", str(fps), "-i", "pipe:0"]
        inputs = 1
    names: list[str] = []
    for number, part in enumerate(piece.parts):
        name = f"p{number}"
        names.append(f"[{name}]")
        if part.scene not in clips:
            row = stills.index(part)
            cut = f"crop={width}:{height}:0:{row * height}" if len(stills) > 1 else "null"
            graph.append(f"[{'0:v' if len(stills) == 1 else f's{row}'}]{cut}[{name}]")
            continue
        source = timeline.scenes[part.scene].source
        assert isinstance(source, ClipSource)
        facts, speed = clips[part.scene]
        seek, chain = _clip_chain(source, facts, speed, part.first, part.frames, timeline)
        args += [*seek, "-threads", "1", "-i", str(source.path)]
        graph.append(f"[{inputs}:v:0]{chain}[{name}]")
        inputs += 1
    if len(stills) > 1:
        graph.insert(0, "[0:v]split=2[s0][s1]")
    shown = names[0]
    if piece.transition is not None:
        graph.append(_transition(piece, names, fps))
        shown = "[joined]"
    for number, overlay in enumerate(overlays):
        args += ["-i", str(overlay.path)]
        graph.append(f"[{inputs}:v]{_overlay_chain(overlay, width, fps)}[o{number}]")
        x, y = round(overlay.x * width), round(overlay.y * height)
        graph.append(f"{shown}[o{number}]overlay={x}:{y}:eof_action=pass:format=yuv420[v{number}]")
        shown = f"[v{number}]"
        inputs += 1
    last = [f"ass=filename={escape_filter_value(str(captions))}"] if captions else []
    last += ["format=yuv420p", f"settb=1/{fps}", "setpts=N", "setsar=1"]
    # All pieces say the same of themselves: what differs in their headers could not be joined.
    last += ["setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709:chroma_location=left"]
    graph.append(f"{shown}{','.join(last)}[out]")
    args += ["-filter_complex", ";".join(graph), "-map", "[out]", "-frames:v", str(piece.frames), *codec]
    args += ["-an", "-sn", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
    return [*args, "-fps_mode", "passthrough", "-video_track_timescale", str(fps * 512), "-f", "mp4"]


def picture_args(args: list[str]) -> list[str]:
    """The command of a piece of one frame made into that of a picture (PNG)."""
    start = args.index("-frames:v")
    return [*args[: start + 2], "-c:v", "png", "-pix_fmt", "rgb24", "-f", "image2", "-update", "1"]


def _clip_chain(
    source: ClipSource, facts: ClipFacts, speed: float, first: int, frames: int, timeline: Timeline
) -> tuple[list[str], str]:
    """How a clip is opened, and the filters that make `frames` frames of it from its frame `first` on."""
    fps = timeline.fps
    # From a second before on: the frames then fall on the same places whichever piece they are read for.
    there = int((facts.seconds - source.start_seconds) * fps / speed)
    skipped = max(0, min(first, there) - fps)
    begin = source.start_seconds + skipped * speed / fps
    grow = max(timeline.width / facts.width, timeline.height / facts.height)
    size = (_even(facts.width * grow, timeline.width), _even(facts.height * grow, timeline.height))
    chain = [
        f"setpts=(PTS*{1 / speed:.9f})+{BIAS / fps:.9f}/TB",
        f"fps={fps}:start_time=0",
        "tpad=stop=-1:stop_mode=clone",
        f"trim=start_frame={first - skipped}:end_frame={first - skipped + frames}",
        f"scale={size[0]}:{size[1]}:flags=bicubic:out_color_matrix=bt709:out_range=tv",
        f"crop={timeline.width}:{timeline.height}",
        "setsar=1",
        "format=yuv420p",
        f"settb=1/{fps}",
        "setpts=N",
    ]
    return (["-ss", f"{begin:.6f}"] if begin else []), ",".join(chain)


def _even(wanted: float, least: int) -> int:
    return max(least, 2 * ceil(wanted / 2 - 0.01))


def _transition(piece: FilmPiece, names: list[str], fps: int) -> str:
    assert piece.transition is not None
    kind, frames = piece.transition.kind, piece.transition.frames
    xfade = f"xfade=transition={XFADE[kind]}:duration={frames / fps:.9f}:offset=0"
    cut = f",trim=start_frame={piece.skipped}" if piece.skipped else ""
    if kind is not TransitionKind.CROSS_FADE:
        # xfade works in 4:4:4 only, and a film in that is refused by most players.
        return f"{''.join(names)}{xfade},format=yuv420p{cut}[joined]"
    # Or on grey pictures: plane by plane a cross-fade needs no 4:4:4, and a fifth of the time.
    graph = [
        f"{name}extractplanes=y+u+v{''.join(f'[{side}{plane}]' for plane in 'yuv')}"
        for side, name in zip("ab", names, strict=True)
    ]
    graph += [f"[a{plane}][b{plane}]{xfade}[j{plane}]" for plane in "yuv"]
    return ";".join([*graph, f"[jy][ju][jv]mergeplanes=0x001020:yuv420p{cut}[joined]"])


def _overlay_chain(overlay: Overlay, width: int, fps: int) -> str:
    """One picture as many frames as it is seen for, faded, from its place in the piece on."""
    fade = min(overlay.fade_frames, overlay.frames // 2)
    # Of what is over when the piece begins, only frames of a fade are drawn, and cut again.
    gone = max(0, -overlay.start)
    steady = min(gone, overlay.frames - fade) if gone >= fade else 0
    frames = overlay.frames - steady
    chain = [f"scale={max(2, round(overlay.width * width))}:-1:flags=lanczos", "format=yuva420p"]
    if overlay.opacity < 1:
        chain.append(f"colorchannelmixer=aa={overlay.opacity:.4f}")
    chain += [f"loop=loop={frames - 1}:size=1", f"settb=1/{fps}", "setpts=N"]
    if fade and not steady:
        chain.append(f"fade=t=in:start_frame=0:nb_frames={fade}:alpha=1")
    if fade:
        chain.append(f"fade=t=out:start_frame={frames - fade}:nb_frames={fade}:alpha=1")
    if gone > steady:
        chain.append(f"trim=start_frame={gone - steady}")
    return ",".join([*chain, f"setpts=N+{max(0, overlay.start)}"])
