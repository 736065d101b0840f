"""Renders one piece of a film: its stills drawn and piped to FFmpeg, or one frame of it as a picture."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av

from rushes.errors import GenerationFailed
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.caption_lines import Caption
from rushes.platform.media.film.captions import ass_document, captions_of
from rushes.platform.media.film.drawing import Drawn, draw, prepare
from rushes.platform.media.film.files import ClipFacts, clip_facts
from rushes.platform.media.film.fonts import fontconfig_file
from rushes.platform.media.film.graph import (
    clip_speed,
    codec_args,
    picture_args,
    piece_args,
    quick_codec_args,
)
from rushes.platform.media.film.pieces import FilmPiece, overlays_of, piece_hash, shown_frames
from rushes.platform.media.film.timeline import CaptionStyle, ClipSource, FilmCodec, StillSource, Timeline
from rushes.platform.memory import trim_memory


@dataclass(frozen=True)
class FilmJob:
    """What all pieces of a render share. `cache` keeps pieces and fonts, `work` is this render's own.

    `prepared` has, by scene, the stills of the piece rendered last: the next one shows at least one of them.
    """

    timeline: Timeline
    captions: list[Caption]
    cache: Path
    work: Path
    codec: list[str]
    prepared: dict[int, Drawn] = field(default_factory=dict[int, Drawn])


def film_job(timeline: Timeline, cache: Path, work: Path, *, draft: bool, quick: bool = False) -> FilmJob:
    """Lay out the captions of a film and choose its codec; `draft` for previews. Blocking.

    `quick`: H.264 at the film's quality, encoded quickly, for files that are edited further.
    """
    on = timeline.captions.style is not CaptionStyle.OFF
    if quick:
        codec = quick_codec_args(timeline.fps)
    else:
        codec = codec_args(FilmCodec.H264 if draft else timeline.codec, timeline.fps, draft=draft)
    return FilmJob(timeline, captions_of(timeline) if on else [], cache, work, codec)


def piece_name(job: FilmJob, piece: FilmPiece) -> str:
    """The hash a piece is kept by. Blocking file work."""
    return piece_hash(job.timeline, piece, codec_args=job.codec, captions=_ass(job, piece))


def _ass(job: FilmJob, piece: FilmPiece) -> str:
    return ass_document(job.timeline, job.captions, span=(piece.first, piece.first + piece.frames))


async def render_piece(
    job: FilmJob,
    piece: FilmPiece,
    into: Path,
    *,
    picture: bool = False,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Render a piece to an MP4, or with `picture` its first frame to a PNG. `progress` is told 0..1."""
    timeline = job.timeline
    clips, stills = await asyncio.to_thread(_sources, job, piece)
    trim_memory()  # of the pictures as they came
    document = _ass(job, piece)
    captions: Path | None = None
    environment: dict[str, str] = {}
    if document:
        captions = job.work / "captions.ass"
        captions.write_text(document, encoding="utf-8")
        environment["FONTCONFIG_FILE"] = str(fontconfig_file(job.cache / "fonts").absolute())
    args = piece_args(
        timeline,
        piece,
        clips=clips,
        overlays=overlays_of(timeline, piece),
        captions=captions,
        codec=job.codec,
    )
    await run_ffmpeg(
        picture_args(args) if picture else args,
        into=into,
        duration_seconds=piece.frames / timeline.fps,
        progress=progress,
        stdin=_frames(timeline, piece, stills) if stills else None,
        environment=environment,
    )


def _sources(
    job: FilmJob, piece: FilmPiece
) -> tuple[dict[int, tuple[ClipFacts, float]], list[tuple[Drawn, range]]]:
    timeline = job.timeline
    for scene in job.prepared.keys() - {part.scene for part in piece.parts}:
        del job.prepared[scene]
    clips: dict[int, tuple[ClipFacts, float]] = {}
    stills: list[tuple[Drawn, range]] = []
    for part in piece.parts:
        source = timeline.scenes[part.scene].source
        frames = shown_frames(timeline.scenes, part.scene)
        match source:
            case ClipSource():
                facts = clip_facts(source.path)
                clips[part.scene] = (facts, clip_speed(source, facts, frames / timeline.fps))
            case StillSource():
                still = job.prepared.get(part.scene)
                if still is None:
                    still = prepare(source, (timeline.width, timeline.height), frames, timeline.fps)
                    job.prepared[part.scene] = still
                stills.append((still, range(part.first, part.first + part.frames)))
    return clips, stills


def _frames(timeline: Timeline, piece: FilmPiece, stills: list[tuple[Drawn, range]]) -> Iterator[bytes]:
    """The frames of a piece's stills, one above the other."""
    size = (timeline.width, timeline.height)
    for planes in zip(*(draw(still, size, numbers) for still, numbers in stills), strict=True):
        for plane in range(3):
            for still in planes:
                yield still[plane]


def check_frames(path: Path, frames: int) -> None:
    """Raise `GenerationFailed` when a file has another number of frames than it must have."""
    with av.open(str(path)) as container:
        found = container.streams.video[0].frames
    if found != frames:
        raise GenerationFailed(f"{path.name} has {found} frames and should have {frames}.")
