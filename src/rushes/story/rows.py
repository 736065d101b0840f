"""Stories as rows: listed, locked for a change, with their versions. A change writes its event with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import RowMapping, text

from rushes.engine.events import event_insert
from rushes.errors import Conflict, NotFound
from rushes.platform.db.acting import acting_user_id
from rushes.platform.db.engine import Executor
from rushes.story.document import StoryDocument
from rushes.story.states import StoryStatus

StorySort = Literal["created_at", "updated_at", "name", "status"]
By = Literal["person", "rushes"]

STORY_EVENT = event_insert(
    "story",
    job_id="NULL::uuid",
    returning="id",
    story_id="id",
    status="CASE WHEN deleted_at IS NULL THEN status ELSE 'deleted' END",
    step="step",
    version="version",
    reason="reason",
)
"""For each story in `changed`."""


@dataclass(frozen=True)
class StoryRow:
    """A story with the document of the version that holds. See the columns of `Story`."""

    id: UUID
    owner_id: UUID
    project_id: UUID | None
    batch_id: UUID | None
    position: int
    name: str
    status: StoryStatus
    step: str | None
    until: str
    reviewed: Mapping[str, str]
    waiting_for: str | None
    reason: str | None
    version: int
    budget: Decimal | None
    job_id: UUID | None
    made: Mapping[str, str]
    choices: Mapping[str, Any]
    paid: Mapping[str, bool]
    uploads: Mapping[str, Any]
    copied_from: UUID | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    document: StoryDocument


@dataclass(frozen=True)
class VersionRow:
    """One version, without its document."""

    number: int
    change: str
    by: str
    created_at: datetime


_STORY = """
    SELECT s.*, v.document FROM stories s
    JOIN story_versions v ON v.story_id = s.id AND v.number = s.version
    WHERE s.owner_id = :owner AND s.deleted_at IS NULL
"""


_NOT_SHOWN = ("deleted_at", "created_by")
"""Columns that a `StoryRow` does not have."""


def _row(row: RowMapping) -> StoryRow:
    values = {str(name): value for name, value in row.items() if name not in _NOT_SHOWN}
    values["status"] = StoryStatus(row["status"])
    values["document"] = read_document(row["document"])
    return StoryRow(**values)


def read_document(stored: object) -> StoryDocument:
    """Return a stored document. Raises `Conflict` for one that only another version of Rushes can read."""
    try:
        return StoryDocument.model_validate(stored)
    except ValidationError as error:
        raise Conflict(
            "This story was made by another version of Rushes, which is needed to open it."
        ) from error


def no_story(given: object) -> NotFound:
    """Return the error for a story that is not there, or is somebody else's."""
    return NotFound(f"There is no story {given}.", hint="`rushes story list` (GET /api/stories) lists them.")


async def get_story(session: Executor, owner: UUID, story_id: UUID, *, lock: bool = False) -> StoryRow:
    """Return one story; with `lock`, nobody else changes it until the transaction ends. Raises `NotFound`."""
    locked = " FOR NO KEY UPDATE OF s" if lock else ""
    found = await session.execute(text(f"{_STORY} AND s.id = :id{locked}"), {"owner": owner, "id": story_id})
    row = found.mappings().one_or_none()
    if row is None:
        raise no_story(story_id)
    return _row(row)


async def owner_of(session: Executor, story_id: UUID) -> UUID | None:
    """Return whose story it is; None when it is deleted."""
    found = await session.execute(
        text("SELECT owner_id FROM stories WHERE id = :id AND deleted_at IS NULL"), {"id": story_id}
    )
    return found.scalar_one_or_none()


async def page_of_stories(
    session: Executor,
    owner: UUID,
    *,
    project: UUID | Literal["none"] | None = None,
    status: StoryStatus | None = None,
    search: str | None = None,
    batch: UUID | None = None,
    page: int = 1,
    limit: int = 20,
    sort: StorySort = "created_at",
    order: Literal["asc", "desc"] = "desc",
) -> tuple[list[StoryRow], int]:
    """Return a page of stories (from 1), and how many there are in all."""
    where = (
        " AND (CAST(:status AS text) IS NULL OR s.status = :status)"
        " AND (CAST(:search AS text) IS NULL OR strpos(lower(s.name), lower(:search)) > 0)"
        " AND (CAST(:batch AS uuid) IS NULL OR s.batch_id = :batch)"
    )
    given: dict[str, object] = {
        "owner": owner,
        "status": status and str(status),
        "search": search,
        "batch": batch,
    }
    if isinstance(project, UUID):
        where, given["project"] = f"{where} AND s.project_id = :project", project
    elif project is not None:
        where += " AND s.project_id IS NULL"
    # Both parts are literals of this module; what comes from outside is bound.
    counted = f"SELECT count(*) FROM stories s WHERE s.owner_id = :owner AND s.deleted_at IS NULL{where}"  # noqa: S608  # ours
    total = (await session.execute(text(counted), given)).scalar_one()
    # `sort` and `order` are words of their types, checked at the edge.
    by = f"lower(s.{sort})" if sort == "name" else f"s.{sort}"
    rows = await session.execute(
        text(f"{_STORY}{where} ORDER BY {by} {order}, s.id {order} LIMIT :limit OFFSET :offset"),
        {**given, "limit": limit, "offset": (page - 1) * limit},
    )
    return [_row(each) for each in rows.mappings()], total


async def insert_story(
    session: Executor, owner: UUID, story_id: UUID, document: StoryDocument, change: str, **values: object
) -> None:
    """Insert a story with its first version."""
    values = {"created_by": acting_user_id(), **values}
    names = ", ".join(values)
    bound = ", ".join(f":{each}" for each in values)
    await session.execute(
        text(
            f"WITH changed AS (INSERT INTO stories (id, owner_id, {names}) VALUES (:id, :owner, {bound})"  # noqa: S608  # names of columns, ours
            f" RETURNING *) {STORY_EVENT}"
        ),
        {"id": story_id, "owner": owner, **values},
    )
    await _insert_version(session, owner, story_id, 1, document, change, "person")


async def _insert_version(
    session: Executor, owner: UUID, story_id: UUID, number: int, document: StoryDocument, change: str, by: By
) -> None:
    await session.execute(
        text(
            "INSERT INTO story_versions (story_id, number, owner_id, document, change, by)"
            " VALUES (:story, :number, :owner, CAST(:document AS jsonb), :change, :by)"
        ),
        {
            "story": story_id,
            "number": number,
            "owner": owner,
            "document": document.model_dump_json(),
            "change": change,
            "by": by,
        },
    )


async def add_version(
    session: Executor, story: StoryRow, document: StoryDocument, change: str, by: By = "person"
) -> int:
    """Make another document the one that holds; return its number. The story is locked by the caller."""
    latest = await session.execute(
        text("SELECT max(number) FROM story_versions WHERE story_id = :id"), {"id": story.id}
    )
    number = latest.scalar_one() + 1
    await _insert_version(session, story.owner_id, story.id, number, document, change, by)
    name = {"name": document.title} if document.title else {}
    await update_story(session, story.id, version=number, budget=document.budget, **name)
    return number


_JSON = frozenset({"reviewed", "made", "choices", "paid", "uploads"})


async def update_story(session: Executor, story_id: UUID, **values: object) -> None:
    """Change columns of a story, and write its event. The story is locked by the caller."""
    assigned = ", ".join(
        f"{name} = CAST(:{name} AS jsonb)" if name in _JSON else f"{name} = :{name}" for name in values
    )
    bound = {name: json.dumps(value) if name in _JSON else value for name, value in values.items()}
    await session.execute(
        text(
            f"WITH changed AS (UPDATE stories SET {assigned}, updated_at = now() WHERE id = :id RETURNING *)"  # noqa: S608  # names of columns, ours
            f" {STORY_EVENT}"
        ),
        {**bound, "id": story_id},
    )


async def versions_of(session: Executor, owner: UUID, story_id: UUID) -> list[VersionRow]:
    """Return the versions of a story, the newest first."""
    rows = await session.execute(
        text(
            "SELECT number, change, by, created_at FROM story_versions"
            " WHERE story_id = :story AND owner_id = :owner ORDER BY number DESC"
        ),
        {"story": story_id, "owner": owner},
    )
    return [VersionRow(*each) for each in rows]


async def document_of_version(session: Executor, owner: UUID, story_id: UUID, number: int) -> StoryDocument:
    """Return the document of a version. Raises `NotFound`."""
    found = await session.execute(
        text(
            "SELECT document FROM story_versions"
            " WHERE story_id = :story AND owner_id = :owner AND number = :number"
        ),
        {"story": story_id, "owner": owner, "number": number},
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(f"The story has no version {number}.")
    return read_document(row.document)


async def running_unattended(session: Executor, silent_seconds: float) -> list[UUID]:
    """Return the stories that go on and have no task in the queue, and of which nothing was heard so long."""
    rows = await session.execute(
        text(
            "SELECT id FROM stories WHERE status IN ('running', 'waiting') AND deleted_at IS NULL"
            " AND updated_at < now() - make_interval(secs => :silent)"
            " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs t WHERE t.lock = 'story:' || stories.id"
            " AND t.status IN ('todo', 'doing'))"
        ),
        {"silent": silent_seconds},
    )
    return list(rows.scalars())
