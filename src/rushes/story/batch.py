"""Batches of stories: many topics with shared settings, each a story of its own."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, NotFound
from rushes.platform.db.engine import Executor
from rushes.story import edits
from rushes.story.actions import NewStory, add_story, begin_story, completed, name_of, start_story
from rushes.story.document import StoryDocument
from rushes.story.look import cards_of
from rushes.story.rows import page_of_stories
from rushes.story.states import JobWord, StoryStatus
from rushes.story.views import BatchRow, BatchView

MOST_TOPICS = 500
_ENDED = (StoryStatus.COMPLETED, StoryStatus.FAILED, StoryStatus.CANCELLED)
_TOPIC_COLUMNS = ("topic", "text", "title", "prompt")
_FIELDS = {
    "language": "language",
    "shape": "shape",
    "seconds": "target_seconds",
    "target_seconds": "target_seconds",
    "audience": "audience",
    "tone": "tone",
    "style": "style",
    "budget": "budget",
    "review": "review",
}
"""Columns of a table of topics, and the fields of a story that they set."""


@dataclass(frozen=True)
class BatchTopic:
    """One topic, and the fields in which its story differs from the others."""

    text: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


def read_topics(given: str) -> list[BatchTopic]:
    """Return the topics in a text: one a line, or a CSV table with a column `topic`.

    Raises `Invalid` for none, for too many, and for a column that is not known, naming it.
    """
    lines = [each for each in given.lstrip("\ufeff").splitlines() if each.strip()]
    if not lines:
        raise Invalid("There is no topic.", [Fault("topics", "Give one a line.", "missing")])
    delimiter = max(",;\t", key=lines[0].count)
    header = [each.strip().casefold() for each in next(csv.reader([lines[0]], delimiter=delimiter))]
    if not set(header) & set(_TOPIC_COLUMNS) or (len(header) == 1 and len(lines) == 1):
        topics = [BatchTopic(each.strip()) for each in lines]
    else:
        topics = _from_table(given.lstrip("\ufeff"), delimiter, header)
    if len(topics) > MOST_TOPICS:
        message = f"There are {len(topics)} topics; a batch has at most {MOST_TOPICS}."
        raise Invalid(message, [Fault("topics", message, "too_many")])
    return topics


def _from_table(given: str, delimiter: str, header: Sequence[str]) -> list[BatchTopic]:
    column = next(header.index(each) for each in _TOPIC_COLUMNS if each in header)
    unknown = [each for place, each in enumerate(header) if place != column and each and each not in _FIELDS]
    if unknown:
        known = ", ".join(sorted(_FIELDS))
        message = f"The column {unknown[0]!r} is not known. There are: topic, {known}."
        raise Invalid(message, [Fault(f"topics.{unknown[0]}", message, "unknown_field")])
    topics: list[BatchTopic] = []
    rows = csv.reader(io.StringIO(given), delimiter=delimiter)
    next(rows)
    for row in rows:
        if len(row) <= column or not row[column].strip():
            continue
        fields = {
            _FIELDS[name]: value.strip()
            for place, (name, value) in enumerate(zip(header, row, strict=False))
            if place != column and name and value.strip()
        }
        topics.append(BatchTopic(row[column].strip(), fields))
    return topics


async def create_batch(
    run: Runtime,
    owner: UUID,
    topics: Sequence[BatchTopic],
    settings: StoryDocument,
    *,
    name: str = "",
    project_id: UUID | None = None,
) -> UUID:
    """Create a story for each topic and have all of them made, or none at all; return the id of the batch.

    Raises `Invalid`, naming the topic, before anything is created, and `NotFound` for a project.
    """
    if not topics:
        raise Invalid("There is no topic.", [Fault("topics", "Give at least one.", "missing")])
    documents: list[StoryDocument] = []
    faults: list[Fault] = []
    for number, each in enumerate(topics, start=1):
        try:
            documents.append(edits.changed(settings, {**each.fields, "text": each.text}))
        except Invalid as error:
            faults += [Fault(f"topic {number}, {one.where}", one.message, one.code) for one in error.faults]
    if faults:
        raise Invalid("Some topics cannot be made.", faults)
    batch_id = uuid4()
    stories = [
        await completed(
            run,
            owner,
            NewStory(
                document,
                topics[position].text,
                project_id=project_id,
                batch_id=batch_id,
                position=position,
            ),
        )
        for position, document in enumerate(documents)
    ]
    async with run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO story_batches (id, owner_id, name, settings)"
                " VALUES (:id, :owner, :name, CAST(:settings AS jsonb))"
            ),
            {
                "id": batch_id,
                "owner": owner,
                "name": name_of(name or f"{len(topics)} topics"),
                "settings": settings.model_dump_json(),
            },
        )
        for new in stories:
            story_id = await add_story(session, owner, new, "Created by a batch.")
            await begin_story(session, owner, story_id)
    return batch_id


async def view_batch(session: Executor, owner: UUID, batch_id: UUID) -> BatchView:
    """Return a batch with its stories in their order. Raises `NotFound`."""
    found = await session.execute(
        text("SELECT * FROM story_batches WHERE id = :id AND owner_id = :owner"),
        {"id": batch_id, "owner": owner},
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(f"There is no batch {batch_id}.")
    stories, total = await page_of_stories(
        session, owner, batch=batch_id, limit=MOST_TOPICS, sort="created_at", order="asc"
    )
    cards = await cards_of(session, stories)
    states = [each.status for each in stories]
    ended = sum(each in _ENDED for each in states)
    rows = [BatchRow(position=story.position, story=card) for story, card in zip(stories, cards, strict=True)]
    return BatchView(
        batch_id=row.id,
        name=row.name,
        created_at=row.created_at,
        status=_word(states),
        progress=round(100 * ended / total, 1) if total else 100.0,
        total=total,
        completed=states.count(StoryStatus.COMPLETED),
        failed=states.count(StoryStatus.FAILED),
        review=states.count(StoryStatus.REVIEW),
        stories=sorted(rows, key=lambda each: each.position),
    )


def _word(states: Sequence[StoryStatus]) -> JobWord:
    if all(each in _ENDED for each in states):
        done = any(each is StoryStatus.COMPLETED for each in states)
        return JobWord.COMPLETED if done or not states else JobWord.FAILED
    return JobWord.PROCESSING


async def retry_batch(run: Runtime, owner: UUID, batch_id: UUID) -> int:
    """Have the stories of a batch that failed or were cancelled made again; return how many."""
    async with run.db.statement() as session:
        await view_batch(session, owner, batch_id)
        stories, _ = await page_of_stories(session, owner, batch=batch_id, limit=MOST_TOPICS)
    again = [each.id for each in stories if each.status in (StoryStatus.FAILED, StoryStatus.CANCELLED)]
    for each in again:
        await start_story(run, owner, each)
    return len(again)
