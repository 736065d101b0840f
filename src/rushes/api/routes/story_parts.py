"""The parts of a story: sections, pictures, timeline, versions, files, one exact frame; files of films."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path

from rushes.api import story_examples as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.api.story_bodies import Another, NewSection, SectionChange, SectionOrder, SplitAt
from rushes.engine.runtime import Runtime
from rushes.story import actions, edits, look
from rushes.story.analysis import ScriptAnalysis, analyse
from rushes.story.document import StoryDocument
from rushes.story.estimate import pace_of_voice
from rushes.story.rows import document_of_version, get_story, versions_of
from rushes.story.views import StoryView, VersionView

router = APIRouter(prefix="/api", tags=["stories"])

StoryId = Annotated[UUID, Path(description="The story.")]
SectionKey = Annotated[str, Path(max_length=32, description="The section.")]
FilmId = Annotated[UUID, Path(description="The film.")]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Which version.")]
NO_STORY = problems(not_found="There is no such story.")
NO_SECTION = problems(not_found="The story has no such section.")
CHANGED = problems(conflict="The story was changed meanwhile.")
INCOMPLETE = problems(conflict="The timeline is not complete yet.")
VIEW = answers(examples.STORY, "The story as it is now.")


async def _view(run: Runtime, owner: UUID, story_id: UUID) -> StoryView:
    async with run.db.begin() as session:
        return await look.view_story(run, session, owner, story_id)


@router.post(
    "/stories/{story_id}/sections",
    status_code=201,
    responses=answers(examples.STORY, "The story as it is now.", 201) | NO_STORY,
    summary="Add a section",
)
async def add_section(
    story_id: StoryId,
    new: Annotated[NewSection, Body(openapi_examples=examples.NEW_SECTION)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """Add a section behind another one, or at the end."""
    await actions.change_story(
        run,
        owner,
        story_id,
        lambda document: edits.add_section(document, new.section, new.after),
        "Section added.",
    )
    return await _view(run, owner, story_id)


@router.put(
    "/stories/{story_id}/sections/order",
    responses=VIEW | NO_STORY,
    summary="Put the sections in another order",
)
async def reorder_sections(
    story_id: StoryId,
    wanted: Annotated[SectionOrder, Body(openapi_examples=examples.SECTION_ORDER)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """No speech and no picture is stale after it: only the film."""
    await actions.change_story(
        run, owner, story_id, lambda document: edits.reorder(document, wanted.order), "Sections reordered."
    )
    return await _view(run, owner, story_id)


@router.patch(
    "/stories/{story_id}/sections/{section_id}",
    responses=VIEW | NO_SECTION | CHANGED,
    summary="Change a section",
)
async def update_section(
    story_id: StoryId,
    section_id: SectionKey,
    wanted: Annotated[SectionChange, Body(openapi_examples=examples.SECTION_CHANGE)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """Change fields of a section: its words, voice, pictures, scene, transition, lock."""
    await actions.change_story(
        run,
        owner,
        story_id,
        lambda document: edits.change_section(document, section_id, wanted.change),
        f"Changed {', '.join(wanted.change)} of a section.",
        expected=wanted.version,
    )
    return await _view(run, owner, story_id)


@router.delete(
    "/stories/{story_id}/sections/{section_id}", responses=VIEW | NO_SECTION, summary="Remove a section"
)
async def remove_section(story_id: StoryId, section_id: SectionKey, run: Run, owner: Owner) -> StoryView:
    """Remove a section; a version before brings it back with all that was made for it."""
    await actions.change_story(
        run, owner, story_id, lambda document: edits.remove_section(document, section_id), "Section removed."
    )
    return await _view(run, owner, story_id)


@router.post(
    "/stories/{story_id}/sections/{section_id}/split",
    responses=VIEW | NO_SECTION,
    summary="Split a section",
)
async def split_section(
    story_id: StoryId,
    section_id: SectionKey,
    wanted: Annotated[SplitAt, Body(openapi_examples=examples.SPLIT_AT)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """Cut a section in two before a character of its narration."""
    await actions.change_story(
        run,
        owner,
        story_id,
        lambda document: edits.split_section(document, section_id, wanted.at),
        "Section split.",
    )
    return await _view(run, owner, story_id)


@router.post(
    "/stories/{story_id}/sections/{section_id}/merge",
    responses=VIEW | NO_SECTION | problems(conflict="The last section has none after it."),
    summary="Merge a section with the next",
)
async def merge_sections(story_id: StoryId, section_id: SectionKey, run: Run, owner: Owner) -> StoryView:
    """Make a section and the one after it into one."""
    await actions.change_story(
        run, owner, story_id, lambda document: edits.merge_sections(document, section_id), "Sections merged."
    )
    return await _view(run, owner, story_id)


@router.post(
    "/stories/{story_id}/sections/{section_id}/another",
    responses=VIEW | NO_SECTION,
    summary="Ask for another speech, picture or scene",
)
async def ask_for_another(
    story_id: StoryId,
    section_id: SectionKey,
    wanted: Annotated[Another, Body(openapi_examples=examples.ANOTHER)],
    run: Run,
    owner: Owner,
) -> StoryView:
    """The next run makes another one of the same inputs, and pays for it; the one before stays."""
    await actions.change_story(
        run,
        owner,
        story_id,
        lambda document: edits.another(document, section_id, wanted.what),
        f"Another {wanted.what} asked for.",
    )
    return await _view(run, owner, story_id)


@router.get(
    "/stories/{story_id}/analysis",
    responses=answers(examples.ANALYSIS, "The script in figures.") | NO_STORY,
    summary="Analyse a story's script",
)
async def read_analysis(story_id: StoryId, run: Run, owner: Owner) -> ScriptAnalysis:
    """Length at the voice's own pace, reading level, hook, pacing, repetition, sentences to check."""
    async with run.db.begin() as session:
        story = await get_story(session, owner, story_id)
        return analyse(story.document, await pace_of_voice(session, owner, story.document))


@router.get(
    "/stories/{story_id}/versions",
    responses=answers([examples.VERSION], "The versions, the newest first.") | NO_STORY,
    summary="List the versions of a story",
)
async def read_versions(story_id: StoryId, run: Run, owner: Owner) -> list[VersionView]:
    """What was changed, by whom and when."""
    async with run.db.statement() as session:
        await get_story(session, owner, story_id)
        rows = await versions_of(session, owner, story_id)
    return [VersionView.model_validate(vars(each)) for each in rows]


@router.get(
    "/stories/{story_id}/versions/{number}",
    responses=answers(examples.DOCUMENT, "The document of the version.")
    | problems(not_found="The story has no such version."),
    summary="Get a version of a story",
)
async def read_version(story_id: StoryId, number: VersionNumber, run: Run, owner: Owner) -> StoryDocument:
    """The document as it was."""
    async with run.db.statement() as session:
        return await document_of_version(session, owner, story_id, number)


@router.post(
    "/stories/{story_id}/versions/{number}/restore",
    responses=VIEW | problems(not_found="The story has no such version."),
    summary="Restore a version of a story",
)
async def restore_version(story_id: StoryId, number: VersionNumber, run: Run, owner: Owner) -> StoryView:
    """Make an earlier document hold again, as a new version. What was made for it is found again."""
    await actions.restore_version(run, owner, story_id, number)
    return await _view(run, owner, story_id)
