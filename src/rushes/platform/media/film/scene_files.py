"""Each scene of a film as a file of its own with its handles, for editing programs, and the film's stems.

A scene has no captions and no overlays in it: they are for the editor to place. Where the film's own piece of
it has none either, that piece is taken as it is and only the handles are rendered; else the scene is drawn
again, with settings that favour speed over size, since it is cut and encoded once more anyway.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rushes.platform.media.film.piece_render import (
    FilmJob,
    check_frames,
    film_job,
    piece_name,
    render_piece,
)
from rushes.platform.media.film.pieces import FilmPiece, ScenePart, check_timeline, halves, shown_frames
from rushes.platform.media.film.render import join_pieces, work_folder
from rushes.platform.media.film.sound import Stems, write_stems
from rushes.platform.media.film.timeline import CaptionLook, CaptionStyle, Timeline


@dataclass(frozen=True)
class SceneFile:
    """One scene's pictures, without captions and overlays: `handle` frames before it, `frames` in all.

    `reused` of them were rendered for the film.
    """

    path: Path
    handle: int
    frames: int
    reused: int = 0


async def render_scenes(
    timeline: Timeline, *, pieces: Path, progress: Callable[[float], None] | None = None
) -> list[SceneFile]:
    """Make a file of every scene, with the frames that its transitions need, in the cache folder `pieces`.

    What is there is not rendered again. Raises `Invalid` and `Damaged` as `render` does.
    """
    check_timeline(timeline)
    scenes = tuple(replace(scene, overlays=()) for scene in timeline.scenes)
    plain = replace(timeline, scenes=scenes, overlays=(), captions=CaptionLook(style=CaptionStyle.OFF))
    made: list[SceneFile] = []
    with work_folder(pieces) as work:
        exact = await asyncio.to_thread(film_job, plain, pieces, work, draft=False)
        quick = await asyncio.to_thread(film_job, plain, pieces, work, draft=False, quick=True)
        for place in range(len(scenes)):
            made.append(await _scene(exact, quick, place))
            if progress is not None:
                progress((place + 1) / len(scenes))
    return made


async def _scene(exact: FilmJob, quick: FilmJob, place: int) -> SceneFile:
    scenes = exact.timeline.scenes
    (before, after), frames = halves(scenes, place), shown_frames(scenes, place)
    spans = [(0, 2 * before), (2 * before, frames - 2 * after), (frames - 2 * after, frames)]
    parts = [_part(place, first, last) for first, last in spans if first < last]
    own = _part(place, *spans[1]) if spans[1][0] < spans[1][1] else None
    if own is None or not (await _path(exact, own)).exists():
        return SceneFile(await _made(quick, _part(place, 0, frames)), before, frames)
    paths = [await _made(exact, each) for each in parts]
    if len(paths) == 1:
        return SceneFile(paths[0], before, frames, own.frames)
    whole = await _path(exact, _part(place, 0, frames))
    if not whole.exists():
        fresh = exact.work / whole.name
        await join_pieces(exact, paths, [each.frames for each in parts], fresh)
        await asyncio.to_thread(check_frames, fresh, frames)
        fresh.replace(whole)
    return SceneFile(whole, before, frames, own.frames)


def _part(place: int, first: int, last: int) -> FilmPiece:
    """Frames of one scene alone."""
    return FilmPiece(0, last - first, (ScenePart(place, first, last - first),))


async def _path(job: FilmJob, piece: FilmPiece) -> Path:
    return job.cache / f"{await asyncio.to_thread(piece_name, job, piece)}.mp4"


async def _made(job: FilmJob, piece: FilmPiece) -> Path:
    """Return where a piece is, rendered if it is not there."""
    path = await _path(job, piece)
    if not path.exists():
        fresh = job.work / path.name
        await render_piece(job, piece, fresh)
        await asyncio.to_thread(check_frames, fresh, piece.frames)
        fresh.replace(path)
    return path


async def render_stems(timeline: Timeline, folder: Path) -> Stems:
    """Write voice, music and the clips' own sound as WAV files below `folder`, each as long as the film."""
    check_timeline(timeline)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return await write_stems(timeline, folder)
