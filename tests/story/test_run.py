"""A story with the embedded providers: from a text to a film, piece by piece, and nothing made twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, text

from rushes.engine.generations import cancel_generations
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Invalid
from rushes.platform.db.models import LOCAL_OWNER
from rushes.story import edits
from rushes.story.actions import (
    cancel_story,
    change_story,
    delete_story,
    duplicate_story,
    restore_version,
    start_story,
)
from rushes.story.films import film_file, films_of
from rushes.story.look import load_story, timeline_view
from rushes.story.purge import purge_stories
from rushes.story.rows import get_story, versions_of
from rushes.story.run import look_after_stories, run_story
from rushes.story.stale import StoryStep
from rushes.story.states import StoryStatus
from tests.story.making import new_story, run_until, small_frames, until_ended
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with small_frames(monkeypatch):
        yield


async def generations(run: Runtime, story_id: UUID) -> list[Row[Any]]:
    async with run.db.statement() as session:
        rows = await session.execute(
            text("SELECT * FROM generations WHERE story_id = :id ORDER BY created_at, id"), {"id": story_id}
        )
        return list(rows.all())


async def pieces_of_last_film(run: Runtime) -> tuple[int, int]:
    """How many pieces the newest film has, and how many of them were rendered for it."""
    async with run.db.statement() as session:
        result = await session.scalar(
            text(
                "SELECT result FROM local_work WHERE kind = 'film' AND status = 'completed'"
                " ORDER BY ended_at DESC LIMIT 1"
            )
        )
    return result["pieces"], result["rendered"]


async def test_a_script_becomes_a_film_and_one_change_makes_only_its_own_parts(
    run: Runtime, worker: object
) -> None:
    story_id = await new_story(run)
    view = await run_until(run, story_id)
    assert view.status is StoryStatus.COMPLETED, view.reason
    assert view.progress == 100.0
    assert Counter(each.kind for each in await generations(run, story_id)) == {"voice": 2, "picture": 2}
    async with run.db.begin() as session:
        (film,) = await films_of(session, LOCAL_OWNER, story_id)
        loaded = await load_story(run, session, LOCAL_OWNER, story_id)
        shown = timeline_view(loaded)
        file = await film_file(session, LOCAL_OWNER, film.film_id, "film.mp4")
    assert film.frames == shown.frames
    assert {"film.mp4", "captions.srt", "captions.vtt", "captions.ass", "poster.jpg", "credits.txt"} <= set(
        film.files
    )
    assert film.lufs == pytest.approx(-14.0, abs=1.0)
    assert (await run.bucket.measure(file.key))[0] == film.size_bytes

    # Another move of one section: no speech, no picture, and only its own pieces are made again.
    await change_story(
        run,
        LOCAL_OWNER,
        story_id,
        lambda document: edits.change_section(document, "water", {"move": "tilt_up"}),
        "Another move.",
    )
    assert (await run_until(run, story_id)).status is StoryStatus.COMPLETED
    assert len(await generations(run, story_id)) == 4
    pieces, rendered = await pieces_of_last_film(run)
    assert 0 < rendered < pieces

    # Undone: the first film is there at once, and nothing is made.
    await restore_version(run, LOCAL_OWNER, story_id, 1)
    assert (await run_until(run, story_id)).status is StoryStatus.COMPLETED
    async with run.db.statement() as session:
        assert len(await films_of(session, LOCAL_OWNER, story_id)) == 2
    assert len(await generations(run, story_id)) == 4


async def test_a_text_is_cut_into_a_script_and_stops_for_review_where_it_is_told(
    run: Runtime, worker: object
) -> None:
    written = "# Rice\n\n## A grass\n\nRice is a grass.\n\n## Water\n\nIt grows in water."
    story_id = await new_story(run, sections=[], title="", text=written, review="script")
    view = await run_until(run, story_id)
    assert (view.status, view.step) == (StoryStatus.REVIEW, StoryStep.SCRIPT)
    assert [each.narration for each in view.document.sections] == ["Rice is a grass.", "It grows in water."]
    assert view.name == "Rice"
    view = await run_until(run, story_id, StoryStep.VOICE)
    assert view.status is StoryStatus.COMPLETED, view.reason
    assert Counter(each.kind for each in await generations(run, story_id)) == {"script": 1, "voice": 2}
    async with run.db.statement() as session:
        versions = await versions_of(session, LOCAL_OWNER, story_id)
    assert [(each.number, each.by) for each in versions] == [(2, "rushes"), (1, "person")]


async def test_a_bare_topic_becomes_an_outline_for_a_person_never_a_film(
    run: Runtime, worker: object
) -> None:
    story_id = await new_story(run, sections=[], title="", text="How long does rice take to grow?")
    view = await run_until(run, story_id)
    assert (view.status, view.waiting_for) == (StoryStatus.REVIEW, "person")
    assert view.document.is_outline
    assert "outline" in (view.reason or "")


async def test_scenes_become_shots_once_and_auto_keeps_to_the_budget(run: Runtime, worker: object) -> None:
    story_id = await new_story(run, scenes={"source": "echo"})
    view = await run_until(run, story_id, StoryStep.SCENES)
    assert view.status is StoryStatus.COMPLETED, view.reason
    assert view.job_id is not None
    async with run.db.statement() as session:
        shots = await session.scalar(text("SELECT count(*) FROM shots"))
        takes = await session.scalar(text("SELECT count(*) FROM videos WHERE status = 'completed'"))
    assert shots == takes
    assert shots is not None
    assert shots >= 2
    await run_until(run, story_id, StoryStep.SCENES)
    async with run.db.statement() as session:
        assert await session.scalar(text("SELECT count(*) FROM shots")) == shots

    # Everything free is paid for by a budget of nothing; what costs is a still.
    auto = await new_story(run, scenes={"source": "auto", "provider": "echo"}, budget=str(Decimal("0.0")))
    view = await run_until(run, auto, StoryStep.SCENES)
    assert view.status is StoryStatus.COMPLETED, view.reason
    scenes = [each for each in view.parts if each.step is StoryStep.SCENES]
    assert {each.reason for each in scenes} == {"A still, by the budget."}


async def test_a_copy_in_another_shape_shares_the_speech_and_outlives_the_first(
    run: Runtime, worker: object
) -> None:
    story_id = await new_story(run)
    await run_until(run, story_id, StoryStep.VOICE)
    copy = await duplicate_story(run, LOCAL_OWNER, story_id, {"shape": "16:9"})
    assert (await run_until(run, copy, StoryStep.VOICE)).status is StoryStatus.COMPLETED
    assert await generations(run, copy) == []
    await delete_story(run, LOCAL_OWNER, story_id)
    async with run.db.statement() as session:
        await session.execute(text("UPDATE stories SET deleted_at = deleted_at - interval '31 days'"))
    assert await purge_stories(run) == 1
    assert len(await generations(run, copy)) == 2
    assert (await run_until(run, copy, StoryStep.VOICE)).status is StoryStatus.COMPLETED
    assert len(await generations(run, copy)) == 2


async def test_two_stories_of_the_same_words_are_made_once(run: Runtime, worker: object) -> None:
    both = [await new_story(run) for _ in range(2)]
    await asyncio.gather(*(start_story(run, LOCAL_OWNER, each, StoryStep.PICTURES) for each in both))
    for each in both:
        assert (await until_ended(run, each)).status is StoryStatus.COMPLETED
    made = [one for each in both for one in await generations(run, each)]
    assert Counter(each.kind for each in made) == {"voice": 2, "picture": 2}


@pytest.mark.parametrize("recorded", [True, False])
async def test_what_an_equal_story_uses_outlives_the_one_that_asked_for_it(
    run: Runtime, worker: object, recorded: bool
) -> None:
    """Speech, pictures and scene videos; also of stories from before it was recorded what they use."""
    first, second = [await new_story(run, scenes={"source": "echo"}) for _ in range(2)]
    for each in (first, second):
        assert (await run_until(run, each, StoryStep.SCENES)).status is StoryStatus.COMPLETED
    assert await generations(run, second) == []
    await delete_story(run, LOCAL_OWNER, first)
    async with run.db.statement() as session:
        await session.execute(text("UPDATE stories SET deleted_at = deleted_at - interval '31 days'"))
        if not recorded:
            await session.execute(text("DELETE FROM story_uses"))
        before = set((await session.execute(text("SELECT key FROM assets"))).scalars())
        shots = await session.scalar(text("SELECT count(*) FROM shots"))
    assert await purge_stories(run) == 1
    async with run.db.statement() as session:
        assert set((await session.execute(text("SELECT key FROM assets"))).scalars()) == before
        assert await session.scalar(text("SELECT count(*) FROM shots")) == shots
    assert len(await generations(run, second)) == 4
    assert {key for key, _ in run.bucket.files()} >= before
    assert (await run_until(run, second, StoryStep.SCENES)).status is StoryStatus.COMPLETED
    assert len(await generations(run, second)) == 4
    await delete_story(run, LOCAL_OWNER, second)
    async with run.db.statement() as session:
        await session.execute(text("UPDATE stories SET deleted_at = deleted_at - interval '31 days'"))
    assert await purge_stories(run) == 1
    async with run.db.statement() as session:
        assert await session.scalar(text("SELECT count(*) FROM generations")) == 0


async def test_a_story_that_waits_for_what_another_asked_for_is_woken(run: Runtime) -> None:
    first, second = [await new_story(run) for _ in range(2)]
    for each in (first, second):
        await start_story(run, LOCAL_OWNER, each, StoryStep.PICTURES)
        await run_story(run, str(each))
    made = await generations(run, first)
    assert made
    assert await generations(run, second) == []
    async with run.db.begin() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        await cancel_generations(session, [made[0].id])
    async with run.db.statement() as session:
        locks = await session.execute(
            text("SELECT lock FROM procrastinate_jobs WHERE task_name = 'rushes:run_story'")
        )
        assert set(locks.scalars()) == {f"story:{first}", f"story:{second}"}


async def test_what_another_story_gave_up_is_asked_for_again(run: Runtime, worker: object) -> None:
    first, second = [await new_story(run) for _ in range(2)]
    await run_until(run, first, StoryStep.PICTURES)
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE generations SET status = 'cancelled', error_message = 'Stopped.'"), {}
        )
    assert (await run_until(run, second, StoryStep.PICTURES)).status is StoryStatus.COMPLETED
    assert len(await generations(run, second)) == 4


async def test_a_story_that_is_cancelled_stops_and_can_be_continued(run: Runtime, worker: object) -> None:
    story_id = await new_story(run)
    await start_story(run, LOCAL_OWNER, story_id)
    await cancel_story(run, LOCAL_OWNER, story_id)
    view = await until_ended(run, story_id)
    assert view.status is StoryStatus.CANCELLED
    view = await run_until(run, story_id, StoryStep.PICTURES)
    assert view.status is StoryStatus.COMPLETED, view.reason


async def test_two_who_change_at_once_do_not_undo_each_other(run: Runtime) -> None:
    story_id = await new_story(run)
    await change_story(
        run, LOCAL_OWNER, story_id, lambda each: edits.changed(each, {"title": "New"}), "Title.", expected=1
    )
    with pytest.raises(Conflict, match="version 2"):
        await change_story(
            run, LOCAL_OWNER, story_id, lambda each: edits.changed(each, {"title": "Old"}), "T.", expected=1
        )


async def test_a_provider_that_is_not_there_is_named_before_anything_is_made(run: Runtime) -> None:
    with pytest.raises(Invalid) as caught:
        await new_story(run, voice={"provider": "nobody"}, pictures={"sources": ["nowhere"]})
    assert {each.where for each in caught.value.faults} == {"voice.provider", "pictures.sources"}


async def test_the_story_of_somebody_else_is_not_there(run: Runtime) -> None:
    story_id = await new_story(run)
    async with run.db.statement() as session:
        with pytest.raises(Exception, match="There is no story"):
            await get_story(session, UUID(int=7), story_id)


async def test_a_lost_task_is_put_into_the_queue_again(run: Runtime) -> None:
    from_rows = await new_story(run)
    await start_story(run, LOCAL_OWNER, from_rows)
    async with run.db.statement() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        await session.execute(text("UPDATE stories SET updated_at = now() - interval '1 hour'"))

    await look_after_stories(run)

    async def queued() -> bool:
        async with run.db.statement() as session:
            found = await session.scalar(
                text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'rushes:run_story'")
            )
        return found == 1

    await until(queued)
