"""Stories: created, listed, changed, run, rendered, exported, deleted."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from rushes.api import story_examples as examples
from rushes.api.deps import IdempotencyKey, Owner, PageLimit, PageNumber, Run, Search
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.story_bodies import (
    Duplicate,
    Improvement,
    RenderBody,
    RunBody,
    StoryBody,
    StoryChange,
    Translation,
)
from rushes.engine.runtime import Runtime
from rushes.engine.views import Pagination
from rushes.jobs.rows import Order, ProjectFilter
from rushes.story import actions, edits, look
from rushes.story.actions import NewStory
from rushes.story.estimate import estimate_story
from rushes.story.films import film_folder, films_of, get_film
from rushes.story.making import export_story, render_story
from rushes.story.making import improve_story as improve_script
from rushes.story.making import translate_story as translate_story_into
from rushes.story.rows import StorySort, page_of_stories
from rushes.story.states import StoryStatus
from rushes.story.views import FilmView, StoryEstimate, StoryPage, StoryView, StoryWork

router = APIRouter(prefix="/api/stories", tags=["stories"])

StoryId = Annotated[UUID, Path(description="The story.")]
NO_STORY = problems(not_found="There is no such story.")
CHANGED = problems(conflict="The story was changed meanwhile.")
INCOMPLETE = problems(conflict="The timeline is not complete yet.")


async def _view(run: Runtime, owner: UUID, story_id: UUID) -> StoryView:
    async with run.db.begin() as session:
        return await look.view_story(run, session, owner, story_id)


@router.post(
    "",
    status_code=201,
    responses=answers(examples.STORY, "The story as it begins.", 201),
    summary="Create a story",
)
async def create_story(
    new: Annotated[StoryBody, Body(openapi_examples=examples.NEW_STORY)],
    run: Run,
    owner: Owner,
    request_id: IdempotencyKey = None,
) -> StoryView:
    """Create a story of a topic, notes, a finished text or sections. `run` has it made at once."""
    begun = await actions.beginning(run, owner, new.project_id)
    document = edits.changed(begun, new.document())
    story_id = await actions.create_story(
        run, owner, NewStory(document, name=new.name, project_id=new.project_id), request_id=request_id
    )
    story = await _view(run, owner, story_id)
    if not new.run or story.status is not StoryStatus.DRAFT:  # begun before, by the same request
        return story
    await actions.start_story(run, owner, story_id)
    return await _view(run, owner, story_id)


@router.get("", responses=answers(examples.STORY_PAGE, "A page of stories."), summary="List stories")
async def read_stories(
    run: Run,
    owner: Owner,
    project: Annotated[ProjectFilter | None, Query(description="Of one project, or `none`.")] = None,
    status: Annotated[StoryStatus | None, Query(description="Only with this status.")] = None,
    search: Search = None,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    sort: Annotated[StorySort, Query(description="By what.")] = "created_at",
    order: Annotated[Order, Query(description="In which direction.")] = "desc",
) -> StoryPage:
    """A page of stories, newest first, each with its newest film."""
    async with run.db.statement() as session:
        rows, total = await page_of_stories(
            session,
            owner,
            project=project,
            status=status,
            search=search,
            page=page,
            limit=limit,
            sort=sort,
            order=order,
        )
        cards = await look.cards_of(session, rows)
    return StoryPage(items=cards, pagination=Pagination.of(page=page, limit=limit, total=total))


@router.get(
    "/{story_id}",
    responses=answers(examples.STORY, "The story as it is now.") | NO_STORY,
    summary="Get a story",
)
async def read_story(story_id: StoryId, run: Run, owner: Owner) -> StoryView:
    """One story: its document, and what of it is there, missing or stale."""
    return await _view(run, owner, story_id)


@router.patch(
    "/{story_id}",
    responses=answers(examples.STORY, "The story as it is now.") | NO_STORY | CHANGED,
    summary="Change a story",
)
async def update_story(
    story_id: StoryId,
    change: Annotated[StoryChange, Body(openapi_examples=examples.STORY_CHANGE)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """Change fields of the document. It becomes a new version; only what hangs on it is stale."""
    note = change.note or f"Changed {', '.join(change.change)}."
    await actions.change_story(
        run,
        owner,
        story_id,
        lambda document: edits.changed(document, change.change),
        note,
        expected=change.version,
    )
    return await _view(run, owner, story_id)


@router.delete("/{story_id}", status_code=204, responses=NO_STORY, summary="Delete a story")
async def delete_story(story_id: StoryId, run: Run, owner: Owner) -> Response:
    """Stop what is being made and delete the story with its films. What was paid stays on record."""
    await actions.delete_story(run, owner, story_id)
    return Response(status_code=204)


@router.get(
    "/{story_id}/estimate",
    responses=answers(examples.STORY_ESTIMATE, "What the rest of it will cost and take.") | NO_STORY,
    summary="Estimate a story",
)
async def read_story_estimate(story_id: StoryId, run: Run, owner: Owner) -> StoryEstimate:
    """Cost and time of what is not there yet, by step. Nothing is made."""
    async with run.db.begin() as session:
        loaded = await look.load_story(run, session, owner, story_id)
        return await estimate_story(run, session, owner, loaded.row.document, loaded.products)


@router.post(
    "/{story_id}/run",
    status_code=202,
    responses=answers(examples.STORY_WORK, "It is being made.", 202) | NO_STORY,
    summary="Have a story made",
)
async def run_story(
    story_id: StoryId,
    run: Run,
    owner: Owner,
    wanted: Annotated[RunBody | None, Body(openapi_examples=examples.RUN_BODY)] = None,
) -> StoryWork:
    """Make what is missing or stale, up to a step. Continues after a review; tries again what failed."""
    until = (wanted or RunBody()).until
    await actions.start_story(run, owner, story_id, until)
    return await _work(run, owner, story_id)


@router.get(
    "/{story_id}/status",
    responses=answers(examples.STORY_WORK, "How far it is.") | NO_STORY,
    summary="Ask how far a story is",
)
async def read_story_status(story_id: StoryId, run: Run, owner: Owner) -> StoryWork:
    """The state of the run in four words, with percent."""
    return await _work(run, owner, story_id)


async def _work(run: Runtime, owner: UUID, story_id: UUID) -> StoryWork:
    async with run.db.begin() as session:
        return await look.story_work(run, session, owner, story_id)


@router.post(
    "/{story_id}/cancel",
    responses=answers(examples.STORY, "The story as it is now.") | NO_STORY,
    summary="Cancel a story's run",
)
async def cancel_story(story_id: StoryId, run: Run, owner: Owner) -> StoryView:
    """Stop everything that is being made. What is there stays."""
    await actions.cancel_story(run, owner, story_id)
    return await _view(run, owner, story_id)


@router.post(
    "/{story_id}/render",
    status_code=202,
    responses=answers(examples.FILM_VIEW, "The film that is being rendered.", 202) | NO_STORY | INCOMPLETE,
    summary="Render a film or a preview",
)
async def render_film(
    story_id: StoryId,
    run: Run,
    owner: Owner,
    wanted: Annotated[RenderBody | None, Body(openapi_examples=examples.RENDER_BODY)] = None,
) -> FilmView:
    """Render the film, or a part of it in another height. One that is there or under way is shared."""
    asked = wanted or RenderBody()
    film_id = await render_story(
        run, owner, story_id, height=asked.height, first=asked.first, last=asked.last
    )
    async with run.db.statement() as session:
        return await get_film(session, owner, film_id, film_folder(run))


@router.post(
    "/{story_id}/export",
    status_code=202,
    responses=answers(examples.FILM_VIEW, "The export that is being packed.", 202) | NO_STORY | INCOMPLETE,
    summary="Export a story",
)
async def export(story_id: StoryId, run: Run, owner: Owner) -> FilmView:
    """Pack film, scenes, sound, captions, timelines for editing programs, script and credits into a ZIP."""
    film_id = await export_story(run, owner, story_id)
    async with run.db.statement() as session:
        return await get_film(session, owner, film_id, film_folder(run))


@router.get(
    "/{story_id}/films",
    responses=answers([examples.FILM_VIEW], "The films of a story, the newest first.") | NO_STORY,
    summary="List the films of a story",
)
async def read_films(story_id: StoryId, run: Run, owner: Owner) -> list[FilmView]:
    """Films, previews and exports that were made or are being made."""
    async with run.db.begin() as session:
        loaded = await look.load_story(run, session, owner, story_id)
        return await films_of(session, owner, story_id, loaded.timeline_hash, film_folder(run))


@router.post(
    "/{story_id}/duplicate",
    status_code=201,
    responses=answers(examples.STORY, "The copy.", 201) | NO_STORY,
    summary="Copy a story, with changes",
)
async def duplicate_story(
    story_id: StoryId,
    wanted: Annotated[Duplicate, Body(openapi_examples=examples.DUPLICATE)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """A copy, for another shape, say. What stays as it was is shared and not paid again."""
    copy = await actions.duplicate_story(run, owner, story_id, wanted.change)
    if wanted.run:
        await actions.start_story(run, owner, copy)
    return await _view(run, owner, copy)


@router.post(
    "/{story_id}/translate",
    status_code=201,
    responses=answers(examples.STORY, "The story in the other language.", 201) | NO_STORY,
    summary="Translate a story",
)
async def translate_story(
    story_id: StoryId,
    wanted: Annotated[Translation, Body(openapi_examples=examples.TRANSLATION)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """A copy in another language: same scenes, other words, a voice that speaks it."""
    copy = await translate_story_into(run, owner, story_id, wanted.language)
    if wanted.run:
        await actions.start_story(run, owner, copy)
    return await _view(run, owner, copy)


@router.post(
    "/{story_id}/improve",
    status_code=202,
    responses=answers(examples.STORY_WORK, "It is being rewritten.", 202) | NO_STORY,
    summary="Improve a story's script",
)
async def improve_story(
    story_id: StoryId,
    wanted: Annotated[Improvement, Body(openapi_examples=examples.IMPROVEMENT)],
    run: Run,
    owner: Owner,
) -> StoryWork:
    """Have the script rewritten by an instruction. Locked sections stay; a version can be restored."""
    await improve_script(run, owner, story_id, wanted.instruction)
    return await _work(run, owner, story_id)
