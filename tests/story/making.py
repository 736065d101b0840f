"""Makes stories in tests: a short one, run to its end, in frames small enough to be rendered quickly."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from rushes.engine.runtime import Runtime
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.media.film.timeline import SIZES, Shape
from rushes.story.actions import NewStory, create_story, start_story
from rushes.story.document import StoryDocument
from rushes.story.look import view_story
from rushes.story.stale import StoryStep
from rushes.story.states import StoryStatus
from rushes.story.views import StoryView
from tests.waiting import until

SHORT: dict[str, Any] = {
    "title": "Rice",
    "sections": [
        {"id": "grass", "heading": "A grass", "narration": "Rice is a grass."},
        {"id": "water", "heading": "Water", "narration": "It grows in water."},
    ],
    "transition": {"seconds": 0.2},
}
SMALL = {
    Shape.PORTRAIT: (180, 320),
    Shape.LANDSCAPE: (320, 180),
    Shape.SQUARE: (180, 180),
    Shape.TALL: (180, 226),
}


@contextmanager
def small_frames(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Have films rendered small."""
    with monkeypatch.context() as patch:
        for shape, size in SMALL.items():
            patch.setitem(SIZES, shape, size)
        yield


async def new_story(run: Runtime, **fields: Any) -> UUID:
    """A short story, some fields of its document changed."""
    document = StoryDocument.model_validate({**SHORT, **fields})
    return await create_story(run, LOCAL_OWNER, NewStory(document))


async def seen(run: Runtime, story_id: UUID) -> StoryView:
    """The story as it is now."""
    async with run.db.begin() as session:
        return await view_story(run, session, LOCAL_OWNER, story_id)


async def until_ended(run: Runtime, story_id: UUID) -> StoryView:
    """Wait until nothing more happens to the story without a person."""

    async def ended() -> bool:
        return (await seen(run, story_id)).status is not StoryStatus.RUNNING

    await until(ended)
    return await seen(run, story_id)


async def run_until(run: Runtime, story_id: UUID, step: StoryStep = StoryStep.FILM) -> StoryView:
    """Have it made up to a step, and wait for it."""
    await start_story(run, LOCAL_OWNER, story_id, step)
    return await until_ended(run, story_id)
