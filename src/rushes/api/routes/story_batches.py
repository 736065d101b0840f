"""Batches of stories: topics as JSON, lines or a table, with shared settings."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel

from rushes.api import story_examples as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.story_bodies import BatchBody
from rushes.errors import Fault, Invalid
from rushes.story import actions, edits
from rushes.story.batch import BatchTopic, create_batch, read_topics, retry_batch, view_batch
from rushes.story.views import BatchRow, BatchView

router = APIRouter(prefix="/api/batch", tags=["stories"])

BatchId = Annotated[UUID, Path(description="The batch.")]
NO_BATCH = problems(not_found="There is no such batch.")
_TOPIC = ("topic", "text", "title")


class BatchRetried(BaseModel):
    """How many stories of a batch are made again."""

    retried: int


@router.post(
    "",
    status_code=202,
    responses=answers(examples.BATCH, "The batch as it begins.", 202),
    summary="Make stories of many topics",
)
async def create_story_batch(
    wanted: Annotated[BatchBody, Body(openapi_examples=examples.BATCH_BODY)], run: Run, owner: Owner
) -> BatchView:
    """A story for each topic, all with the same settings but for those that a topic has of its own."""
    topics = read_topics(wanted.text) if wanted.text else [_topic(each) for each in wanted.topics or []]
    begun = await actions.beginning(run, owner, wanted.project_id)
    settings = edits.changed(begun, wanted.settings)
    batch_id = await create_batch(
        run, owner, topics, settings, name=wanted.name, project_id=wanted.project_id
    )
    async with run.db.statement() as session:
        return await view_batch(session, owner, batch_id)


def _topic(given: str | dict[str, Any]) -> BatchTopic:
    if isinstance(given, str):
        return BatchTopic(given)
    fields = dict(given)
    named = next((fields.pop(each) for each in _TOPIC if each in fields), None)
    if not isinstance(named, str) or not named.strip():
        raise Invalid("A topic has no words.", [Fault("topics", "Give each a `topic`.", "missing")])
    return BatchTopic(named, fields)


@router.get(
    "/{batch_id}",
    responses=answers(examples.BATCH, "The batch.") | NO_BATCH,
    summary="Get a batch of stories",
)
async def read_story_batch(batch_id: BatchId, run: Run, owner: Owner) -> BatchView:
    """How far each story of it is."""
    async with run.db.statement() as session:
        return await view_batch(session, owner, batch_id)


@router.get(
    "/{batch_id}/results",
    responses=answers([examples.BATCH.stories[0]], "The stories that have a film.") | NO_BATCH,
    summary="Get the films of a batch",
)
async def read_batch_results(batch_id: BatchId, run: Run, owner: Owner) -> list[BatchRow]:
    """The stories of it that are completed, in their order, with the address of each film."""
    async with run.db.statement() as session:
        view = await view_batch(session, owner, batch_id)
    return [each for each in view.stories if each.story.film_url]


@router.post(
    "/{batch_id}/retry",
    responses=answers(BatchRetried(retried=1), "How many are made again.") | NO_BATCH,
    summary="Retry a batch of stories",
)
async def retry_story_batch(batch_id: BatchId, run: Run, owner: Owner) -> BatchRetried:
    """Have the stories that failed or were cancelled made again; what is there of them stays."""
    return BatchRetried(retried=await retry_batch(run, owner, batch_id))
