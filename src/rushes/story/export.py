"""Packs a story into one ZIP that editing programs open: everything in it is named by relative paths.

Loaded when the first export is packed: it brings the renderer.
"""

import asyncio
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from rushes.engine.local_work import Made, NewFile, WorkTry
from rushes.engine.runtime import Runtime
from rushes.platform.media.film.exports import ExportedMedia, ExportForm, write_export
from rushes.platform.media.film.render import render
from rushes.platform.media.film.scene_files import SceneFile, render_scenes, render_stems
from rushes.platform.media.film.sound import Stems
from rushes.platform.media.film.timeline import Timeline
from rushes.platform.names import safe_filename
from rushes.story.film import FilmParams
from rushes.story.render import beside_film, materials, pieces_folder

FILM_SHARE = 0.6
SCENES_SHARE = 0.3
"""Of the work: the film, the scenes; the rest is sound and packing."""
NAME_BYTES = 60
_ALREADY_PACKED = (".mp4", ".jpg", ".png")


@dataclass(frozen=True)
class Packed:
    """A file of the ZIP: its name in it, and where its bytes are, or its text."""

    name: str
    path: Path


async def pack_export(run: Runtime, attempt: WorkTry[FilmParams]) -> Made:
    """Make the ZIP of a try, into its folder."""
    params, folder = attempt.params, attempt.folder
    pieces = pieces_folder(run, params.story_id)
    await asyncio.to_thread(pieces.mkdir, parents=True, exist_ok=True)
    name = safe_filename(params.title or "story", max_bytes=NAME_BYTES)
    async with materials(run, params, pieces) as timeline:
        film = await render(
            timeline,
            folder / "film.mp4",
            pieces=pieces,
            soft_captions=True,
            progress=_share(attempt.progress, 0.0, FILM_SHARE),
        )
        beside = await beside_film(timeline, params, folder, film.path)
        scenes = await render_scenes(
            timeline, pieces=pieces, progress=_share(attempt.progress, FILM_SHARE, SCENES_SHARE)
        )
        stems = await render_stems(timeline, folder / "stems")
        packed = [Packed(f"{name}.mp4", film.path)]
        packed += [Packed(_beside_name(name, each.path), each.path) for each in beside]
        packed += [
            Packed(f"scenes/{_scene_name(number)}", each.path) for number, each in enumerate(scenes, start=1)
        ]
        packed += [Packed(f"stems/{each.name}", each) for each in stems.files]
        packed += await asyncio.to_thread(_timelines, timeline, name, folder, scenes, stems)
        script = folder / "script.md"
        await asyncio.to_thread(script.write_text, params.script, encoding="utf-8")
        packed.append(Packed("script.md", script))
        into = folder / "export.zip"
        await asyncio.to_thread(_zip, packed, name, into)
    result: dict[str, JsonValue] = {
        "frames": film.frames,
        "seconds": timeline.seconds,
        "width": timeline.width,
        "height": timeline.height,
        "lufs": film.lufs,
        "true_peak": film.true_peak,
        "pieces": film.pieces,
        "rendered": film.rendered,
        "names": ["export.zip"],
    }
    return Made(result, [NewFile(into, "application/zip")])


def _share(progress: Callable[[float], None], begin: float, share: float) -> Callable[[float], None]:
    return lambda fraction: progress(begin + share * fraction)


def _beside_name(name: str, path: Path) -> str:
    return f"{name}{path.suffix}" if path.stem == "captions" else path.name


def _scene_name(number: int) -> str:
    return f"{number:03d}.mp4"


def _timelines(
    timeline: Timeline, name: str, folder: Path, scenes: list[SceneFile], stems: Stems
) -> list[Packed]:
    """The film's timeline in every form, beside the folders that it names."""
    media = ExportedMedia(
        [f"scenes/{_scene_name(number)}" for number in range(1, len(scenes) + 1)],
        {each.stem: f"stems/{each.name}" for each in stems.files},
    )
    found: list[Packed] = []
    for form in ExportForm:
        path = folder / f"timeline.{form}"
        write_export(timeline, form, path, name=name, media=media)
        found.append(Packed(f"{name}.{form}", path))
    return found


def _zip(packed: list[Packed], folder: str, into: Path) -> None:
    """Write the ZIP under another name first: what has its name is whole."""
    part = into.with_name(f"{into.name}.part")
    with zipfile.ZipFile(part, "w", allowZip64=True) as archive:
        for each in packed:
            stored = each.name.endswith(_ALREADY_PACKED)
            how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.write(each.path, f"{folder}/{each.name}", how)
    part.replace(into)
