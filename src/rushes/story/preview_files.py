"""Makes the files of a preview: small pictures and clips, the sounds, the paths of the camera.

Loaded when the first preview is opened: it brings decoders and fonts. What is made is kept in the cache of
the story's films, by the hash of what it is made of, and is never half there.
"""

import asyncio
import json
from asyncio import Lock, Semaphore
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4
from weakref import WeakValueDictionary

from PIL import Image

from rushes.errors import Invalid
from rushes.platform.media.camera import Box, CameraField, plan
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.captions import captions_of
from rushes.platform.media.film.fonts import face_for, faces
from rushes.platform.media.film.levels import RATE, measure
from rushes.platform.media.film.music import write_music
from rushes.platform.media.film.placing import place_clips, place_voice, samples_at
from rushes.platform.media.film.sound import COMPRESS
from rushes.platform.media.film.timeline import CaptionStyle, Timeline
from rushes.platform.media.moves import CameraMove
from rushes.platform.media.stage import crop_stage, open_picture
from rushes.story.preview_views import PreviewBit, PreviewCaption

PROXY_SHARE = 0.5
"""Pixels of a proxy's frame, as a share of the film's, along each side."""
THUMB_WIDTH = 160
STEPS = 48
STEPS_PER_SECOND = 12
"""Of moves that tremble: enough for the quickest wave of a hand."""
SOUND_RATE = "24000"
CLIP_HEIGHT = 640
_locks: WeakValueDictionary[Path, Lock] = WeakValueDictionary()
_slots: WeakValueDictionary[asyncio.AbstractEventLoop, Semaphore] = WeakValueDictionary()


@dataclass(frozen=True)
class ProxyStill:
    """A small picture of what a camera moves in, and the room it has there, in pixels of the proxy."""

    path: Path
    room: CameraField


async def _once(path: Path, make: Callable[[Path], Awaitable[None]]) -> Path:
    """Return a file, made under another name first; whoever asks meanwhile waits for it."""
    lock = _locks.setdefault(path, Lock())
    async with lock:
        if not await asyncio.to_thread(path.exists):
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            loop = asyncio.get_running_loop()
            # Two at once: a page of sixty scenes asks for all of them, and the server has others to serve.
            async with _slots.setdefault(loop, Semaphore(2)):
                part = path.with_name(f"{uuid4()}{path.suffix}")
                try:
                    await make(part)
                    part.replace(path)
                finally:
                    part.unlink(missing_ok=True)
    return path


async def still_proxy(source: Path, folder: Path, size: tuple[int, int], name: str) -> ProxyStill:
    """Return a small picture of a still, cut as the film cuts it. Raises `Invalid`."""
    small = _proxy_size(size)
    path = _still_path(folder, small, name)
    facts = path.with_suffix(".json")

    def make(part: Path) -> None:
        stage = crop_stage(open_picture(source), small)
        stage.picture.save(part, "JPEG", quality=84)
        whole = facts.with_name(f"{uuid4()}.part")
        whole.write_text(json.dumps(asdict(stage.room)))
        whole.replace(facts)

    await _once(path, lambda part: asyncio.to_thread(make, part))
    return await asyncio.to_thread(_read_still, path)


def _proxy_size(size: tuple[int, int]) -> tuple[int, int]:
    return max(16, round(size[0] * PROXY_SHARE)), max(16, round(size[1] * PROXY_SHARE))


def _still_path(folder: Path, small: tuple[int, int], name: str) -> Path:
    return folder / f"{name}-{small[0]}x{small[1]}.jpg"


def _read_still(path: Path) -> ProxyStill:
    found = json.loads(path.with_suffix(".json").read_text())
    room = CameraField(found["width"], found["height"], Box(**found["frame"]), tuple(found["focus"]))
    return ProxyStill(path, room)


def find_proxy(
    folder: Path, size: tuple[int, int], name: str, *, small: bool
) -> tuple[Path, ProxyStill | None] | None:
    """Return a proxy that was made before, or its small copy; None where there is none yet. Blocking."""
    still = _still_path(folder, _proxy_size(size), name)
    path = still.with_name(f"{still.stem}-thumb.jpg") if small else still
    if path.is_file() and still.with_suffix(".json").is_file():
        return path, _read_still(still)
    clip = folder / f"{name}-clip.{'jpg' if small else 'mp4'}"
    return (clip, None) if clip.is_file() else None


async def thumb(source: Path, folder: Path) -> Path:
    """Return a proxy's own small copy, for a strip of many."""

    def make(part: Path) -> None:
        with Image.open(source) as picture:
            picture.thumbnail((THUMB_WIDTH, THUMB_WIDTH * 3))
            picture.save(part, "JPEG", quality=78)

    return await _once(folder / f"{source.stem}-thumb.jpg", lambda part: asyncio.to_thread(make, part))


async def clip_proxy(source: Path, folder: Path, name: str) -> Path:
    """Return a small copy of a clip that can be sought at once, without sound."""

    async def make(part: Path) -> None:
        scale = f"scale=-2:'min({CLIP_HEIGHT},2*trunc(ih/2))'"
        codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-g", "10", "-pix_fmt", "yuv420p"]
        rest = ["-an", "-movflags", "+faststart", "-f", "mp4"]
        await run_ffmpeg(["-i", str(source), "-vf", scale, *codec, *rest], into=part)

    return await _once(folder / f"{name}-clip.mp4", make)


async def clip_poster(source: Path, folder: Path, name: str) -> Path:
    """Return the first frame of a clip as a small picture."""

    async def make(part: Path) -> None:
        args = ["-i", str(source), "-frames:v", "1", "-vf", f"scale={THUMB_WIDTH}:-2", "-f", "image2"]
        await run_ffmpeg([*args, "-c:v", "mjpeg", "-update", "1"], into=part)

    return await _once(folder / f"{name}-clip.jpg", make)


def camera_boxes(
    room: CameraField, move: CameraMove, *, seed: int, pace: float, seconds: float
) -> list[list[float]]:
    """Return where the camera looks, as shares of the proxy, at equal steps of the whole move."""
    path = plan(move, room, seed=seed, pace=pace, seconds=seconds)
    trembles = move is CameraMove.HANDHELD
    steps = max(STEPS, round(seconds * STEPS_PER_SECOND)) if trembles else STEPS
    views = (path(number / steps) for number in range(steps + 1))
    return [
        [
            round(view.left / room.width, 6),
            round(view.top / room.height, 6),
            round(view.width / room.width, 6),
            round(view.height / room.height, 6),
        ]
        for view in views
    ]


def captions_and_face(timeline: Timeline) -> tuple[list[PreviewCaption], str, float]:
    """Return the captions as the film breaks them, the family of their type, and the height of its lines.

    Without the font of the language there are none, as in the film, which says so when it is rendered.
    """
    try:
        face = face_for(timeline.language)
    except Invalid:
        return [], "", 0.0
    if timeline.captions.style is CaptionStyle.OFF:
        return [], face.family, face.line
    found = [
        PreviewCaption(
            start=each.start,
            end=each.end,
            lines=[
                [PreviewBit(text=bit.text, start=bit.start, end=bit.end, space=bit.space) for bit in line]
                for line in each.lines
            ],
        )
        for each in captions_of(timeline)
    ]
    return found, face.family, face.line


def font_file(family: str) -> Path | None:
    """Return the file of a font that captions are set in."""
    found = faces().get(family)
    return found.path if found else None


async def voice_file(timeline: Timeline, work: Path, folder: Path, name: str) -> Path:
    """Return what is heard besides the music, as long as the film. `work` is for files meanwhile."""

    async def make(part: Path) -> None:
        samples = samples_at(timeline.frames, timeline.fps)
        raw = await place_voice(timeline, work, work / "voice.wav")
        own = await place_clips(timeline, work, work / "own.wav")
        gain = 0.0
        if raw is not None:
            found = await measure(raw, work)
            gain = timeline.loudness.lufs - found.lufs if found.lufs is not None else 0.0
        inputs = [part for each in (raw, own) if each is not None for part in ("-i", str(each))]
        encode = ["-ar", SOUND_RATE, "-ac", "1", "-c:a", "pcm_s16le", "-f", "wav"]
        if not inputs:
            silence = ["-f", "lavfi", "-i", f"anullsrc=r={RATE}:cl=mono"]
            await run_ffmpeg([*silence, "-af", f"atrim=end_sample={samples}", *encode], into=part)
            return
        chain = f"{COMPRESS},volume={gain:.3f}dB,alimiter=limit=0.84:level=false"
        if raw is not None and own is not None:
            graph = f"[0:a]{chain}[a];[a][1:a]amix=inputs=2:normalize=0"
            await run_ffmpeg([*inputs, "-filter_complex", graph, *encode], into=part)
        else:
            await run_ffmpeg([*inputs, "-af", chain if raw is not None else "anull", *encode], into=part)

    return await _once(folder / f"{name}-voice.wav", make)


async def music_file(timeline: Timeline, work: Path, folder: Path, name: str) -> Path:
    """Return the music of a film as long as it, as loud as its voice. Raises `Damaged`."""

    async def make(part: Path) -> None:
        assert timeline.music is not None
        whole = work / "music.wav"
        await write_music(
            replace(timeline.music, gain_db=0.0),
            seconds=timeline.seconds,
            samples=samples_at(timeline.frames, timeline.fps),
            lufs=timeline.loudness.lufs,
            voice=None,
            into=whole,
        )
        encode = ["-ar", SOUND_RATE, "-ac", "2", "-c:a", "pcm_s16le", "-f", "wav"]
        await run_ffmpeg(["-i", str(whole), *encode], into=part)

    return await _once(folder / f"{name}-music.wav", make)
