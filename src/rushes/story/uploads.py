"""A person's own files in a story: pictures, clips, music, a watermark, a recording of a section.

Each is checked and put into the form the film needs, stored once, and remembered by its storage key.
"""

import asyncio
import importlib
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import insert

from rushes.engine.runtime import Runtime
from rushes.errors import Damaged, Fault, GenerationFailed, Invalid
from rushes.intake.apart import normalise_image_apart
from rushes.jobs.upload import new_work_folder
from rushes.platform.db.copies import Asset
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.names import printable
from rushes.story.rows import get_story, update_story

MOST_FILES = 500
"""Of one story."""
LONGEST_MUSIC_SECONDS = 3600
MOST_MARK_SIDE = 4096


class UploadUse(StrEnum):
    """What a file is for."""

    PICTURE = "picture"
    """A picture or a clip of a section."""
    MUSIC = "music"
    WATERMARK = "watermark"
    RECORDING = "recording"
    """A section's narration, spoken by a person; `text` is what is said."""


@dataclass(frozen=True)
class StoryUpload:
    """A file as it came, and what it is for."""

    use: UploadUse
    name: str
    path: Path
    text: str = ""
    language: str = "en"


async def add_upload(
    run: Runtime, owner: UUID, story_id: UUID, upload: StoryUpload
) -> tuple[str, dict[str, Any]]:
    """Check and store a file; return its storage key and what is known of it.

    Raises `NotFound`, and `Invalid` for a file that is not what it is for.
    """
    async with run.db.statement() as session:
        await get_story(session, owner, story_id)
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        path, facts = await _taken_in(run, upload, work)
        key = f"stories/{story_id}/uploads/{uuid4()}{path.suffix}"
        stored = await run.bucket.put(key, path)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    facts["name"] = printable(upload.name, 200)
    try:
        async with run.db.begin() as session:
            story = await get_story(session, owner, story_id, lock=True)
            if len(story.uploads) >= MOST_FILES:
                message = f"A story has at most {MOST_FILES} files."
                raise Invalid(message, [Fault("file", message, "too_many")])
            row = {"key": key, "owner_id": owner, "media_type": facts["media_type"]}
            await session.execute(
                insert(Asset), [{**row, "sha256": stored.sha256, "size_bytes": stored.size}]
            )
            await update_story(session, story_id, uploads={**story.uploads, key: facts})
    except BaseException:
        await run.bucket.delete(key)
        raise
    return key, facts


async def _taken_in(run: Runtime, upload: StoryUpload, work: Path) -> tuple[Path, dict[str, Any]]:
    match upload.use:
        case UploadUse.PICTURE:
            return await _picture(run, upload, work)
        case UploadUse.WATERMARK:
            return await asyncio.to_thread(_watermark, upload, work / "mark.png")
        case UploadUse.MUSIC:
            return await _music(upload, work / "music.flac")
        case UploadUse.RECORDING:
            return await _recording(upload, work / "speech.wav")


async def _picture(run: Runtime, upload: StoryUpload, work: Path) -> tuple[Path, dict[str, Any]]:
    try:
        made = await normalise_image_apart(upload.path, upload.name, work, run.settings)
    except Invalid as no_image:
        clip = work / "clip.mp4"
        await asyncio.to_thread(shutil.copyfile, upload.path, clip)
        try:
            facts = await run.reception.receive(clip, work / "clip.jpg")
        except Damaged:
            raise no_image from None
        shape = {"width": facts.width, "height": facts.height, "seconds": facts.duration_seconds}
        return clip, {"media_type": "video/mp4", **shape}
    width, height = await asyncio.to_thread(_size, made.path)
    return made.path, {"media_type": "image/jpeg", "width": width, "height": height}


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def _watermark(upload: StoryUpload, into: Path) -> tuple[Path, dict[str, Any]]:
    """A PNG that keeps its transparency."""
    try:
        with Image.open(upload.path, formats=("PNG", "WEBP", "JPEG")) as picture:
            if max(picture.size) > MOST_MARK_SIDE:
                raise ValueError("too large")
            picture.convert("RGBA").save(into, "PNG")
            width, height = picture.size
    except (OSError, ValueError) as error:
        message = f"{upload.name} is no PNG, WebP or JPEG of at most {MOST_MARK_SIDE} pixels a side."
        raise Invalid(message, [Fault("file", message, "bad_image")]) from error
    return into, {"media_type": "image/png", "width": width, "height": height}


async def _music(upload: StoryUpload, into: Path) -> tuple[Path, dict[str, Any]]:
    # The input's own protocol list: a playlist inside must not open anything else.
    args = ["-protocol_whitelist", "file", "-i", str(upload.path), "-map", "0:a:0", "-vn", "-sn", "-dn"]
    args += ["-t", str(LONGEST_MUSIC_SECONDS), "-ac", "2", "-ar", "48000", "-c:a", "flac", "-f", "flac"]
    try:
        await run_ffmpeg(args, into=into)
    except GenerationFailed:
        message = f"{upload.name} has no sound that can be read."
        raise Invalid(message, [Fault("file", message, "bad_sound")]) from None
    return into, {"media_type": "audio/flac"}


async def _recording(upload: StoryUpload, into: Path) -> tuple[Path, dict[str, Any]]:
    if not upload.text.strip():
        message = "Say what is spoken in the recording."
        raise Invalid(message, [Fault("text", message, "missing")])
    # Loaded for the first recording: alignment brings a model.
    recording = importlib.import_module("rushes.platform.media.speech.recording")
    align = importlib.import_module("rushes.platform.media.speech.align")
    sound = await recording.take_in(upload.path, into)
    words, times = await align.align_words(into, upload.text, upload.language)
    return into, {
        "media_type": "audio/wav",
        "seconds": sound.seconds,
        "words": [{"text": each.text, "start": each.start, "end": each.end} for each in words],
        "times": str(times),
    }
