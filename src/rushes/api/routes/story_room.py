"""What a page shows of a story besides its document: the price of a new one, and its speech word by word."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path

from rushes.api import story_examples as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.story_bodies import StoryBody
from rushes.story import edits, look
from rushes.story.defaults import with_defaults
from rushes.story.document import StoryDocument
from rushes.story.estimate import estimate_story
from rushes.story.speech import SectionSpeech, speech_view
from rushes.story.views import StoryEstimate

router = APIRouter(prefix="/api/stories", tags=["stories"])


@router.post(
    "/estimate",
    responses=answers(examples.STORY_ESTIMATE, "What it will cost and take."),
    summary="Estimate a story before it is created",
)
async def estimate_new_story(
    new: Annotated[StoryBody, Body(openapi_examples=examples.NEW_STORY)], run: Run, owner: Owner
) -> StoryEstimate:
    """Cost and time of a story with these settings. Nothing is stored or made."""
    document = await with_defaults(run, owner, edits.changed(StoryDocument(), new.document()))
    async with run.db.statement() as session:
        return await estimate_story(run, session, owner, document)


@router.get(
    "/{story_id}/speech",
    responses=answers([examples.SPEECH], "The speech of each section.")
    | problems(not_found="There is no such story."),
    summary="Get the speech of a story",
)
async def read_speech(
    story_id: Annotated[UUID, Path(description="The story.")], run: Run, owner: Owner
) -> list[SectionSpeech]:
    """The sound of each section and when each word is heard. Missing speech has no pieces."""
    async with run.db.begin() as session:
        return speech_view(await look.load_story(run, session, owner, story_id))
