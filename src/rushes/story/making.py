"""What is made of a story besides its run: previews, exports, another language or script, one exact frame."""

import asyncio
import importlib
import shutil
from pathlib import Path
from uuid import UUID

from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, NotFound
from rushes.jobs.upload import new_work_folder
from rushes.providers.kinds import Kind
from rushes.providers.script_contract import ScriptProvider, ScriptTask
from rushes.story import edits
from rushes.story.actions import (
    NewStory,
    add_story,
    change_story,
    completed,
    create_story,
    start_story,
)
from rushes.story.defaults import ready_writers
from rushes.story.document import StoryDocument
from rushes.story.estimate import estimate_story
from rushes.story.film import add_export, add_film, params_of
from rushes.story.load import load_products
from rushes.story.look import LoadedStory, load_story
from rushes.story.preview import drawings_of
from rushes.story.rows import get_story
from rushes.story.stale import StoryStep
from rushes.story.views import StoryEstimate


async def render_story(
    run: Runtime,
    owner: UUID,
    story_id: UUID,
    *,
    height: int | None = None,
    first: int | None = None,
    last: int | None = None,
) -> UUID:
    """Have the film rendered, or a part of it in another height; return the film's id.

    Raises `NotFound`, `Conflict` while the timeline is not complete, `Invalid` for a span outside of it.
    """
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id, lock=True)
        loaded = LoadedStory(story, await load_products(run, session, story))
        built = loaded.built
        span = None
        if first is not None or last is not None:
            span = (first or 0, built.timeline.frames if last is None else last)
            if not 0 <= span[0] < span[1] <= built.timeline.frames:
                message = f"The film has the frames 0 to {built.timeline.frames}."
                raise Invalid(message, [Fault("first", message, "out_of_range")])
        return await add_film(session, story, loaded.products, built, height=height, span=span, awaited=True)


async def estimate_new(run: Runtime, owner: UUID, new: NewStory) -> StoryEstimate:
    """Return what a story would cost and take, with what is there for it already. Nothing is created.

    Raises as `create_story`.
    """
    new = await completed(run, owner, new)
    async with run.db.begin() as session:
        loaded = await load_story(run, session, owner, await add_story(session, owner, new))
        found = await estimate_story(run, session, owner, loaded.row.document, loaded.products)
        await session.rollback()
    return found


async def export_story(run: Runtime, owner: UUID, story_id: UUID) -> UUID:
    """Have everything of a story packed into a ZIP; return the id of the export.

    Raises `NotFound`, `Conflict` while the timeline is not complete.
    """
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id, lock=True)
        loaded = LoadedStory(story, await load_products(run, session, story))
        return await add_export(session, story, loaded.products, loaded.built)


async def exact_frame(
    run: Runtime, owner: UUID, story_id: UUID, frame: int, into: Path, height: int | None
) -> None:
    """Write one frame as it will be in the film, as PNG. Raises `Invalid` for one it does not have."""
    async with run.db.begin() as session:
        loaded = await load_story(run, session, owner, story_id)
    built = loaded.built
    if not 0 <= frame < built.timeline.frames:
        message = f"The film has the frames 0 to {built.timeline.frames - 1}."
        raise Invalid(message, [Fault("frame", message, "out_of_range")])
    params = params_of(loaded.row, loaded.products, built, story_id)
    # Loaded for the first frame that somebody asks for: it brings decoders and fonts.
    rendering = importlib.import_module("rushes.story.render")
    await rendering.exact_frame(run, params, frame, into, height)


async def picture_file(loaded: LoadedStory, name: str, into: Path) -> None:
    """Draw a picture of words of a story's timeline into a file. Raises `NotFound`."""
    drawing = drawings_of(loaded.row.document, loaded.products).get(name)
    if drawing is None:
        raise NotFound(f"The story has no file {name}.")
    drawing_room = importlib.import_module("rushes.story.draw")
    await asyncio.to_thread(drawing_room.draw, drawing, into)


async def translate_story(run: Runtime, owner: UUID, story_id: UUID, language: str) -> UUID:
    """Create a copy of a story in another language, to be translated by its run; return its id.

    Scenes and pictures are shared. Raises `NotFound`, and `Invalid` when nobody here can translate.
    """
    async with run.db.statement() as session:
        story = await get_story(session, owner, story_id)
    if not story.document.sections:
        raise Invalid("The story has no script to translate yet.", [Fault("sections", "Write it first.")])
    document = await _with_writer(run, owner, story.document, ScriptTask.TRANSLATE)
    document = edits.changed(document, {"rewrite": {"language": language}})
    new = NewStory(
        document,
        f"{story.name} ({language})"[:200],
        story.project_id,
        copied_from=story.id,
        uploads=story.uploads,
    )
    return await create_story(run, owner, new, f"Translation of {story.name}.")


async def improve_story(run: Runtime, owner: UUID, story_id: UUID, instruction: str) -> None:
    """Have a story's script rewritten by an instruction; locked sections stay.

    Raises `NotFound`, and `Invalid` when nobody here can.
    """
    async with run.db.statement() as session:
        story = await get_story(session, owner, story_id)
    writer = await _with_writer(run, owner, story.document, ScriptTask.IMPROVE)
    change = {"rewrite": {"instruction": instruction}, "script": writer.script.model_dump(mode="json")}
    await change_story(
        run, owner, story_id, lambda document: edits.changed(document, change), "Improvement asked for."
    )
    await start_story(run, owner, story_id, StoryStep.SCRIPT)


async def _with_writer(run: Runtime, owner: UUID, document: StoryDocument, task: ScriptTask) -> StoryDocument:
    """The document with a script provider that does the task: its own, else one whose key can be used."""
    ready = await ready_writers(run, owner)
    for each in dict.fromkeys((document.script.provider, *ready)):
        provider = run.providers.of_any_kind(each) if each in run.providers.of_kind(Kind.SCRIPT) else None
        if isinstance(provider, ScriptProvider) and task in provider.tasks:
            if each == document.script.provider:
                return document
            return edits.changed(document, {"script": {"provider": each, "model": "", "options": {}}})
    message = f"Nobody here can {task} a script."
    raise Invalid(
        message,
        [Fault("script.provider", "Add a key of a provider that can.", "missing")],
        hint="`rushes providers` shows what each can do.",
    )


async def scratch(run: Runtime) -> Path:
    """Return a new folder for files that live as long as an answer; the caller deletes it."""
    return await asyncio.to_thread(new_work_folder, run)


async def clear(folder: Path) -> None:
    """Delete such a folder."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
