"""What a person can do with stories: create, change, run, cancel, duplicate, delete, restore a version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.again import reopen, retry_takes
from rushes.engine.generations import cancel_generations, retry_generations, set_story_budget
from rushes.engine.local_work import cancel_work
from rushes.engine.request_ids import once
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus, VideoStatus, sql_list
from rushes.engine.stop import abort, cancel_job_rows, running_tasks
from rushes.errors import Conflict, Fault, Invalid
from rushes.jobs.rows import locked_job
from rushes.platform.db.queue import defer, story_task
from rushes.projects.rows import check_project, get_project
from rushes.sanitize import clean_line
from rushes.story import edits
from rushes.story.defaults import with_defaults
from rushes.story.document import StoryDocument
from rushes.story.rows import (
    StoryRow,
    add_version,
    document_of_version,
    get_story,
    insert_story,
    update_story,
)
from rushes.story.shots import story_jobs
from rushes.story.stale import StoryStep
from rushes.story.states import ACTIVE_STORIES, StoryStatus
from rushes.story.steps import reviewed_as

NAME_LENGTH = 200
_FAILED = sql_list((VideoStatus.FAILED, VideoStatus.CANCELLED))
"""What is tried again, for SQL."""


@dataclass(frozen=True)
class NewStory:
    """A story to create. `name` empty: its title, else the beginning of its text."""

    document: StoryDocument
    name: str = ""
    project_id: UUID | None = None
    batch_id: UUID | None = None
    position: int = 0
    copied_from: UUID | None = None
    uploads: Mapping[str, Any] | None = None


async def create_story(
    run: Runtime, owner: UUID, new: NewStory, change: str = "Created.", request_id: str | None = None
) -> UUID:
    """Create a story with its first version; return its id. The same `request_id` is the same story.

    Raises `Invalid` for a document without topic, text and sections, `NotFound` for a project.
    """
    new = await completed(run, owner, new)
    return await once(
        run.db, owner, request_id, "story", lambda session: add_story(session, owner, new, change)
    )


async def completed(run: Runtime, owner: UUID, new: NewStory) -> NewStory:
    """Return it with everything named that has to be. Raises as `create_story`."""
    if not new.document.text.strip() and not new.document.sections:
        fault = Fault("text", "Give a topic, notes, a text or sections.", "missing")
        raise Invalid("There is nothing to tell yet.", [fault])
    return replace(new, document=await with_defaults(run, owner, new.document))


async def add_story(session: AsyncSession, owner: UUID, new: NewStory, change: str = "Created.") -> UUID:
    """Create a completed one with this transaction; return its id. Raises `NotFound` for a project."""
    if new.project_id is not None:
        await check_project(session, owner, new.project_id)
    story_id = uuid4()
    values: dict[str, object] = {
        "name": name_of(new.name or new.document.title or _first_line(new.document.text)),
        "project_id": new.project_id,
        "batch_id": new.batch_id,
        "position": new.position,
        "copied_from": new.copied_from,
        "budget": new.document.budget,
    }
    await insert_story(session, owner, story_id, new.document, change, **values)
    if new.uploads:
        await update_story(session, story_id, uploads=dict(new.uploads))
    return story_id


async def beginning(run: Runtime, owner: UUID, project_id: UUID | None) -> StoryDocument:
    """Return what a new story of a project begins with: its brand. Raises `NotFound` for a project."""
    if project_id is None:
        return StoryDocument()
    async with run.db.statement() as session:
        project = await get_project(session, owner, project_id)
    look = project.brand.model_dump(mode="json", exclude_none=True) if project.brand else {}
    return edits.changed(StoryDocument(), {"look": look})


def _first_line(given: str) -> str:
    """The first line with words in it, without the marks of Markdown."""
    lines = (each.strip().lstrip("#*->• ").strip() for each in given.splitlines())
    return next((each for each in lines if each), "")


def name_of(given: str) -> str:
    """Return what a story is called: one clean line."""
    line = " ".join(clean_line(given, most=10 * NAME_LENGTH).split())
    return line if len(line) <= NAME_LENGTH else f"{line[: NAME_LENGTH - 1]}…"


async def change_story(
    run: Runtime,
    owner: UUID,
    story_id: UUID,
    edit: Callable[[StoryDocument], StoryDocument],
    change: str,
    *,
    expected: int | None = None,
) -> StoryRow:
    """Make what `edit` returns the version that holds; return the story.

    A story that is running continues with the new version. Raises `NotFound`, `Invalid`, and `Conflict` when
    `expected` is not the version that holds: somebody else has changed it meanwhile.
    """
    async with run.db.statement() as session:
        before = await get_story(session, owner, story_id)
    document = await with_defaults(run, owner, edit(before.document))
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id, lock=True)
        if story.version != before.version or expected not in (None, story.version):
            raise Conflict(
                f"The story was changed meanwhile: it is at version {story.version}.",
                hint="Read it again, then repeat the change.",
            )
        if document != story.document:
            await add_version(session, story, document, change)
            await _follow(session, story, document)
        return await get_story(session, owner, story_id)


async def _follow(session: AsyncSession, story: StoryRow, document: StoryDocument) -> None:
    """A story that is running looks again; a completed one is the draft of its next film."""
    if story.status in ACTIVE_STORIES:
        await defer(session, [story_task(story.id)])
    elif story.status is not StoryStatus.REVIEW:
        await update_story(session, story.id, status=str(StoryStatus.DRAFT), reason=None, waiting_for=None)
    if document.budget != story.budget:
        await set_story_budget(session, story.id, document.budget)


async def restore_version(run: Runtime, owner: UUID, story_id: UUID, number: int) -> StoryRow:
    """Make an earlier version hold again, as a new version. Raises `NotFound`."""
    async with run.db.statement() as session:
        document = await document_of_version(session, owner, story_id, number)
    return await change_story(run, owner, story_id, lambda _: document, f"Version {number} restored.")


async def start_story(
    run: Runtime, owner: UUID, story_id: UUID, until: StoryStep = StoryStep.FILM
) -> StoryRow:
    """Have everything made up to a step; what failed is tried again, what stopped for review continues.

    Raises `NotFound`.
    """
    async with run.db.begin() as session:
        return await begin_story(session, owner, story_id, until)


async def begin_story(
    session: AsyncSession, owner: UUID, story_id: UUID, until: StoryStep = StoryStep.FILM
) -> StoryRow:
    """Do what `start_story` does, with this transaction."""
    story = await get_story(session, owner, story_id, lock=True)
    reviewed = dict(story.reviewed)
    if story.status is StoryStatus.REVIEW and story.step:
        reviewed[story.step] = reviewed_as(story.document, StoryStep(story.step))
    await _retry(session, story)
    await update_story(
        session,
        story_id,
        status=str(StoryStatus.RUNNING),
        until=str(until),
        reviewed=reviewed,
        reason=None,
        waiting_for=None,
        started_at=story.started_at or datetime.now(UTC),
        ended_at=None,
    )
    await defer(session, [story_task(story_id)])
    return await get_story(session, owner, story_id)


async def _retry(session: AsyncSession, story: StoryRow) -> None:
    """Try again what failed or was cancelled: generations, takes, and films."""
    given = {"story": story.id, "owner": story.owner_id}
    failed = await session.execute(
        text(
            f"SELECT id FROM generations WHERE story_id = :story AND owner_id = :owner"  # noqa: S608  # ours
            f" AND status IN {_FAILED} ORDER BY id"
        ),
        given,
    )
    ids = list(failed.scalars())
    if ids:
        await retry_generations(session, ids)
    for job_id in await story_jobs(session, story):
        job = await locked_job(session, story.owner_id, job_id)
        takes = await session.execute(
            text(
                f"SELECT id FROM videos WHERE job_id = :job AND deleted_at IS NULL"  # noqa: S608  # ours
                f" AND status IN {_FAILED} ORDER BY id"
            ),
            {"job": job_id},
        )
        again = list(takes.scalars())
        if again:
            await retry_takes(session, again)
            await reopen(session, job)
    await session.execute(
        text(
            "DELETE FROM films WHERE story_id = :story AND owner_id = :owner AND completed_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM local_work w WHERE w.id = films.work_id"
            " AND w.ended_at IS NULL)"
        ),
        given,
    )


async def cancel_story(run: Runtime, owner: UUID, story_id: UUID) -> StoryRow:
    """Stop everything that is being made for a story; what is there stays. Asking twice is safe."""
    running: list[int] = []
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id, lock=True)
        running = await _stop(session, story)
        if story.status in (*ACTIVE_STORIES, StoryStatus.REVIEW):
            await update_story(
                session,
                story_id,
                status=str(StoryStatus.CANCELLED),
                reason=None,
                waiting_for=None,
                ended_at=datetime.now(UTC),
            )
        story = await get_story(session, owner, story_id)
    await abort(run, running)
    return story


async def _stop(session: AsyncSession, story: StoryRow) -> list[int]:
    """Stop what is being made; return the tasks of takes that run, to be aborted after the commit."""
    running: list[int] = []
    for job_id in await story_jobs(session, story):
        job = await locked_job(session, story.owner_id, job_id)
        if job.status in (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.PAUSED):
            await cancel_job_rows(session, job_id)
            running += await running_tasks(session, job_id)
    given = {"story": story.id, "owner": story.owner_id}
    rows = await session.execute(
        text("SELECT id FROM generations WHERE story_id = :story AND owner_id = :owner AND ended_at IS NULL"),
        given,
    )
    await cancel_generations(session, list(rows.scalars()))
    works = await session.execute(
        text("SELECT work_id FROM films WHERE story_id = :story AND completed_at IS NULL"), given
    )
    await cancel_work(session, list(works.scalars()))
    return running


async def duplicate_story(run: Runtime, owner: UUID, story_id: UUID, change: Mapping[str, Any]) -> UUID:
    """Create a story like another one, with some fields changed (a shape, a language); return its id.

    It shares what has been made: nothing is paid again for what stays as it was.
    """
    async with run.db.statement() as session:
        story = await get_story(session, owner, story_id)
    document = edits.changed(story.document, change)
    name = f"{story.name} ({', '.join(map(str, change.values()))})" if change else f"{story.name} (copy)"
    new = NewStory(
        document, name[:NAME_LENGTH], story.project_id, copied_from=story.id, uploads=story.uploads
    )
    return await create_story(run, owner, new, f"Copied from {story.name}.")


async def delete_story(run: Runtime, owner: UUID, story_id: UUID) -> None:
    """Delete a story: what is being made is stopped. Its rows and bytes go later; the ledger stays."""
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id, lock=True)
        running = await _stop(session, story)
        await update_story(session, story_id, status=str(StoryStatus.CANCELLED), deleted_at=datetime.now(UTC))
    await abort(run, running)
