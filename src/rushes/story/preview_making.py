"""Has the files of a preview made for a story: proxies of its pictures, paths of its camera, its sounds."""

import asyncio
import importlib
import shutil
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any, Literal
from uuid import UUID

from rushes.engine.runtime import Runtime
from rushes.errors import NotFound
from rushes.jobs.upload import new_work_folder
from rushes.platform.media.moves import CameraMove
from rushes.story.look import LoadedStory, load_story, stem, stored_file
from rushes.story.preview import drawings_of, music_hash, playable, preview_view, voice_hash
from rushes.story.preview_views import CameraPath, PreviewView
from rushes.story.products import frame_size
from rushes.story.rows import get_story

Sound = Literal["voice", "music"]


def _files() -> ModuleType:
    # Loaded for the first preview that somebody opens: it brings decoders and fonts.
    return importlib.import_module("rushes.story.preview_files")


def proxies_folder(run: Runtime, story_id: UUID) -> Path:
    """Return where the files of a story's previews are kept on this machine."""
    return run.settings.cache_dir / "films" / str(story_id) / "preview"


async def preview_of(run: Runtime, owner: UUID, story_id: UUID) -> PreviewView:
    """Return a story as a page plays it. Raises `NotFound`."""
    async with run.db.begin() as session:
        loaded = await load_story(run, session, owner, story_id)
    return await asyncio.to_thread(preview_view, loaded)


async def _proxy(
    run: Runtime, owner: UUID, story_id: UUID, name: str, *, small: bool
) -> tuple[Path, Any, int]:
    """The proxy of a file of a story, of a still also what it shows, and the frames of a second."""
    files, folder = _files(), proxies_folder(run, story_id)
    async with run.db.statement() as session:
        document = (await get_story(session, owner, story_id)).document
    size, wanted = frame_size(document.shape), stem(PurePosixPath(name).stem)
    # Named by what it shows: one that was made before needs none of the story's products.
    found = await asyncio.to_thread(files.find_proxy, folder, size, wanted, small=small)
    if found is not None:
        return *found, document.fps
    async with run.db.begin() as session:
        loaded = await load_story(run, session, owner, story_id)
        drawn = name.startswith("drawn/")
        file = None if drawn else await stored_file(session, loaded, name)
    if file is None:
        source = await _drawn(loaded, name, folder)
        proxy = await files.still_proxy(source, folder, size, wanted)
        return (await files.thumb(proxy.path, folder) if small else proxy.path), proxy, document.fps
    async with run.bucket.local(file.key, hold=True) as source:
        if file.media_type.startswith("video/"):
            make = files.clip_poster if small else files.clip_proxy
            return await make(source, folder, wanted), None, document.fps
        proxy = await files.still_proxy(source, folder, size, wanted)
    return (await files.thumb(proxy.path, folder) if small else proxy.path), proxy, document.fps


async def _drawn(loaded: LoadedStory, name: str, folder: Path) -> Path:
    drawing = drawings_of(loaded.row.document, loaded.products).get(name)
    if drawing is None:
        raise NotFound(f"The story has no file {name}.")
    path = folder / name
    if not path.exists():
        rendering = importlib.import_module("rushes.story.render")
        await asyncio.to_thread(rendering.draw_whole, drawing, path)
    return path


async def proxy_file(run: Runtime, owner: UUID, story_id: UUID, name: str, *, small: bool) -> Path:
    """Return a small copy of a picture or clip of a story, cut as the film cuts it. Raises `NotFound`."""
    path, _, _ = await _proxy(run, owner, story_id, name, small=small)
    return path


async def camera_path(
    run: Runtime,
    owner: UUID,
    story_id: UUID,
    name: str,
    move: CameraMove,
    *,
    seed: int,
    pace: float,
    frames: int,
) -> CameraPath:
    """Return how the camera moves over a still. Raises `NotFound`, also for a clip."""
    _, proxy, fps = await _proxy(run, owner, story_id, name, small=False)
    if proxy is None:
        raise NotFound(f"{name} is a clip: no camera moves over it.")
    boxes = _files().camera_boxes(proxy.room, move, seed=seed, pace=pace, seconds=frames / fps)
    return CameraPath(boxes=boxes)


async def sound_file(run: Runtime, owner: UUID, story_id: UUID, which: Sound) -> Path:
    """Return the voice or the music of a preview. Raises `NotFound` where there is no music."""
    files, folder = _files(), proxies_folder(run, story_id)
    async with run.db.begin() as session:
        loaded = await load_story(run, session, owner, story_id)
    named = playable(loaded)
    if which == "music" and named.music is None:
        raise NotFound("The story has no music.")
    name = voice_hash(named) if which == "voice" else music_hash(named)
    there = folder / f"{name}-{which}.wav"
    if there.exists():
        return there
    rendering = importlib.import_module("rushes.story.render")
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        async with rendering.heard(run, loaded, named) as timeline:
            make = files.voice_file if which == "voice" else files.music_file
            made: Path = await make(timeline, work, folder, name)
            return made
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)


def font_path(family: str) -> Path:
    """Return the file of a caption font. Raises `NotFound`."""
    found: Path | None = _files().font_file(family)
    if found is None:
        raise NotFound(f"There is no font {family}.")
    return found
