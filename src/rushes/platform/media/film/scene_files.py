"""Each scene of a film as a file of its own with its handles, for editing programs, and the film's stems."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rushes.platform.media.film.piece_render import check_frames, film_job, piece_name, render_piece
from rushes.platform.media.film.pieces import FilmPiece, ScenePart, check_timeline, halves, shown_frames
from rushes.platform.media.film.render import work_folder
from rushes.platform.media.film.sound import Stems, write_stems
from rushes.platform.media.film.timeline import CaptionLook, CaptionStyle, Timeline


@dataclass(frozen=True)
class SceneFile:
    """One scene's pictures, without captions and overlays: `handle` frames before it, `frames` in all."""

    path: Path
    handle: int
    frames: int


async def render_scenes(
    timeline: Timeline, *, pieces: Path, progress: Callable[[float], None] | None = None
) -> list[SceneFile]:
    """Render every scene with the frames that its transitions need, each a file in the cache folder `pieces`.

    What is there is not rendered again. Raises `Invalid` and `Damaged` as `render` does.
    """
    check_timeline(timeline)
    scenes = tuple(replace(scene, overlays=()) for scene in timeline.scenes)
    plain = replace(timeline, scenes=scenes, overlays=(), captions=CaptionLook(style=CaptionStyle.OFF))
    made: list[SceneFile] = []
    with work_folder(pieces) as work:
        job = await asyncio.to_thread(film_job, plain, pieces, work, draft=False)
        for place in range(len(scenes)):
            frames = shown_frames(scenes, place)
            piece = FilmPiece(0, frames, (ScenePart(place, 0, frames),))
            path = pieces / f"{await asyncio.to_thread(piece_name, job, piece)}.mp4"
            if not path.exists():
                fresh = work / path.name
                await render_piece(job, piece, fresh)
                await asyncio.to_thread(check_frames, fresh, frames)
                fresh.replace(path)
            made.append(SceneFile(path, halves(scenes, place)[0], frames))
            if progress is not None:
                progress((place + 1) / len(scenes))
    return made


async def render_stems(timeline: Timeline, folder: Path) -> Stems:
    """Write voice, music and the clips' own sound as WAV files below `folder`, each as long as the film."""
    check_timeline(timeline)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return await write_stems(timeline, folder)
