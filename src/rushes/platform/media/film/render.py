"""Renders a film: its pieces, each by its hash, joined as they are, with the sound over all of them.

What is in the cache folder is not made again, whoever asks: the next render of a film whose one scene was
changed, or the same render after a kill. A cancelled render kills its FFmpeg and leaves whole pieces only.
"""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.captions import CaptionForm, write_captions
from rushes.platform.media.film.levels import Levels, measure
from rushes.platform.media.film.piece_render import (
    FilmJob,
    check_frames,
    film_job,
    piece_name,
    render_piece,
)
from rushes.platform.media.film.pieces import FilmPiece, check_timeline, cut_pieces
from rushes.platform.media.film.sound import mix, sound_hash, write_stems
from rushes.platform.media.film.timeline import Timeline
from rushes.platform.memory import trim_memory

SOUND_SHARE = 0.04
"""Share of the work that is sound, for progress."""
ABANDONED_SECONDS = 24 * 3600
"""Age at which the work folder of a render that was killed is removed."""


@dataclass(frozen=True)
class RenderedFilm:
    """A finished film. `rendered` tells how many of its `pieces` were not in the cache."""

    path: Path
    frames: int
    lufs: float | None
    true_peak: float
    pieces: int
    rendered: int


async def render(
    timeline: Timeline,
    into: Path,
    *,
    pieces: Path,
    height: int | None = None,
    span: tuple[int, int] | None = None,
    soft_captions: bool = False,
    progress: Callable[[float], None] | None = None,
) -> RenderedFilm:
    """Render a film, or its frames from `span[0]` up to but without `span[1]`, to the MP4 `into`.

    `pieces` is the cache folder; `height` another height in pixels, for a preview (quick, always H.264).
    `soft_captions` adds a text track of the captions. `progress` is told 0..1, by frames.
    Raises `Invalid` when no film can be made of the timeline, `Damaged` for a file that cannot be read.
    """
    check_timeline(timeline)
    shown = scaled(timeline, height)
    with work_folder(pieces) as work:
        tell = progress or _no_progress
        sound, levels = await _sound(timeline, pieces, work)
        tell(SOUND_SHARE)
        job = await asyncio.to_thread(film_job, shown, pieces, work, draft=height is not None)
        cut = cut_pieces(shown, span)
        paths, made = await _render_pieces(job, cut, tell)
        lengths = [piece.frames for piece in cut]
        first = span[0] if span else 0
        await _join(job, paths, lengths, sound, first, into, soft_captions=soft_captions)
    frames = sum(lengths)
    await asyncio.to_thread(check_frames, into, frames)
    tell(1.0)
    return RenderedFilm(into, frames, levels.lufs, levels.true_peak, len(cut), made)


async def frame_at(
    timeline: Timeline, frame: int, into: Path, *, pieces: Path, height: int | None = None
) -> None:
    """Write one frame of a film as PNG, as it is in the film. `pieces` is the cache folder (for fonts)."""
    check_timeline(timeline)
    if not 0 <= frame < timeline.frames:
        raise ValueError(f"The film has no frame {frame}.")
    shown = scaled(timeline, height)
    with work_folder(pieces) as work:
        job = await asyncio.to_thread(film_job, shown, pieces, work, draft=False)
        (piece,) = cut_pieces(shown, (frame, frame + 1))
        await render_piece(job, piece, into, picture=True)


def _no_progress(_: float) -> None:
    """Progress that nobody asked for."""


def scaled(timeline: Timeline, height: int | None) -> Timeline:
    """The same film at another height, even in both directions."""
    if height is None or height == timeline.height:
        return timeline
    high = max(16, 2 * round(height / 2))
    wide = max(16, 2 * round(timeline.width * high / timeline.height / 2))
    return replace(timeline, width=wide, height=high)


async def _sound(timeline: Timeline, cache: Path, work: Path) -> tuple[Path, Levels]:
    """The encoded sound of the whole film and its levels, out of the cache if it is there."""
    name = await asyncio.to_thread(sound_hash, timeline)
    path = cache / f"{name}.m4a"
    if path.exists():
        return path, await measure(path, work)
    folder = work / "sound"
    folder.mkdir()
    made = await mix(await write_stems(timeline, folder), timeline, folder / "film.m4a")
    made.path.replace(path)
    shutil.rmtree(folder)
    return path, made.levels


async def _render_pieces(
    job: FilmJob, cut: list[FilmPiece], tell: Callable[[float], None]
) -> tuple[list[Path], int]:
    """Return where all pieces are, and how many of them had to be made."""
    names = await asyncio.to_thread(lambda: [piece_name(job, piece) for piece in cut])
    paths = [job.cache / f"{name}.mp4" for name in names]
    whole = sum(piece.frames for piece in cut)
    done = sum(piece.frames for piece, path in zip(cut, paths, strict=True) if path.exists())
    made = 0
    for piece, path in zip(cut, paths, strict=True):
        if path.exists():
            continue

        def part(fraction: float, before: int = done, frames: int = piece.frames) -> None:
            share = (before + fraction * frames) / whole
            tell(SOUND_SHARE + (0.99 - SOUND_SHARE) * share)

        fresh = job.work / path.name
        await render_piece(job, piece, fresh, progress=part)
        await asyncio.to_thread(check_frames, fresh, piece.frames)
        trim_memory()
        fresh.replace(path)
        made += 1
        done += piece.frames
    return paths, made


async def _join(
    job: FilmJob,
    paths: list[Path],
    lengths: list[int],
    sound: Path,
    first: int,
    into: Path,
    *,
    soft_captions: bool,
) -> None:
    timeline = job.timeline
    listed = job.work / "pieces.txt"
    listed.write_text(_listed(paths, lengths, timeline.fps), encoding="utf-8")
    args = ["-f", "concat", "-safe", "0", "-i", str(listed)]
    frames = sum(lengths)
    whole = frames == timeline.frames
    if not whole:
        args += ["-ss", f"{first / timeline.fps:.6f}", "-t", f"{frames / timeline.fps:.6f}"]
    args += ["-i", str(sound)]
    maps = ["-map", "0:v", "-map", "1:a", "-c:v", "copy"]
    maps += ["-c:a", "copy"] if whole else ["-c:a", "aac", "-b:a", "128k"]
    if soft_captions and timeline.words:
        text = job.work / "captions.srt"
        await asyncio.to_thread(write_captions, timeline, CaptionForm.SRT, text)
        args += [] if whole else ["-ss", f"{first / timeline.fps:.6f}"]
        args += ["-i", str(text)]
        maps += ["-map", "2:s", "-c:s", "mov_text"]
    tag = ["-tag:v", "hvc1"] if job.codec[1] == "libx265" else []
    scale = str(timeline.fps * 512)
    args += [*maps, *tag, "-video_track_timescale", scale, "-movie_timescale", scale, "-map_metadata", "-1"]
    await run_ffmpeg([*args, "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"], into=into)


async def join_pieces(job: FilmJob, paths: list[Path], lengths: list[int], into: Path) -> None:
    """Join pieces of a film as they are, without sound; `lengths` are their frames."""
    listed = job.work / f"{into.stem}.txt"
    listed.write_text(_listed(paths, lengths, job.timeline.fps), encoding="utf-8")
    tag = ["-tag:v", "hvc1"] if job.codec[1] == "libx265" else []
    scale = str(job.timeline.fps * 512)
    args = ["-f", "concat", "-safe", "0", "-i", str(listed), "-map", "0:v", "-c:v", "copy", *tag]
    args += ["-video_track_timescale", scale, "-movie_timescale", scale, "-map_metadata", "-1"]
    await run_ffmpeg([*args, "-fflags", "+bitexact", "-f", "mp4"], into=into)


def _listed(paths: list[Path], lengths: list[int], fps: int) -> str:
    """The list FFmpeg joins by, with lengths in whole microseconds whose sums are right to the last one.

    Without them it believes the files' own, which are rounded: frames would drift apart from the sound.
    """
    lines: list[str] = []
    before = 0
    for path, frames in zip(paths, lengths, strict=True):
        quoted = str(path.absolute()).replace("'", "'\\''")
        length = round((before + frames) * 1e6 / fps) - round(before * 1e6 / fps)
        lines.append(f"file '{quoted}'\nduration {length}us\n")
        before += frames
    return "".join(lines)


@contextlib.contextmanager
def work_folder(cache: Path) -> Generator[Path]:
    """A folder of this render's own beside the pieces, so that whole files can be moved to them at once."""
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("work-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - old.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="work-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
