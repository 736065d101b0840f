"""Renders films: has their files here, draws what is drawn, renders, and writes what lies beside a film.

Loaded when the first film is rendered: it brings decoders, fonts and the renderer.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import JsonValue

from rushes.engine.local_work import Made, NewFile, WorkTry
from rushes.engine.runtime import Runtime
from rushes.platform.media.film.captions import CaptionForm, write_captions
from rushes.platform.media.film.render import frame_at, render
from rushes.platform.media.film.timeline import (
    ClipSource,
    Overlay,
    OwnSound,
    Scene,
    StillSource,
    Timeline,
)
from rushes.platform.media.stills import write_sheet
from rushes.story.draw import draw
from rushes.story.drawings import Drawing
from rushes.story.film import FilmParams
from rushes.story.look import LoadedStory, stem
from rushes.story.timeline import from_json

_CAPTIONS = {
    CaptionForm.SRT: "application/x-subrip",
    CaptionForm.VTT: "text/vtt",
    CaptionForm.ASS: "text/x-ssa",
}


def pieces_folder(run: Runtime, story_id: UUID) -> Path:
    """Return where the pieces of a story's films are kept on this machine."""
    return run.settings.cache_dir / "films" / str(story_id)


@contextlib.asynccontextmanager
async def materials(run: Runtime, params: FilmParams, folder: Path) -> AsyncGenerator[Timeline]:
    """Have every file of a timeline here, and what is drawn in `folder`; yield it with their paths."""
    paths: dict[str, Path] = {}
    async with contextlib.AsyncExitStack() as stack:
        for name, key in params.files.items():
            paths[name] = await stack.enter_async_context(run.bucket.local(key, hold=True))
        for drawing in params.drawings:
            paths[drawing.name] = folder / drawing.name
            if not paths[drawing.name].exists():
                await asyncio.to_thread(draw_whole, drawing, paths[drawing.name])
        yield with_paths(from_json(params.timeline), paths)


@contextlib.asynccontextmanager
async def heard(run: Runtime, loaded: LoadedStory, timeline: Timeline) -> AsyncGenerator[Timeline]:
    """Have the files here that are heard in a timeline; yield it with their paths. Pictures stay names."""
    products, document = loaded.products, loaded.row.document
    keys = {f"speech/{stem(each)}.wav": found.key for each, found in products.speech.items()}
    keys |= {f"speech/{stem(each)}.wav": each for each in products.uploads}
    clips = {f"clips/{each}.mp4": found.key for each, found in products.clips.items()}
    clips |= {f"pictures/{stem(each)}.mp4": found.key for each, found in products.pictures.items()}
    clips |= {f"pictures/{stem(each)}.mp4": each for each in products.uploads}
    wanted = {each.path.as_posix() for each in timeline.voice}
    wanted |= {
        each.source.path.as_posix()
        for each in timeline.scenes
        if isinstance(each.source, ClipSource) and each.source.own_sound is not OwnSound.OFF
    }
    keys |= clips
    if timeline.music is not None and timeline.music.path is not None:
        keys[timeline.music.path.as_posix()] = document.music.key
        wanted.add(timeline.music.path.as_posix())
    given = [each.source.path for each in timeline.scenes]
    given += [overlay.path for each in timeline.scenes for overlay in each.overlays]
    given += [each.path for each in timeline.overlays]
    paths = {each.as_posix(): each for each in given}
    async with contextlib.AsyncExitStack() as stack:
        for name in wanted:
            paths[name] = await stack.enter_async_context(run.bucket.local(keys[name], hold=True))
        yield with_paths(timeline, paths)


def draw_whole(drawing: Drawing, into: Path) -> None:
    """Draw it under another name first: what has its name is whole."""
    into.parent.mkdir(parents=True, exist_ok=True)
    part = into.with_name(f"{uuid4()}.part")
    draw(drawing, part)
    part.replace(into)


def with_paths(timeline: Timeline, paths: Mapping[str, Path]) -> Timeline:
    """Return a timeline with other paths for its files, by their names."""

    def path_of(path: Path) -> Path:
        return paths[path.as_posix()]

    def overlays(given: Sequence[Overlay]) -> tuple[Overlay, ...]:
        return tuple(replace(each, path=path_of(each.path)) for each in given)

    def source(given: StillSource | ClipSource) -> StillSource | ClipSource:
        return replace(given, path=path_of(given.path))

    def scene(given: Scene) -> Scene:
        return replace(given, source=source(given.source), overlays=overlays(given.overlays))

    music = timeline.music
    if music is not None and music.path is not None:
        music = replace(music, path=path_of(music.path))
    return replace(
        timeline,
        scenes=tuple(scene(each) for each in timeline.scenes),
        voice=tuple(replace(each, path=path_of(each.path)) for each in timeline.voice),
        overlays=overlays(timeline.overlays),
        music=music,
    )


async def render_film(run: Runtime, attempt: WorkTry[FilmParams]) -> Made:
    """Render the film of a try and what lies beside it, into its folder."""
    params, folder = attempt.params, attempt.folder
    pieces = pieces_folder(run, params.story_id)
    await asyncio.to_thread(pieces.mkdir, parents=True, exist_ok=True)
    async with materials(run, params, pieces) as timeline:
        film = await render(
            timeline,
            folder / "film.mp4",
            pieces=pieces,
            height=params.height,
            span=params.span,
            soft_captions=params.whole,
            progress=attempt.progress,
        )
        beside = await beside_film(timeline, params, folder, film.path) if params.whole else []
    poster = folder / "poster.jpg"
    facts = await run.reception.receive(film.path, poster)
    beside.append(NewFile(poster, "image/jpeg"))
    result: dict[str, JsonValue] = {
        "frames": film.frames,
        "seconds": facts.duration_seconds,
        "width": facts.width,
        "height": facts.height,
        "lufs": film.lufs,
        "true_peak": film.true_peak,
        "pieces": film.pieces,
        "rendered": film.rendered,
        "names": ["film.mp4", *(each.path.name for each in beside)],
    }
    return Made(result, [NewFile(film.path, "video/mp4"), *beside])


async def beside_film(timeline: Timeline, params: FilmParams, folder: Path, film: Path) -> list[NewFile]:
    """Write captions, the credits, a contact sheet and a poster beside a film."""
    found: list[NewFile] = []
    if timeline.words:
        for form, media_type in _CAPTIONS.items():
            path = folder / f"captions.{form}"
            await asyncio.to_thread(write_captions, timeline, form, path)
            found.append(NewFile(path, media_type))
    whose = folder / "credits.txt"
    lines = params.credits or "No picture of this film has to be credited."
    await asyncio.to_thread(whose.write_text, f"{lines}\n", encoding="utf-8")
    found.append(NewFile(whose, "text/plain"))
    sheet = folder / "sheet.jpg"
    await asyncio.to_thread(write_sheet, film, sheet)
    found.append(NewFile(sheet, "image/jpeg"))
    return found


async def exact_frame(run: Runtime, params: FilmParams, frame: int, into: Path, height: int | None) -> None:
    """Write one frame of a film as PNG, as it is in the film."""
    pieces = pieces_folder(run, params.story_id)
    await asyncio.to_thread(pieces.mkdir, parents=True, exist_ok=True)
    async with materials(run, params, pieces) as timeline:
        await frame_at(timeline, frame, into, pieces=pieces, height=height)
